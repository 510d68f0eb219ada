//! Interactions of a session, hot and archived, with the running cost.

use cost_calculation::UnixMillis;
use query_parameters::{Page, Parameters};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::session_list::NAMES;
use crate::{
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp},
    },
    groups::group::flag,
    sums::figures::{CostByComponent, Tokens},
};
use cost_calculation::{Amount, Ratio};
use ledger_core::{
    database::{Database, Statement},
    interaction_columns::trace_id_sql,
};
use reporting_days::calendar::iso;

/// How an interaction may have ended, as filters name it.
pub(crate) const STATUSES: [(&str, &str); 3] =
    [("ok", "ok"), ("error", "error"), ("aborted", "aborted")];

/// The parameters of `/sessions/{session_id}/interactions`.
pub const INTERACTION_LIST_PARAMETERS: [&str; 5] = ["type", "status", "order", "limit", "offset"];

/// The contract's `Interaction`.
#[derive(Debug, Clone, Serialize)]
pub struct Interaction {
    /// The id under which it was sent.
    pub id: String,
    session_id: String,
    user_id: String,
    tenant_id: String,
    timestamp: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    error: Option<String>,
    pub(crate) provider: String,
    pub(crate) model: String,
    model_reported: Option<String>,
    agent: String,
    agent_name: Option<String>,
    user_label: Option<String>,
    context: Option<String>,
    message_id: Option<String>,
    trace_id: Option<String>,
    duration_ms: Option<i64>,
    time_to_first_token_ms: Option<i64>,
    tokens: Tokens,
    resources: Vec<String>,
    price_state: String,
    pub(crate) total_cost: Option<Amount>,
    pub(crate) cost_by_component: CostByComponent,
    cumulative_cost: Amount,
    share: Option<Ratio>,
    feedback: Option<i64>,
    source: String,
    archived: bool,
}

/// A row of [`INTERACTION_OBJECT`].
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct InteractionRow(Origin, Outcome);

