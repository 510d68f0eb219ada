//! `docs/guarantees.md` names the test that shows each guarantee; here they are looked up.

use std::path::Path;

#[test]
fn every_test_that_the_guarantees_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| {
        std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let mut named = 0;
    for row in read("docs/guarantees.md")
        .lines()
        .filter(|line| line.starts_with('|'))
    {
        let mut file = None;
        let Some((_, shown_by)) = row.trim_end_matches(" |").rsplit_once(" | ") else {
            continue;
        };
        // Between backticks stands a file, and after it its tests.
        for quoted in shown_by.split('`').skip(1).step_by(2) {
            if [".rs", ".ts", ".tsx"]
                .iter()
                .any(|suffix| quoted.ends_with(suffix))
            {
                file = Some((quoted, read(quoted)));
                continue;
            }
            let Some((path, source)) = &file else {
                panic!("no file before {quoted}")
            };
            let definitions = [format!("fn {quoted}("), format!("test(\"{quoted}\"")];
            assert!(
                definitions.iter().any(|test| source.contains(test)),
                "{path} has no {quoted}"
            );
            named += 1;
        }
    }
    assert!(named > 40, "{named} tests were looked up");
}
