//! The export of sessions.

use serde_json::{Value, json};

use super::export_cell::Column;
use crate::{
    ask::problem::QueryError,
    sessions::{
        session_filter::SessionFilter,
        session_list::{NAMES, SESSION_COLUMNS, SESSION_OBJECT, Session},
    },
};

/// The columns, in the order of [`cells`].
pub(crate) const COLUMNS: [Column; 14] = [
    Column::text("id"),
    Column::text("user_id"),
    Column::text("tenant_id"),
    Column::text("start_time"),
    Column::text("end_time"),
    Column::text("last_seen"),
    Column::text("status"),
    Column::count("interaction_count"),
    Column::count("error_count"),
    Column::count("unpriced_count"),
    Column::count("token_count"),
    Column::money("total_cost"),
    Column::text("models"),
    Column::text("agents"),
];

/// Sessions after the place `after_time`, `after_key`, in order of their start: `[time, key,
/// session]`.
pub(crate) fn sql(filter: &SessionFilter) -> String {
    let found = filter.found(
        SESSION_COLUMNS,
        " AND (s.start_time, s.session_key) > (?1 ->> 'after_time', ?1 ->> 'after_key')",
    );
    format!(
        "SELECT json_array(f.start_time, f.session_key, json({SESSION_OBJECT}))
FROM (
  {found}
  ORDER BY start_time, session_key LIMIT ?1 ->> 'limit'
) f {NAMES}
ORDER BY f.start_time, f.session_key"
    )
}

/// The cells of a session.
pub(crate) fn cells(session: &Value, idle_since: i64) -> Result<Vec<Value>, QueryError> {
    let session = Session::read(session.clone(), idle_since)?;
    let models: Vec<String> = session
        .models
        .iter()
        .map(|name| format!("{}/{}", name.provider, name.model))
        .collect();
    Ok(vec![
        json!(session.id),
        json!(session.user_id),
        json!(session.tenant_id),
        json!(session.start_time),
        json!(session.end_time),
        json!(session.last_seen),
        json!(session.status),
        json!(session.interaction_count),
        json!(session.error_count),
        json!(session.unpriced_count),
        json!(session.token_count),
        json!(session.total_cost),
        json!(models.join(" ")),
        json!(session.agents.join(" ")),
    ])
}
