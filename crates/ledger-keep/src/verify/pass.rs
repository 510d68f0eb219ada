//! The open pass: where verification stands, and the batch that writes a slice's findings, its
//! corrections and the next place, all or nothing.

use cost_calculation::UnixMillis;
use serde_json::Value;

use ledger_core::{
    database::{Database, DatabaseError, Rows, Statement},
    schema::SCHEMA_VERSION,
    verification_report::Stage,
};
use reporting_days::ReportingZone;

use super::slice::Slice;

/// The open pass, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenPass {
    pub id: i64,
    pub stage: Stage,
    pub position: String,
    pub zone: ReportingZone,
    /// How often interactions were withdrawn when this slice began to read.
    pub withdrawal_count: i64,
}

/// Holds while the pass stands where this slice found it, so that a slice that is written twice, after
/// a lost answer or by two runs, counts once; while the days are of the zone that it looked with; and
/// while no interaction was withdrawn: what the slice has read may be gone from the sums that it is
/// compared with.
pub(super) const GUARD: &str = "EXISTS (SELECT 1 FROM integrity_passes p, ledger_state s
    WHERE p.id = ?1 ->> 'pass_id' AND p.stage = ?1 ->> 'stage' AND p.position = ?1 ->> 'position'
      AND s.reporting_time_zone = ?1 ->> 'zone'
      AND s.withdrawal_count = ?1 ->> 'withdrawal_count'
      AND NOT EXISTS (SELECT 1 FROM zone_changes z WHERE z.finished_at IS NULL))";

/// Whether the days are still those of the zone that a slice looked with, and how often interactions
/// were withdrawn.
const STANDS: &str = "
SELECT json_array(s.withdrawal_count, s.reporting_time_zone = ?1 ->> 'zone'
  AND NOT EXISTS (SELECT 1 FROM zone_changes z WHERE z.finished_at IS NULL))
FROM ledger_state s";

/// What became of a slice.
pub(super) enum Written {
    /// It is written: the pass as it stands then.
    Next(OpenPass),
    /// Interactions were withdrawn meanwhile and nothing was written: the slice is to be done again.
    Again(OpenPass),
    /// The zone changes meanwhile and nothing was written: the pass goes on after it.
    ZoneChanges,
}

const OPEN: &str = "
INSERT INTO integrity_passes (started_at, stage, position, slice_count, interaction_count,
  estimate_count, session_count, day_count, finding_count, repaired_count)
SELECT ?1 ->> 'now', 'interactions', '0', 0, 0, 0, 0, 0, 0, 0
WHERE NOT EXISTS (SELECT 1 FROM integrity_passes WHERE finished_at IS NULL)
  AND EXISTS (SELECT 1 FROM ledger_state WHERE schema_version = ?1 ->> 'schema_version')";

const READ_OPEN: &str = "
SELECT json_array(p.id, p.stage, p.position, s.reporting_time_zone, s.withdrawal_count)
FROM integrity_passes p JOIN ledger_state s
WHERE p.finished_at IS NULL AND s.schema_version = ?1 ->> 'schema_version'";

/// Reads the open pass, or opens one; `None` if the database has another schema.
pub(super) async fn open<D: Database>(
    database: &D,
    now: UnixMillis,
) -> Result<Option<OpenPass>, DatabaseError> {
    let parameter =
        serde_json::json!({ "now": now.0, "schema_version": SCHEMA_VERSION }).to_string();
    let rows = database
        .batch(&[
            Statement::with_json(OPEN, parameter.clone()),
            Statement::with_json(READ_OPEN, parameter),
        ])
        .await?;
    let Some((id, stage, position, zone, withdrawal_count)) = rows
        .last()
        .map(Rows::first::<(i64, Stage, String, String, i64)>)
        .transpose()?
        .flatten()
    else {
        return Ok(None);
    };
    let zone = ReportingZone::named(&zone).ok_or_else(|| {
        DatabaseError::Other(format!(
            "ledger_state.reporting_time_zone {zone} is no time zone"
        ))
    })?;
    Ok(Some(OpenPass {
        id,
        stage,
        position,
        zone,
        withdrawal_count,
    }))
}

