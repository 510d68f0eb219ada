//! D1 as a [`Database`].

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use ledger_core::{Database, DatabaseError, Rows, Statement};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsError, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::D1Database;

use crate::clock;

thread_local! {
    /// The runtime's statements for the SQL that stands in the program, by its address: a request
    /// of ten statements would otherwise carry 10 kB of the same text over to JavaScript each time.
    static PREPARED: RefCell<HashMap<(usize, usize), Prepared>> = RefCell::new(HashMap::new());
    /// The names of what is asked of each result, made once.
    static NAMES: Names = Names {
        meta: JsValue::from_str("meta"),
        results: JsValue::from_str("results"),
    };
}

struct Names {
    meta: JsValue,
    results: JsValue,
}

/// A statement of the runtime, and its way to bind a parameter.
#[derive(Clone)]
struct Prepared {
    statement: JsValue,
    bind: Function,
}

impl Prepared {
    fn new(database: &JsValue, sql: &str) -> Result<Self, JsValue> {
        let statement = call(database, "prepare", &JsValue::from_str(sql))?;
        let bind = Reflect::get(&statement, &JsValue::from_str("bind"))?.dyn_into()?;
        Ok(Self { statement, bind })
    }

    fn with(&self, parameter: Option<&str>) -> Result<JsValue, JsValue> {
        match parameter {
            Some(json) => self.bind.call1(&self.statement, &JsValue::from_str(json)),
            None => Ok(self.statement.clone()),
        }
    }
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
        let results = run(database, &prepared).await;
        let took_ms = clock::now().0.saturating_sub(started_at.0);
        self.longest_batch_ms
            .set(self.longest_batch_ms.get().max(took_ms));
        results
            .and_then(|results| self.read(&results))
            .map_err(|error| failure(&error))
    }
}

impl D1 {
    /// Counts what the statements cost, and gives their rows.
    ///
    /// A row's text crosses from JavaScript as it is: within one text of all results it would be
    /// escaped there and read again here, and such texts of some hundred kilobytes are what the
    /// runtime stops to clear away. The counts, in turn, cross as one small text.
    fn read(&self, results: &Array) -> Result<Vec<Rows>, JsValue> {
        NAMES.with(|names| self.read_named(results, names))
    }

    fn read_named(&self, results: &Array, names: &Names) -> Result<Vec<Rows>, JsValue> {
        let metas = Array::new();
        let mut all = Vec::with_capacity(results.length() as usize);
        for result in results.iter() {
            metas.push(&Reflect::get(&result, &names.meta)?);
            let rows: Array = Reflect::get(&result, &names.results)?.dyn_into()?;
            let texts = rows.iter().map(|row| {
                let columns: Array = Object::values(row.unchecked_ref::<Object>());
                columns
                    .get(0)
                    .as_string()
                    .ok_or_else(|| JsError::new("a row is one column of JSON text").into())
            });
            all.push(Rows::new(texts.collect::<Result<_, JsValue>>()?));
        }
        let metas = String::from(JSON::stringify(&metas)?);
        let metas: Vec<Meta> = serde_json::from_str(&metas).map_err(JsError::from)?;
        let add = |cell: &Cell<u64>, rows: u64| cell.set(cell.get().saturating_add(rows));
        for meta in metas {
            add(&self.rows_read, meta.rows_read);
            add(&self.rows_written, meta.rows_written);
        }
        Ok(all)
    }
}

async fn run(database: &JsValue, statements: &Array) -> Result<Array, JsValue> {
    let promise: Promise = call(database, "batch", statements)?.dyn_into()?;
    JsFuture::from(promise).await?.dyn_into()
}

fn prepare(database: &JsValue, statement: &Statement) -> Result<JsValue, JsValue> {
    let parameter = statement.parameter.as_deref();
    let Cow::Borrowed(text) = &statement.sql else {
        return Prepared::new(database, &statement.sql)?.with(parameter);
    };
    let address = (text.as_ptr() as usize, text.len());
    let known = PREPARED.with_borrow(|prepared| prepared.get(&address).cloned());
    if let Some(known) = known {
        return known.with(parameter);
    }
    let fresh = Prepared::new(database, text)?;
    PREPARED.with_borrow_mut(|prepared| prepared.insert(address, fresh.clone()));
    fresh.with(parameter)
}

/// Calls a method of a JavaScript object: `worker`'s own types keep D1's results to themselves.
fn call(object: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &JsValue::from_str(method))?.dyn_into()?;
    method.call1(object, argument)
}

/// What D1 says a statement cost.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    rows_read: u64,
    rows_written: u64,
}

/// What JavaScript threw, by its message.
fn failure(error: &JsValue) -> DatabaseError {
    let message = error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string());
    DatabaseError::from_message(&message.unwrap_or_else(|| "what it threw is no error".to_owned()))
}
