//! D1 as a [`Database`].

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use ledger::{Database, DatabaseError, Rows, Statement};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use worker::{D1Database, D1PreparedStatement, D1Type};

thread_local! {
    /// The runtime's statements for the SQL that stands in the program, by its address: a request
    /// of 16 statements would otherwise carry 25 kB of the same text over to JavaScript each time.
    static PREPARED: RefCell<HashMap<(usize, usize), D1PreparedStatement>> =
        RefCell::new(HashMap::new());
}

use crate::clock;

/// A D1 database, and what this request cost it.
#[derive(Debug)]
pub struct D1 {
    database: D1Database,
    rows_read: Cell<u64>,
    rows_written: Cell<u64>,
    longest_batch_ms: Cell<i64>,
}

impl D1 {
    /// Wraps the binding.
    pub const fn new(database: D1Database) -> Self {
        Self {
            database,
            rows_read: Cell::new(0),
            rows_written: Cell::new(0),
            longest_batch_ms: Cell::new(0),
        }
    }

    /// Rows that D1 says it read for this value's batches so far.
    pub const fn rows_read(&self) -> u64 {
        self.rows_read.get()
    }

    /// Rows that D1 says it wrote, indexes included.
    pub const fn rows_written(&self) -> u64 {
        self.rows_written.get()
    }

    /// How long this value's longest batch took, from here, in milliseconds: about as long as it
    /// kept others from the database, which runs one at a time.
    pub const fn longest_batch_ms(&self) -> i64 {
        self.longest_batch_ms.get()
    }
}

impl Database for D1 {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let prepared = statements
            .iter()
            .map(|statement| {
                let prepared = self.prepare(statement);
                match &statement.parameter {
                    Some(json) => prepared.bind_refs(&D1Type::Text(json)),
                    None => Ok(prepared),
                }
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| from_worker(&error))?;
        let started_at = clock::now();
        let results = self.database.batch(prepared).await;
        let took_ms = clock::now().0.saturating_sub(started_at.0);
        self.longest_batch_ms
            .set(self.longest_batch_ms.get().max(took_ms));
        let results = results.map_err(|error| from_worker(&error))?;
        self.count(&results);
        results
            .iter()
            .map(|result| {
                let rows: Vec<FirstColumn> =
                    result.results().map_err(|error| from_worker(&error))?;
                Ok(Rows::new(rows.into_iter().map(|row| row.0).collect()))
            })
            .collect()
    }
}

impl D1 {
    fn prepare(&self, statement: &Statement) -> D1PreparedStatement {
        match &statement.sql {
            Cow::Borrowed(text) => PREPARED.with_borrow_mut(|prepared| {
                prepared
                    .entry((text.as_ptr() as usize, text.len()))
                    .or_insert_with(|| self.database.prepare(*text))
                    .clone()
            }),
            Cow::Owned(text) => self.database.prepare(text),
        }
    }

    fn count(&self, results: &[worker::D1Result]) {
        for result in results {
            // `D1ResultMeta` has 32-bit sizes that a database over 4 GiB does not fit; a meta
            // that can't be read is left out of the counts.
            if let Ok(Some(meta)) = result.meta() {
                let add = |cell: &Cell<u64>, rows: Option<usize>| {
                    cell.set(cell.get().saturating_add(rows.unwrap_or(0) as u64));
                };
                add(&self.rows_read, meta.rows_read);
                add(&self.rows_written, meta.rows_written);
            }
        }
    }
}

/// The text of a row's only column, whatever the column is called.
struct FirstColumn(String);

impl<'de> Deserialize<'de> for FirstColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = FirstColumn;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a row of one column of JSON text")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<FirstColumn, A::Error> {
                row.next_entry::<serde::de::IgnoredAny, String>()?
                    .map(|(_, text)| FirstColumn(text))
                    .ok_or_else(|| serde::de::Error::custom("the row has no column"))
            }
        }
        deserializer.deserialize_map(Row)
    }
}

/// `D1Error`'s own `Display` panics on an error object, so the message is taken from the object.
fn from_worker(error: &worker::Error) -> DatabaseError {
    match error {
        worker::Error::D1(d1) => {
            let error: &js_sys::Error = d1.as_ref();
            DatabaseError::from_message(&String::from(error.message()))
        }
        other => DatabaseError::from_message(&other.to_string()),
    }
}
