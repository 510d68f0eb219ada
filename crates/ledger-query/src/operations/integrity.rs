//! Whether the sums agree with the interactions, now and as the verification last found.

use chrono::Datelike;
use cost_calculation::UnixMillis;
use query_parameters::Parameters;
use serde::Serialize;

use super::jobs::JobRun;
use crate::{
    ask::{
        problem::QueryError,
        reader::{Reader, Stamp},
        slice::Slice,
    },
    sums::{
        distinct,
        distinct::Distinct,
        figures::{Figures, sums_of},
        raw,
    },
};
use ledger_core::{
    database::{Database, DatabaseError, Statement},
    rollup::ROLLUPS,
    verification_report::{FindingRecord, IntegrityReport, IntegrityStatus, PassRecord, integrity},
};
use reporting_days::calendar::{DayRange, Period, iso};

/// The most days that are recounted on request.
const RECOUNT_DAYS_MAX: i64 = 31;
const DEFAULT_DAYS: u64 = 7;

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
    verification: Verification,
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
struct Verification {
    status: IntegrityStatus,
    last_full_pass: Option<Pass>,
    current_pass: Option<Pass>,
    findings: Vec<Finding>,
}

impl From<IntegrityReport> for Verification {
    fn from(report: IntegrityReport) -> Self {
        Self {
            status: report.status,
            last_full_pass: report.last_full_pass.map(Pass::from),
            current_pass: report.current_pass.map(Pass::from),
            findings: report.findings.into_iter().map(Finding::from).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Pass {
    started_at: String,
    finished_at: Option<String>,
    interaction_count: u64,
    estimate_count: u64,
    session_count: u64,
    day_count: u64,
    finding_count: u64,
    repaired_count: u64,
}

impl From<PassRecord> for Pass {
    fn from(pass: PassRecord) -> Self {
        Self {
            started_at: iso(UnixMillis(pass.started_at)),
            finished_at: pass.finished_at.map(|at| iso(UnixMillis(at))),
            interaction_count: pass.interaction_count,
            estimate_count: pass.estimate_count,
            session_count: pass.session_count,
            day_count: pass.day_count,
            finding_count: pass.finding_count,
            repaired_count: pass.repaired_count,
        }
    }
}

#[derive(Debug, Serialize)]
struct Finding {
    found_at: String,
    check: String,
    subject: serde_json::Value,
    expected: serde_json::Value,
    found: serde_json::Value,
    correction: Option<String>,
}

impl From<FindingRecord> for Finding {
    fn from(finding: FindingRecord) -> Self {
        Self {
            found_at: iso(UnixMillis(finding.found_at)),
            check: finding.check,
            subject: finding.subject,
            expected: finding.expected,
            found: finding.found,
            correction: finding.correction,
        }
    }
}

fn rollup_sums(table: &str, when: &str, range: DayRange) -> Result<Statement, DatabaseError> {
    // Every rollup's primary key begins with the day or the week.
    let sql = format!(
        "SELECT {} FROM {table} t WHERE t.{when} >= ?1 ->> 0 AND t.{when} <= ?1 ->> 1",
        sums_of("t")
    );
    Statement::with(sql, &[range.start, range.end])
}

/// The whole weeks that a range touches.
fn weeks_of(range: DayRange) -> DayRange {
    let into_week = |day: chrono::NaiveDate| u64::from(day.weekday().num_days_from_monday());
    DayRange {
        start: range.start - chrono::Days::new(into_week(range.start)),
        end: range.end + chrono::Days::new(6 - into_week(range.end)),
    }
}

// Primary keys: day first.
const DISTINCT_SESSIONS: &str = "
SELECT json_array(
  (SELECT COUNT(DISTINCT session_key) FROM session_days WHERE day >= ?1 ->> 0 AND day <= ?1 ->> 1),
  (SELECT COUNT(DISTINCT user_key) FROM session_days WHERE day >= ?1 ->> 0 AND day <= ?1 ->> 1))";

impl<D: Database> Reader<'_, D> {
    /// `GET /integrity`.
    pub async fn integrity(&self, parameters: &Parameters) -> Result<Integrity, QueryError> {
        let last_days = || DayRange {
            start: self.today - chrono::Days::new(DEFAULT_DAYS - 1),
            end: self.today,
        };
        let range = parameters
            .range(RECOUNT_DAYS_MAX)?
            .unwrap_or_else(last_days);
        let mut statements = vec![raw::by_hour(
            &Slice::default(),
            &[range.instants(self.zone)],
            None,
        )?];
        for (table, _) in ROLLUPS {
            statements.push(rollup_sums(table, "day", range)?);
        }
        // What is kept beside the days must come to the same as they do.
        let weeks = weeks_of(range);
        statements.push(rollup_sums("daily_stats", "day", weeks)?);
        statements.push(rollup_sums("weekly_stats", "week", weeks)?);
        statements.push(Statement::with(
            DISTINCT_SESSIONS,
            &[range.start, range.end],
        )?);
        statements.extend(distinct::in_ranges(&Slice::default(), &[range])?);
        let mut rows = self.database.batch(&statements).await?.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let counted = raw::read_hours(&next(), 1)?
            .first()
            .copied()
            .unwrap_or_default();
        let mut checks = Vec::new();
        for (table, _) in ROLLUPS {
            let kept: Figures = next().first()?.unwrap_or_default();
            checks.push(IntegrityCheck {
                name: format!("{table}_equals_interactions"),
                ok: kept == counted,
                expected: shown(&counted),
                found: shown(&kept),
            });
        }
        let by_day: Figures = next().first()?.unwrap_or_default();
        let by_week: Figures = next().first()?.unwrap_or_default();
        checks.push(IntegrityCheck {
            name: "weekly_stats_equals_daily_stats".to_owned(),
            ok: by_week == by_day,
            expected: shown(&by_day),
            found: shown(&by_week),
        });
        let (session_count, user_count) = next().first()?.unwrap_or_default();
        let active = Distinct {
            session_count,
            user_count,
        };
        let from_gaps = distinct::read(&next(), 1)?
            .first()
            .copied()
            .unwrap_or_default();
        let shown_distinct =
            |of: Distinct| format!("{} sessions, {} users", of.session_count, of.user_count);
        checks.push(IntegrityCheck {
            name: "gaps_equal_active_days".to_owned(),
            ok: from_gaps == active,
            expected: shown_distinct(active),
            found: shown_distinct(from_gaps),
        });
        let verification = Verification::from(integrity(self.database).await?);
        let is_sound =
            checks.iter().all(|check| check.ok) && verification.status != IntegrityStatus::Broken;
        Ok(Integrity {
            stamp: self.stamp(),
            period: range.period(self.today),
            status: if is_sound { "ok" } else { "mismatch" },
            checks,
            verification,
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
