//! Native OpenTelemetry: served requests and database operations.
//!
//! LibreChat's instrumentation is noisy: one chat gives some sixty Express middleware spans, and
//! background polling never stops. Kept are server spans, and database spans that belong to one.
use cost_calculation::Units;
use serde_json::json;

use crate::Interaction;
use crate::InteractionType;
use crate::Rejection;
use crate::limits::{CONTEXT_CHARS_MAX, METADATA_BYTES_MAX, PROVIDER_CHARS_MAX};
use crate::otlp::attribute_names::Attribute;
use crate::otlp::span::Span;
use crate::source;
use crate::spans::interaction::{fail, of_span};

/// Characters of a route, a collection or a method that is kept.
const NAME_CHARS_MAX: usize = 256;
const _: () = assert!(NAME_CHARS_MAX * 4 < METADATA_BYTES_MAX);

/// Paths that are asked for to see whether a server is there.
const PROBES: [&str; 11] = [
    "/health",
    "/healthz",
    "/livez",
    "/readyz",
    "/live",
    "/ready",
    "/liveness",
    "/readiness",
    "/metrics",
    "/ping",
    "/status",
];

/// Whether a served request is a probe: nobody's request, however often it comes.
pub(crate) fn is_probe(span: &Span) -> bool {
    let attributes = &span.attributes;
    let path = [Attribute::HttpRoute, Attribute::UrlPath]
        .into_iter()
        .find_map(|attribute| attributes.word(attribute));
    // Without either the span's own name holds the path: `GET /readyz`.
    let path = path.or_else(|| span.name.split_once(' ').map(|(_, path)| path));
    let path = path.unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let path = path.trim_end_matches('/');
    let path = path.strip_prefix("/api").unwrap_or(path);
    PROBES.contains(&path)
}

/// A served request. It has nothing to price: its metadata say which route answered what.
pub(crate) fn served_request(span: &Span) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, InteractionType::Api, source::OTEL)?;
    let status_code = attributes.int(Attribute::HttpStatusCode);
    let metadata = json!({
        "method": attributes.text(&[Attribute::HttpMethod], CONTEXT_CHARS_MAX)?,
        "route": attributes.text(&[Attribute::HttpRoute], NAME_CHARS_MAX)?,
        "status_code": status_code,
    });
    interaction.metadata = Some(metadata.to_string());
    match status_code {
        Some(code) if code >= 500 => fail(&mut interaction, &format!("Error {code}")),
        _ if span.is_error => fail(&mut interaction, error_type(span)?.unwrap_or_default()),
        _ => {}
    }
    Ok(interaction)
}

/// A database operation. Its trace tells whether it is polling, or the driver's span below the
/// mapper's ([`crate::otlp::resolve_trace`]).
pub(crate) fn database_operation(span: &Span) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, InteractionType::Db, source::OTEL)?;
    // Mongoose is MongoDB's mapper, not a database.
    interaction.provider = match attributes.text(&[Attribute::DbSystem], PROVIDER_CHARS_MAX)? {
        None | Some("mongoose") => "mongodb".to_owned(),
        Some(system) => system.to_owned(),
    };
    interaction.units = Units {
        operations: 1,
        ..Units::default()
    };
    let metadata = json!({
        "operation": attributes.text(&[Attribute::DbOperation], NAME_CHARS_MAX)?,
        "collection": attributes.text(&[Attribute::DbCollection], NAME_CHARS_MAX)?,
    });
    interaction.metadata = Some(metadata.to_string());
    if span.is_error {
        fail(
            &mut interaction,
            error_type(span)?.unwrap_or(&span.status_message),
        );
    }
    Ok(interaction)
}

fn error_type(span: &Span) -> Result<Option<&str>, Rejection> {
    span.attributes
        .text(&[Attribute::ErrorType], NAME_CHARS_MAX)
}
