//! An optional brake: Cloudflare's rate limiting binding, counted per key and location.
use edge::{Caller, Problem};
use serde_json::json;
use worker::Env;

/// The binding; without it nothing is limited.
const BINDING: &str = "RATE_LIMITER";
/// Seconds after which a refused sender may try again; the binding's longer period is 60.
const RETRY_AFTER_S: u32 = 60;

/// Refuses a sender that is over the limit.
pub(crate) async fn check(env: &Env, sender: &Caller) -> Result<(), Problem> {
    let Ok(limiter) = env.rate_limiter(BINDING) else {
        return Ok(());
    };
    match limiter.limit(sender.key_id.clone()).await {
        Ok(outcome) if !outcome.success => Err(Problem::too_many_requests(
            "this key sends more than the installation's rate limit: send larger batches, or wait",
            RETRY_AFTER_S,
        )),
        Ok(_) => Ok(()),
        // A broken brake must not stop events.
        Err(error) => {
            edge::log::error(&json!({ "event": "rate_limit_failed", "error": error.to_string() }));
            Ok(())
        }
    }
}
