//! Every answer is recounted from the raw interactions by a naive second implementation, over
//! random ledgers, ranges and filters.
#![allow(clippy::cast_possible_wrap, reason = "counts of a few rows")]

use std::collections::{BTreeMap, BTreeSet};

use crate::query_ledger::{
    HISTORY_DAYS, IDLE_MS, NOW, Random, Raw, assert_figures, days_of_change, figures, ledger,
    parameters, pico, random_filters, raw, reader, reader_of, today, usd,
};
use chrono::{Duration, NaiveDate};
use futures_executor::block_on;
use ledger_core::{
    latency_bucket::{bounds_of, bucket_of},
    sqlite::Sqlite,
};
use ledger_query::{
    DAILY_PARAMETERS, Dimension, ExportKind, GROUP_LIST_PARAMETERS, INTERACTION_LIST_PARAMETERS,
    SESSION_LIST_PARAMETERS, SYSTEM_PARAMETERS, USER_PARAMETERS,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A range that ends in the last months, in the archive, or on a day on which clocks change.
fn range(random: &mut Random, database: &Sqlite, days_max: u64) -> (NaiveDate, NaiveDate) {
    let changes = days_of_change(database);
    let ago = if random.below(2) == 0 {
        60
    } else {
        HISTORY_DAYS
    };
    let end = if !changes.is_empty() && random.below(4) == 0 {
        *random.pick(&changes)
    } else {
        today(database) - Duration::days(i64::try_from(random.below(ago)).unwrap())
    };
    (
        end - Duration::days(i64::try_from(random.below(days_max)).unwrap()),
        end,
    )
}

fn in_days<'a>(
    rows: &'a [Raw],
    start: NaiveDate,
    end: NaiveDate,
    keep: &'a impl Fn(&Raw) -> bool,
) -> impl Iterator<Item = &'a Raw> {
    let (start, end) = (start.to_string(), end.to_string());
    rows.iter()
        .filter(move |row| row.day >= start && row.day <= end && keep(row))
}

fn group_id(dimension: &str, row: &Raw) -> String {
    match dimension {
        "model" => format!("{}/{}", row.provider, row.model),
        "user" if row.tenant_id.is_empty() => row.user_id.clone(),
        "user" => format!("{}/{}", row.tenant_id, row.user_id),
        "agent" => row.agent.clone(),
        "provider" => row.provider.clone(),
        _ => row.kind.clone(),
    }
}

/// Naive percentiles: the sorted latencies of successful calls of models.
fn percentiles<'a>(rows: impl Iterator<Item = &'a Raw>, of: fn(&Raw) -> Option<i64>) -> Value {
    let mut latencies: Vec<u64> = rows
        .filter(|row| row.kind == "chat" && row.status == "ok")
        .filter_map(|row| of(row).map(|ms| u64::try_from(ms).unwrap()))
        .collect();
    latencies.sort_unstable();
    let at = |hundredths: usize| {
        let rank = (latencies.len() * hundredths).div_ceil(100);
        rank.checked_sub(1)
            .map(|at| bounds_of(bucket_of(latencies[at])).1 - 1)
    };
    json!({ "count": latencies.len(), "p50_ms": at(50), "p95_ms": at(95), "p99_ms": at(99) })
}

fn assert_bridge(answer: &Value) {
    let bridge = &answer["bridge"];
    let comparison = &answer["comparison"];
    if bridge.is_null() {
        assert!(comparison.is_null() || comparison["reason"] == "open_day");
        return;
    }
    let part = |name: &str| pico(&bridge[name]);
    assert_eq!(
        part("from") + part("volume") + part("mix") + part("price") + part("new") + part("gone"),
        part("to")
    );
    let cost = |name: &str| match &comparison[name]["total_cost"] {
        Value::Null => 0,
        cost => pico(cost),
    };
    assert_eq!(part("from"), cost("previous_figures"));
    assert_eq!(part("to"), cost("current_figures"));
}

/// A ratio as the API rounds it; none is 0.
fn millionths(ratio: &Value) -> i128 {
    let places = format!("{:.6}", ratio.as_f64().unwrap_or_default());
    places.replace('.', "").parse().unwrap()
}

/// What some rows measure, naively.
fn measure<'a>(rank_by: &str, rows: impl Iterator<Item = &'a Raw>) -> i128 {
    rows.map(|row| match rank_by {
        "tokens" => i128::from(row.tokens.iter().sum::<i64>()),
        "interactions" => 1,
        "errors" => i128::from(row.status == "error"),
        _ => i128::from(row.costs[4].unwrap_or(0)),
    })
    .sum()
}

