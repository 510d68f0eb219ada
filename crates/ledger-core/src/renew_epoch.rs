//! A new epoch for a ledger that was set back.
//!
//! After a restore the versions of the price book and of the ledger run again through numbers that
//! isolates and browsers remember with other content. The epoch is part of the guard of every batch
//! and of every `ETag`: with a new one, nothing remembered holds any more.

use crate::{
    api_keys::{Actor, audit},
    database::{Database, DatabaseError, Statement},
};

/// Gives the ledger this epoch, a fresh random positive number.
///
/// # Errors
/// The database failed; doing it again is safe.
pub async fn renew_epoch<D: Database>(
    database: &D,
    epoch: i64,
    actor: Actor<'_>,
) -> Result<(), DatabaseError> {
    const RENEW: &str =
        "UPDATE ledger_state SET epoch = ?1 ->> 0, ledger_version = ledger_version + 1";
    let detail = serde_json::json!({ "epoch": epoch_text(epoch) });
    let audit = audit(actor, "ledger_epoch.renew", "ledger_epoch", &detail, None)?;
    database
        .batch(&[Statement::with(RENEW, &[epoch])?, audit])
        .await
        .map(drop)
}

/// An epoch as answers write it: nothing is to be counted by it.
pub fn epoch_text(epoch: i64) -> String {
    format!("{epoch:012x}")
}
