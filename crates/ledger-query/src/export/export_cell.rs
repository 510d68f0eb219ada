//! Cells of an export, and how each format writes them.

use cost_calculation::UnixMillis;
use serde_json::Value;

use cost_calculation::Amount;
use reporting_days::calendar::iso;

/// What a column holds, as the database gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, or null.
    Text,
    /// A whole number, or null.
    Count,
    /// Picodollars, or the two integers of a sum, or null.
    Money,
    /// Unix milliseconds, or null.
    Time,
}

/// A column of an export.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

impl Column {
    /// Text, or null.
    pub const fn text(name: &'static str) -> Self {
        let kind = Kind::Text;
        Self { name, kind }
    }

    /// A whole number, or null.
    pub const fn count(name: &'static str) -> Self {
        let kind = Kind::Count;
        Self { name, kind }
    }

    /// An amount, or null.
    pub const fn money(name: &'static str) -> Self {
        let kind = Kind::Money;
        Self { name, kind }
    }

    /// A moment, or null.
    pub const fn time(name: &'static str) -> Self {
        let kind = Kind::Time;
        Self { name, kind }
    }
}

/// The text of a cell; `None` for null.
fn text_of(kind: Kind, value: &Value) -> Option<String> {
    match (kind, value) {
        (_, Value::Null) => None,
        (Kind::Money, Value::Number(pico)) => Some(Amount(i128::from(pico.as_i64()?)).to_string()),
        (Kind::Money, Value::Array(parts)) => {
            let part = |at: usize| parts.get(at).and_then(Value::as_i64);
            Some(Amount::from_parts(part(0)?, part(1)?).to_string())
        }
        (Kind::Time, Value::Number(ms)) => Some(iso(UnixMillis(ms.as_i64()?))),
        (_, Value::String(text)) => Some(text.clone()),
        (_, other) => Some(other.to_string()),
    }
}

/// Appends one line of CSV (RFC 4180).
pub(crate) fn write_csv(line: &mut String, columns: &[Column], cells: &[Value]) {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        let Some(text) = cells.get(at).and_then(|cell| text_of(column.kind, cell)) else {
            continue;
        };
        if column.kind == Kind::Text {
            push_csv_text(line, &text);
        } else {
            line.push_str(&text);
        }
    }
    line.push_str("\r\n");
}

/// What a spreadsheet takes for the beginning of a formula, in full width and small forms too.
const FORMULA_STARTS: [char; 12] = [
    '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫',
];
/// Where a spreadsheet may begin a new cell, whatever the file is separated by.
const CELL_ENDS: [char; 7] = [',', ';', '\t', '\n', '\r', '\u{b}', '\u{c}'];

/// Appends a text so that no spreadsheet runs it, whichever separator it reads the file with: a
/// leading apostrophe where the text begins like a formula, another one where a part of it behind a
/// comma, semicolon, tab or line end does, and quotes where it needs them
/// (<https://owasp.org/www-community/attacks/CSV_Injection>). Every text of a CSV goes through here.
pub(crate) fn push_csv_text(line: &mut String, text: &str) {
    let is_quoted = text.contains(['"', ',', '\n', '\r', ';', '\t', '\u{b}', '\u{c}'])
        || text.starts_with(char::is_whitespace);
    if is_quoted {
        line.push('"');
    }
    if begins_like_a_formula(text) || text.starts_with(['\t', '\r', '\n']) {
        line.push('\'');
    }
    for (at, character) in text.char_indices() {
        line.push(character);
        if character == '"' {
            line.push(character);
        }
        let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
        if CELL_ENDS.contains(&character) && begins_like_a_formula(rest) {
            line.push('\'');
        }
    }
    if is_quoted {
        line.push('"');
    }
}