/// A count's change is that of the compared parts; cost and what is not compared have none.
fn assert_count_change(
    answer: &Value,
    change: &Value,
    rank_by: &str,
    rows: &[Raw],
    keep: impl Fn(&Raw) -> bool,
) {
    let comparison = &answer["comparison"];
    if rank_by == "cost" || comparison["current"].is_null() {
        assert!(change.is_null());
        return;
    }
    let side = |name: &str| {
        let bound = |bound: &str| day(comparison[name][bound].as_str().unwrap());
        measure(
            rank_by,
            in_days(rows, bound("start_date"), bound("end_date"), &keep),
        )
    };
    let (current, previous) = (side("current"), side("previous"));
    let told = |name: &str| i128::from(change[name].as_i64().unwrap());
    assert_eq!((told("current"), told("previous")), (current, previous));
    assert_eq!(told("difference"), current - previous);
    assert_eq!(change["ratio"].is_null(), previous == 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn daily_and_system_statistics_are_the_naive_sums(seed in any::<u64>()) {
        let database = ledger(seed, 400, HISTORY_DAYS);
        let rows = raw(&database);
        let reader = reader(&database);
        let mut random = Random(seed ^ 1);
        for _ in 0..8 {
            let (mut query, keep) = random_filters(&mut random);
            let hourly = random.below(5) == 0;
            let (start, end) = range(&mut random, &database, if hourly { 1 } else { 90 });
            let granularity = if hourly { "hour" } else { *random.pick(&["day", "week", "month"]) };
            let dimension = *random.pick(&["", "model", "user", "agent", "provider", "type"]);
            let compare = *random.pick(&["none", "previous", "last_month", "last_year", "weekdays"]);
            let rank_by = *random.pick(&["cost", "tokens", "interactions", "errors"]);
            query.extend([
                ("start_date", start.to_string()),
                ("end_date", end.to_string()),
                ("compare", compare.to_owned()),
            ]);
            let system_query = query.clone();
            query.push(("granularity", granularity.to_owned()));
            query.push(("include", "sessions,latency".to_owned()));
            if !dimension.is_empty() {
                query.extend([("group_by", dimension.to_owned()), ("top", "2".to_owned()), ("rank_by", rank_by.to_owned())]);
            }
            let asked = parameters(&query, &DAILY_PARAMETERS).unwrap();
            let answer = serde_json::to_value(block_on(reader.daily_stats(&asked)).unwrap()).unwrap();
            let of_range: Vec<&Raw> = in_days(&rows, start, end, &keep).collect();
            assert_figures(&answer["total"], of_range.iter().copied(), "total");

            // Each bucket, by instants: the hours and the days must hold the same interactions.
            let buckets = answer["buckets"].as_array().unwrap();
            let instant = |value: &Value| {
                chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap().timestamp_millis()
            };
            for bucket in buckets {
                let (from, to) = (instant(&bucket["start_time"]), instant(&bucket["end_time"]));
                let inside = of_range.iter().copied().filter(|row| row.timestamp >= from && row.timestamp < to);
                assert_figures(&bucket["figures"], inside, "bucket");
                prop_assert_eq!(&bucket["complete"], &json!(to <= NOW));
                if !hourly && compare != "none" {
                    let previous = &bucket["previous"];
                    let other = in_days(&rows, day(previous["start_date"].as_str().unwrap()),
                        day(previous["end_date"].as_str().unwrap()), &keep);
                    prop_assert_eq!(&previous["total_cost"], &figures(other)["total_cost"]);
                }
            }

            // Groups: the largest by what is measured, each recounted, and the rest.
            if !dimension.is_empty() {
                let mut groups: BTreeMap<String, Vec<&Raw>> = BTreeMap::new();
                for row in &of_range {
                    groups.entry(group_id(dimension, row)).or_default().push(row);
                }
                let mut left = of_range.clone();
                let series = answer["series"].as_array().unwrap();
                prop_assert_eq!(series.len(), groups.len().min(2));
                let measured = |rows: &[&Raw]| measure(rank_by, rows.iter().copied());
                let mut sizes: Vec<i128> = groups.values().map(|rows| measured(rows)).collect();
                sizes.sort_unstable();
                for (at, one) in series.iter().enumerate() {
                    let id = one["group"]["id"].as_str().unwrap();
                    let members = &groups[id];
                    prop_assert_eq!(measured(members), sizes[sizes.len() - 1 - at]);
                    assert_count_change(&answer, &one["count_change"], rank_by, &rows, |row| keep(row) && group_id(dimension, row) == id);
                    assert_figures(&one["figures"], members.iter().copied(), id);
                    left.retain(|row| group_id(dimension, row) != id);
                    for (bucket, value) in buckets.iter().zip(one["values"].as_array().unwrap()) {
                        let (from, to) = (instant(&bucket["start_time"]), instant(&bucket["end_time"]));
                        let expected = figures(members.iter().copied().filter(|row| row.timestamp >= from && row.timestamp < to));
                        prop_assert_eq!(&value["total_cost"], &expected["total_cost"]);
                        prop_assert_eq!(&value["token_count"], &expected["tokens"]["total"]);
                    }
                    let rank_start = today(&database) - Duration::days(90);
                    let used: BTreeSet<String> = in_days(&rows, rank_start, today(&database) - Duration::days(1), &|_| true)
                        .map(|row| group_id(dimension, row)).collect();
                    prop_assert_eq!(one["rank_90d"].is_null(), !used.contains(id), "{}", id);
                }
                assert_count_change(&answer, &answer["count_change"], rank_by, &rows, &keep);
                let shares = series.iter().chain(Some(&answer["other"]).filter(|other| !other.is_null()));
                let whole: i128 = shares.map(|one| millionths(&one["share"])).sum();
                if rank_by != "cost" && measured(&of_range) > 0 {
                    prop_assert!((whole - 1_000_000).abs() <= 3, "shares of {} make {}", rank_by, whole);
                }
                if groups.len() > 2 {
                    let names: Vec<&str> = series.iter().map(|one| one["group"]["id"].as_str().unwrap()).collect();
                    assert_count_change(&answer, &answer["other"]["count_change"], rank_by, &rows,
                        |row| keep(row) && !names.contains(&group_id(dimension, row).as_str()));
                    assert_figures(&answer["other"]["figures"], left.iter().copied(), "other");
                    prop_assert_eq!(&answer["other"]["group_count"], &json!(groups.len() - 2));
                } else {
                    prop_assert!(answer["other"].is_null());
                }
            }

            // Distinct counts and percentiles, where the slice has them.
            let filters: Vec<&str> = query.iter().map(|(name, _)| *name).collect();
            let has = |names: &[&str]| names.iter().any(|name| filters.contains(name));
            if has(&["model", "provider", "agent", "type"]) {
                prop_assert!(answer["distinct"].is_null());
            } else {
                let sessions: BTreeSet<&str> = of_range.iter().map(|row| row.session_id.as_str()).collect();
                prop_assert_eq!(&answer["distinct"]["session_count"], &json!(sessions.len()));
                let users: BTreeSet<(&str, &str)> = of_range.iter().map(|row| (row.tenant_id.as_str(), row.user_id.as_str())).collect();
                prop_assert_eq!(&answer["distinct"]["user_count"], &json!(users.len()));
                // Of each bucket too: they do not add up to the whole.
                for bucket in buckets.iter().filter(|_| !hourly) {
                    let (from, to) = (instant(&bucket["start_time"]), instant(&bucket["end_time"]));
                    let inside = || of_range.iter().filter(|row| row.timestamp >= from && row.timestamp < to);
                    let sessions: BTreeSet<&str> = inside().map(|row| row.session_id.as_str()).collect();
                    let users: BTreeSet<(&str, &str)> = inside().map(|row| (row.tenant_id.as_str(), row.user_id.as_str())).collect();
                    prop_assert_eq!(&bucket["distinct"], &json!({ "session_count": sessions.len(), "user_count": users.len() }));
                }
            }

            // The compared parts and the bridge between them.
            if compare != "none" && !answer["comparison"]["current"].is_null() {
                for side in ["current", "previous"] {
                    let period = &answer["comparison"][side];
                    let part = in_days(&rows, day(period["start_date"].as_str().unwrap()),
                        day(period["end_date"].as_str().unwrap()), &keep);
                    assert_figures(&answer["comparison"][format!("{side}_figures")], part, side);
                }
                prop_assert!(answer["comparison"]["current"]["end_date"].as_str().unwrap() < today(&database).to_string().as_str());
            }
            assert_bridge(&answer);

            let asked = parameters(&system_query, &SYSTEM_PARAMETERS).unwrap();
            let system = serde_json::to_value(block_on(reader.system_stats(&asked)).unwrap()).unwrap();
            assert_figures(&system["total"], of_range.iter().copied(), "system");
            prop_assert_eq!(&system["comparison"], &answer["comparison"]);
            prop_assert_eq!(&system["bridge"], &answer["bridge"]);
            prop_assert_eq!(&system["forecast"], &answer["forecast"]);
            if has(&["user_id", "agent", "type"]) {
                prop_assert!(system["latency"].is_null());
            } else {
                prop_assert_eq!(&system["latency"]["duration"], &percentiles(of_range.iter().copied(), |row| row.duration_ms));
                prop_assert_eq!(&system["latency"]["time_to_first_token"], &percentiles(of_range.iter().copied(), |row| row.ttft_ms));
            }
            let failed: i64 = system["errors"].as_array().unwrap().iter().map(|share| share["error_count"].as_i64().unwrap()).sum();
            prop_assert_eq!(failed, of_range.iter().filter(|row| row.status == "error").count() as i64);
        }
    }

    #[test]
    fn lists_of_groups_are_complete_ordered_and_sum_to_the_whole(seed in any::<u64>()) {
        let database = ledger(seed, 300, HISTORY_DAYS);
        let rows = raw(&database);
        let reader = reader(&database);
        let mut random = Random(seed ^ 2);
        for _ in 0..8 {
            let (filters, keep) = random_filters(&mut random);
            let (start, end) = range(&mut random, &database, 120);
            let (name, dimension) = *random.pick(&[("user", Dimension::User), ("model", Dimension::Model), ("agent", Dimension::Agent)]);
            let sort = *random.pick(&["cost", "interactions", "tokens", "errors", "name"]);
            let order = *random.pick(&["asc", "desc"]);
            let of_range: Vec<&Raw> = in_days(&rows, start, end, &keep).collect();
            let mut groups: BTreeMap<String, Vec<&Raw>> = BTreeMap::new();
            for row in &of_range {
                groups.entry(group_id(name, row)).or_default().push(row);
            }
            let mut seen = Vec::new();
            let mut offset = 0;
            loop {
                let mut query = filters.clone();
                query.extend([
                    ("start_date", start.to_string()), ("end_date", end.to_string()),
                    ("sort", sort.to_owned()), ("order", order.to_owned()),
                    ("limit", "2".to_owned()), ("offset", offset.to_string()),
                    ("compare", "previous".to_owned()), ("include", "trend,sessions,latency".to_owned()),
                ]);
                let asked = parameters(&query, &GROUP_LIST_PARAMETERS).unwrap();
                let answer = serde_json::to_value(block_on(reader.group_list(dimension, &asked)).unwrap()).unwrap();
                prop_assert_eq!(&answer["total_count"], &json!(groups.len()));
                assert_figures(&answer["total"], of_range.iter().copied(), "total");
                let items = answer["items"].as_array().unwrap();
                let shown: Vec<&str> = items.iter().map(|item| item["group"]["id"].as_str().unwrap()).collect();
                let others = of_range.iter().copied().filter(|row| !shown.contains(&group_id(name, row).as_str()));
                assert_figures(&answer["other"]["figures"], others, "other");
                for item in items {
                    let id = item["group"]["id"].as_str().unwrap();
                    let members = &groups[id];
                    assert_figures(&item["figures"], members.iter().copied(), id);
                    let trend: i128 = item["trend"].as_array().unwrap().iter()
                        .filter(|cost| !cost.is_null()).map(pico).sum();
                    prop_assert_eq!(trend, members.iter().map(|row| i128::from(row.costs[4].unwrap_or(0))).sum::<i128>());
                    let last = members.iter().map(|row| row.day.as_str()).max().unwrap();
                    prop_assert_eq!(&item["last_day"], &json!(last));
                    if name == "user" && !item["distinct"].is_null() {
                        let sessions: BTreeSet<&str> = members.iter().map(|row| row.session_id.as_str()).collect();
                        prop_assert_eq!(&item["distinct"]["session_count"], &json!(sessions.len()));
                    }
                    if !item["latency"].is_null() {
                        prop_assert_eq!(&item["latency"]["duration"], &percentiles(members.iter().copied(), |row| row.duration_ms));
                    }
                    seen.push((id.to_owned(), item["figures"].clone()));
                }
                offset += 2;
                if offset >= groups.len() {
                    break;
                }
            }
            prop_assert_eq!(seen.len(), groups.len());
            let key = |figures: &Value| match sort {
                "cost" => figures["total_cost"].as_str().map_or(0, |_| pico(&figures["total_cost"])),
                "interactions" => i128::from(figures["interaction_count"].as_i64().unwrap()),
                "tokens" => i128::from(figures["tokens"]["total"].as_i64().unwrap()),
                _ => i128::from(figures["error_count"].as_i64().unwrap()),
            };
            for pair in seen.windows(2) {
                let (left, right) = (key(&pair[0].1), key(&pair[1].1));
                let is_ordered = if order == "asc" { left <= right } else { left >= right };
                prop_assert!(sort == "name" || is_ordered);
            }
        }
    }

    #[test]
    fn sessions_are_found_sorted_and_paged_across_the_archive(seed in any::<u64>()) {
        let database = ledger(seed, 250, HISTORY_DAYS);
        let rows = raw(&database);
        let reader = reader(&database);
        let mut random = Random(seed ^ 3);
        let mut sessions: BTreeMap<&str, Vec<&Raw>> = BTreeMap::new();
        for row in &rows {
            sessions.entry(&row.session_id).or_default().push(row);
        }
        for _ in 0..10 {
            let (start, end) = range(&mut random, &database, 140);
            let sort = *random.pick(&["time", "cost", "interactions", "errors"]);
            let status = *random.pick(&["", "open", "closed", "error"]);
            let unpriced = *random.pick(&["", "true", "false"]);
            let model = *random.pick(&["", "gpt-5", "mystery"]);
            let agent = *random.pick(&["", "researcher"]);
            let search = *random.pick(&["", "session-1", "user-2", "event-7"]);
            let user = *random.pick(&["", "user-1"]);
            let mut filters = vec![("start_date", start.to_string()), ("end_date", end.to_string()), ("sort", sort.to_owned())];
            for (name, value) in [("status", status), ("unpriced", unpriced), ("model", model), ("agent", agent), ("q", search), ("user_id", user)] {
                if !value.is_empty() {
                    filters.push((name, value.to_owned()));
                }
            }
            let expected: BTreeSet<&str> = sessions.iter().filter(|(id, rows)| {
                let first = rows.iter().min_by_key(|row| row.timestamp).unwrap();
                let last = rows.iter().map(|row| row.completed).max().unwrap();
                let closed = last < NOW - IDLE_MS;
                let gaps = rows.iter().any(|row| row.price_state == "unpriced" || row.price_state == "partial");
                first.day >= start.to_string() && first.day <= end.to_string()
                    && match status { "open" => !closed, "closed" => closed, "error" => rows.iter().any(|row| row.status == "error"), _ => true }
                    && match unpriced { "true" => gaps, "false" => !gaps, _ => true }
                    && rows.iter().any(|row| (model.is_empty() || row.model == model) && (agent.is_empty() || row.agent == agent))
                    && (user.is_empty() || (first.user_id == user && first.tenant_id.is_empty()))
                    && (id.contains(search) || first.user_id.contains(search) || rows.iter().any(|row| row.id == search))
            }).map(|(id, _)| *id).collect();
            let mut found = Vec::new();
            loop {
                let mut query = filters.clone();
                query.extend([("limit", "3".to_owned()), ("offset", found.len().to_string()), ("include", "total".to_owned())]);
                let asked = parameters(&query, &SESSION_LIST_PARAMETERS).unwrap();
                let answer = serde_json::to_value(block_on(reader.session_list(&asked)).unwrap()).unwrap();
                prop_assert_eq!(&answer["total_count"], &json!(expected.len()));
                let whole = figures(rows.iter().filter(|row| expected.contains(row.session_id.as_str())));
                prop_assert_eq!(&answer["total"]["total_cost"], &whole["total_cost"]);
                prop_assert_eq!(&answer["total"]["token_count"], &whole["tokens"]["total"]);
                for session in answer["items"].as_array().unwrap() {
                    let members = &sessions[session["id"].as_str().unwrap()];
                    let sums = figures(members.iter().copied());
                    prop_assert_eq!(&session["total_cost"], &sums["total_cost"]);
                    prop_assert_eq!(&session["interaction_count"], &sums["interaction_count"]);
                    let first = members.iter().map(|row| row.timestamp).min().unwrap();
                    let last = members.iter().map(|row| row.completed).max().unwrap();
                    prop_assert_eq!(&session["duration_ms"], &json!(last - first));
                    let models: BTreeSet<(&str, &str)> = members.iter().map(|row| (row.provider.as_str(), row.model.as_str())).filter(|name| *name != ("", "")).collect();
                    let listed: BTreeSet<(&str, &str)> = session["models"].as_array().unwrap().iter()
                        .map(|name| (name["provider"].as_str().unwrap(), name["model"].as_str().unwrap())).collect();
                    prop_assert_eq!(models, listed);
                    found.push(session.clone());
                }
                if found.len() >= expected.len() {
                    break;
                }
            }
            let ids: BTreeSet<&str> = found.iter().map(|session| session["id"].as_str().unwrap()).collect();
            prop_assert_eq!(&ids, &expected);
            prop_assert_eq!(found.len(), expected.len());
            for pair in found.windows(2) {
                let key = |session: &Value| match sort {
                    "time" => session["start_time"].to_string(),
                    "cost" => format!("{:030}", session["total_cost"].as_str().map_or(0, |_| pico(&session["total_cost"]))),
                    "interactions" => format!("{:030}", session["interaction_count"].as_i64().unwrap()),
                    _ => format!("{:030}", session["error_count"].as_i64().unwrap()),
                };
                prop_assert!(key(&pair[0]) >= key(&pair[1]), "{sort}");
            }
        }
    }

    #[test]
    fn a_sessions_interactions_run_up_to_its_cost_and_each_receipt_adds_up(seed in any::<u64>()) {
        let database = ledger(seed, 120, HISTORY_DAYS);
        let rows = raw(&database);
        let reader = reader(&database);
        let mut random = Random(seed ^ 4);
        for _ in 0..6 {
            let session_id = &random.pick(&rows).session_id;
            let members: Vec<&Raw> = rows.iter().filter(|row| row.session_id == *session_id).collect();
            let detail = serde_json::to_value(block_on(reader.session_detail(session_id)).unwrap()).unwrap();
            assert_figures(&detail["figures"], members.iter().copied(), "session");
            let items = detail["interactions"]["items"].as_array().unwrap();
            prop_assert_eq!(items.len(), members.len());
            let mut running = 0;
            for item in items {
                running += item["total_cost"].as_str().map_or(0, |_| pico(&item["total_cost"]));
                prop_assert_eq!(&item["cumulative_cost"], &json!(usd(running)));
            }
            let driven: i128 = detail["drivers"].as_array().unwrap().iter().map(|driver| pico(&driver["amount"])).sum();
            prop_assert!(driven <= running);
            let by_model: i128 = detail["by_model"].as_array().unwrap().iter()
                .map(|slice| slice["figures"]["total_cost"].as_str().map_or(0, |_| pico(&slice["figures"]["total_cost"]))).sum();
            prop_assert_eq!(by_model, running);

            let failed = parameters(&[("status", "error".to_owned()), ("type", "chat".to_owned()), ("order", "desc".to_owned())], &INTERACTION_LIST_PARAMETERS).unwrap();
            let failed = serde_json::to_value(block_on(reader.interaction_list(session_id, &failed)).unwrap()).unwrap();
            prop_assert_eq!(&failed["total_count"], &json!(members.iter().filter(|row| row.status == "error" && row.kind == "chat").count()));

            for member in &members {
                let receipt = serde_json::to_value(block_on(reader.receipt(&member.id)).unwrap()).unwrap();
                prop_assert_eq!(&receipt["equals_stored"], &json!(true), "{:#}", receipt);
                prop_assert_eq!(&receipt["estimate"]["total_cost"], &member.costs[4].map_or(Value::Null, |cost| json!(usd(i128::from(cost)))));
                for line in receipt["lines"].as_array().unwrap() {
                    // Within a picodollar of quantity × rate ÷ per: rounding is by component.
                    if !line["price"].is_null() {
                        let exact = i128::from(line["quantity"].as_i64().unwrap()) * pico(&line["price"]["rate"])
                            / i128::from(line["price"]["per"].as_i64().unwrap());
                        prop_assert!((pico(&line["amount"]) - exact).abs() <= 1);
                        let from = line["price"]["valid_from"].as_str().unwrap();
                        prop_assert!(from <= receipt["price_time"].as_str().unwrap());
                    }
                }
            }
        }
    }

    #[test]
    fn a_user_is_the_naive_sum_and_a_key_of_one_user_sees_no_other(seed in any::<u64>()) {
        let database = ledger(seed, 300, HISTORY_DAYS);
        let rows = raw(&database);
        let mut random = Random(seed ^ 5);
        let (start, end) = range(&mut random, &database, 100);
        let query = [("start_date", start.to_string()), ("end_date", end.to_string()), ("compare", "previous".to_owned())];
        let asked = parameters(&query, &USER_PARAMETERS).unwrap();
        let keep = |row: &Raw| row.user_id == "user-1" && row.tenant_id.is_empty();
        for reader in [reader(&database), reader_of(&database, "user-1")] {
            let user = serde_json::to_value(block_on(reader.user_stats("user-1", &asked)).unwrap()).unwrap();
            assert_figures(&user["total"], in_days(&rows, start, end, &keep), "range");
            assert_figures(&user["lifetime"]["figures"], rows.iter().filter(|row| keep(row)), "lifetime");
            let sessions: BTreeSet<&str> = rows.iter().filter(|row| keep(row)).map(|row| row.session_id.as_str()).collect();
            prop_assert_eq!(&user["lifetime"]["session_count"], &json!(sessions.len()));
            let sessions: BTreeSet<&str> = in_days(&rows, start, end, &keep).map(|row| row.session_id.as_str()).collect();
            prop_assert_eq!(&user["distinct"]["session_count"], &json!(sessions.len()));
            assert_bridge(&user);
            for (name, dimension) in [("by_model", "model"), ("by_agent", "agent"), ("by_type", "type")] {
                for slice in user[name].as_array().unwrap() {
                    let id = slice["group"]["id"].as_str().unwrap();
                    let members = in_days(&rows, start, end, &keep).filter(|row| group_id(dimension, row) == id);
                    assert_figures(&slice["figures"], members, id);
                }
            }
            let in_cells: i64 = user["hours"].as_array().unwrap().iter().map(|cell| cell["interaction_count"].as_i64().unwrap()).sum();
            let last_28 = start.max(end - Duration::days(27));
            prop_assert_eq!(in_cells, in_days(&rows, last_28, end, &keep).count() as i64);
        }
        let own = reader_of(&database, "user-1");
        prop_assert!(block_on(own.user_stats("user-2", &asked)).is_err());
        let system = parameters(&query, &SYSTEM_PARAMETERS).unwrap();
        let system = serde_json::to_value(block_on(own.system_stats(&system)).unwrap()).unwrap();
        assert_figures(&system["total"], in_days(&rows, start, end, &keep), "own");
        for row in &rows {
            prop_assert_eq!(block_on(own.receipt(&row.id)).is_ok(), keep(row));
            // A session that others used too shows their numbers: it is no one's own.
            let is_own = rows.iter().filter(|other| other.session_id == row.session_id).all(keep);
            prop_assert_eq!(block_on(own.session_detail(&row.session_id)).is_ok(), is_own);
            let none = parameters(&[], &INTERACTION_LIST_PARAMETERS).unwrap();
            prop_assert_eq!(block_on(own.interaction_list(&row.session_id, &none)).is_ok(), is_own);
        }
    }

    #[test]
    fn an_exports_sum_is_the_screens(seed in any::<u64>()) {
        let database = ledger(seed, 300, HISTORY_DAYS);
        let rows = raw(&database);
        let reader = reader(&database);
        let mut random = Random(seed ^ 6);
        for kind in [ExportKind::Interactions, ExportKind::Daily, ExportKind::Focus, ExportKind::Sessions] {
            let (mut query, keep) = random_filters(&mut random);
            let (start, end) = range(&mut random, &database, 120);
            query.extend([("start_date", start.to_string()), ("end_date", end.to_string())]);
            if kind == ExportKind::Sessions {
                query.retain(|(name, _)| *name != "type" && *name != "agent" && *name != "model" && *name != "provider");
            }
            if kind == ExportKind::Daily {
                query.push(("group_by", (*random.pick(&["user", "model", "agent", "provider", "type"])).to_owned()));
            }
            if kind != ExportKind::Focus {
                query.push(("format", "ndjson".to_owned()));
            }
            let asked = parameters(&query, &kind.parameters()).unwrap();
            let mut export = block_on(reader.export(kind, &asked)).unwrap();
            let mut file = String::new();
            while let Some(chunk) = block_on(export.next(&database)).unwrap() {
                file.push_str(&chunk);
            }
            if kind == ExportKind::Sessions {
                // The list's own total, over the same sessions.
                query.retain(|(name, _)| *name != "format");
                query.push(("include", "total".to_owned()));
                let asked = parameters(&query, &SESSION_LIST_PARAMETERS).unwrap();
                let list = serde_json::to_value(block_on(reader.session_list(&asked)).unwrap()).unwrap();
                let lines: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                prop_assert_eq!(&list["total_count"], &json!(lines.len()));
                let cost = |row: &Value| row["total_cost"].as_str().map_or(0, |_| pico(&row["total_cost"]));
                prop_assert_eq!(cost(&list["total"]), lines.iter().map(cost).sum::<i128>());
                let order: Vec<(&str, &str)> = lines.iter()
                    .map(|row| (row["start_time"].as_str().unwrap(), row["id"].as_str().unwrap())).collect();
                prop_assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", order);
                continue;
            }
            let expected: i128 = in_days(&rows, start, end, &keep).map(|row| i128::from(row.costs[4].unwrap_or(0))).sum();
            let sum: i128 = if kind == ExportKind::Focus {
                let mut lines = file.lines();
                let at = lines.next().unwrap().split(',').position(|name| name == "BilledCost").unwrap();
                // No cell before the cost holds a comma.
                lines.map(|line| pico(&json!(line.split(',').nth(at).unwrap()))).sum()
            } else {
                file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap())
                    .map(|row| row["total_cost"].as_str().map_or(0, |_| pico(&row["total_cost"]))).sum()
            };
            prop_assert_eq!(sum, expected, "{:?}", kind);
            if kind == ExportKind::Interactions {
                prop_assert_eq!(file.lines().count(), in_days(&rows, start, end, &keep).count());
            }
        }
    }
}

