//! Events on their way in: read, recorded, answered.

pub mod answer;
pub mod ingest_caches;
pub mod key_use;
pub mod langfuse;
pub mod queue;
pub mod record;
pub mod traces;
pub mod track;
