//! What the ledger remembers of traces.

use std::collections::HashMap;

use events::{Reason, TraceSpan};
use ledger_core::database::{Database, DatabaseError, Statement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::own_span::OwnSpan;
use crate::record_batch::{ANSWERS, StoredAnswer};

/// A span that is known, and what is recorded of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub span: TraceSpan,
    /// The digest of the interaction that it shows by itself; empty without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// The rules of that digest.
    #[serde(default)]
    pub digest_version: u32,
    /// The digest of what is recorded under its id, if something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// The id of the interaction that stands for its call; empty where it is a sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<String>,
}

impl Remembered {
    /// Its JSON, without what is absent.
    pub(super) fn to_json(&self) -> Result<Value, DatabaseError> {
        let unreadable = |error: serde_json::Error| DatabaseError::Decode(error.to_string());
        let mut value = serde_json::to_value(self).map_err(unreadable)?;
        if let Some(Value::Object(interaction)) = value.pointer_mut("/span/interaction") {
            interaction.retain(|_, field| !field.is_null());
        }
        Ok(value)
    }
}

/// A trace as it is kept.
#[derive(Debug, Default)]
pub(super) struct KnownTrace {
    /// 0 where nothing is kept.
    pub version: i64,
    pub spans: Vec<Remembered>,
    pub bytes: usize,
}

/// A span for which another one stands.
#[derive(Debug)]
pub(super) struct KnownJoined {
    pub body_hash: String,
    pub digest_version: u32,
    pub reason: Reason,
}

/// What the ledger knows of the spans of a body.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub traces: HashMap<String, KnownTrace>,
    /// Spans for which another one stands, by their ids.
    pub joined: HashMap<String, KnownJoined>,
    /// Interactions by their ids.
    pub stored: HashMap<String, StoredAnswer>,
}

impl Memory {
    /// How much of it there is to be written anew.
    pub(super) fn bytes(&self) -> usize {
        self.traces.values().map(|trace| trace.bytes).sum()
    }
}

// Primary key.
const TRACES: &str = "
SELECT json_array(m.trace_id, m.version, length(m.spans), json(m.spans))
FROM json_each(?1, '$.traces') j JOIN trace_memory m ON m.trace_id = j.value";

// Primary key.
const JOINED: &str = "
SELECT json_array(s.id, hex(s.body_hash), s.digest_version, s.part_of IS NULL)
FROM json_each(?1, '$.ids') j JOIN joined_spans s ON s.id = j.value";

/// Reads what is known of these spans and their traces.
pub(super) async fn load<D: Database>(
    database: &D,
    own: &[Vec<OwnSpan<'_>>],
) -> Result<Memory, DatabaseError> {
    let spans = || own.iter().flatten();
    let mut traces: Vec<&str> = spans().map(|own| own.span.trace_id.as_str()).collect();
    traces.dedup();
    let ids: Vec<&str> = spans()
        .filter_map(|own| Some(own.span.interaction.as_ref()?.id.as_str()))
        .collect();
    let parameter = json!({ "traces": traces, "ids": ids, "ingest_id": 0 }).to_string();
    let statements =
        [TRACES, JOINED, ANSWERS.as_str()].map(|sql| Statement::with_json(sql, parameter.clone()));
    let rows = database.batch(&statements).await?;
    let [traces, joined, stored] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let traces = traces.decode::<(String, i64, usize, Vec<Remembered>)>()?;
    Ok(Memory {
        traces: traces
            .into_iter()
            .map(|(id, version, bytes, spans)| {
                let trace = KnownTrace {
                    version,
                    spans,
                    bytes,
                };
                (id, trace)
            })
            .collect(),
        joined: joined
            .decode::<(String, String, u32, u8)>()?
            .into_iter()
            .map(|(id, body_hash, digest_version, is_sum)| {
                let reason = if is_sum == 1 {
                    Reason::SumOfCalls
                } else {
                    Reason::InnerCall
                };
                let joined = KnownJoined {
                    body_hash,
                    digest_version,
                    reason,
                };
                (id, joined)
            })
            .collect(),
        stored: stored
            .decode::<StoredAnswer>()?
            .into_iter()
            .map(|answer| (answer.id.clone(), answer))
            .collect(),
    })
}