#[test]
fn an_export_is_of_what_was_there_when_it_began_and_says_whether_the_ledger_moved() {
    let chat = |id| crate::query_ledger::chat(id, 1, cost_calculation::TokenUsage::default());
    let database = crate::query_ledger::ledger_of(vec![chat("there")]);
    let kind = ExportKind::Interactions;
    let query = [("format", "json".to_owned())];
    let asked = parameters(&query, &kind.parameters()).unwrap();
    let export = |is_moved: bool| {
        let reader = reader(&database);
        let mut export = block_on(reader.export(kind, &asked)).unwrap();
        if is_moved {
            crate::query_ledger::record(&database, vec![chat("late")]);
        }
        let mut file = String::new();
        while let Some(chunk) = block_on(export.next(&database)).unwrap() {
            file.push_str(&chunk);
        }
        serde_json::from_str::<Value>(&file).unwrap()
    };
    let whole = export(false);
    assert_eq!(
        whole["end"]["ledger_version"],
        whole["about"]["ledger_version"]
    );
    assert_eq!(whole["end"]["ledger_moved"], false);
    let moved = export(true);
    assert_eq!(moved["rows"], whole["rows"]);
    assert_eq!(moved["end"]["ledger_moved"], true);
    assert_eq!(export(false)["rows"].as_array().unwrap().len(), 2);
}

