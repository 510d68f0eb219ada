//! Logs: one JSON object a line. No content, no key, no person.

use serde_json::Value;

/// Writes a line of level `info`.
pub fn info(event: &Value) {
    worker::console_log!("{event}");
}

/// Writes a line of level `error`.
pub fn error(event: &Value) {
    worker::console_error!("{event}");
}
