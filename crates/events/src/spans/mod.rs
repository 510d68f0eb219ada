//! What a span was: the dialects of its senders, and the interaction that it becomes.

pub mod error_class;
pub mod error_words;
pub mod failed_call;
pub mod gen_ai;
pub mod interaction;
pub mod langfuse;
pub mod langfuse_kind;
pub mod librechat_agent;
pub mod meaning;
pub mod native;
pub mod native_trace;
pub mod tool_names;