impl OpenPass {
    /// The last key that was verified, in a stage that goes by keys; 0 before the first.
    ///
    /// # Errors
    /// The stored place is no key.
    pub fn last_key(&self) -> Result<i64, DatabaseError> {
        if self.position.is_empty() {
            return Ok(0);
        }
        self.position.parse().map_err(|_| {
            DatabaseError::Decode(format!(
                "the pass stands at {}, which is no key",
                self.position
            ))
        })
    }

    /// What [`GUARD`] reads.
    pub fn guard(&self, now: UnixMillis) -> Value {
        serde_json::json!({
            "pass_id": self.id, "stage": self.stage, "position": self.position,
            "zone": self.zone.name(), "now": now.0, "withdrawal_count": self.withdrawal_count,
        })
    }

    /// Writes what a slice found and corrected, and moves on.
    pub async fn write<D: Database>(
        mut self,
        database: &D,
        slice: &Slice,
        now: UnixMillis,
    ) -> Result<Written, DatabaseError> {
        let guard = self.guard(now);
        let before = self.clone();
        let mut statements = Vec::new();
        if !slice.findings.is_empty() {
            let findings = serde_json::json!({ "findings": slice.findings });
            statements.push(with_guard(&insert_findings(), &findings, &guard));
        }
        for correction in &slice.corrections {
            let parameter = Value::Object(correction.parameter.clone());
            statements.push(with_guard(&correction.sql, &parameter, &guard));
        }
        (self.stage, self.position) = match &slice.position {
            Some(position) => (self.stage, position.clone()),
            None => (self.stage.next(), String::new()),
        };
        let next = serde_json::json!({
            "next_stage": self.stage,
            "next_position": self.position,
            "interactions": slice.coverage.interactions,
            "estimates": slice.coverage.estimates,
            "sessions": slice.coverage.sessions,
            "days": slice.coverage.days,
            "finding_count": slice.findings.len(),
            "repaired_count": slice.corrected_count(),
        });
        if !slice.corrections.is_empty() {
            let bump = format!(
                "UPDATE ledger_state SET ledger_version = ledger_version + 1 WHERE {GUARD}"
            );
            statements.push(with_guard(&bump, &Value::Null, &guard));
        }
        // Last, since it ends what the guard of the others asks for.
        statements.push(with_guard(&advance(), &next, &guard));
        statements.push(with_guard(STANDS, &Value::Null, &guard));
        let rows = database.batch(&statements).await?;
        let stands = rows.last().map(Rows::first::<(i64, i64)>).transpose()?;
        Ok(match stands.flatten() {
            Some((_, 0)) | None => Written::ZoneChanges,
            Some((count, _)) if count != self.withdrawal_count => Written::Again(Self {
                withdrawal_count: count,
                ..before
            }),
            Some(_) => Written::Next(self),
        })
    }
}

/// A statement whose parameter has the members of both objects.
pub(super) fn with_guard(sql: &str, members: &Value, guard: &Value) -> Statement {
    let merged: serde_json::Map<String, Value> = [members, guard]
        .into_iter()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Statement::with_json(sql.to_owned(), Value::Object(merged).to_string())
}

fn insert_findings() -> String {
    format!(
        "INSERT INTO integrity_findings (pass_id, found_at, check_name, subject, expected, found,
           correction)
         SELECT ?1 ->> 'pass_id', ?1 ->> 'now', j.value ->> 'check', j.value -> 'subject',
           j.value -> 'expected', j.value -> 'found', j.value ->> 'correction'
         FROM json_each(?1, '$.findings') j WHERE {GUARD}"
    )
}

fn advance() -> String {
    format!(
        "UPDATE integrity_passes SET
           stage = ?1 ->> 'next_stage',
           position = ?1 ->> 'next_position',
           finished_at = iif(?1 ->> 'next_stage' = 'done', ?1 ->> 'now', NULL),
           slice_count = slice_count + 1,
           interaction_count = interaction_count + (?1 ->> 'interactions'),
           estimate_count = estimate_count + (?1 ->> 'estimates'),
           session_count = session_count + (?1 ->> 'sessions'),
           day_count = day_count + (?1 ->> 'days'),
           finding_count = finding_count + (?1 ->> 'finding_count'),
           repaired_count = repaired_count + (?1 ->> 'repaired_count')
         WHERE id = ?1 ->> 'pass_id' AND {GUARD}"
    )
}
