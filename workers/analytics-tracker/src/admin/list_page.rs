//! The page of a list that a request asks for.
use edge::Problem;

/// The most items on one page.
const LIMIT_MAX: u32 = 500;
const LIMIT_DEFAULT: u32 = 100;

/// Which part of a list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub limit: u32,
    pub offset: u32,
}

impl Page {
    /// The page of a query's parameters.
    pub(crate) fn of<N: AsRef<str>, V: AsRef<str>>(
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