#[test]
fn without_parameters_all_sessions_are_listed_and_the_last_thirty_days_summed() {
    let database = ledger(11, 200, HISTORY_DAYS);
    let rows = raw(&database);
    let reader = reader(&database);
    let none = |known: &[&str]| parameters(&[], known).unwrap();
    let sessions = block_on(reader.session_list(&none(&SESSION_LIST_PARAMETERS))).unwrap();
    let sessions = serde_json::to_value(sessions).unwrap();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.session_id.as_str()).collect();
    assert_eq!(sessions["total_count"], json!(ids.len()));
    assert!(sessions["period"].is_null() && sessions["total"].is_null());
    let system = block_on(reader.system_stats(&none(&SYSTEM_PARAMETERS))).unwrap();
    let system = serde_json::to_value(system).unwrap();
    let start = today(&database) - Duration::days(29);
    assert_figures(
        &system["total"],
        in_days(&rows, start, today(&database), &|_| true),
        "30 days",
    );
}

#[test]
fn a_session_is_closed_by_an_end_after_its_last_start() {
    let answer = |ends_before_ms: i64| {
        let mut event = crate::query_ledger::chat("a", 0, cost_calculation::TokenUsage::default());
        event.timestamp.0 -= 10_000;
        event.duration_ms = Some(10_000);
        let began = event.timestamp.0;
        let database = crate::query_ledger::ledger_of(vec![event]);
        let end = events::SessionMark {
            session_id: "session".to_owned(),
            tenant_id: String::new(),
            user_id: "user-1".to_owned(),
            timestamp: cost_calculation::UnixMillis(NOW - ends_before_ms),
            is_end: true,
        };
        let zone = crate::query_ledger::zone_of(&database);
        let zone = reporting_days::ReportingZone::named(zone.name()).unwrap();
        block_on(ledger_record::session_mark::record_session_mark(
            &database, &end, 77, zone,
        ))
        .unwrap();
        let found = |status: &str| {
            let query = [("status", status.to_owned())];
            let asked = parameters(&query, &SESSION_LIST_PARAMETERS).unwrap();
            let list = block_on(reader(&database).session_list(&asked)).unwrap();
            serde_json::to_value(list).unwrap()["items"].clone()
        };
        let (open, closed) = (found("open"), found("closed"));
        let item = if open == json!([]) {
            &closed[0]
        } else {
            &open[0]
        };
        assert_eq!(open == json!([]), item["status"] == "closed");
        assert!(item["start_time"].as_str().is_some() && began < NOW);
        (
            item["status"].as_str().unwrap().to_owned(),
            item["duration_ms"].as_i64().unwrap(),
        )
    };
    // While the answer was coming, after it, and before it began: only then it is open again.
    assert_eq!(answer(5_000), ("closed".to_owned(), 10_000));
    assert_eq!(answer(0), ("closed".to_owned(), 10_000));
    assert_eq!(answer(20_000), ("open".to_owned(), 20_000));
}

