//! Refusals that showed only after the sender had its answer: kept where an admin sees them.
use chrono::{DateTime, SecondsFormat};
use cost_calculation::UnixMillis;
use edge::respond::json;
use edge::{Problem, Suite};
use events::Interaction;
use ledger::{Database, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::handle_request::Visit;

/// A message may be delivered again after it was written down: the same refusal is kept once.
const INSERT: &str = "
INSERT INTO ingest_rejections (received_at, source, interaction_id, problem, detail)
SELECT ?1 ->> 'received_at', j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
FROM json_each(?1, '$.rejections') j
WHERE NOT EXISTS (SELECT 1 FROM ingest_rejections r
  WHERE r.received_at > (?1 ->> 'received_at') - 86400000
    AND r.interaction_id = j.value ->> 1 AND r.problem = j.value ->> 2)";

/// Writes refusals down: the interaction, the kind of problem, and the words for it.
pub(crate) async fn record(
    suite: &Suite,
    received_at: UnixMillis,
    refused: &[(&Interaction, &str, &str)],
) -> Result<(), Problem> {
    if refused.is_empty() {
        return Ok(());
    }
    let rejections: Vec<_> = refused
        .iter()
        .map(|(interaction, problem, detail)| {
            json!([interaction.source, interaction.id, problem, detail])
        })
        .collect();
    let parameter = json!({ "received_at": received_at.0, "rejections": rejections });
    suite
        .database
        .query(Statement::with(INSERT, &parameter)?)
        .await?;
    Ok(())
}

/// The most refusals on one page.
const LIMIT_MAX: u32 = 500;
const LIMIT_DEFAULT: u32 = 100;

// Index ingest_rejections_by_time.
const PAGE: &str = "
SELECT json_array(received_at, source, interaction_id, problem, detail) FROM ingest_rejections
ORDER BY received_at DESC, id DESC LIMIT ?1 ->> 'limit' OFFSET ?1 ->> 'offset'";
const TOTAL: &str = "SELECT json_array(COUNT(*)) FROM ingest_rejections";

#[derive(Deserialize)]
struct Row(i64, String, String, String, String);

/// `GET /admin/rejections`: newest first.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let url = request
        .url()
        .map_err(|_| Problem::bad_request("the address can't be read"))?;
    let page = Page::of(url.query_pairs())?;
    let parameter = json!({ "limit": page.limit, "offset": page.offset });
    let rows = visit
        .suite
        .database
        .batch(&[Statement::with(PAGE, &parameter)?, Statement::new(TOTAL)])
        .await?;
    let [items, total] = rows.as_slice() else {
        return Err(Problem::internal());
    };
    let total = total.first::<(u64,)>()?.map_or(0, |(total,)| total);
    let items: Vec<Value> = items.decode::<Row>()?.into_iter().map(to_json).collect();
    let Page { limit, offset } = page;
    json(
        200,
        &json!({ "items": items, "total": total, "limit": limit, "offset": offset }),
    )
}

fn to_json(Row(received_at, source, interaction_id, problem, detail): Row) -> Value {
    let received_at = DateTime::from_timestamp_millis(received_at)
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true));
    json!({
        "received_at": received_at,
        "source": source,
        "interaction_id": interaction_id,
        "problem": problem,
        "detail": detail,
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Page {
    limit: u32,
    offset: u32,
}

impl Page {
    fn of<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl Iterator<Item = (N, V)>,
    ) -> Result<Self, Problem> {
        let mut page = Self {
            limit: LIMIT_DEFAULT,
            offset: 0,
        };
        for (name, value) in pairs {
            let (name, value) = (name.as_ref(), value.as_ref());
            let number = value.parse::<u32>().ok();
            match (name, number) {
                ("limit", Some(limit @ 1..=LIMIT_MAX)) => page.limit = limit,
                ("offset", Some(offset)) => page.offset = offset,
                ("limit", _) => {
                    let detail = format!("`limit` is out of range: send 1 to {LIMIT_MAX}");
                    return Err(Problem::bad_parameter("limit", detail));
                }
                ("offset", _) => {
                    let detail = "`offset` is no count: send a whole number, 0 or more";
                    return Err(Problem::bad_parameter("offset", detail));
                }
                _ => {
                    let detail = "only `limit` and `offset` are parameters of this list";
                    return Err(Problem::bad_parameter("query", detail));
                }
            }
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_bounds_and_no_other_parameters() {
        let of = |pairs: &[(&str, &str)]| Page::of(pairs.iter().copied());
        assert_eq!(
            of(&[]),
            Ok(Page {
                limit: 100,
                offset: 0
            })
        );
        assert_eq!(
            of(&[("limit", "500"), ("offset", "7")]),
            Ok(Page {
                limit: 500,
                offset: 7
            })
        );
        for wrong in [
            ("limit", "0"),
            ("limit", "501"),
            ("offset", "-1"),
            ("page", "1"),
        ] {
            assert_eq!(
                of(&[wrong]).map_err(|problem| problem.status),
                Err(400),
                "{wrong:?}"
            );
        }
    }
}
