//! Keeps the price book fresh: scheduled syncs, rates, history, overrides.
//!
//! `run_sync` brings one source's list into the book, started by the cron or by an admin:
//! `fetch_list` gets it over HTTP within its limits, `price_feeds` reads it, and
//! [`price_book`] merges and writes it. The other modules are the endpoints of
//! `contracts/pricing-sync-api.yaml`.
mod decide_quarantine;
mod fetch_list;
mod handle_request;
mod health;
mod make_override;
mod map_names;
mod read_prices;
mod route;
mod run_sync;
mod show_rate;
mod sources;
mod visit;

use cost_calculation::UnixMillis;
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

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
    run_sync::run_scheduled(&env, tick).await;
}
