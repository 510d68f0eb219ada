//! The [`Database`] on rusqlite, under the limits that D1 sets: for host tests and benchmarks.

use std::{
    cell::{Cell, RefCell},
    path::Path,
    sync::OnceLock,
};

use rusqlite::{Connection, StatementStatus, limits::Limit, types::ValueRef};

use crate::database::{Database, DatabaseError, Rows, Statement};

/// A SQLite database that behaves like D1 as far as this crate can tell.
#[derive(Debug)]
pub struct Sqlite {
    connection: RefCell<Connection>,
    /// What its batches took so far, in steps of SQLite's machine.
    steps: Cell<u64>,
}

impl Sqlite {
    /// An empty database in memory.
    pub fn in_memory() -> Result<Self, DatabaseError> {
        Self::configured(Connection::open_in_memory().map_err(from_rusqlite)?)
    }

    /// A database in a file, made if it is missing.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        Self::configured(Connection::open(path).map_err(from_rusqlite)?)
    }

    fn configured(connection: Connection) -> Result<Self, DatabaseError> {
        // The limits that workerd compiles in or sets for D1.
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
            (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
            (Limit::SQLITE_LIMIT_COLUMN, 100),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
            (Limit::SQLITE_LIMIT_LENGTH, 2_000_000),
            (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
            (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
        ] {
            connection.set_limit(limit, value).map_err(from_rusqlite)?;
        }
        connection
            .execute_batch("PRAGMA foreign_keys = ON;")
            .map_err(from_rusqlite)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self {
            connection: RefCell::new(connection),
            steps: Cell::new(0),
        })
    }

    /// How many steps its batches took so far: work that no clock and no machine changes.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// A database in memory with every migration of the project applied: a copy of the first one.
    pub fn migrated() -> Result<Self, DatabaseError> {
        static FIRST: OnceLock<Vec<u8>> = OnceLock::new();
        let database = Self::in_memory()?;
        if let Some(first) = FIRST.get() {
            database
                .connection
                .borrow_mut()
                .deserialize_read_exact("main", first.as_slice(), first.len(), false)
                .map_err(from_rusqlite)?;
            return Ok(database);
        }
        database.migrate()?;
        let bytes = database
            .connection
            .borrow_mut()
            .serialize("main")
            .map_err(from_rusqlite)?
            .to_vec();
        // Another thread's is the same.
        let _ = FIRST.set(bytes);
        Ok(database)
    }

    /// Applies every migration of the project, in order.
    pub fn migrate(&self) -> Result<(), DatabaseError> {
        for (_, sql) in migrations()? {
            self.execute_script(&sql)?;
        }
        Ok(())
    }

    /// Runs a script of several statements outside the [`Database`] rule: for migrations and for
    /// tests that break something on purpose.
    pub fn execute_script(&self, sql: &str) -> Result<(), DatabaseError> {
        self.connection
            .borrow()
            .execute_batch(sql)
            .map_err(from_rusqlite)
    }

    /// Gives the raw connection to a test that looks at the tables itself.
    pub fn with_connection<T>(&self, look: impl FnOnce(&Connection) -> T) -> T {
        look(&self.connection.borrow())
    }
}

/// The project's migrations, `(file name, SQL)`, in order.
pub fn migrations() -> Result<Vec<(String, String)>, DatabaseError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let failed = |error: std::io::Error| DatabaseError::Other(error.to_string());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.push((name, std::fs::read_to_string(&path).map_err(failed)?));
        }
    }
    files.sort();
    Ok(files)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
fn from_rusqlite(error: rusqlite::Error) -> DatabaseError {
    DatabaseError::from_message(&error.to_string())
}

fn run(
    connection: &Connection,
    statement: &Statement,
    steps: &Cell<u64>,
) -> Result<Rows, rusqlite::Error> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let mut rows = match &statement.parameter {
        Some(json) => prepared.query([json])?,
        None => prepared.query([])?,
    };
    let mut texts = Vec::new();
    while let Some(row) = rows.next()? {
        match row.get_ref(0)? {
            ValueRef::Text(text) => texts.push(String::from_utf8_lossy(text).into_owned()),
            other => {
                return Err(rusqlite::Error::InvalidColumnType(
                    0,
                    "a row is one JSON text".to_owned(),
                    other.data_type(),
                ));
            }
        }
    }
    drop(rows);
    let taken = prepared.reset_status(StatementStatus::VmStep);
    steps.set(steps.get() + u64::try_from(taken).unwrap_or(0));
    Ok(Rows::new(texts))
}

impl Database for Sqlite {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let mut connection = self.connection.borrow_mut();
        let transaction = connection.transaction().map_err(from_rusqlite)?;
        let rows = statements
            .iter()
            .map(|statement| run(&transaction, statement, &self.steps))
            .collect::<Result<Vec<_>, _>>()
            .map_err(from_rusqlite)?;
        transaction.commit().map_err(from_rusqlite)?;
        Ok(rows)
    }
}
