//! The names of the tools that a round of calls names, and nothing else of it.
//!
//! Since version 0.8.8 LibreChat sends no span a tool: the span `tool-dispatch` holds the calls of a
//! round in its input, `[{"name":"calculator","args":{…}}]` (`@librechat/agents` 3.9.2). The names
//! are read while the input passes; arguments are skipped like every other content.
use crate::limits::{MODEL_CHARS_MAX, TOOL_CALLS_MAX};
use crate::otlp::json_scan::{Container, JsonScan, Listener};

/// What a round named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ToolNames {
    /// One name for each call, in their order.
    pub names: Vec<String>,
    /// Calls whose tool can't be told: without a name, or beyond those that are kept.
    pub untold: u32,
}

/// Reads an input as it passes.
pub(crate) struct ToolNamesReader {
    scan: JsonScan,
    calls: Calls,
    is_broken: bool,
}

impl ToolNamesReader {
    pub(crate) fn new() -> Self {
        Self {
            scan: JsonScan::new(),
            calls: Calls::default(),
            is_broken: false,
        }
    }

    /// Takes a part of the input.
    pub(crate) fn feed(&mut self, part: &[u8]) {
        if !self.is_broken {
            self.is_broken = self.scan.feed(part, &mut self.calls).is_err();
        }
    }

    /// What was named. An input that is no list of calls named one that can't be told.
    pub(crate) fn finish(mut self) -> ToolNames {
        self.is_broken |= self.scan.finish(&mut self.calls).is_err();
        let mut found = self.calls.found;
        if self.is_broken {
            found.untold += 1;
        }
        found
    }
}

/// The list of calls, at its places: in the list (1), in a call (2), deeper.
#[derive(Default)]
struct Calls {
    depth: u32,
    is_name: bool,
    name: Option<Vec<u8>>,
    found: ToolNames,
}

/// The input is another thing than a list of calls.
#[derive(Debug)]
struct NoCalls;

impl Listener for Calls {
    type Error = NoCalls;

    fn key(&mut self, key: &str) {
        self.is_name = self.depth == 2 && key == "name";
    }

    fn open(&mut self, container: Container) -> Result<(), NoCalls> {
        let expected = match self.depth {
            0 => container == Container::List,
            1 => container == Container::Object,
            _ => true,
        };
        self.depth += 1;
        self.is_name = false;
        if self.depth == 2 {
            self.name = None;
        }
        if expected { Ok(()) } else { Err(NoCalls) }
    }

    fn close(&mut self) -> Result<(), NoCalls> {
        self.depth -= 1;
        if self.depth == 1 {
            let name = self
                .name
                .take()
                .and_then(|name| String::from_utf8(name).ok());
            let name = name.filter(|name| !name.trim().is_empty());
            match name {
                Some(name) if self.found.names.len() < TOOL_CALLS_MAX => {
                    self.found.names.push(name);
                }
                _ => self.found.untold += 1,
            }
        }
        Ok(())
    }

    fn begin_text(&mut self) -> Result<bool, NoCalls> {
        if self.depth < 2 {
            return Err(NoCalls);
        }
        if self.is_name {
            self.name = Some(Vec::new());
        }
        Ok(self.is_name)
    }

    fn text(&mut self, part: &[u8]) {
        if let Some(name) = &mut self.name {
            let room = MODEL_CHARS_MAX.saturating_sub(name.len());
            name.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        }
    }

    fn end_text(&mut self) -> Result<(), NoCalls> {
        self.is_name = false;
        Ok(())
    }

    fn scalar(&mut self, _json: &str) -> Result<(), NoCalls> {
        self.is_name = false;
        if self.depth < 2 { Err(NoCalls) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> ToolNames {
        let mut reader = ToolNamesReader::new();
        for byte in input.as_bytes() {
            reader.feed(&[*byte]);
        }
        reader.finish()
    }

    #[test]
    fn names_are_read_and_arguments_are_not() {
        let input = r#"[{"name":"calculator","args":{"name":"CANARY","input":"2+2"}},
            {"args":["CANARY"],"name":"lookup_mcp_fake"},{"name":"calculator","args":{}}]"#;
        let found = read(input);
        assert_eq!(found.names, ["calculator", "lookup_mcp_fake", "calculator"]);
        assert_eq!(found.untold, 0);
        assert!(!format!("{found:?}").contains("CANARY"));
    }

    #[test]
    fn what_can_not_be_told_is_counted() {
        assert_eq!(read(r#"[{"args":{}},{"name":7},{"name":"a"}]"#).untold, 2);
        for input in [
            "",
            "tell me a secret",
            "{}",
            r#"["CANARY"]"#,
            "[",
            r#"[{"name":"a"}"#,
        ] {
            let found = read(input);
            assert_eq!(found.untold, 1, "{input}");
            assert!(!format!("{found:?}").contains("CANARY"), "{input}");
        }
        assert_eq!(read("[]"), ToolNames::default());
        let many = format!("[{}]", vec![r#"{"name":"a"}"#; 70].join(","));
        let found = read(&many);
        assert_eq!((found.names.len(), found.untold), (TOOL_CALLS_MAX, 6));
    }
}
