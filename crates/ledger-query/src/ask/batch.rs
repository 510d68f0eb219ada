//! Statements that go to the database together, and the rows of each where it was added.

use ledger_core::database::{Database, DatabaseError, Rows, Statement};

/// Statements of one batch.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<Statement>);

/// Where the rows of an added statement will be.
#[derive(Debug)]
pub(crate) struct Slot(usize);

/// The rows of a batch.
#[derive(Debug, Default)]
pub(crate) struct Answers(Vec<Rows>);

impl Batch {
    /// Adds a statement.
    pub(crate) fn add(&mut self, statement: Statement) -> Slot {
        self.0.push(statement);
        Slot(self.0.len() - 1)
    }

    /// Sends them all; none is no way to the database.
    pub(crate) async fn send<D: Database>(self, database: &D) -> Result<Answers, DatabaseError> {
        if self.0.is_empty() {
            return Ok(Answers::default());
        }
        database.batch(&self.0).await.map(Answers)
    }
}

impl Answers {
    /// The rows of a statement.
    pub(crate) fn of(&mut self, slot: &Slot) -> Rows {
        self.0
            .get_mut(slot.0)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}
