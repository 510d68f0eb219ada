//! Cloudflare at the edge of the pure crates: D1, keys, problem responses, configuration, logs, clock.
