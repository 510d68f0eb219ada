//! The batch that changes the book: quotes, closings, openings and the next version together.

use cost_calculation::UnixMillis;
use price_feeds::{
    Source,
    merge::{ModelChanges, NewRow, SourcedQuote},
};
use serde_json::{Value, json};

use super::stored::{BOOK_VERSION, ModelName, book_version};
use ledger_core::database::{Database, DatabaseError, Statement};

/// What one batch writes.
#[derive(Debug, Default)]
pub(super) struct BookWrite<'a> {
    /// The version of the book that the changes were made from.
    pub(super) book_version: i64,
    /// Whose quotes are replaced, if any are.
    pub(super) source: Option<Source>,
    /// The models whose quotes of the source are replaced.
    pub(super) models: &'a [ModelName],
    /// The source's quotes of these models.
    pub(super) quotes: Vec<&'a SourcedQuote>,
    /// The changes of every model.
    pub(super) changes: Vec<ModelChanges>,
    /// The record of an admin's change, made only if the change is.
    pub(super) audit: Option<Statement>,
}

/// The condition of every statement: another change of the book makes the batch write nothing.
const GUARD: &str = "EXISTS (SELECT 1 FROM ledger_state
    WHERE price_book_version = ?1 ->> 'book_version')";

impl BookWrite<'_> {
    /// Whether the book, not only the quotes, changes.
    pub(super) fn changes_book(&self) -> bool {
        self.changes.iter().any(|changes| !changes.is_empty())
    }

    /// The statements of the batch, for [`write`].
    pub(super) fn statements(self, now: UnixMillis) -> Vec<Statement> {
        let is_bump = self.changes_book();
        let version = self.book_version;
        let mut statements = vec![Statement::new(BOOK_VERSION)];
        if let Some(source) = self.source {
            let parameter = json!({
                "book_version": version,
                "source": source.as_str(),
                "models": self.models,
                "quotes": self.quotes.iter().map(|quote| quote_row(quote)).collect::<Vec<_>>(),
            })
            .to_string();
            statements.push(Statement::with_json(
                format!(
                    "DELETE FROM price_quotes
                     WHERE source = ?1 ->> 'source' AND (provider, model) IN
                       (SELECT k.value ->> 0, k.value ->> 1 FROM json_each(?1, '$.models') k)
                       AND {GUARD}"
                ),
                parameter.clone(),
            ));
            statements.push(Statement::with_json(
                format!(
                    "INSERT INTO price_quotes (source, provider, model, resource_type, region,
                       service_tier, min_context, schedule, valid_from, valid_to, rate, per,
                       source_revision)
                     SELECT ?1 ->> 'source', j.value ->> 0, j.value ->> 1, j.value ->> 2,
                       j.value ->> 3, j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7,
                       j.value ->> 8, j.value ->> 9, j.value ->> 10, j.value ->> 11
                     FROM json_each(?1, '$.quotes') j WHERE {GUARD}
                     ON CONFLICT DO NOTHING"
                ),
                parameter,
            ));
        }
        if is_bump {
            statements.extend(self.book_statements(now));
        }
        if let Some(audit) = self.audit {
            statements.push(only_if(&audit, version));
        }
        if is_bump {
            // Last: it is what the other statements' guard compares with.
            statements.push(Statement::with_json(
                format!("UPDATE ledger_state SET price_book_version = price_book_version + 1 WHERE {GUARD}"),
                json!({ "book_version": version }).to_string(),
            ));
        }
        statements
    }

    fn book_statements(&self, now: UnixMillis) -> Vec<Statement> {
        let all = || self.changes.iter();
        let closings: Vec<_> = all().flat_map(|changes| &changes.close).collect();
        let withdrawals: Vec<_> = all().flat_map(|changes| &changes.withdraw).collect();
        let openings: Vec<_> = all()
            .flat_map(|changes| &changes.open)
            .map(opening_row)
            .collect();
        let mut statements = Vec::new();
        if !closings.is_empty() {
            let parameter = json!({ "book_version": self.book_version, "rows": closings });
            statements.push(Statement::with_json(
                format!(
                    "UPDATE prices SET valid_to = c.value ->> 1 FROM json_each(?1, '$.rows') c
                     WHERE prices.id = c.value ->> 0 AND {GUARD}"
                ),
                parameter.to_string(),
            ));
        }
        if !withdrawals.is_empty() {
            let parameter = json!({ "book_version": self.book_version, "rows": withdrawals });
            statements.push(Statement::with_json(
                format!(
                    "UPDATE prices SET status = 'rejected', reason = w.value ->> 1
                     FROM json_each(?1, '$.rows') w
                     WHERE prices.id = w.value ->> 0 AND prices.status = 'quarantined' AND {GUARD}"
                ),
                parameter.to_string(),
            ));
        }
        if !openings.is_empty() {
            let parameter =
                json!({ "book_version": self.book_version, "now": now.0, "rows": openings });
            statements.push(Statement::with_json(
                format!(
                    "INSERT INTO prices (provider, model, resource_type, region, service_tier,
                       min_context, schedule, rate, per, currency, valid_from, valid_from_basis, valid_to,
                       source, source_revision, status, reason, observed_at, cache_ttl_s)
                     SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3,
                       j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 8, 'USD',
                       j.value ->> 9, j.value ->> 10, j.value ->> 11, j.value ->> 12,
                       j.value ->> 13, iif(j.value ->> 14 IS NULL, 'active', 'quarantined'),
                       j.value ->> 14, ?1 ->> 'now', j.value ->> 15
                     FROM json_each(?1, '$.rows') j WHERE {GUARD}"
                ),
                parameter.to_string(),
            ));
        }
        statements
    }
}

/// Writes the statements of a [`BookWrite`]; `false` if the book moved since it was read, and nothing
/// was written.
pub(super) async fn write<D: Database>(
    database: &D,
    statements: &[Statement],
    expected_version: i64,
) -> Result<bool, DatabaseError> {
    let rows = database.batch(statements).await?;
    let found = rows.first().map(book_version).transpose()?;
    Ok(found == Some(expected_version))
}

/// An insert from a select without a condition, made only at this version of the book.
fn only_if(statement: &Statement, book_version: i64) -> Statement {
    Statement {
        sql: format!(
            "{} WHERE {book_version} = (SELECT price_book_version FROM ledger_state)",
            statement.sql
        )
        .into(),
        parameter: statement.parameter.clone(),
    }
}

fn quote_row(sourced: &SourcedQuote) -> Value {
    let quote = &sourced.quote;
    let key = &quote.key;
    json!([
        key.provider,
        key.model,
        key.resource_type,
        key.region,
        key.service_tier,
        key.min_context,
        key.schedule,
        quote.valid_from_ms,
        quote.valid_to_ms,
        quote.rate.rate_pico,
        quote.rate.per,
        sourced.revision,
    ])
}

fn opening_row(row: &NewRow) -> Value {
    let key = &row.key;
    json!([
        key.provider,
        key.model,
        key.resource_type,
        key.region,
        key.service_tier,
        key.min_context,
        key.schedule,
        row.rate.rate_pico,
        row.rate.per,
        row.valid_from_ms,
        row.basis.as_str(),
        row.valid_to_ms,
        row.source.as_str(),
        row.revision,
        row.quarantined_because,
        row.source.cache_ttl_s(),
    ])
}
