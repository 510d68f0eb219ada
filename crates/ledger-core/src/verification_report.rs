//! What verification has shown so far: for `GET /integrity` and the dashboard's badge.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::database::{Database, DatabaseError, Statement};

/// The most findings in a report.
const FINDINGS_MAX: u32 = 50;

/// What a pass walks, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Interactions with their estimates and lines, by key.
    Interactions,
    /// Sessions against their interactions, by key.
    Sessions,
    /// Daily, user and model sums and latencies against the interactions, by day.
    Days,
    /// The sums by user within one model, provider, agent or type against the cube, by user.
    Users,
    /// The same sums, row by row: whether the cube knows of them.
    Slices,
    /// Everything has been covered.
    Done,
}

impl Stage {
    /// What comes after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Interactions => Self::Sessions,
            Self::Sessions => Self::Days,
            Self::Days => Self::Users,
            Self::Users => Self::Slices,
            Self::Slices | Self::Done => Self::Done,
        }
    }
}

/// A pass over the whole ledger, finished or under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassRecord {
    /// Its number.
    pub id: i64,
    /// When it began, unix milliseconds.
    pub started_at: i64,
    /// When it had covered everything.
    pub finished_at: Option<i64>,
    /// What it is walking.
    pub stage: Stage,
    /// Slices so far.
    pub slice_count: u64,
    /// Interactions covered so far.
    pub interaction_count: u64,
    /// Estimates made again from their lines so far.
    pub estimate_count: u64,
    /// Sessions recounted so far.
    pub session_count: u64,
    /// Days recounted so far.
    pub day_count: u64,
    /// Differences found so far.
    pub finding_count: u64,
    /// Those of them that were corrected.
    pub repaired_count: u64,
}

/// A difference, and its correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// The pass that found it.
    pub pass_id: i64,
    /// When, unix milliseconds.
    pub found_at: i64,
    /// The rule that was broken.
    pub check: String,
    /// The key of the row at fault.
    pub subject: Value,
    /// What should have been there.
    pub expected: Value,
    /// What was there.
    pub found: Value,
    /// What was done about it; `None` where a person must look.
    pub correction: Option<String>,
}

/// How the ledger stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrityStatus {
    /// No pass has covered everything yet, and none found anything.
    Unverified,
    /// The last full pass and the one under way found nothing.
    Sound,
    /// Every difference that they found was corrected.
    Repaired,
    /// They found a difference that a person must look at.
    Broken,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrityReport {
    /// How the ledger stands.
    pub status: IntegrityStatus,
    /// The last pass that covered everything.
    pub last_full_pass: Option<PassRecord>,
    /// The pass under way.
    pub current_pass: Option<PassRecord>,
    /// The latest findings of any pass, newest first, at most 50.
    pub findings: Vec<FindingRecord>,
}

const PASS: &str = "json_object('id', id, 'started_at', started_at, 'finished_at', finished_at,
  'stage', stage, 'slice_count', slice_count, 'interaction_count', interaction_count,
  'estimate_count', estimate_count, 'session_count', session_count, 'day_count', day_count,
  'finding_count', finding_count, 'repaired_count', repaired_count)";

const FINDINGS: &str = "
SELECT json_object('pass_id', pass_id, 'found_at', found_at, 'check', check_name,
  'subject', json(subject), 'expected', json(expected), 'found', json(found),
  'correction', correction)
FROM integrity_findings ORDER BY id DESC LIMIT ?1 ->> 'limit'";

const LAST_FULL: &str =
    "FROM integrity_passes WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1";
// Index integrity_passes_open.
const CURRENT: &str = "FROM integrity_passes WHERE finished_at IS NULL";

fn passes() -> [Statement; 2] {
    [LAST_FULL, CURRENT].map(|pass| Statement::new(format!("SELECT {PASS} {pass}")))
}

/// Reads the report.
pub async fn integrity<D: Database>(database: &D) -> Result<IntegrityReport, DatabaseError> {
    let [last, current] = passes();
    let findings = Statement::with(FINDINGS, &serde_json::json!({ "limit": FINDINGS_MAX }))?;
    let rows = database.batch(&[last, current, findings]).await?;
    let [last, current, findings] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let last_full_pass: Option<PassRecord> = last.first()?;
    let current_pass: Option<PassRecord> = current.first()?;
    Ok(IntegrityReport {
        status: status(last_full_pass.as_ref(), current_pass.as_ref()),
        last_full_pass,
        current_pass,
        findings: findings.decode()?,
    })
}

/// How the ledger stands, without the findings: for `/health`.
pub async fn integrity_status<D: Database>(database: &D) -> Result<IntegrityStatus, DatabaseError> {
    let rows = database.batch(&passes()).await?;
    let [last, current] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    let (last, current): (Option<PassRecord>, Option<PassRecord>) =
        (last.first()?, current.first()?);
    Ok(status(last.as_ref(), current.as_ref()))
}

fn status(last: Option<&PassRecord>, current: Option<&PassRecord>) -> IntegrityStatus {
    let passes = || [last, current].into_iter().flatten();
    if passes().any(|pass| pass.finding_count > pass.repaired_count) {
        IntegrityStatus::Broken
    } else if passes().any(|pass| pass.finding_count > 0) {
        IntegrityStatus::Repaired
    } else if last.is_some() {
        IntegrityStatus::Sound
    } else {
        IntegrityStatus::Unverified
    }
}
