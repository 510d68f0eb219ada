//! One source's list into the book: by the cron, or by an admin.
use cost_calculation::UnixMillis;
use edge::respond::json;
use edge::worker_kit::job::{self, Outcome, Run};
use edge::{Problem, Suite};
use events::Fields;
use ledger_core::api_keys::audit;
use ledger_core::job_runs::slot;
use ledger_core::{Database, Statement};
use price_book::dated::apply_due;
use price_book::sync::{
    FetchedList, SourceState, SyncError, SyncReport, mark_failed, mark_unchanged, source_state,
    sync_quotes,
};
use price_feeds::{Source, cloudflare, read_list, snapshot};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use worker::{Env, Request, Response};

use crate::decide_quarantine::problem_of;
use crate::fetch_list::{ATTEMPT_SECONDS_DEFAULT, Fetched, fetch_list};
use crate::make_override::NAME_CHARS_MAX;
use crate::sources::{HOUR_MS, Origin, PERIOD_MS, SCHEDULED, SNAPSHOT, in_turn, origin};
use crate::visit::Visit;

/// Longer than the runtime lets a scheduled handler live.
const LEASE_MS: i64 = 16 * 60_000;
/// The variable that says how many seconds one attempt at a list may take.
const TIMEOUT: &str = "PRICE_LIST_TIMEOUT_SECONDS";
/// What comes into force or ends by its date, in `job_runs`.
pub(crate) const DATED_JOB: &str = "pricing-sync:dated";
/// The Worker's name in `job_runs`.
const WORKER: &str = "pricing-sync";

/// Why a run did not bring its list into the book.
enum Failure {
    /// The list did not come, can't be read, or was refused: in words.
    List(String),
    /// The book could not be written.
    Book(SyncError),
}

impl Failure {
    fn text(&self) -> String {
        match self {
            Self::List(reason) => reason.clone(),
            Self::Book(error) => error.to_string(),
        }
    }

    fn problem(&self) -> Problem {
        match self {
            Self::List(reason) => Problem::new(
                502,
                "list-unavailable",
                "The price list did not come",
                reason.clone(),
            ),
            Self::Book(error) => problem_of(error),
        }
    }
}

/// Brings into force what is due by its date, and runs the first source that is due at the time of a
/// tick: the snapshot before all, once for each release.
pub(crate) async fn run_scheduled(env: &Env, tick: UnixMillis) {
    let result = match Suite::of(env) {
        Ok(suite) => run_due(env, &suite, tick).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = result {
        edge::log::error(&json!({ "event": "cron", "error": problem.detail }));
    }
}

async fn run_due(env: &Env, suite: &Suite, tick: UnixMillis) -> Result<(), Problem> {
    apply_dated(suite, tick).await?;
    let loaded = source_state(&suite.database, Source::Snapshot).await?;
    let is_loaded = loaded.and_then(|state| state.content_hash) == Some(hash(SNAPSHOT));
    let first = (!is_loaded).then_some(Source::Snapshot);
    for source in first.into_iter().chain(in_turn(tick)) {
        // An address that can't be used is that source's failed run, and stops no other.
        if origin(env, source).is_ok_and(|origin| origin == Origin::Off) {
            continue;
        }
        match recorded(env, suite, source, slot(tick, PERIOD_MS), None).await {
            // The run's record and the log have the outcome; the next tick tries again. A snapshot
            // that is refused must not stand before the lists for ever.
            Recorded::Ran(outcome) if source != Source::Snapshot || outcome.is_ok() => {
                return Ok(());
            }
            Recorded::NotBegun(problem) => return Err(problem),
            Recorded::Ran(_) | Recorded::NotDue => {}
        }
    }
    Ok(())
}

/// What comes into force or ends by its date, as a recorded run of its own.
async fn apply_dated(suite: &Suite, tick: UnixMillis) -> Result<(), Problem> {
    let run = run_of(DATED_JOB, slot(tick, HOUR_MS));
    let outcome = job::run(suite, &run, async |_| {
        let report = apply_due(&suite.database, edge::clock::now()).await;
        report
            .map(|report| json!(report))
            .map_err(|error| error.to_string())
    });
    match outcome.await {
        Outcome::NotBegun(detail) => Err(Problem::unavailable(detail)),
        Outcome::Done(_) | Outcome::AlreadyDone | Outcome::Busy | Outcome::Failed(_) => Ok(()),
    }
}

const fn run_of(job: &str, scheduled_time: UnixMillis) -> Run<'_> {
    Run {
        job,
        worker: WORKER,
        scheduled_time,
        lease_ms: LEASE_MS,
    }
}

/// The name of a source's runs in `job_runs`.
pub(crate) fn job_name(source: Source) -> String {
    format!("pricing-sync:{}", source.as_str())
}

