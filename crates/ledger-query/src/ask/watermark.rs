//! Whether anything moved.

use cost_calculation::UnixMillis;
use serde::Serialize;

use super::reader::{Reader, Stamp, Viewer};
use ledger_core::{database::Database, renew_epoch::epoch_text};
use reporting_days::calendar::iso;

const HOUR_MS: i64 = 3_600_000;

/// The contract's `Watermark`.
#[derive(Debug, Serialize)]
pub struct Watermark {
    #[serde(flatten)]
    stamp: Stamp,
    price_book_version: i64,
    ledger_epoch: String,
    today: chrono::NaiveDate,
    first_day: Option<chrono::NaiveDate>,
    reporting_hour: String,
}

impl<D: Database> Reader<'_, D> {
    /// `GET /watermark`.
    pub fn watermark(&self) -> Watermark {
        Watermark {
            stamp: self.stamp(),
            price_book_version: self.state.price_book_version,
            ledger_epoch: epoch_text(self.state.epoch),
            today: self.today,
            // When others began is nothing to a key of one user.
            first_day: (self.viewer == Viewer::Everyone)
                .then_some(self.state.first_day)
                .flatten(),
            reporting_hour: iso(UnixMillis(self.hour() * HOUR_MS)),
        }
    }

    /// Hours since the epoch: part of every `ETag`.
    pub const fn hour(&self) -> i64 {
        self.now.0.div_euclid(HOUR_MS)
    }
}
