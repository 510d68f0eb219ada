//! Every statement of the query API is served by an index: none walks a table of the ledger.

use std::cell::RefCell;

use crate::query_ledger::{HISTORY_DAYS, IDLE_MS, NOW, ledger, parameters};
use cost_calculation::UnixMillis;
use futures_executor::block_on;
use ledger_core::{Database, DatabaseError, Rows, Statement, sqlite::Sqlite};
use ledger_query::{
    DAILY_PARAMETERS, Dimension, ExportKind, GROUP_LIST_PARAMETERS, INTEGRITY_PARAMETERS,
    INTERACTION_LIST_PARAMETERS, JOB_PARAMETERS, Reader, SESSION_LIST_PARAMETERS,
    SYSTEM_PARAMETERS, USER_PARAMETERS, Viewer,
};

/// A database that keeps what it is asked.
struct Recording<'a> {
    database: &'a Sqlite,
    statements: RefCell<Vec<Statement>>,
}

impl Database for Recording<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        self.statements.borrow_mut().extend_from_slice(statements);
        self.database.batch(statements).await
    }
}

/// Tables that hold one row, or a handful for each installation.
const SMALL: [&str; 5] = [
    "agents",
    "ledger_state",
    "model_aliases",
    "provider_mappings",
    "users",
];
/// Tables that hold a row for each interaction, session, day or price.
const LARGE: [&str; 21] = [
    "interactions",
    "interactions_archive",
    "cost_estimates",
    "cost_estimates_archive",
    "sessions",
    "sessions_archive",
    "session_models",
    "session_days",
    "usage_daily",
    "daily_stats",
    "daily_model_stats",
    "daily_user_slices",
    "daily_agent_stats",
    "daily_agent_model_stats",
    "weekly_stats",
    "latency_daily",
    "latency_weekly",
    "session_gaps",
    "user_gaps",
    "feedback",
    "prices",
];

/// The steps of a plan that walk a large table from end to end without an index.
fn walks(database: &Sqlite, statement: &Statement) -> Vec<String> {
    database.with_connection(|connection| {
        // The aliases under which the statement names the large tables.
        let words: Vec<&str> = statement
            .sql
            .split([' ', '\n', ',', '(', ')'])
            .filter(|word| !word.is_empty())
            .collect();
        let names: Vec<&str> = words
            .windows(2)
            .filter(|pair| LARGE.contains(&pair[0]))
            .flat_map(|pair| [pair[0], pair[1]])
            .collect();
        let mut explain = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql))
            .unwrap();
        let parameter = statement.parameter.iter();
        let steps = explain
            .query_map(rusqlite::params_from_iter(parameter), |row| {
                row.get::<_, String>(3)
            })
            .unwrap();
        steps
            .map(Result::unwrap)
            .filter(|step| {
                step.strip_prefix("SCAN ").is_some_and(|rest| {
                    let name = rest.split(' ').next().unwrap();
                    names.contains(&name) && !rest.contains(" USING ") && !SMALL.contains(&name)
                })
            })
            .collect()
    })
}

#[test]
fn no_statement_walks_a_table_of_the_ledger() {
    let database = ledger(3, 300, HISTORY_DAYS);
    let recording = Recording {
        database: &database,
        statements: RefCell::default(),
    };
    let reader = block_on(Reader::open(
        &recording,
        UnixMillis(NOW),
        Viewer::Everyone,
        IDLE_MS,
    ))
    .unwrap();
    let range = [("start_date", "2026-09-01"), ("end_date", "2026-11-23")];
    let slices: [&[(&str, &str)]; 6] = [
        &[],
        &[("user_id", "user-1")],
        &[("model", "gpt-5")],
        &[("agent", "researcher")],
        &[("provider", "openai"), ("type", "chat")],
        &[
            ("user_id", "user-1"),
            ("model", "gpt-5"),
            ("agent", "researcher"),
        ],
    ];
    let asked = |query: &[(&'static str, &str)], known: &[&str]| {
        let query: Vec<(&'static str, String)> = query
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        parameters(&query, known).unwrap()
    };
    for slice in slices {
        let with = |more: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
            [slice, &range, more].concat()
        };
        for dimension in [
            "model",
            "user",
            "agent",
            "provider",
            "type",
            "component",
            "token_type",
        ] {
            let query = with(&[
                ("group_by", dimension),
                ("compare", "previous"),
                ("include", "sessions,latency"),
            ]);
            block_on(reader.daily_stats(&asked(&query, &DAILY_PARAMETERS))).unwrap();
            let mut hourly = slice.to_vec();
            hourly.extend([
                ("start_date", "2026-11-22"),
                ("end_date", "2026-11-22"),
                ("granularity", "hour"),
                ("group_by", dimension),
            ]);
            block_on(reader.daily_stats(&asked(&hourly, &DAILY_PARAMETERS))).unwrap();
        }
        for dimension in [Dimension::User, Dimension::Model, Dimension::Agent] {
            let query = with(&[
                ("compare", "last_month"),
                ("include", "sessions,latency,trend"),
                ("q", "e"),
            ]);
            block_on(reader.group_list(dimension, &asked(&query, &GROUP_LIST_PARAMETERS))).unwrap();
        }
        let query = with(&[("compare", "last_year"), ("include", "sessions")]);
        block_on(reader.system_stats(&asked(&query, &SYSTEM_PARAMETERS))).unwrap();
        for kind in [
            ExportKind::Interactions,
            ExportKind::Daily,
            ExportKind::Focus,
        ] {
            let mut export =
                block_on(reader.export(kind, &asked(&with(&[]), &kind.parameters()))).unwrap();
            while block_on(export.next(&recording)).unwrap().is_some() {}
        }
        let query: Vec<_> = with(&[
            ("status", "open"),
            ("min_cost", "0.1"),
            ("unpriced", "true"),
            ("sort", "cost"),
            ("include", "total"),
            ("q", "event-1"),
        ])
        .into_iter()
        .filter(|(name, _)| *name != "type")
        .collect();
        block_on(reader.session_list(&asked(&query, &SESSION_LIST_PARAMETERS))).unwrap();
    }
    block_on(reader.session_list(&asked(&[], &SESSION_LIST_PARAMETERS))).unwrap();
    let sessions = ExportKind::Sessions;
    let mut export =
        block_on(reader.export(sessions, &asked(&range, &sessions.parameters()))).unwrap();
    while block_on(export.next(&recording)).unwrap().is_some() {}
    block_on(reader.user_stats(
        "user-1",
        &asked(
            &[range[0], range[1], ("compare", "previous")],
            &USER_PARAMETERS,
        ),
    ))
    .unwrap();
    let one = crate::query_ledger::raw(&database)[0].clone();
    block_on(reader.session_detail(&one.session_id)).unwrap();
    block_on(reader.interaction_list(
        &one.session_id,
        &asked(&[("type", "chat")], &INTERACTION_LIST_PARAMETERS),
    ))
    .unwrap();
    block_on(reader.receipt(&one.id)).unwrap();
    block_on(reader.integrity(&asked(&[], &INTEGRITY_PARAMETERS))).unwrap();
    block_on(reader.job_runs(&asked(&[], &JOB_PARAMETERS))).unwrap();

    let statements = recording.statements.borrow();
    assert!(statements.len() > 200, "{} statements", statements.len());
    for statement in statements.iter() {
        let walks = walks(&database, statement);
        assert!(walks.is_empty(), "{walks:?}\n{}", statement.sql);
    }
}
