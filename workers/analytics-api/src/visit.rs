//! A request on its way through this Worker.
use cost_calculation::UnixMillis;
use worker::Env;

/// The bindings, the id and the time of one request.
pub(crate) struct Visit<'a> {
    pub env: &'a Env,
    pub request_id: &'a str,
    pub received_at: UnixMillis,
}
