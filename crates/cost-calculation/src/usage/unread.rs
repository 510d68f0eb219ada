//! Figures of a usage object that could not be read: how they stand among an interaction's calls.

/// What the name of an unread figure begins with; its field's name follows.
pub const UNREAD: &str = "unread:";
/// Longest name of a resource that an event may carry.
const RESOURCE_CHARS_MAX: usize = 80;
/// Longest name of one field; the longest published one has 44 characters.
const NAME_CHARS_MAX: usize = 64;

/// The resource of a figure that could not be read: `unread:` and its field's name, or its end
/// where that is long. A name that could be text is not repeated.
///
/// The figure is a call without a price: so it shows on the receipt by name and value, the estimate
/// says that it is incomplete, and an operator may give it a price.
pub fn unread_resource(field: &str) -> String {
    let is_name = !field.is_empty()
        && field
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-[]".contains(&byte))
        && field.split('.').all(|part| part.len() <= NAME_CHARS_MAX);
    if !is_name {
        return format!("{UNREAD}(unnamed)");
    }
    let skipped = field
        .len()
        .saturating_sub(RESOURCE_CHARS_MAX - UNREAD.len());
    format!("{UNREAD}{}", field.get(skipped..).unwrap_or(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_named_by_its_field_and_text_is_no_name() {
        assert_eq!(
            unread_resource("details.foo_tokens"),
            "unread:details.foo_tokens"
        );
        assert_eq!(unread_resource("tell me a secret"), "unread:(unnamed)");
        assert_eq!(unread_resource(""), "unread:(unnamed)");
        let long = format!("{}.tokens", "a".repeat(64));
        assert_eq!(
            unread_resource(&format!("{long}.{long}")).len(),
            RESOURCE_CHARS_MAX
        );
    }
}
