//! Answers queries, serves the dashboard, and is the suite's front door.
//!
//! A request goes one way: [`route`] names the operation or the Worker behind, `handle_request`
//! checks who asks, [`ledger_query`] takes the parameters and answers, and the answer goes back
//! with its `ETag`. What is not a question is a page, a sign-in, or another Worker's.
mod access_assertion;
mod answer_query;
mod answer_usage;
mod caller;
mod export_file;
mod front_door;
mod handle_request;
mod health;
mod pages;
mod read_gate;
mod route;
mod sign_in;
mod viewer;
mod visit;
mod widget;

use worker::{Context, Env, Request, Response, event};

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    handle_request::respond(request, &env).await
}
