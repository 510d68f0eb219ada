//! Every day's sums and latencies against its interactions, hot and archived.
//!
//! A day is recounted in parts of some thousand interactions. What arrives meanwhile has a greater
//! key than every interaction that is there at the start; it is counted apart, in the batch that
//! reads the kept sums, so the two are of one moment however long the parts took.

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use cost_calculation::UnixMillis;
use serde_json::json;

use ledger_core::{
    database::{Database, DatabaseError, Statement},
    rollup::{MEASURES, ROLLUPS},
};
use reporting_days::ReportingZone;

use super::{
    correct_day::correct,
    day_sums::{Cells, Day, Difference, KEPT_LATENCIES, Key, LATENCIES, add, compare, count, kept},
    derived,
    pass::OpenPass,
    session_days,
    slice::{Coverage, Slice},
};

/// The interactions in a part of a day.
const PART_INTERACTIONS: u32 = 4_000;
/// The bounds of what is no day: nothing happens in it.
const NO_DAY: (i64, i64) = (0, 0);

// Primary keys, and interactions_by_time.
fn next_day_after() -> String {
    let tables = ROLLUPS
        .map(|(table, _)| table)
        .into_iter()
        .chain([LATENCIES, "session_days"]);
    let days: Vec<String> = tables
        .map(|table| format!("(SELECT MIN(day) FROM {table} WHERE day > ?1 ->> 'after')"))
        .collect();
    format!(
        "SELECT json_array(json_array({}), json_array(
           (SELECT MIN(timestamp) FROM interactions WHERE timestamp >= ?1 ->> 'from'),
           (SELECT MIN(timestamp) FROM interactions_archive WHERE timestamp >= ?1 ->> 'from')))",
        days.join(", ")
    )
}

// The primary keys, and interactions_by_time with its archived counterpart.
const PARTS: &str = "
SELECT json_array(MAX(COALESCE((SELECT MAX(interaction_key) FROM interactions), 0),
  COALESCE((SELECT MAX(interaction_key) FROM interactions_archive), 0)))
UNION ALL
SELECT json_array(timestamp) FROM (
  SELECT timestamp, ROW_NUMBER() OVER (ORDER BY timestamp) AS n FROM interactions
  WHERE timestamp >= ?1 ->> 'from' AND timestamp < ?1 ->> 'until')
WHERE n % (?1 ->> 'part') = 0
UNION ALL
SELECT json_array(timestamp) FROM (
  SELECT timestamp, ROW_NUMBER() OVER (ORDER BY timestamp) AS n FROM interactions_archive
  WHERE timestamp >= ?1 ->> 'from' AND timestamp < ?1 ->> 'until')
WHERE n % (?1 ->> 'part') = 0";

/// Verifies the day after the pass's place.
pub(super) async fn verify<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Slice, DatabaseError> {
    let Some(day) = next_day(database, pass).await? else {
        // The last day's week is whole now.
        let mut slice = Slice::default();
        derived::verify_week(database, &pass.position, None, &mut slice).await?;
        return Ok(slice);
    };
    let mut slice = Slice {
        coverage: Coverage {
            days: 1,
            ..Coverage::default()
        },
        position: Some(day.clone()),
        ..Slice::default()
    };
    let (mut differences, is_one_moment) = differences_of(database, pass.zone, &day).await?;
    if !differences.is_empty() && !is_one_moment {
        // A price that arrived between two parts looks like a difference; it would not look the
        // same twice.
        let (mut again, _) = differences_of(database, pass.zone, &day).await?;
        again.retain(|difference| differences.iter().any(|before| before.is_same(difference)));
        differences = again;
    }
    correct(&day, &differences, &mut slice);
    let bounds = bounds(pass.zone, &day).unwrap_or(NO_DAY);
    session_days::verify(database, &day, bounds, &mut slice).await?;
    // Last: they are made again from what the corrections before them leave.
    derived::verify_day(database, &day, &mut slice).await?;
    derived::verify_week(database, &pass.position, Some(&day), &mut slice).await?;
    Ok(slice)
}

async fn next_day<D: Database>(
    database: &D,
    pass: &OpenPass,
) -> Result<Option<String>, DatabaseError> {
    let from = bounds(pass.zone, &pass.position).map_or(i64::MIN, |(_, until)| until);
    let parameter = json!({ "after": pass.position, "from": from });
    let rows = database
        .query(Statement::with(next_day_after(), &parameter)?)
        .await?;
    let Some((days, timestamps)) = rows.first::<(Vec<Option<String>>, [Option<i64>; 2])>()? else {
        return Ok(None);
    };
    let of_interactions = timestamps
        .into_iter()
        .flatten()
        .map(|time| pass.zone.day(UnixMillis(time)));
    Ok(days
        .into_iter()
        .flatten()
        .chain(of_interactions)
        .filter(|day| *day > pass.position)
        .min())
}

