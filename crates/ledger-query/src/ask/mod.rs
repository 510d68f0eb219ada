//! How a question is asked: its parameters, who asks, the ledger as it stands, what is refused.

pub(crate) mod batch;
pub(crate) mod etag;
pub(crate) mod problem;
pub(crate) mod reader;
pub(crate) mod slice;
pub(crate) mod watermark;
