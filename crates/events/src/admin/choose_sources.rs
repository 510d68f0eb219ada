//! What an admin chooses: which trace source counts for a type.
use std::collections::BTreeMap;

use crate::context::CountedSources;
use crate::json::body::body_text;
use crate::json::fields::Fields;
use crate::limits::EVENT_BYTES_MAX;
use crate::rejection::Rejection;

impl CountedSources {
    /// Reads what an admin chose: only types and sources that exist.
    pub fn parse(body: &[u8]) -> Result<Self, Rejection> {
        const SOURCES: [(&str, &str); 2] = [("langfuse", "langfuse"), ("otel", "otel")];
        const DB_SOURCES: [(&str, &str); 1] = [("otel", "otel")];
        let mut fields = Fields::of_body(body_text(body, EVENT_BYTES_MAX)?)?;
        let mut counted = BTreeMap::new();
        for (name, sources) in [
            ("chat", &SOURCES[..]),
            ("api", &SOURCES[..]),
            ("db", &DB_SOURCES[..]),
        ] {
            if let Some(source) = fields.word(name, sources)? {
                counted.insert(name.to_owned(), source.to_owned());
            }
        }
        fields.finish()?;
        Ok(Self(counted))
    }
}
