//! Why a request is for no operation.

use crate::problem::Problem;

/// Why no operation fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoute {
    /// Nothing has this path.
    UnknownPath,
    /// The path takes other methods: these.
    OtherMethod(&'static str),
}

impl NoRoute {
    /// The refusal; `list` says where the endpoints are listed.
    pub fn problem(self, list: &str) -> Problem {
        match self {
            Self::UnknownPath => {
                Problem::not_found(format!("no endpoint has this path; {list} lists them"))
            }
            Self::OtherMethod(allow) => Problem::method_not_allowed(allow),
        }
    }
}

/// The operation of a path that takes one method.
pub fn only<R>(method: &str, allow: &'static str, route: R) -> Result<R, NoRoute> {
    if method == allow {
        Ok(route)
    } else {
        Err(NoRoute::OtherMethod(allow))
    }
}

/// The path, with one slash at its beginning: a base address that ends in a slash makes two of it.
pub fn without_doubled_slash(path: &str) -> &str {
    let doubled = path.bytes().take_while(|&byte| byte == b'/').count();
    path.get(doubled.saturating_sub(1)..).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{NoRoute, only};

    #[test]
    fn another_method_is_told_with_the_one_that_fits() {
        assert_eq!(only("GET", "GET", 1), Ok(1));
        assert_eq!(only("PUT", "GET", 1), Err(NoRoute::OtherMethod("GET")));
        assert_eq!(NoRoute::OtherMethod("GET").problem("").status, 405);
        let unknown = NoRoute::UnknownPath.problem("/docs");
        assert!(unknown.detail.contains("/docs lists them"));
    }
}
