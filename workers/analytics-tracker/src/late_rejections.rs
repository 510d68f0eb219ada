//! Refusals that showed only after the sender had its answer, as an admin sees them.
use chrono::{DateTime, SecondsFormat};
use edge::Problem;
use edge::request::query_pairs;
use edge::respond::json;
use ledger_record::{ingest_rejections, ingest_rejections::IngestRejection};
use serde_json::{Value, json};
use worker::{Request, Response};

use crate::visit::Visit;

/// The most refusals on one page.
const LIMIT_MAX: u32 = 500;
const LIMIT_DEFAULT: u32 = 100;

/// `GET /admin/rejections`: newest first.
pub(crate) async fn list(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    visit.admin(request).await?;
    let page = Page::of(query_pairs(request).into_iter())?;
    let Page { limit, offset } = page;
    let (rejections, total) = ingest_rejections::list(&visit.suite.database, limit, offset).await?;
    let items: Vec<Value> = rejections.iter().map(to_json).collect();
    json(
        200,
        &json!({ "items": items, "total": total, "limit": limit, "offset": offset }),
    )
}

fn to_json(rejection: &IngestRejection) -> Value {
    let received_at = DateTime::from_timestamp_millis(rejection.received_at)
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true));
    json!({
        "received_at": received_at,
        "source": rejection.source,
        "interaction_id": rejection.interaction_id,
        "problem": rejection.problem,
        "detail": rejection.detail,
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
