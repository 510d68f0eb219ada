//! Whether the sums agree with the interactions, now and as the verification last found.

use cost_calculation::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    calendar::{DayRange, Period, iso},
    figures::{Figures, sums_of},
    jobs::JobRun,
    parameters::Parameters,
    problem::QueryError,
    raw,
    reader::{Reader, Stamp},
    slice::Slice,
};
use crate::database::{Database, DatabaseError, Statement};

/// The most days that are recounted on request.
const RECOUNT_DAYS_MAX: i64 = 31;
const DEFAULT_DAYS: u64 = 7;
const FINDINGS_MAX: u32 = 20;

/// The parameters of `/integrity`.
pub const INTEGRITY_PARAMETERS: [&str; 2] = ["start_date", "end_date"];

/// The contract's `Integrity`.
#[derive(Debug, Serialize)]
pub struct Integrity {
    #[serde(flatten)]
    stamp: Stamp,
    period: Period,
    status: &'static str,
    checks: Vec<IntegrityCheck>,
    last_pass: Option<IntegrityPass>,
    findings: Vec<IntegrityFinding>,
    last_verification: Option<JobRun>,
}

#[derive(Debug, Serialize)]
struct IntegrityCheck {
    name: String,
    ok: bool,
    expected: String,
    found: String,
}

#[derive(Debug, Serialize)]
struct IntegrityPass {
    started_at: String,
    finished_at: String,
    interaction_count: i64,
    session_count: i64,
    day_count: i64,
    finding_count: i64,
    repaired_count: i64,
}

#[derive(Debug, Serialize)]
struct IntegrityFinding {
    found_at: String,
    check: String,
    subject: serde_json::Value,
    expected: serde_json::Value,
    found: serde_json::Value,
    correction: Option<String>,
}

#[derive(Deserialize)]
struct PassRow(i64, i64, i64, i64, i64, i64, i64);

#[derive(Deserialize)]
struct FindingRow(i64, String, String, String, String, Option<String>);

// The end of the primary key; an open pass is at most one.
const LAST_PASS: &str = "
SELECT json_array(started_at, finished_at, interaction_count, session_count, day_count,
  finding_count, repaired_count)
FROM integrity_passes WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1";

// The end of the primary key.
const FINDINGS: &str = "
SELECT json_array(found_at, check_name, subject, expected, found, correction)
FROM integrity_findings ORDER BY id DESC LIMIT ?1 ->> 'limit'";

const ROLLUPS: [&str; 4] =
    ["usage_daily", "daily_stats", "daily_model_stats", "daily_agent_stats"];

fn rollup_sums(table: &str, range: DayRange) -> Result<Statement, DatabaseError> {
    // Every rollup's primary key begins with the day.
    let sql = format!(
        "SELECT {} FROM {table} t WHERE t.day >= ?1 ->> 0 AND t.day <= ?1 ->> 1",
        sums_of("t")
    );
    Statement::with(sql, &[range.start, range.end])
}

impl<D: Database> Reader<'_, D> {
    /// `GET /integrity`.
    pub async fn integrity(&self, parameters: &Parameters) -> Result<Integrity, QueryError> {
        let range = parameters.range(RECOUNT_DAYS_MAX)?.unwrap_or_else(|| DayRange {
            start: self.today - chrono::Days::new(DEFAULT_DAYS - 1),
            end: self.today,
        });
        let mut statements =
            vec![raw::by_hour(&Slice::default(), &[range.instants(self.zone)], None)?];
        for table in ROLLUPS {
            statements.push(rollup_sums(table, range)?);
        }
        statements.push(Statement::new(LAST_PASS));
        statements.push(Statement::with(FINDINGS, &json!({ "limit": FINDINGS_MAX }))?);
        let mut rows = self.database.batch(&statements).await?.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let counted =
            raw::read_hours(&next(), 1)?.first().copied().unwrap_or_default();
        let mut checks = Vec::new();
        for table in ROLLUPS {
            let kept: Figures = next().first()?.unwrap_or_default();
            checks.push(IntegrityCheck {
                name: format!("{table}_equals_interactions"),
                ok: kept == counted,
                expected: shown(&counted),
                found: shown(&kept),
            });
        }
        let last_pass: Option<PassRow> = next().first()?;
        let findings: Vec<FindingRow> = next().decode()?;
        Ok(Integrity {
            stamp: self.stamp(),
            period: range.period(self.today),
            status: if checks.iter().all(|check| check.ok) { "ok" } else { "mismatch" },
            checks,
            last_pass: last_pass.map(|PassRow(started_at, finished_at, interaction_count, session_count, day_count, finding_count, repaired_count)| IntegrityPass {
                started_at: iso(UnixMillis(started_at)),
                finished_at: iso(UnixMillis(finished_at)),
                interaction_count,
                session_count,
                day_count,
                finding_count,
                repaired_count,
            }),
            findings: findings
                .into_iter()
                .map(|FindingRow(found_at, check, subject, expected, found, correction)| {
                    let parsed = |text: String| serde_json::from_str(&text).unwrap_or_default();
                    IntegrityFinding {
                        found_at: iso(UnixMillis(found_at)),
                        check,
                        subject: parsed(subject),
                        expected: parsed(expected),
                        found: parsed(found),
                        correction,
                    }
                })
                .collect(),
            last_verification: self.newest_runs("verify", 1).await?.into_iter().next(),
        })
    }
}

fn shown(figures: &Figures) -> String {
    format!(
        "{} interactions, {} failed, {} tokens, {} USD",
        figures.interaction_count,
        figures.error_count,
        figures.token_count(),
        figures.total_cost
    )
}
