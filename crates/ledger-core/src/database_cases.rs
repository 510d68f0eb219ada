//! What every [`Database`] must do, as cases that run against any: on rusqlite in host tests, on
//! D1 in workerd. Each works in a table of its own and leaves nothing behind.

use serde_json::json;

use crate::database::{Database, DatabaseError, Statement};

/// A case's name and what it found: `Err` says what differed.
pub type Outcome = (&'static str, Result<(), String>);

const CREATE: &str = "CREATE TABLE IF NOT EXISTS database_cases (
  id TEXT PRIMARY KEY, number INTEGER NOT NULL, note TEXT) STRICT, WITHOUT ROWID";
const DROP: &str = "DROP TABLE IF EXISTS database_cases";
const INSERT: &str = "
INSERT INTO database_cases (id, number, note)
SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each(?1) j WHERE true
ON CONFLICT (id) DO NOTHING RETURNING json_array(id)";
const ALL: &str = "SELECT json_array(id, number, note) FROM database_cases ORDER BY id";

type Row = (String, i64, Option<String>);

/// Runs every case.
pub async fn run_all<D: Database>(database: &D) -> Vec<Outcome> {
    vec![
        (
            "integers of 64 bits come back exactly",
            integers_come_back_exactly(database).await,
        ),
        (
            "five hundred rows go in by one statement",
            five_hundred_rows(database).await,
        ),
        (
            "a failing batch leaves nothing behind",
            a_failing_batch_leaves_nothing(database).await,
        ),
        (
            "text of every script comes back",
            unicode_comes_back(database).await,
        ),
        ("null stays null", null_stays_null(database).await),
        (
            "statements of a batch see each other's rows",
            statements_see_each_other(database).await,
        ),
        (
            "a float is refused in an integer column",
            a_float_is_refused(database).await,
        ),
        ("rows come in order", rows_come_in_order(database).await),
    ]
}

async fn fresh<D: Database>(database: &D) -> Result<(), DatabaseError> {
    database
        .batch(&[Statement::new(DROP), Statement::new(CREATE)])
        .await
        .map(drop)
}

async fn stored<D: Database>(database: &D) -> Result<Vec<Row>, DatabaseError> {
    let rows = database.query(Statement::new(ALL)).await?.decode()?;
    database.query(Statement::new(DROP)).await?;
    Ok(rows)
}

async fn round_trip<D: Database>(database: &D, rows: Vec<Row>) -> Result<(), String> {
    let work = async {
        fresh(database).await?;
        database.query(Statement::with(INSERT, &rows)?).await?;
        stored(database).await
    };
    let found = work.await.map_err(|error| error.to_string())?;
    if found == rows {
        Ok(())
    } else {
        Err(format!("stored {rows:?}, found {found:?}"))
    }
}

async fn integers_come_back_exactly<D: Database>(database: &D) -> Result<(), String> {
    let extremes = [
        i64::MIN,
        -9_007_199_254_740_993,
        -1,
        0,
        1,
        9_007_199_254_740_993,
        i64::MAX,
    ];
    let rows = extremes
        .iter()
        .enumerate()
        .map(|(at, n)| (format!("{at:03}"), *n, None))
        .collect();
    round_trip(database, rows).await
}

async fn five_hundred_rows<D: Database>(database: &D) -> Result<(), String> {
    let rows = (0..500)
        .map(|n| (format!("{n:03}"), n, Some("x".repeat(100))))
        .collect();
    round_trip(database, rows).await
}

async fn unicode_comes_back<D: Database>(database: &D) -> Result<(), String> {
    let texts = ["Straße", "東京", "🧾 €", "a\u{0}b\"\\\n", "\u{202e}rtl"];
    let rows = texts
        .iter()
        .enumerate()
        .map(|(at, text)| (format!("{at:03}"), 0, Some((*text).to_owned())))
        .collect();
    round_trip(database, rows).await
}

async fn null_stays_null<D: Database>(database: &D) -> Result<(), String> {
    round_trip(
        database,
        vec![
            ("empty".to_owned(), 0, Some(String::new())),
            ("null".to_owned(), 0, None),
        ],
    )
    .await
}

async fn rows_come_in_order<D: Database>(database: &D) -> Result<(), String> {
    let rows = (0..50).map(|n| (format!("{n:03}"), 50 - n, None)).collect();
    round_trip(database, rows).await
}

async fn a_failing_batch_leaves_nothing<D: Database>(database: &D) -> Result<(), String> {
    let work = async {
        fresh(database).await?;
        let failing = database
            .batch(&[
                Statement::with(INSERT, &json!([["a", 1, null]]))?,
                // A NOT NULL column.
                Statement::with(INSERT, &json!([["b", null, null]]))?,
            ])
            .await;
        Ok::<_, DatabaseError>((failing, stored(database).await?))
    };
    match work.await.map_err(|error| error.to_string())? {
        (Err(DatabaseError::Constraint(_)), rows) if rows.is_empty() => Ok(()),
        other => Err(format!(
            "the batch gave {:?} and left {:?}",
            other.0, other.1
        )),
    }
}

async fn statements_see_each_other<D: Database>(database: &D) -> Result<(), String> {
    let work = async {
        fresh(database).await?;
        let rows = database
            .batch(&[
                Statement::with(INSERT, &json!([["a", 1, null], ["b", 2, null]]))?,
                Statement::with(INSERT, &json!([["b", 9, null], ["c", 3, null]]))?,
                Statement::new("SELECT json_array(SUM(number)) FROM database_cases"),
            ])
            .await?;
        let sum = rows
            .get(2)
            .map(crate::database::Rows::first::<(i64,)>)
            .transpose()?
            .flatten();
        let inserted = rows.get(1).map(crate::database::Rows::len);
        stored(database).await?;
        Ok::<_, DatabaseError>((inserted, sum))
    };
    match work.await.map_err(|error| error.to_string())? {
        (Some(1), Some((6,))) => Ok(()),
        other => Err(format!(
            "the repeat inserted {:?} rows, the sum is {:?}",
            other.0, other.1
        )),
    }
}

async fn a_float_is_refused<D: Database>(database: &D) -> Result<(), String> {
    let work = async {
        fresh(database).await?;
        let refused = database
            .query(Statement::with(INSERT, &json!([["a", 1.5, null]]))?)
            .await;
        stored(database).await?;
        Ok::<_, DatabaseError>(refused)
    };
    match work.await.map_err(|error| error.to_string())? {
        Err(_) => Ok(()),
        Ok(rows) => Err(format!("1.5 was stored: {rows:?}")),
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::run_all;
    use crate::sqlite::Sqlite;

    #[test]
    fn every_case_holds_on_sqlite() {
        let database = Sqlite::in_memory().expect("opens");
        for (case, outcome) in futures_executor::block_on(run_all(&database)) {
            assert_eq!(outcome, Ok(()), "{case}");
        }
    }
}