#[derive(Debug, Clone, Deserialize)]
struct Origin {
    id: String,
    session_id: String,
    user_id: String,
    tenant_id: String,
    timestamp: i64,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    error: Option<String>,
    provider: String,
    model_name: String,
    model_reported: Option<String>,
    agent: String,
    agent_name: Option<String>,
    user_label: Option<String>,
    context: Option<String>,
    message_id: Option<String>,
    trace_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Outcome {
    duration_ms: Option<i64>,
    time_to_first_token_ms: Option<i64>,
    tokens: [i64; 10],
    units: Option<String>,
    price_state: String,
    costs: [Option<i64>; 5],
    running: [i64; 2],
    feedback: Option<i64>,
    source: String,
    #[serde(deserialize_with = "flag")]
    archived: bool,
}

impl InteractionRow {
    /// As answered; `session_cost` is the whole session's.
    pub fn answer(self, session_cost: Amount) -> Interaction {
        let Self(origin, outcome) = self;
        let [ai_tokens, db_ops, api_calls, compute_time, total] = outcome
            .costs
            .map(|cost| cost.map(|pico| Amount(i128::from(pico))));
        let [micro, rest] = outcome.running;
        Interaction {
            id: origin.id,
            session_id: origin.session_id,
            user_id: origin.user_id,
            tenant_id: origin.tenant_id,
            timestamp: iso(UnixMillis(origin.timestamp)),
            kind: origin.kind,
            status: origin.status,
            error: origin.error,
            provider: origin.provider,
            model: origin.model_name,
            model_reported: origin.model_reported,
            agent: origin.agent,
            agent_name: origin.agent_name,
            user_label: origin.user_label,
            context: origin.context,
            message_id: origin.message_id,
            trace_id: origin.trace_id,
            duration_ms: outcome.duration_ms,
            time_to_first_token_ms: outcome.time_to_first_token_ms,
            tokens: outcome.tokens.into(),
            resources: resources(outcome.units.as_deref()),
            price_state: outcome.price_state,
            total_cost: total,
            cost_by_component: CostByComponent {
                ai_tokens,
                db_ops,
                api_calls,
                compute_time,
            },
            cumulative_cost: Amount::from_parts(micro, rest),
            share: total.and_then(|total| Ratio::of_amounts(total, session_cost)),
            feedback: outcome.feedback,
            source: outcome.source,
            archived: outcome.archived,
        }
    }
}

/// How many names of resources an interaction shows.
const RESOURCES_MAX: usize = 10;

/// What was used beside tokens, by name: the calls first, then the other units.
fn resources(units: Option<&str>) -> Vec<String> {
    let mut units: serde_json::Map<String, serde_json::Value> = units
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let calls = units.remove("calls");
    let calls = calls.as_ref().and_then(serde_json::Value::as_object);
    calls
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .chain(units.keys())
        .take(RESOURCES_MAX)
        .cloned()
        .collect()
}

/// The contract's `InteractionPage`.
#[derive(Debug, Serialize)]
pub struct InteractionPage {
    items: Vec<Interaction>,
    limit: u64,
    offset: u64,
    total_count: i64,
}

/// The contract's `InteractionList`.
#[derive(Debug, Serialize)]
pub struct InteractionList {
    #[serde(flatten)]
    stamp: Stamp,
    #[serde(flatten)]
    page: InteractionPage,
}

/// The interactions of a session with their newest estimates, from both tables: each arm searches
/// the index by session and time, then the primary key of the estimates.
pub(crate) fn of_session(columns: &str) -> String {
    let arm = |suffix: &str, archived: u8| {
        format!(
            "SELECT {columns}, {archived} AS archived
  FROM interactions{suffix} i CROSS JOIN cost_estimates{suffix} e
  WHERE i.session_key = ?1 ->> 'session_key' AND e.interaction_key = i.interaction_key
    AND e.revision = (SELECT MAX(x.revision) FROM cost_estimates{suffix} x
                      WHERE x.interaction_key = i.interaction_key)"
        )
    };
    format!("{}\n  UNION ALL\n  {}", arm("", 0), arm("_archive", 1))
}

/// What [`INTERACTION_OBJECT`] needs of an interaction `i` and its estimate `e`.
pub(crate) fn interaction_columns() -> String {
    format!(
        "i.interaction_key, i.id, i.session_key, i.user_key,
    i.timestamp, i.type, i.status, i.error, i.provider, i.model_name, i.model_reported, i.agent,
    i.context, i.message_id, {} AS trace_id, i.duration_ms, i.time_to_first_token_ms, i.input_tokens,
    i.cache_read_tokens, i.cache_write_5m_tokens, i.cache_write_1h_tokens, i.output_tokens,
    i.reasoning_tokens, i.audio_in_tokens, i.audio_out_tokens, i.image_in_tokens,
    i.image_out_tokens, i.units, i.source, e.price_state, e.ai_tokens_cost, e.db_ops_cost,
    e.api_calls_cost, e.compute_time_cost, e.total_cost",
        trace_id_sql("i")
    )
}

/// An interaction `f` of [`interaction_columns`] with the running sum, of its user `u` and its session's
/// name `n` ([`NAMES`]); its thumb by primary key.
pub(crate) const INTERACTION_OBJECT: &str = "json_array(json_object('id', f.id, 'session_id', n.id,
  'user_id', u.user_id, 'tenant_id', u.tenant_id, 'timestamp', f.timestamp, 'type', f.type,
  'status', f.status, 'error', f.error, 'provider', f.provider, 'model_name', f.model_name,
  'model_reported', f.model_reported, 'agent', f.agent,
  'agent_name', (SELECT name FROM agents WHERE agent = f.agent), 'user_label', u.label,
  'context', f.context,
  'message_id', f.message_id, 'trace_id', f.trace_id), json_object(
  'duration_ms', f.duration_ms, 'time_to_first_token_ms', f.time_to_first_token_ms,
  'tokens', json_array(f.input_tokens, f.cache_read_tokens, f.cache_write_5m_tokens,
    f.cache_write_1h_tokens, f.output_tokens, f.reasoning_tokens, f.audio_in_tokens,
    f.audio_out_tokens, f.image_in_tokens, f.image_out_tokens),
  'units', f.units, 'price_state', f.price_state,
  'costs', json_array(f.ai_tokens_cost, f.db_ops_cost, f.api_calls_cost, f.compute_time_cost,
    f.total_cost),
  'running', json_array(f.running_micro, f.running_rest),
  'feedback', (SELECT value FROM feedback WHERE trace_id = f.trace_id),
  'source', f.source, 'archived', f.archived))";

