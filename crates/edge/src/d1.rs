//! D1 as a [`Database`].

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use js_sys::{Array, Function, JSON, Promise, Reflect};
use ledger::{Database, DatabaseError, Rows, Statement};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::D1Database;

use crate::clock;

thread_local! {
    /// The runtime's statements for the SQL that stands in the program, by its address: a request
    /// of 16 statements would otherwise carry 25 kB of the same text over to JavaScript each time.
    static PREPARED: RefCell<HashMap<(usize, usize), JsValue>> = RefCell::new(HashMap::new());
}

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
        let database: &JsValue = self.database.as_ref();
        let prepared = Array::new();
        for statement in statements {
            let statement = prepare(database, statement).map_err(|error| failure(&error))?;
            prepared.push(&statement);
        }
        let started_at = clock::now();
        let answer = run(database, &prepared).await;
        let took_ms = clock::now().0.saturating_sub(started_at.0);
        self.longest_batch_ms
            .set(self.longest_batch_ms.get().max(took_ms));
        let answer = answer.map_err(|error| failure(&error))?;
        let results: Vec<StatementResult> = serde_json::from_str(&answer)
            .map_err(|error| DatabaseError::Decode(error.to_string()))?;
        Ok(results
            .into_iter()
            .map(|result| self.take(result))
            .collect())
    }
}

impl D1 {
    /// Counts what a statement cost, and gives its rows.
    fn take(&self, result: StatementResult) -> Rows {
        let add = |cell: &Cell<u64>, rows: u64| cell.set(cell.get().saturating_add(rows));
        add(&self.rows_read, result.meta.rows_read);
        add(&self.rows_written, result.meta.rows_written);
        Rows::new(result.results.into_iter().map(|row| row.0).collect())
    }
}

/// The results of a batch as one JSON text: it crosses from JavaScript once, where every field of
/// every statement's result by itself would be hundreds of calls.
async fn run(database: &JsValue, statements: &Array) -> Result<String, JsValue> {
    let promise: Promise = call(database, "batch", statements)?.dyn_into()?;
    let results = JsFuture::from(promise).await?;
    Ok(JSON::stringify(&results)?.into())
}

fn prepare(database: &JsValue, statement: &Statement) -> Result<JsValue, JsValue> {
    let prepared = match &statement.sql {
        Cow::Borrowed(text) => {
            let address = (text.as_ptr() as usize, text.len());
            let known = PREPARED.with_borrow(|prepared| prepared.get(&address).cloned());
            if let Some(known) = known {
                known
            } else {
                let fresh = call(database, "prepare", &JsValue::from_str(text))?;
                PREPARED.with_borrow_mut(|prepared| prepared.insert(address, fresh.clone()));
                fresh
            }
        }
        Cow::Owned(text) => call(database, "prepare", &JsValue::from_str(text))?,
    };
    match &statement.parameter {
        Some(json) => call(&prepared, "bind", &JsValue::from_str(json)),
        None => Ok(prepared),
    }
}

/// Calls a method of a JavaScript object: `worker`'s own types keep D1's results to themselves.
fn call(object: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &JsValue::from_str(method))?.dyn_into()?;
    method.call1(object, argument)
}

/// What D1 answers to one statement, as far as it is read.
#[derive(Deserialize)]
struct StatementResult {
    #[serde(default)]
    results: Vec<FirstColumn>,
    #[serde(default)]
    meta: Meta,
}

/// What D1 says a statement cost.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    rows_read: u64,
    rows_written: u64,
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
                row.next_entry::<IgnoredAny, String>()?
                    .map(|(_, text)| FirstColumn(text))
                    .ok_or_else(|| serde::de::Error::custom("the row has no column"))
            }
        }
        deserializer.deserialize_map(Row)
    }
}

/// What JavaScript threw, by its message.
fn failure(error: &JsValue) -> DatabaseError {
    let message = error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()));
    DatabaseError::from_message(&message.unwrap_or_else(|| format!("{error:?}")))
}
