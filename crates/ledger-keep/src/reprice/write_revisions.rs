//! The batch that adds revisions and moves every sum by the difference.

use std::sync::LazyLock;

use cost_calculation::UnixMillis;
use serde_json::{Value, json};

use ledger_core::{
    book_version::BookVersion,
    database::{Database, DatabaseError, Statement},
    rollup::{MEASURES, TOKEN_SUM, move_by},
    schema::SCHEMA_VERSION,
};

const GUARD: &str = "EXISTS (SELECT 1 FROM ledger_state
    WHERE price_book_version = ?1 ->> 'price_book_version' AND epoch = ?1 ->> 'epoch'
      AND schema_version = ?1 ->> 'schema_version')";

/// The rows that this chunk wrote, each with the one that it follows.
const REVISED: &str = "FROM json_each(?1, '$.estimates') j
    JOIN interactions i ON i.interaction_key = j.value ->> 0
    JOIN cost_estimates n ON n.interaction_key = i.interaction_key
      AND n.revision = (j.value ->> 1) + 1 AND n.run_id = ?1 ->> 'run_id'
    JOIN cost_estimates o ON o.interaction_key = i.interaction_key
      AND o.revision = j.value ->> 1";

// One row for each estimate: interaction, the revision that it follows, the estimate's columns.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO cost_estimates (interaction_key, revision, ai_tokens_cost, db_ops_cost,
           api_calls_cost, compute_time_cost, total_cost, cache_savings, currency, price_state,
           match_kind, calculation_version, price_book_version, created_at, run_id, reason, lines)
         SELECT i.interaction_key, (j.value ->> 1) + 1, j.value ->> 2, j.value ->> 3,
           j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, 'USD', j.value ->> 8,
           j.value ->> 9, j.value ->> 10, ?1 ->> 'price_book_version', ?1 ->> 'now',
           ?1 ->> 'run_id', 'a price arrived', j.value ->> 11
         FROM json_each(?1, '$.estimates') j
           JOIN interactions i ON i.interaction_key = j.value ->> 0
         WHERE {GUARD}
           AND j.value ->> 1 = (SELECT MAX(x.revision) FROM cost_estimates x
                                WHERE x.interaction_key = i.interaction_key)"
    )
});

static UPDATE_SESSIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE sessions SET
           unpriced_count = sessions.unpriced_count + d.unpriced_count,
           partial_count = sessions.partial_count + d.partial_count,
           total_cost = sessions.total_cost + d.total_cost
         FROM (
           SELECT i.session_key,
             SUM((n.price_state = 'unpriced') - (o.price_state = 'unpriced')) AS unpriced_count,
             SUM((n.price_state = 'partial') - (o.price_state = 'partial')) AS partial_count,
             SUM(COALESCE(n.total_cost, 0) - COALESCE(o.total_cost, 0)) AS total_cost
           {REVISED} GROUP BY i.session_key) d
         WHERE sessions.session_key = d.session_key"
    )
});

static MOVE_ROLLUPS: LazyLock<String> = LazyLock::new(|| {
    let measures = MEASURES.map(difference).join(",\n         ");
    let delta = format!(
        "  SELECT i.day, i.user_key, i.provider, i.model_name AS model, i.agent, i.type,
         {measures}
  {REVISED}"
    );
    move_by(&delta)
});

static BUMP_LEDGER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE ledger_state SET ledger_version = ledger_version + 1
         WHERE EXISTS (SELECT 1 {REVISED})"
    )
});

static COUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT json_array((SELECT COUNT(*) {REVISED}), price_book_version, epoch, schema_version)
         FROM ledger_state"
    )
});

/// What a new estimate `n` adds to a measure over the one `o` that it follows.
pub(crate) fn difference(measure: &str) -> String {
    match measure {
        "unpriced_count" => {
            "(n.price_state = 'unpriced') - (o.price_state = 'unpriced') AS unpriced_count"
                .to_owned()
        }
        "partial_count" => {
            "(n.price_state = 'partial') - (o.price_state = 'partial') AS partial_count".to_owned()
        }
        "unpriced_tokens" => format!(
            "{TOKEN_SUM} * ((n.price_state = 'unpriced') - (o.price_state = 'unpriced'))
           AS unpriced_tokens"
        ),
        counted if counted.ends_with("_count") || counted.ends_with("_tokens") => {
            format!("0 AS {counted}")
        }
        cost => format!("COALESCE(n.{cost}, 0) - COALESCE(o.{cost}, 0) AS {cost}"),
    }
}

/// Writes the new estimates and moves the sums; `None` if the book moved and nothing was written.
pub(super) async fn write_chunk<D: Database>(
    database: &D,
    estimates: &[Value],
    book: BookVersion,
    run_id: &str,
    now: UnixMillis,
) -> Result<Option<u64>, DatabaseError> {
    let parameter = json!({
        "price_book_version": book.version,
        "epoch": book.epoch,
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "now": now.0,
        "estimates": estimates,
    })
    .to_string();
    let with = |sql: &'static str| Statement::with_json(sql, parameter.clone());
    let statements = [
        with(&INSERT),
        with(&UPDATE_SESSIONS),
        with(&MOVE_ROLLUPS),
        with(&BUMP_LEDGER),
        with(&COUNT),
    ];
    let rows = database.batch(&statements).await?;
    let counted = rows
        .last()
        .map(ledger_core::Rows::first::<(u64, i64, i64, i64)>)
        .transpose()?
        .flatten();
    Ok(counted
        .filter(|(_, version, epoch, schema)| {
            (*version, *epoch, *schema) == (book.version, book.epoch, SCHEMA_VERSION)
        })
        .map(|(revised, ..)| revised))
}
