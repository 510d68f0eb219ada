//! The part of the price book that an isolate has read so far, with the version it belongs to.
//!
//! Nothing checks on each request whether the book has moved: the insert of the interactions does
//! (see [`ledger_record::record_batch`]). So an event of a model seen before costs no read at all.

use cost_calculation::{
    Billable, ModelAlias, PriceBook, PriceRow, ProviderMapping, ResourceType, UnixMillis,
    ValidFromBasis,
};
use serde::Deserialize;

use ledger_core::{
    book_version::{BOOK_VERSION, BookVersion, version_in},
    database::{Database, DatabaseError, Rows, Statement},
};

/// How long what was read is used: whether a price is stale changes with time alone.
const AGE_MS_MAX: i64 = 10 * 60_000;
/// The most keys that are remembered; past it the cache begins anew.
const KEYS_MAX: usize = 4_000;

/// A price key: provider and model.
pub type PriceKey = (String, String);

/// Prices as read from `prices`, of one version of the book.
#[derive(Debug, Default)]
pub struct PriceCache {
    read: Option<ReadBook>,
}

#[derive(Debug)]
struct ReadBook {
    version: BookVersion,
    book: PriceBook,
    read_at: UnixMillis,
}

const ALIASES: &str = "
SELECT json_array(provider, alias, model, valid_from, valid_to) FROM model_aliases ORDER BY id";

const MAPPINGS: &str = "
SELECT json_array(endpoint, provider, valid_from, valid_to) FROM provider_mappings ORDER BY id";

// Index prices_by_key: one search for each key.
const ROWS: &str = "
SELECT json_array(p.id, p.provider, p.model, p.resource_type, p.region, p.service_tier,
  p.min_context, p.schedule, p.rate, p.per, p.valid_from, p.valid_from_basis, p.valid_to,
  COALESCE(s.checked_at, p.observed_at) + p.cache_ttl_s * 1000 < ?1 ->> 'now', p.observed_at)
FROM json_each(?1, '$.keys') k
  JOIN prices p ON p.provider = k.value ->> 0 AND p.model = k.value ->> 1
  LEFT JOIN price_sources s ON s.source = p.source
WHERE p.status = 'active'";

#[derive(Deserialize)]
struct StoredRow(
    i64,
    String,
    String,
    String,
    String,
    String,
    u64,
    String,
    i64,
    i64,
    i64,
    String,
    Option<i64>,
    i64,
    i64,
);

impl PriceCache {
    /// Forgets everything: the next [`PriceCache::prepare`] reads the book as it is then.
    pub fn forget(&mut self) {
        self.read = None;
    }

    /// Reads what these interactions need and is not here yet; returns the book and its version.
    pub async fn prepare<D: Database>(
        &mut self,
        database: &D,
        billables: &[Billable<'_>],
        now: UnixMillis,
    ) -> Result<(&PriceBook, BookVersion), DatabaseError> {
        if self.read.as_ref().is_some_and(|read| {
            let age_ms = now.0.saturating_sub(read.read_at.0);
            read.book.key_count() > KEYS_MAX || !(0..=AGE_MS_MAX).contains(&age_ms)
        }) {
            self.forget();
        }
        // Twice at most: the book may have moved between what is here and what is read now, and
        // then everything is read in one go.
        for _ in 0..2 {
            let read = match self.read.take() {
                Some(read) => read,
                None => ReadBook::open(database, now).await?,
            };
            let missing = read.missing(billables);
            if missing.is_empty() {
                self.read = Some(read);
                break;
            }
            self.read = read.with(database, missing, now).await?;
        }
        match &mut self.read {
            Some(read) => Ok((&read.book, read.version)),
            None => Err(DatabaseError::Overloaded(
                "the price book moved while it was read; send the request again".to_owned(),
            )),
        }
    }
}

impl ReadBook {
    async fn open<D: Database>(database: &D, now: UnixMillis) -> Result<Self, DatabaseError> {
        let rows = database
            .batch(&[
                Statement::new(BOOK_VERSION),
                Statement::new(ALIASES),
                Statement::new(MAPPINGS),
            ])
            .await?;
        let [version, aliases, mappings] = rows.as_slice() else {
            return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
        };
        Ok(Self {
            version: version_in(version)?,
            read_at: now,
            book: PriceBook::new(Vec::new(), aliases_in(aliases)?, mappings_in(mappings)?),
        })
    }

    fn missing(&self, billables: &[Billable<'_>]) -> Vec<PriceKey> {
        let mut missing: Vec<PriceKey> = billables
            .iter()
            .flat_map(|billable| self.book.keys_missing(billable))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// This book with the rows of more keys; `None` if the book has moved meanwhile.
    async fn with<D: Database>(
        mut self,
        database: &D,
        keys: Vec<PriceKey>,
        now: UnixMillis,
    ) -> Result<Option<Self>, DatabaseError> {
        let parameter = serde_json::json!({ "keys": keys, "now": now.0 });
        let rows = database
            .batch(&[
                Statement::new(BOOK_VERSION),
                Statement::with(ROWS, &parameter)?,
            ])
            .await?;
        let [version, prices] = rows.as_slice() else {
            return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
        };
        if version_in(version)? != self.version {
            return Ok(None);
        }
        self.book.insert_rows(price_rows_in(prices)?);
        self.book.mark_known(keys);
        Ok(Some(self))
    }
}

fn aliases_in(rows: &Rows) -> Result<Vec<ModelAlias>, DatabaseError> {
    Ok(rows
        .decode::<(String, String, String, i64, Option<i64>)>()?
        .into_iter()
        .map(
            |(provider, alias, model, valid_from, valid_to)| ModelAlias {
                provider,
                alias,
                model,
                valid_from: UnixMillis(valid_from),
                valid_to: valid_to.map(UnixMillis),
            },
        )
        .collect())
}

fn mappings_in(rows: &Rows) -> Result<Vec<ProviderMapping>, DatabaseError> {
    Ok(rows
        .decode::<(String, String, i64, Option<i64>)>()?
        .into_iter()
        .map(
            |(endpoint, provider, valid_from, valid_to)| ProviderMapping {
                endpoint,
                provider,
                valid_from: UnixMillis(valid_from),
                valid_to: valid_to.map(UnixMillis),
            },
        )
        .collect())
}

fn price_rows_in(rows: &Rows) -> Result<Vec<PriceRow>, DatabaseError> {
    rows.decode::<StoredRow>()?
        .into_iter()
        .map(|row| {
            let unreadable = |what: &str| {
                DatabaseError::Decode(format!("price {} has an unknown {what}", row.0))
            };
            Ok(PriceRow {
                id: row.0,
                resource: row
                    .3
                    .parse::<ResourceType>()
                    .map_err(|_| unreadable("resource_type"))?,
                provider: row.1,
                model: row.2,
                region: row.4,
                service_tier: row.5,
                min_context: row.6,
                schedule: row.7,
                rate_pico: row.8,
                per: row.9,
                valid_from: UnixMillis(row.10),
                valid_from_basis: row
                    .11
                    .parse::<ValidFromBasis>()
                    .map_err(|_| unreadable("valid_from_basis"))?,
                valid_to: row.12.map(UnixMillis),
                stale: row.13 != 0,
                observed_at: UnixMillis(row.14),
            })
        })
        .collect()
}
