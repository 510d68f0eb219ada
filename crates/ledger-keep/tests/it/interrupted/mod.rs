//! A database in which something else happens in the middle.
#![allow(dead_code, reason = "each test file uses its part")]

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ledger_core::{Database, DatabaseError, Rows, Statement, sqlite::Sqlite};

/// Runs a future of the database on rusqlite, which never waits; one may start another.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("rusqlite never waits"),
    }
}

/// What happens in between.
type Event<'a> = Box<dyn FnOnce(&Sqlite) + 'a>;

/// A database in which something happens right before the batch of that number.
pub struct Interrupted<'a> {
    database: &'a Sqlite,
    batches: Cell<usize>,
    before: usize,
    happens: RefCell<Option<Event<'a>>>,
}

impl<'a> Interrupted<'a> {
    pub fn before(database: &'a Sqlite, before: usize, happens: impl FnOnce(&Sqlite) + 'a) -> Self {
        Self {
            database,
            batches: Cell::new(0),
            before,
            happens: RefCell::new(Some(Box::new(happens))),
        }
    }

    /// Whether there were so many batches.
    pub fn has_happened(&self) -> bool {
        self.happens.borrow().is_none()
    }
}

impl Database for Interrupted<'_> {
    async fn batch(&self, statements: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        self.batches.set(self.batches.get() + 1);
        if self.batches.get() >= self.before
            && let Some(happens) = self.happens.borrow_mut().take()
        {
            happens(self.database);
        }
        self.database.batch(statements).await
    }
}
