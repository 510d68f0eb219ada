//! The real lists, as the project's test data holds them.

use std::{io::Read, path::PathBuf};

/// 2026-11-23T00:00:00Z, the day of the snapshot.
pub const NOW_MS: i64 = 1_795_392_000_000;
/// A day.
pub const DAY_MS: i64 = 86_400_000;

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn snapshot_text() -> String {
    std::fs::read_to_string(project().join("pricing/snapshot.jsonl")).unwrap()
}

pub fn litellm_text() -> String {
    unpacked("litellm-1.109.1.json.gz")
}

pub fn genai_text() -> String {
    unpacked("genai-prices-0.2.3.json.gz")
}

fn unpacked(name: &str) -> String {
    let path = project().join("crates/price-feeds/tests/data").join(name);
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}