/// The running sum over a session, in order of time.
pub(crate) const RUNNING: &str =
    "SUM(COALESCE(total_cost, 0) / 1000000) OVER earlier AS running_micro,
    SUM(COALESCE(total_cost, 0) % 1000000) OVER earlier AS running_rest";

impl<D: Database> Reader<'_, D> {
    /// `GET /sessions/{session_id}/interactions`.
    pub async fn interaction_list(
        &self,
        session_id: &str,
        parameters: &Parameters,
    ) -> Result<InteractionList, QueryError> {
        let page = parameters.page()?;
        let kinds = [
            ("chat", "chat"),
            ("db", "db"),
            ("api", "api"),
            ("cost-event", "cost-event"),
        ];
        let kind = parameters.word("type", &kinds)?;
        let status = parameters.word("status", &STATUSES)?;
        let is_ascending = parameters.is_ascending(true)?;
        let session = self.session_of(session_id).await?;
        let cost = session.total_cost.unwrap_or_default();
        let page = self
            .interaction_page(session.key, cost, kind, status, is_ascending, page)
            .await?;
        Ok(InteractionList {
            stamp: self.stamp(),
            page,
        })
    }

    pub(crate) async fn interaction_page(
        &self,
        session_key: i64,
        session_cost: Amount,
        kind: Option<&str>,
        status: Option<&str>,
        is_ascending: bool,
        page: Page,
    ) -> Result<InteractionPage, QueryError> {
        let direction = if is_ascending { "ASC" } else { "DESC" };
        let sql = format!(
            "WITH all_of_session AS (
  {}
), running AS (
  SELECT *, {RUNNING} FROM all_of_session WINDOW earlier AS (ORDER BY timestamp, interaction_key)
), found AS (
  SELECT * FROM running
  WHERE (?1 ->> 'type' IS NULL OR type = ?1 ->> 'type')
    AND (?1 ->> 'status' IS NULL OR status = ?1 ->> 'status')
)
SELECT json_array(COUNT(*)) FROM found
UNION ALL
SELECT * FROM (
  SELECT {INTERACTION_OBJECT}
  FROM found f {NAMES}
  ORDER BY f.timestamp {direction}, f.interaction_key {direction}
  LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset')",
            of_session(&interaction_columns())
        );
        let values = json!({
            "session_key": session_key, "type": kind, "status": status,
            "limit": page.limit, "offset": page.offset,
        });
        let rows = self.database.query(Statement::with(sql, &values)?).await?;
        let (total_count,): (i64,) = rows.first()?.unwrap_or_default();
        page.check(total_count)?;
        let rest = ledger_core::database::Rows::new(rows.texts().iter().skip(1).cloned().collect());
        Ok(InteractionPage {
            items: rest
                .decode::<InteractionRow>()?
                .into_iter()
                .map(|row| row.answer(session_cost))
                .collect(),
            limit: page.limit,
            offset: page.offset,
            total_count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_called_is_named_before_what_was_counted() {
        let named = resources(Some(
            r#"{"calls":{"web_search":1,"tool:fetch":2},"rows_read":20}"#,
        ));
        assert_eq!(named, ["tool:fetch", "web_search", "rows_read"]);
        assert_eq!(resources(None), Vec::<String>::new());
        let many: Vec<String> = (0..40).map(|at| format!(r#""u{at}":1,"#)).collect();
        let many = many.concat();
        let many = format!("{{{}}}", many.trim_end_matches(','));
        assert_eq!(resources(Some(&many)).len(), RESOURCES_MAX);
    }
}
