//! A new epoch for a ledger that was restored.
use edge::Problem;
use edge::clock::random_id;
use edge::respond::json;
use ledger_core::api_keys::Actor;
use ledger_core::renew_epoch::{epoch_text, renew_epoch};
use serde_json::json;
use worker::{Request, Response};

use crate::visit::Visit;

/// `POST /admin/ledger-epoch`.
pub(crate) async fn renew(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let epoch = random_id();
    let actor = Actor {
        key_id: &admin.key_id,
        at: visit.received_at.0,
    };
    renew_epoch(&visit.suite.database, epoch, actor).await?;
    json(200, &json!({ "ledger_epoch": epoch_text(epoch) }))
}
