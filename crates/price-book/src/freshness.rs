//! When each source was last heard, and whether its prices count as fresh.

use cost_calculation::UnixMillis;
use price_feeds::Source;
use serde::{Deserialize, Serialize};

use ledger_core::database::{Database, DatabaseError, Statement};

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStanding {
    /// The source.
    pub source: String,
    /// Models of its last list.
    pub model_count: u64,
    /// Rates of its last list.
    pub rate_count: u64,
    /// Entries and prices of it that gave no rate.
    pub skipped_count: u64,
    /// When it was last heard, unix milliseconds.
    pub checked_at: Option<i64>,
    /// When its list last changed.
    pub changed_at: Option<i64>,
    /// Why its last list was refused.
    pub last_error: Option<String>,
    /// Open price rows that come from it.
    pub open_rates: u64,
    /// Whether those rows are past their time: they still price, flagged.
    #[serde(default)]
    pub stale: bool,
}

/// The book's own state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freshness {
    /// The version of the book.
    pub price_book_version: i64,
    /// Every source that was ever heard or has rows in the book.
    pub sources: Vec<SourceStanding>,
    /// Rates that wait for a decision.
    pub quarantined: u64,
}

impl Freshness {
    /// Whether a source that prices something is past its time.
    pub fn is_stale(&self) -> bool {
        self.sources.iter().any(|source| source.stale)
    }
}

/// How the book stands now.
pub async fn freshness<D: Database>(
    database: &D,
    now: UnixMillis,
) -> Result<Freshness, DatabaseError> {
    // The table in its own order: nearly every row is open, and an index would find them one by one.
    const SOURCES: &str = "
WITH open_rates AS (
  SELECT source, COUNT(*) AS n, MAX(observed_at) AS latest FROM prices NOT INDEXED
  WHERE valid_to IS NULL AND status = 'active' GROUP BY source)
SELECT json_object('source', COALESCE(s.source, o.source),
  'model_count', COALESCE(s.model_count, 0), 'rate_count', COALESCE(s.rate_count, 0),
  'skipped_count', COALESCE(s.skipped_count, 0),
  'checked_at', COALESCE(s.checked_at, o.latest), 'changed_at', s.changed_at,
  'last_error', s.last_error, 'open_rates', COALESCE(o.n, 0))
FROM price_sources s FULL JOIN open_rates o ON o.source = s.source
ORDER BY COALESCE(s.source, o.source)";
    const BOOK: &str = "
SELECT json_array((SELECT price_book_version FROM ledger_state),
  (SELECT COUNT(*) FROM prices WHERE status <> 'active' AND status = 'quarantined'))";
    let rows = database
        .batch(&[Statement::new(SOURCES), Statement::new(BOOK)])
        .await?;
    let [sources, book] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let mut sources: Vec<SourceStanding> = sources.decode()?;
    for standing in &mut sources {
        let ttl_s = standing
            .source
            .parse::<Source>()
            .map_or(0, Source::cache_ttl_s);
        let fresh_until = standing
            .checked_at
            .map(|checked| checked.saturating_add(ttl_s * 1000));
        standing.stale = standing.open_rates > 0 && fresh_until.is_none_or(|until| until < now.0);
    }
    let (price_book_version, quarantined) = book.first()?.unwrap_or((0, 0));
    Ok(Freshness {
        price_book_version,
        sources,
        quarantined,
    })
}