/// `POST /pricing/sync`.
pub(crate) async fn run_by_admin(
    visit: &Visit<'_>,
    request: &mut Request,
) -> Result<Response, Problem> {
    let admin = visit.admin(request).await?;
    let body = visit.json_body(request).await?;
    let mut fields = Fields::of_request(&body)?;
    let source = match fields.text("source", NAME_CHARS_MAX)? {
        Some(name) => syncable(&name)?,
        None => longest_unheard(visit).await?,
    };
    let is_dry_run = fields.flag("dry_run")?.unwrap_or(false);
    fields.finish()?;
    if origin(visit.env, source)? == Origin::Off {
        return Err(Problem::invalid_field(
            "source",
            "is switched off in this installation's configuration",
        ));
    }
    let (env, suite, now) = (visit.env, visit.suite, visit.received_at);
    let outcome = if is_dry_run {
        sync(env, suite, source, true).await
    } else {
        // Before the first change: what came of it is in the run's record.
        let detail = json!({ "job": job_name(source), "scheduled_time": now.0 });
        let actor = visit.actor(&admin);
        let audit = audit(actor, "price_sync.run", source.as_str(), &detail, None)?;
        match recorded(env, suite, source, now, Some(audit)).await {
            Recorded::Ran(outcome) => outcome,
            Recorded::NotDue => return Err(busy()),
            Recorded::NotBegun(problem) => return Err(problem),
        }
    };
    let report = outcome.map_err(|failure| failure.problem())?;
    json(200, &answer(source, is_dry_run, report.as_ref()))
}

fn busy() -> Problem {
    Problem::new(
        409,
        "sync-running",
        "A sync of this source runs already",
        "wait until it has ended: GET /pricing/sources shows when the source was heard",
    )
}

fn syncable(name: &str) -> Result<Source, Problem> {
    let known = name
        .parse()
        .ok()
        .filter(|source| *source != Source::Override);
    known.ok_or_else(|| {
        Problem::invalid_field(
            "source",
            "is no list: send snapshot, litellm, genai-prices, models.dev, openrouter or cloudflare",
        )
    })
}

/// The source that was heard longest ago; the snapshot in an empty book.
async fn longest_unheard(visit: &Visit<'_>) -> Result<Source, Problem> {
    let database = &visit.suite.database;
    if source_state(database, Source::Snapshot).await?.is_none() {
        return Ok(Source::Snapshot);
    }
    let mut oldest = None;
    for source in SCHEDULED {
        if origin(visit.env, source).is_ok_and(|origin| origin == Origin::Off) {
            continue;
        }
        let checked_at = source_state(database, source)
            .await?
            .and_then(|state| state.checked_at);
        if oldest.is_none_or(|(oldest_at, _)| checked_at < oldest_at) {
            oldest = Some((checked_at, source));
        }
    }
    Ok(oldest.map_or(Source::Snapshot, |(_, source)| source))
}

fn answer(source: Source, is_dry_run: bool, report: Option<&SyncReport>) -> Value {
    json!({
        "source": source.as_str(),
        "status": if report.is_some() { "synced" } else { "unchanged" },
        "dry_run": is_dry_run,
        "report": report,
    })
}

/// How a run of a source went.
enum Recorded {
    /// It ran, and its record says how it ended.
    Ran(Result<Option<SyncReport>, Failure>),
    /// Another is at it, or it is done.
    NotDue,
    /// It could not begin.
    NotBegun(Problem),
}

/// A run of a source with its record and its line in the log; `audit` is written before its first
/// change.
async fn recorded(
    env: &Env,
    suite: &Suite,
    source: Source,
    scheduled_time: UnixMillis,
    audit: Option<Statement>,
) -> Recorded {
    let job = job_name(source);
    let mut ran = None;
    let outcome = job::run(suite, &run_of(&job, scheduled_time), async |_| {
        if let Some(audit) = audit {
            let noted = suite.database.query(audit).await;
            noted.map_err(|error| error.to_string())?;
        }
        let outcome = sync(env, suite, source, false).await;
        let summary = match &outcome {
            Ok(report) => {
                let shortened = report.clone().map(SyncReport::shortened);
                Ok(answer(source, false, shortened.as_ref()))
            }
            Err(failure) => {
                let reason = failure.text();
                let noted = mark_failed(&suite.database, source, &reason).await;
                Err(match noted {
                    Ok(()) => reason,
                    Err(error) => format!("{reason}; {error}"),
                })
            }
        };
        ran = Some(outcome);
        summary
    })
    .await;
    match (ran, outcome) {
        (Some(outcome), _) => Recorded::Ran(outcome),
        (None, Outcome::AlreadyDone | Outcome::Busy) => Recorded::NotDue,
        (None, Outcome::NotBegun(detail) | Outcome::Failed(detail)) => {
            Recorded::NotBegun(Problem::unavailable(detail))
        }
        (None, Outcome::Done(_)) => Recorded::NotBegun(Problem::internal()),
    }
}

