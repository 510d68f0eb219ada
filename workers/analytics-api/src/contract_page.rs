//! The page that shows the contracts: a table of their operations, then each text.
//!
//! It needs nothing but itself: no script, and a style that the page's policy names by its hash.
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = "
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; line-height: 1.5; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 1rem 0 0.5rem; font-size: 1.2rem; }
th, td { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; vertical-align: top; }
tr + tr { border-top: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
code, pre { font-family: ui-monospace, monospace; font-size: 0.875rem; }
pre { overflow-x: auto; padding: 1rem; background: color-mix(in srgb, currentColor 6%, transparent); }
summary { cursor: pointer; padding: 0.5rem 0; }
";

/// The page and the policy that fits it.
pub(crate) struct ContractPage {
    pub html: String,
    pub policy: String,
}

/// One operation as the table shows it.
#[derive(Debug, PartialEq, Eq)]
struct Operation<'a> {
    method: String,
    path: &'a str,
    summary: &'a str,
}

/// Shows contracts, given by file name and text.
pub(crate) fn page(contracts: &[(&str, &str)]) -> ContractPage {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tokentill API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <style>{STYLE}</style></head><body><main><h1>Tokentill API</h1>\
         <p>Three contracts (OpenAPI 3.1), one address. <a href=\"/app/\">To the dashboard</a></p>"
    );
    // Writing to a string does not fail.
    for (name, text) in contracts {
        let title = value_of(text, "  title: ").unwrap_or(name);
        let _ = write!(
            html,
            "<table><caption>{}</caption><thead><tr><th scope=\"col\">Method</th>\
             <th scope=\"col\">Path</th><th scope=\"col\">What it does</th></tr></thead><tbody>",
            escaped(title)
        );
        for operation in operations(text) {
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td></tr>",
                escaped(&operation.method),
                escaped(operation.path),
                escaped(operation.summary)
            );
        }
        let _ = write!(
            html,
            "</tbody></table><p><a href=\"/contracts/{0}\">{0}</a></p>\
             <details><summary>The whole contract</summary><pre><code>{1}</code></pre></details>",
            escaped(name),
            escaped(text)
        );
    }
    html.push_str("</main></body></html>");
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    ContractPage {
        html,
        policy: format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'"
        ),
    }
}

/// The operations of a contract, as its lines are indented: a path by two, a method by four, its
/// summary by six.
fn operations(text: &str) -> Vec<Operation<'_>> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    let mut found: Vec<Operation<'_>> = Vec::new();
    let mut path = "";
    for line in text.lines().skip_while(|line| *line != "paths:").skip(1) {
        if !line.starts_with(' ') && !line.is_empty() {
            break;
        }
        if let Some(name) = line
            .strip_prefix("  /")
            .and_then(|rest| rest.strip_suffix(':'))
        {
            path = line.get(2..3 + name.len()).unwrap_or_default();
        } else if let Some(method) = line
            .strip_prefix("    ")
            .and_then(|rest| rest.strip_suffix(':'))
        {
            if METHODS.contains(&method) {
                found.push(Operation {
                    method: method.to_uppercase(),
                    path,
                    summary: "",
                });
            }
        } else if let (Some(summary), Some(last)) =
            (line.strip_prefix("      summary: "), found.last_mut())
        {
            last.summary = summary.trim_matches('\'');
        }
    }
    found
}

fn value_of<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(prefix))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = "openapi: 3.1.0
info:
  title: A <contract>
paths:
  /a/{id}:
    get:
      summary: Reads & tells.
      parameters: []
    post:
      summary: 'Writes: all.'
components:
  schemas:
    get:
      summary: no operation
";

    #[test]
    fn every_operation_is_listed_with_its_summary() {
        let listed = operations(CONTRACT);
        let expected =
            [("GET", "Reads & tells."), ("POST", "Writes: all.")].map(|(method, summary)| {
                Operation {
                    method: method.to_owned(),
                    path: "/a/{id}",
                    summary,
                }
            });
        assert_eq!(listed, expected);
    }

    #[test]
    fn the_page_runs_nothing_and_shows_text_as_text() {
        let page = page(&[("a.yaml", CONTRACT)]);
        assert!(page.html.contains("A &lt;contract&gt;"));
        assert!(!page.html.contains("<script") && !page.html.contains("style=\""));
        assert!(!page.policy.contains("unsafe"));
    }
}