#[test]
fn who_is_known_by_a_mark_alone_counts_among_everyone_and_alone() {
    let mut event = crate::query_ledger::chat("a", 0, cost_calculation::TokenUsage::default());
    event.user_id = "caller".to_owned();
    event.tenant_id = String::new();
    let database = crate::query_ledger::ledger_of(vec![event]);
    let zone = crate::query_ledger::zone_of(&database);
    let zone = reporting_days::ReportingZone::named(zone.name()).unwrap();
    let mark = events::SessionMark {
        session_id: "looked in".to_owned(),
        tenant_id: String::new(),
        user_id: "visitor".to_owned(),
        timestamp: cost_calculation::UnixMillis(NOW),
        is_end: false,
    };
    block_on(ledger_record::session_mark::record_session_mark(
        &database, &mark, 77, zone,
    ))
    .unwrap();
    let counted = |filter: &[(&str, String)]| {
        let query = [filter, &[("include", "sessions".to_owned())]].concat();
        let asked = parameters(&query, &ledger_query::SYSTEM_PARAMETERS).unwrap();
        let answer = block_on(reader(&database).system_stats(&asked)).unwrap();
        let distinct = serde_json::to_value(answer).unwrap()["distinct"].clone();
        (
            distinct["user_count"].clone(),
            distinct["session_count"].clone(),
        )
    };
    let of = |user: &str| counted(&[("user_id", user.to_owned())]);
    assert_eq!(of("visitor"), (json!(1), json!(1)));
    assert_eq!(of("caller"), (json!(1), json!(1)));
    assert_eq!(counted(&[]), (json!(2), json!(2)));
}

