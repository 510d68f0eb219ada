//! A slice of interactions and estimates as they lie in one of the two places, hot or archive.

use std::collections::BTreeMap;

use ledger_core::database::{DatabaseError, Rows};
use serde::Deserialize;

/// The token columns, which are the names of the lines' resources too.
pub(super) const TOKENS: [&str; 10] = [
    "input",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "output",
    "reasoning",
    "audio_in",
    "audio_out",
    "image_in",
    "image_out",
];

/// An interaction, and whether what belongs to it is there.
#[derive(Deserialize)]
pub(super) struct InteractionRow {
    pub key: i64,
    pub id: String,
    pub timestamp: i64,
    pub day: String,
    /// The key of the same id in the other table.
    pub twin: Option<i64>,
    pub has_user: u8,
    pub has_session: u8,
    pub has_session_model: u8,
    pub has_session_day: u8,
    pub tokens: [i64; 10],
}

/// A revision of an estimate.
#[derive(Deserialize)]
pub(super) struct EstimateRow {
    pub key: i64,
    pub revision: i64,
    pub components: [Option<i64>; 4],
    pub total: Option<i64>,
    pub price_state: String,
    pub lines: String,
}

/// One of the two places, hot or archive.
pub(super) struct Place {
    pub estimate_table: &'static str,
    pub interactions: BTreeMap<i64, InteractionRow>,
    /// The counting estimate of each key, and how many revisions it has.
    pub estimates: BTreeMap<i64, (EstimateRow, i64)>,
}

impl Place {
    pub(super) fn read(
        estimate_table: &'static str,
        interactions: &Rows,
        estimates: &Rows,
    ) -> Result<Self, DatabaseError> {
        let interactions = interactions.decode::<InteractionRow>()?;
        let mut counting: BTreeMap<i64, (EstimateRow, i64)> = BTreeMap::new();
        for estimate in estimates.decode::<EstimateRow>()? {
            // They come by revision, so the last one counts.
            let revisions = counting
                .get(&estimate.key)
                .map_or(0, |(_, revisions)| *revisions);
            counting.insert(estimate.key, (estimate, revisions + 1));
        }
        Ok(Self {
            estimate_table,
            interactions: interactions.into_iter().map(|row| (row.key, row)).collect(),
            estimates: counting,
        })
    }
}
