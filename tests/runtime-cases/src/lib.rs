//! Runs the crates' shared cases inside workerd, on a real D1: what holds on the host must hold
//! where the suite really runs. Only tests start this Worker.
//!
//! `GET /database` answers with the outcome of each case of [`ledger_core::database_cases`], as
//! `[[name, null or the fault], …]`. `POST /estimates` prices the cases in its body and answers
//! with [`oracle_digest`]'s text, which must be the host's to the byte.

use cost_calculation::selftest::oracle_digest;
use edge::d1::D1;
use ledger_core::database_cases;
use worker::{Context, Env, Request, Response, Result, event};

/// Answers with the outcomes of the cases that the path names.
#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> Result<Response> {
    match request.path().as_str() {
        "/database" => {
            let outcomes = database_cases::run_all(&D1::new(env.d1("DB")?)).await;
            let named: Vec<_> = outcomes
                .into_iter()
                .map(|(name, result)| (name, result.err()))
                .collect();
            Response::from_json(&named)
        }
        "/estimates" => Response::ok(oracle_digest(&request.text().await?)),
        _ => Response::error("no such cases", 404),
    }
}
