//! Native OpenTelemetry: served requests and database operations.
//!
//! LibreChat's instrumentation is noisy: one chat gives some sixty Express middleware spans, and
//! background polling never stops. Kept are server spans, and database spans that belong to one.
use cost_calculation::Units;
use serde_json::json;

use crate::limits::{CONTEXT_CHARS_MAX, METADATA_BYTES_MAX, PROVIDER_CHARS_MAX};
use crate::source;
use crate::span::{Attribute, Span};
use crate::span_interaction::{fail, of_span};
use crate::{Interaction, InteractionType, Rejection};

/// Characters of a route, a collection or a method that is kept.
const NAME_CHARS_MAX: usize = 256;
const _: () = assert!(NAME_CHARS_MAX * 4 < METADATA_BYTES_MAX);

/// A served request. It has nothing to price: its metadata say which route answered what.
pub(crate) fn served_request(span: &Span<'_>) -> Result<Interaction, Rejection> {
    let attributes = &span.attributes;
    let mut interaction = of_span(span, InteractionType::Api, source::OTEL)?;
    let status_code = attributes.int(&[Attribute::HttpStatusCode]);
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
/// mapper's ([`crate::resolve_trace`]).
pub(crate) fn database_operation(span: &Span<'_>) -> Result<Interaction, Rejection> {
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
            error_type(span)?.unwrap_or(span.status_message),
        );
    }
    Ok(interaction)
}

fn error_type<'s>(span: &'s Span<'_>) -> Result<Option<&'s str>, Rejection> {
    span.attributes
        .text(&[Attribute::ErrorType], NAME_CHARS_MAX)
}
