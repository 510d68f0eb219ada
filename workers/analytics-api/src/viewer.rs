//! Whose numbers a caller may read.
use edge::{Caller, Problem, Scope};
use ledger_query::Viewer;

/// Whose numbers the caller may read; a key that may read nothing is refused.
pub(crate) fn viewer(caller: &Caller) -> Result<Viewer, Problem> {
    if caller.has(Scope::Read) {
        return Ok(Viewer::Everyone);
    }
    match &caller.user_id {
        Some(user_id) if caller.has(Scope::SelfRead) => Ok(Viewer::User(user_id.clone())),
        _ => Err(Problem::forbidden(format!(
            "the key {} may not read: use one with the scope `read`, `self` or `admin`",
            caller.key_id
        ))),
    }
}
