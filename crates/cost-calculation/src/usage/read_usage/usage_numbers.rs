//! The numbers of a usage object, kept for a later release that can read what this one could not.
use serde_json::{Map, Value};

use super::leaf::leaves;

/// Bytes that are kept.
const BYTES_MAX: usize = 2_048;
/// Longest name that is kept.
const NAME_MAX: usize = 120;

/// Names and numbers and nothing else, flat, as compact JSON; numbers beyond the limit are left out,
/// and their count is kept.
pub(super) fn compact(payload: &Value) -> Option<String> {
    let mut kept = Map::new();
    let (mut size, mut left_out) = (2, 0_u64);
    for leaf in leaves(payload) {
        let is_name = leaf.shown.len() <= NAME_MAX
            && leaf
                .shown
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-[]".contains(&byte));
        if !leaf.value.is_number() {
            continue;
        }
        size += leaf.shown.len() + leaf.value.to_string().len() + 4;
        if !is_name || size > BYTES_MAX - 32 {
            left_out += 1;
            continue;
        }
        kept.insert(leaf.shown, leaf.value.clone());
    }
    if left_out > 0 {
        kept.insert("(left out)".to_owned(), left_out.into());
    }
    (!kept.is_empty()).then(|| Value::Object(kept).to_string())
}
