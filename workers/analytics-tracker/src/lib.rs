//! Takes events in, prices them and keeps them; its crons keep the ledger.
//!
//! A request goes one way: [`route`] names what it asks for, `handle_request` checks its key and
//! reads its body, [`events`] decodes and validates, `record` prices and records through
//! [`ledger_record::ingest`], and the answer goes back. Everything that decides about money is in the
//! pure crates; here is the wiring.
mod admin;
mod arrival;
mod handle_request;
mod health;
mod keeping;
mod request_log;
mod route;
mod settings;
mod visit;

use cost_calculation::UnixMillis;
use worker::{
    Context, Env, MessageBatch, Request, Response, ScheduleContext, ScheduledEvent, event,
};

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    handle_request::respond(request, &env).await
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "milliseconds of this age are whole"
    )]
    let tick = UnixMillis(event.schedule() as i64);
    keeping::run_job::at_tick(&env, tick).await;
}

#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, _context: Context) -> worker::Result<()> {
    arrival::queue::consume(&batch, &env).await;
    Ok(())
}