/// Whether a cell of this text would be run: what can't be seen and quotes are looked past, as
/// spreadsheets do.
fn begins_like_a_formula(text: &str) -> bool {
    let is_passed_over = |c: char| {
        (c.is_whitespace() && !CELL_ENDS.contains(&c))
            || c == '"'
            || (c.is_control() && !CELL_ENDS.contains(&c))
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.trim_start_matches(is_passed_over)
        .starts_with(FORMULA_STARTS)
}

/// Appends one JSON object; money as decimal strings, as everywhere.
pub(crate) fn write_json(line: &mut String, columns: &[Column], cells: &[Value]) {
    line.push('{');
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        line.push('"');
        line.push_str(column.name);
        line.push_str("\":");
        let cell = cells.get(at).unwrap_or(&Value::Null);
        match text_of(column.kind, cell) {
            None => line.push_str("null"),
            Some(text) if column.kind == Kind::Count => line.push_str(&text),
            Some(text) => line.push_str(&Value::String(text).to_string()),
        }
    }
    line.push('}');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COLUMNS: [Column; 4] = [
        Column {
            name: "id",
            kind: Kind::Text,
        },
        Column {
            name: "tokens",
            kind: Kind::Count,
        },
        Column {
            name: "cost",
            kind: Kind::Money,
        },
        Column {
            name: "at",
            kind: Kind::Time,
        },
    ];

    fn csv(cells: &Value) -> String {
        let mut line = String::new();
        write_csv(&mut line, &COLUMNS, cells.as_array().expect("an array"));
        line
    }

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_made_harmless() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t'=1\""),
            (
                "=HYPERLINK(\"x\",\"y\")",
                "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
            ),
            ("＝1+1", "'＝1+1"),
            ("－1", "'－1"),
            (" =1", "\"' =1\""),
            ("\u{200b}=1", "'\u{200b}=1"),
            ("x;=1+1", "\"x;'=1+1\""),
            ("x,＝1", "\"x,'＝1\""),
            ("x\t@a", "\"x\t'@a\""),
            ("x;\"=1+1\"", "\"x;'\"\"=1+1\"\"\""),
            ("a\n-1", "\"a\n'-1\""),
            ("plain", "plain"),
            ("a-b=c", "a-b=c"),
            ("a,b", "\"a,b\""),
        ] {
            let mut line = String::new();
            push_csv_text(&mut line, text);
            assert_eq!(line, written);
        }
    }

    /// The cells that a spreadsheet makes of a line, which ends a cell at `separator` and takes a cell
    /// for quoted only where it begins with a quote.
    fn cells_of(line: &str, separator: char) -> Vec<String> {
        let mut cells = vec![String::new()];
        let (mut is_quoted, mut is_at_start) = (false, true);
        for character in line.chars() {
            match character {
                '"' if is_at_start => is_quoted = true,
                '"' if is_quoted => is_quoted = false,
                c if !is_quoted && (c == separator || c == '\n' || c == '\r') => {
                    cells.push(String::new());
                    is_at_start = true;
                    continue;
                }
                c => cells.last_mut().expect("a cell").push(c),
            }
            is_at_start = false;
        }
        cells
    }

    proptest::proptest! {
        #[test]
        fn no_separator_makes_a_formula_of_any_text(
            texts in proptest::collection::vec("[a=+@＝＠;,\\t\"' \n-]{0,9}", 1..4),
        ) {
            let mut line = String::new();
            for text in &texts {
                if !line.is_empty() {
                    line.push(',');
                }
                push_csv_text(&mut line, text);
            }
            for separator in [',', ';', '\t'] {
                for cell in cells_of(&line, separator) {
                    proptest::prop_assert!(
                        !cell.trim_start_matches([' ', '"']).starts_with(FORMULA_STARTS),
                        "{line:?} at {separator:?} has {cell:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn numbers_stay_exact_and_null_is_empty() {
        assert_eq!(
            csv(&json!(["a", 9_007_199_254_740_993_i64, 1, 0])),
            "a,9007199254740993,0.000000000001,1970-01-01T00:00:00.000Z\r\n"
        );
        assert_eq!(csv(&json!(["a", null, null, null])), "a,,,\r\n");
        // A negative amount is a number, not a text that looks like a formula.
        assert_eq!(
            csv(&json!(["a", 0, [-1, -500_000], 0])).split(',').nth(2),
            Some("-0.0000015")
        );
    }

    #[test]
    fn json_keeps_money_as_text_and_counts_as_numbers() {
        let mut line = String::new();
        let cells = json!(["a\"b", 7, [1, 0], null]);
        write_json(&mut line, &COLUMNS, cells.as_array().expect("an array"));
        assert_eq!(
            line,
            r#"{"id":"a\"b","tokens":7,"cost":"0.000001","at":null}"#
        );
    }
}