#[test]
fn a_session_that_closes_by_idleness_is_seen_to_though_nothing_was_recorded() {
    let database = crate::query_ledger::ledger_of(vec![
        crate::query_ledger::chat("old", 3, cost_calculation::TokenUsage::default()),
        crate::query_ledger::chat("new", 0, cost_calculation::TokenUsage::default()),
    ]);
    let at = |ms: i64| {
        block_on(async {
            let now = cost_calculation::UnixMillis(ms);
            let viewer = ledger_query::Viewer::Everyone;
            let reader = ledger_query::Reader::open(&database, now, viewer, IDLE_MS).await?;
            reader.newest_idle().await
        })
        .unwrap()
    };
    assert_eq!(at(NOW), None, "one session, seen just now");
    assert_eq!(at(NOW + IDLE_MS), None);
    assert_eq!(at(NOW + IDLE_MS + 1), Some(NOW));
}

#[test]
fn integrity_finds_a_week_and_a_gap_that_differ_from_their_days() {
    let database = ledger(7, 200, 6);
    let wrong = || {
        let none = parameters(&[], &ledger_query::INTEGRITY_PARAMETERS).unwrap();
        let answer = block_on(reader(&database).integrity(&none)).unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        let checks = answer["checks"].as_array().unwrap().clone();
        let failed = checks.into_iter().filter(|check| check["ok"] == false);
        let names: Vec<Value> = failed.map(|check| check["name"].clone()).collect();
        (answer["status"].clone(), names)
    };
    assert_eq!(wrong(), (json!("ok"), vec![]));
    let broken = "UPDATE weekly_stats SET total_cost = total_cost + 1;
                  UPDATE session_gaps SET session_count = session_count + 1 WHERE previous_day = '';";
    database.execute_script(broken).unwrap();
    let names = vec![
        json!("weekly_stats_equals_daily_stats"),
        json!("gaps_equal_active_days"),
    ];
    assert_eq!(wrong(), (json!("mismatch"), names));
}
