//! Sign-ins of browsers that were ended before their time.
//!
//! A cookie is signed and needs no row while it holds; what it names here holds no longer.

use serde_json::json;

use crate::database::{Database, DatabaseError, Statement};

// The primary key.
const IS_OUT: &str = "
SELECT json_array(EXISTS (SELECT 1 FROM signed_out WHERE sign_in_id = ?1 ->> '$'))";

const END: &str = "
INSERT INTO signed_out (sign_in_id, expires_at)
SELECT ?1 ->> 'sign_in_id', ?1 ->> 'expires_at' WHERE true
ON CONFLICT DO NOTHING";

// The index by expiry.
const FORGET: &str = "DELETE FROM signed_out WHERE expires_at < ?1 ->> 'now'";

/// Ends a sign-in, whose cookie could live until `expires_at`; forgets those whose cookies have ended by
/// themselves. Unix milliseconds.
pub async fn end<D: Database>(
    database: &D,
    sign_in_id: &str,
    expires_at: i64,
    now: i64,
) -> Result<(), DatabaseError> {
    let parameter = json!({ "sign_in_id": sign_in_id, "expires_at": expires_at, "now": now });
    database
        .batch(&[
            Statement::with(END, &parameter)?,
            Statement::with(FORGET, &parameter)?,
        ])
        .await
        .map(drop)
}

/// Whether a sign-in was ended.
pub async fn is_ended<D: Database>(database: &D, sign_in_id: &str) -> Result<bool, DatabaseError> {
    let found: Option<(i64,)> = database
        .query(Statement::with(IS_OUT, &sign_in_id)?)
        .await?
        .first()?;
    Ok(found.is_some_and(|(is_out,)| is_out != 0))
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::sqlite::Sqlite;

    #[test]
    fn an_ended_sign_in_is_known_until_its_cookie_has_ended_too() {
        let database = Sqlite::migrated().expect("migrates");
        let is_ended = |id: &str| block_on(is_ended(&database, id)).expect("answers");
        assert!(!is_ended("a"));
        for _ in 0..2 {
            block_on(end(&database, "a", 100, 50)).expect("ends");
        }
        assert!(is_ended("a") && !is_ended("b"));
        block_on(end(&database, "b", 200, 101)).expect("ends");
        assert!(!is_ended("a") && is_ended("b"));
    }
}
