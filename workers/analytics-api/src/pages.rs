//! What a browser opens: the dashboard's files, the contracts, and the way to them.
use edge::Problem;
use worker::{Headers, Request, Response};

use crate::visit::Visit;

/// The dashboard's own files and this origin's API; nothing inline, no framing.
const DASHBOARD_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page of the API: its own files, and two style elements of its renderer, by the hashes of their
/// text: the empty ones that it fills rule by rule, and the one of its scroll bars.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' \
     'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The contracts, by file name.
const CONTRACTS: [&str; 3] = [
    "tracking-api.yaml",
    "analytics-api.yaml",
    "pricing-sync-api.yaml",
];

const DASHBOARD: &str = "/app/";
/// Told where the files that the build makes are not there.
const NOT_BUILT: &str = "the dashboard is not built: run `make build`, then start again";

/// `GET /`: to the dashboard.
pub(crate) fn root() -> Result<Response, Problem> {
    let headers = Headers::new();
    headers
        .set("location", DASHBOARD)
        .map_err(|_| Problem::internal())?;
    Ok(Response::empty()
        .map_err(|_| Problem::internal())?
        .with_status(302)
        .with_headers(headers))
}

/// `GET /docs`: the page that shows the contracts, and the files that it is drawn with.
pub(crate) async fn docs(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    let response = match request.path().as_str() {
        "/docs" | "/docs/" => index(visit, request, "/docs/").await?,
        file => found(
            asset(visit, request, file).await?,
            "the docs have no such file",
        )?,
    };
    with_headers(
        response,
        &[
            ("content-security-policy", DOCS_POLICY),
            ("cache-control", "no-cache"),
        ],
    )
}

/// `GET /contracts/{name}`.
pub(crate) async fn contract(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    let path = request.path();
    let name = path.strip_prefix("/contracts/").unwrap_or_default();
    if !CONTRACTS.contains(&name) {
        let names = CONTRACTS.join(", ");
        return Err(Problem::not_found(format!(
            "there is no contract of that name; there are {names}"
        )));
    }
    let response = found(asset(visit, request, &path).await?, NOT_BUILT)?;
    with_headers(response, &[("content-type", "application/yaml")])
}

/// Whether a path is a file of the dashboard's build: an asset, or a name with a dot right under
/// `/app/`. A page's own path may end in any id, `gpt-4.1` or a mail address among them.
fn is_file(path: &str) -> bool {
    path.strip_prefix(DASHBOARD).is_some_and(|rest| {
        rest.starts_with("assets/") || (!rest.contains('/') && rest.contains('.'))
    })
}

/// `GET /app/…`: a file of the dashboard, or for its own pages its one HTML file.
pub(crate) async fn dashboard(visit: &Visit<'_>, request: &Request) -> Result<Response, Problem> {
    let path = request.path();
    let (response, is_hashed) = if is_file(&path) {
        let response = asset(visit, request, &path).await?;
        let response = found(response, "the dashboard has no such file")?;
        (response, path.starts_with("/app/assets/"))
    } else {
        (index(visit, request, DASHBOARD).await?, false)
    };
    // Names of built assets hold a hash of what is in them.
    let lifetime = if is_hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    with_headers(
        response,
        &[
            ("content-security-policy", DASHBOARD_POLICY),
            ("cache-control", lifetime),
        ],
    )
}

/// The HTML file of a folder, whichever way the assets are configured to name it.
async fn index(visit: &Visit<'_>, request: &Request, folder: &str) -> Result<Response, Problem> {
    for path in [folder, &format!("{folder}index.html")] {
        let response = asset(visit, request, path).await?;
        if response.status_code() == 200 {
            return Ok(response);
        }
    }
    Err(Problem::not_found(NOT_BUILT))
}

fn found(response: Response, missing: &str) -> Result<Response, Problem> {
    if response.status_code() == 404 {
        return Err(Problem::not_found(missing.to_owned()));
    }
    Ok(response)
}

async fn asset(visit: &Visit<'_>, request: &Request, path: &str) -> Result<Response, Problem> {
    let unanswered =
        |_| Problem::unavailable("the pages' files can't be read; try again in a moment");
    let assets = visit.env.assets("ASSETS").map_err(unanswered)?;
    let mut url = request.url().map_err(unanswered)?;
    url.set_path(path);
    url.set_query(None);
    assets
        .fetch(url.to_string(), None)
        .await
        .map_err(unanswered)
}

fn with_headers(response: Response, values: &[(&str, &str)]) -> Result<Response, Problem> {
    let headers = response.headers().clone();
    for (name, value) in values {
        headers.set(name, value).map_err(|_| Problem::internal())?;
    }
    Ok(response.with_headers(headers))
}

#[cfg(test)]
mod tests {
    use super::is_file;

    #[test]
    fn an_id_with_a_dot_is_a_page_and_an_asset_is_a_file() {
        for file in [
            "/app/assets/index-1.js",
            "/app/favicon.svg",
            "/app/theme.js",
        ] {
            assert!(is_file(file), "{file}");
        }
        for page in [
            "/app/",
            "/app/overview",
            "/app/models/openai/gpt-4.1",
            "/app/users/ada@example.org",
        ] {
            assert!(!is_file(page), "{page}");
        }
    }
}