/// A day's first instant and the first after it, unix milliseconds; `None` for what is no day.
fn bounds(zone: ReportingZone, day: &str) -> Option<(i64, i64)> {
    let day: NaiveDate = day.parse().ok()?;
    let start = |day: NaiveDate| {
        // Clocks may jump over midnight; none jumps over more than a day.
        (0..25).find_map(|hour| {
            let local = day.and_time(NaiveTime::MIN) + chrono::Duration::hours(hour);
            zone.from_local_datetime(&local)
                .earliest()
                .map(|start| start.timestamp_millis())
        })
    };
    Some((start(day)?, start(day.checked_add_days(Days::new(1))?)?))
}

/// What differs on a day, and whether everything was read in one batch.
async fn differences_of<D: Database>(
    database: &D,
    zone: ReportingZone,
    day: &str,
) -> Result<(Vec<Difference>, bool), DatabaseError> {
    let (from, until) = bounds(zone, day).unwrap_or(NO_DAY);
    let parameter = json!({ "from": from, "until": until, "part": PART_INTERACTIONS });
    let rows = database.query(Statement::with(PARTS, &parameter)?).await?;
    let mut limits: Vec<i64> = rows
        .decode::<(i64,)>()?
        .into_iter()
        .map(|(number,)| number)
        .collect();
    let newest_key = if limits.is_empty() {
        0
    } else {
        limits.remove(0)
    };
    limits.push(until);
    limits.sort_unstable();
    limits.dedup();

    let mut truth = Day::new();
    let in_part = count(
        "i.timestamp >= ?1 ->> 'from' AND i.timestamp < ?1 ->> 'until'
             AND +i.interaction_key <= ?1 ->> 'newest_key'",
    );
    let part = |from: i64, until: i64| {
        let parameter =
            json!({ "day": day, "from": from, "until": until, "newest_key": newest_key });
        Statement::with(in_part.clone(), &parameter)
    };
    let mut from = from;
    while limits.len() > 1 {
        let until = limits.remove(0);
        add(&mut truth, &database.query(part(from, until)?).await?)?;
        from = until;
    }
    let is_one_moment = from == bounds(zone, day).unwrap_or(NO_DAY).0;

    let on_day = json!({ "day": day, "newest_key": newest_key }).to_string();
    let mut statements = vec![
        part(from, until)?,
        Statement::with_json(count("i.interaction_key > ?1 ->> 'newest_key'"), &*on_day),
    ];
    let measures = MEASURES.join(", ");
    for (table, key) in ROLLUPS {
        statements.push(Statement::with_json(kept(table, key, &measures), &*on_day));
    }
    statements.push(Statement::with_json(KEPT_LATENCIES, &*on_day));
    let rows = database.batch(&statements).await?;
    let [last_part, newer, kept @ ..] = rows.as_slice() else {
        return Err(DatabaseError::Other("the batch gave no rows".to_owned()));
    };
    add(&mut truth, last_part)?;
    add(&mut truth, newer)?;
    let tables = ROLLUPS
        .map(|(table, _)| table)
        .into_iter()
        .chain([LATENCIES]);
    let mut differences = Vec::new();
    for (table, rows) in tables.zip(kept) {
        let kept: Cells = rows
            .decode::<(Key, Vec<i64>)>()?
            .into_iter()
            .map(|(key, sums)| (json!(key).to_string(), sums))
            .collect();
        compare(
            table,
            truth.remove(table).unwrap_or_default(),
            kept,
            &mut differences,
        );
    }
    Ok((differences, is_one_moment))
}

#[cfg(test)]
mod tests {
    use super::bounds;
    use reporting_days::ReportingZone;

    #[test]
    fn a_day_has_its_hours_also_where_clocks_change() {
        let hours = |zone: &str, day: &str| {
            let zone = ReportingZone::named(zone).unwrap();
            bounds(zone, day).map(|(from, until)| (until - from) / 3_600_000)
        };
        assert_eq!(hours("UTC", "2026-11-23"), Some(24));
        assert_eq!(hours("Europe/Berlin", "2026-03-29"), Some(23));
        assert_eq!(hours("Europe/Berlin", "2026-10-25"), Some(25));
        // The clocks jump from 24:00 to 01:00.
        assert_eq!(hours("Africa/Cairo", "2026-04-24"), Some(23));
        assert_eq!(hours("UTC", "the day before"), None);
    }
}
