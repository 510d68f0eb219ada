//! An optional brake: Cloudflare's rate limiting binding, counted per key and location.

use serde_json::json;
use worker::Env;

use crate::{caller::Caller, problem::Problem};

/// What is limited, by the name of its binding; without one nothing is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// Sending events: `RATE_LIMITER`.
    Events,
    /// Asking questions: `READ_LIMITER`.
    Reads,
}

/// Seconds after which a refused caller may try again; the binding's longer period is 60.
const RETRY_AFTER_S: u32 = 60;

/// Refuses a caller that is over the limit.
pub async fn check(env: &Env, what: Limited, caller: &Caller) -> Result<(), Problem> {
    let (binding, refusal) = match what {
        Limited::Events => (
            "RATE_LIMITER",
            "this key sends more than the installation's rate limit: send larger batches, or wait",
        ),
        Limited::Reads => (
            "READ_LIMITER",
            "this key asks more than the installation's rate limit: wait a minute",
        ),
    };
    let Ok(limiter) = env.rate_limiter(binding) else {
        return Ok(());
    };
    match limiter.limit(caller.key_id.clone()).await {
        Ok(outcome) if !outcome.success => Err(Problem::too_many_requests(refusal, RETRY_AFTER_S)),
        Ok(_) => Ok(()),
        // A broken brake must stop neither events nor answers.
        Err(error) => {
            crate::log::error(&json!({ "event": "rate_limit_failed", "error": error.to_string() }));
            Ok(())
        }
    }
}
