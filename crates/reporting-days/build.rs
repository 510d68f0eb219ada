//! Writes the time zones of the IANA database as compact tables.
//!
//! chrono-tz's own tables hold every change of every zone since 1800 with its abbreviation: a
//! megabyte in each Worker. The ledger knows events since 2010 only and no abbreviations, and many
//! names share a zone; what remains is a tenth of it. A change is written as the minutes since the
//! one before, which repeat from year to year: packed for sending, the tables are 2 kB.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a build script stops the build by panicking"
)]

use std::{collections::HashMap, fmt::Write as _};

use chrono::{DateTime, Offset, TimeZone, Utc};

/// 2010-01-01T00:00:00Z and 2060-01-01T00:00:00Z, in minutes since the epoch.
const FIRST_MINUTE: i64 = 1_262_304_000 / 60;
const LAST_MINUTE: i64 = 2_840_140_800 / 60;
/// Where a packed change holds its offset, in quarters of an hour east of Greenwich plus 12 hours.
const QUARTERS_SHIFT: u32 = 25;
const QUARTERS_BIAS: i64 = 48;
/// No zone changes twice within so few days and ends where it began.
const STEP_MINUTES: i64 = 4 * 24 * 60;

fn offset_minutes(zone: chrono_tz::Tz, minute: i64) -> i64 {
    let instant: DateTime<Utc> =
        DateTime::from_timestamp(minute * 60, 0).expect("within chrono's range");
    let seconds = zone
        .offset_from_utc_datetime(&instant.naive_utc())
        .fix()
        .local_minus_utc();
    assert!(seconds % 60 == 0, "{zone} has an offset of {seconds} s");
    i64::from(seconds / 60)
}

/// `(minute since the epoch, offset in minutes from then on)`, the first from the beginning.
fn transitions(zone: chrono_tz::Tz) -> Vec<(i64, i64)> {
    let mut found = vec![(FIRST_MINUTE, offset_minutes(zone, FIRST_MINUTE))];
    let mut at = FIRST_MINUTE;
    while at < LAST_MINUTE {
        let next = (at + STEP_MINUTES).min(LAST_MINUTE);
        let before = offset_minutes(zone, at);
        if offset_minutes(zone, next) == before {
            at = next;
            continue;
        }
        let (mut low, mut high) = (at, next);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if offset_minutes(zone, middle) == before {
                low = middle;
            } else {
                high = middle;
            }
        }
        found.push((high, offset_minutes(zone, high)));
        at = high;
    }
    found
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let mut tables: HashMap<Vec<(i64, i64)>, usize> = HashMap::new();
    let mut code = String::new();
    let mut zones: Vec<(&str, usize)> = Vec::new();
    for zone in chrono_tz::TZ_VARIANTS {
        let transitions = transitions(zone);
        let next = tables.len();
        let table = *tables.entry(transitions.clone()).or_insert_with(|| {
            write!(code, "static T{next}: &[u32] = &[").expect("writes to a string");
            let mut before = FIRST_MINUTE;
            for (minute, offset) in transitions {
                assert!(offset % 15 == 0, "an offset of {offset} minutes");
                let change = (minute - before) | ((offset / 15 + QUARTERS_BIAS) << QUARTERS_SHIFT);
                write!(code, "{change},").expect("writes to a string");
                before = minute;
            }
            code.push_str("];\n");
            next
        });
        zones.push((zone.name(), table));
    }
    zones.sort_unstable();
    code.push_str("/// Every zone's name and changes, by name.\n");
    writeln!(code, "static ZONES: [(&str, &[u32]); {}] = [", zones.len())
        .expect("writes to a string");
    for (name, table) in zones {
        writeln!(code, "    ({name:?}, T{table}),").expect("writes to a string");
    }
    code.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(format!("{out}/zones.rs"), code).expect("the tables are written");
}