/// Brings a source's list into the book; `None` if it is the one that is in already.
async fn sync(
    env: &Env,
    suite: &Suite,
    source: Source,
    dry_run: bool,
) -> Result<Option<SyncReport>, Failure> {
    let database = &suite.database;
    let book = |error: ledger_core::DatabaseError| Failure::Book(error.into());
    let state = source_state(database, source)
        .await
        .map_err(book)?
        .unwrap_or_default();
    let origin = origin(env, source).map_err(|problem| Failure::List(problem.detail))?;
    let (text, etag) = match origin {
        Origin::Off => return Err(Failure::List("the source is switched off".to_owned())),
        Origin::Embedded => (embedded(source).to_owned(), None),
        Origin::Url(url) => {
            let seconds = edge::suite::number(env, TIMEOUT, ATTEMPT_SECONDS_DEFAULT, 1..=120)
                .map_err(|problem| Failure::List(problem.detail))?
                .unsigned_abs();
            // Without a hash the list was never accepted: it is wanted whole.
            let known = state
                .etag
                .as_deref()
                .filter(|_| state.content_hash.is_some());
            match fetch_list(&url, known, seconds)
                .await
                .map_err(|failure| Failure::List(failure.reason))?
            {
                Fetched::NotModified if known.is_some() => {
                    return unchanged(suite, source, dry_run).await;
                }
                Fetched::NotModified => {
                    return Err(Failure::List(
                        "answered 304 to a request for the whole list".to_owned(),
                    ));
                }
                Fetched::List { text, etag } => (text, etag),
            }
        }
    };
    let list = read(source, &text, etag, &state).map_err(Failure::List)?;
    let Some(list) = list else {
        return unchanged(suite, source, dry_run).await;
    };
    let now = edge::clock::now();
    sync_quotes(database, &list, now, dry_run)
        .await
        .map(Some)
        .map_err(Failure::Book)
}

async fn unchanged(
    suite: &Suite,
    source: Source,
    dry_run: bool,
) -> Result<Option<SyncReport>, Failure> {
    if !dry_run {
        mark_unchanged(&suite.database, source, edge::clock::now())
            .await
            .map_err(|error| Failure::Book(error.into()))?;
    }
    Ok(None)
}

fn embedded(source: Source) -> &'static str {
    if source == Source::Snapshot {
        SNAPSHOT
    } else {
        cloudflare::RATES
    }
}

/// Reads a list; `None` if its text is the one that was accepted last.
fn read(
    source: Source,
    text: &str,
    etag: Option<String>,
    state: &SourceState,
) -> Result<Option<FetchedList>, String> {
    let content_hash = hash(text);
    if state.content_hash.as_deref() == Some(content_hash.as_str()) {
        return Ok(None);
    }
    if source == Source::Snapshot {
        let snapshot = snapshot::read(text).map_err(|error| error.to_string())?;
        return Ok(Some(FetchedList::of_snapshot(snapshot, content_hash)));
    }
    let feed = read_list(source, text).map_err(|error| error.to_string())?;
    let revision = content_hash.get(..16).unwrap_or_default().to_owned();
    Ok(Some(FetchedList::of_feed(
        source,
        feed,
        &revision,
        etag,
        content_hash,
    )))
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            use std::fmt::Write;
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_the_hash_that_was_accepted_is_not_read_again() {
        let text = r#"{"gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 1e-06}}"#;
        let list = read(Source::LiteLlm, text, None, &SourceState::default())
            .unwrap()
            .unwrap();
        assert_eq!((list.model_count, list.quotes.len()), (1, 1));
        let known = SourceState {
            content_hash: Some(list.content_hash),
            ..SourceState::default()
        };
        assert!(read(Source::LiteLlm, text, None, &known).unwrap().is_none());
    }

    #[test]
    fn the_counts_of_the_embedded_lists_are_those_of_their_text() {
        let state = SourceState::default();
        let list = read(Source::Snapshot, SNAPSHOT, None, &state)
            .unwrap()
            .unwrap();
        assert!(list.model_count > 5_000);
        assert!(
            read(Source::Cloudflare, cloudflare::RATES, None, &state)
                .unwrap()
                .is_some()
        );
    }

    #[test]
    fn a_source_is_named_by_an_admin_as_the_book_names_it() {
        assert_eq!(syncable("models.dev").unwrap(), Source::ModelsDev);
        assert!(syncable("override").is_err());
        assert!(syncable("helicone").is_err());
    }
}
