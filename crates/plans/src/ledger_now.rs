//! The ledger as it stands, and which day it is there.

use chrono::NaiveDate;
use cost_calculation::UnixMillis;
use ledger_core::{Database, DatabaseError, Statement};
use reporting_days::{ReportingZone, calendar::day_of};
use serde::Deserialize;

use crate::problem::PlanError;

/// The ledger at the moment of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerNow {
    /// Moves with every batch that changes an answer.
    pub ledger_version: i64,
    /// Moves with every change to prices.
    pub price_book_version: i64,
    /// Another one after each restore.
    pub epoch: i64,
    /// The zone of every day.
    pub zone: ReportingZone,
    /// The time.
    pub now: UnixMillis,
    /// The day that it is there.
    pub today: NaiveDate,
}

#[derive(Deserialize)]
struct StateRow {
    ledger_version: i64,
    price_book_version: i64,
    epoch: i64,
    reporting_time_zone: String,
}

const STATE: &str = "
SELECT json_object('ledger_version', ledger_version, 'price_book_version', price_book_version,
  'epoch', epoch, 'reporting_time_zone', reporting_time_zone)
FROM ledger_state";

impl LedgerNow {
    /// Reads the one row of `ledger_state`.
    pub async fn read<D: Database>(database: &D, now: UnixMillis) -> Result<Self, PlanError> {
        let row: StateRow = database
            .query(Statement::new(STATE))
            .await?
            .first()?
            .ok_or_else(|| {
                DatabaseError::Other("ledger_state has no row: apply the migrations".to_owned())
            })?;
        let zone = ReportingZone::named(&row.reporting_time_zone).ok_or_else(|| {
            DatabaseError::Decode(format!("`{}` is no time zone", row.reporting_time_zone))
        })?;
        Ok(Self {
            ledger_version: row.ledger_version,
            price_book_version: row.price_book_version,
            epoch: row.epoch,
            zone,
            now,
            today: day_of(zone, now),
        })
    }
}
