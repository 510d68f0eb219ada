//! Every field that the published types of providers, frameworks and telemetry have (see
//! `fixtures/usage-fields.NOTICE.md`), put into an object alone: none of them disappears.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::collections::BTreeMap;

use cost_calculation::selftest::meaning_of_field;
use cost_calculation::{UsageConvention, UsageReading, read_usage_or_keep};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Odd, and no count of anything else here.
const FIGURE: u64 = 7_919;

struct Field {
    shape: String,
    convention: UsageConvention,
    path: String,
    meaning: String,
    is_remainder: bool,
    is_text: bool,
}

fn fields() -> Vec<Field> {
    let mut fields = Vec::new();
    for line in include_str!("fixtures/usage-fields.jsonl").lines() {
        let row: [String; 6] = serde_json::from_str(line).unwrap();
        let [shape, table, path, meaning, relation, kind] = row;
        let convention = match table.as_str() {
            "object" => UsageConvention::OpenAiLike,
            "attribute" => UsageConvention::OtelGenAi,
            "langfuse" => UsageConvention::LangfuseUsageDetails,
            "disjoint" => UsageConvention::Disjoint,
            _ => continue,
        };
        fields.push(Field {
            shape,
            convention,
            path,
            // Plain input that is told beside its whole is what remains of it.
            is_remainder: meaning == "bucket:input" && relation == "part-of-sum"
                || meaning.contains("text")
                || meaning.contains("document"),
            meaning,
            is_text: kind == "text",
        });
    }
    fields
}

/// The object in which the value stands at a path of the catalogue: `a.b`, `list[]`, `list[AUDIO]`.
fn object_with(convention: UsageConvention, path: &str, value: Value) -> Value {
    if convention == UsageConvention::OtelGenAi {
        return json!({ path: value });
    }
    let mut inner = value;
    for part in path.rsplit('.') {
        inner = match part.split_once('[') {
            Some((list, kind)) => {
                let kind = kind.trim_end_matches(']');
                let mut member = inner.as_object().cloned().unwrap_or_default();
                if !kind.is_empty() {
                    member.insert("modality".to_owned(), json!(kind));
                }
                json!({ list: [member] })
            }
            None => json!({ part: inner }),
        };
    }
    inner
}

/// The path as the tables have it.
fn table_path(path: &str) -> String {
    let mut snake = String::new();
    let mut after_lower = false;
    for character in path.chars() {
        if character.is_ascii_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// Where the figure is: in a bucket, among the calls, or nowhere.
fn holds(reading: &UsageReading, figure: u64) -> bool {
    let in_bucket = reading
        .usage
        .buckets()
        .iter()
        .any(|(_, count)| *count == figure);
    in_bucket || reading.calls.values().any(|count| *count == figure)
}

/// What the catalogue's meanings may be taken for.
fn agrees(meaning: &str, taken: &str) -> bool {
    match meaning.split(':').next().unwrap_or_default() {
        "bucket" => ["tokens", "repeat"].contains(&taken),
        "part" | "total" => ["tokens", "repeat", "free"].contains(&taken),
        "quantity" => ["quantity", "repeat", "free"].contains(&taken),
        "hint" => ["hint", "tokens", "repeat"].contains(&taken),
        "cost" => taken == "cost",
        // Costs nothing as its publisher has it; other sources use the name for something that does.
        "name" | "free" => true,
        _ => false,
    }
}

#[test]
fn no_published_field_disappears() {
    let (mut lost, mut unread) = (Vec::new(), Vec::new());
    let mut counts = BTreeMap::<&str, usize>::new();
    for field in fields() {
        let taken = meaning_of_field(field.convention, &table_path(&field.path));
        let value = if field.is_text {
            json!("what-the-type-says")
        } else {
            json!(FIGURE)
        };
        let payload = object_with(field.convention, &field.path, value);
        let reading = read_usage_or_keep(field.convention, "", &payload);
        let is_accounted = match taken {
            Some(taken) => agrees(&field.meaning, taken),
            None => field.is_text || holds(&reading, FIGURE),
        };
        *counts
            .entry(taken.unwrap_or(if field.is_text { "text" } else { "unread" }))
            .or_default() += 1;
        if taken.is_none() && !field.is_text {
            unread.push(format!("{} {}", field.shape, field.path));
        }
        if !is_accounted {
            lost.push(format!(
                "{} {} ({}) is taken for {taken:?}: {:?}",
                field.shape, field.path, field.meaning, reading.calls
            ));
        }
    }
    assert!(lost.is_empty(), "{}:\n{}", lost.len(), lost.join("\n"));
    // Each of them, by what the tables take it for; another number here is another meaning.
    let known: usize = ["tokens", "repeat", "quantity", "hint", "cost", "free"]
        .iter()
        .map(|taken| counts[taken])
        .sum();
    assert_eq!((known, unread.len()), (808, 69), "{}", unread.join("\n"));
}

#[test]
fn a_bucket_that_stands_beside_an_input_changes_what_is_priced() {
    let mut lost = Vec::new();
    for field in fields() {
        let is_bucket =
            field.meaning.starts_with("bucket:") || field.meaning.starts_with("quantity:");
        let taken = meaning_of_field(field.convention, &table_path(&field.path));
        if !is_bucket || !["tokens", "quantity"].contains(&taken.unwrap_or_default()) {
            continue;
        }
        let base = match field.convention {
            UsageConvention::OtelGenAi => {
                json!({"gen_ai.usage.input_tokens": 50_000, "gen_ai.usage.output_tokens": 50_000})
            }
            UsageConvention::LangfuseUsageDetails => json!({"input": 50_000, "output": 50_000}),
            UsageConvention::Disjoint => json!({"input_tokens": 50_000, "output_tokens": 50_000}),
            _ => json!({"prompt_tokens": 50_000, "completion_tokens": 50_000}),
        };
        let without = read_usage_or_keep(field.convention, "openai", &base);
        let mut with = base.as_object().unwrap().clone();
        merge(
            &mut with,
            object_with(field.convention, &field.path, json!(FIGURE)),
        );
        let with = read_usage_or_keep(field.convention, "openai", &Value::Object(with));
        if !field.is_remainder && (with.usage, &with.calls) == (without.usage, &without.calls) {
            lost.push(format!(
                "{} {} ({})",
                field.shape, field.path, field.meaning
            ));
        }
    }
    assert!(lost.is_empty(), "{}:\n{}", lost.len(), lost.join("\n"));
}

fn merge(into: &mut Map<String, Value>, from: Value) {
    let Value::Object(from) = from else { return };
    for (key, value) in from {
        into.insert(key, value);
    }
}

/// Names that stand in some table, and names that stand in none.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}_[a-z]{1,8}",
        prop::sample::select(vec![
            "details",
            "cached_tokens",
            "prompt_tokens_details",
            "vendor_units",
            "seconds",
            "input_text",
            "output_foo",
            "cost",
            "server_tool_use",
            "citation_tokens",
            "audio",
        ])
        .prop_map(ToOwned::to_owned),
    ]
}

proptest! {
    /// Any number, at any place of a usage object: it changes what is priced, or it is unread by
    /// name, or its name is one that is known to repeat, to cost nothing or to be an amount.
    #[test]
    fn a_number_at_any_place_is_accounted_for(
        path in prop::collection::vec(name(), 1..4),
        convention in prop::sample::select(vec![
            UsageConvention::OpenAiLike, UsageConvention::AnthropicMessages,
            UsageConvention::LangfuseUsageDetails, UsageConvention::Gemini,
        ]),
        figure in 1_u64..1_000_000,
    ) {
        let base = match convention {
            UsageConvention::LangfuseUsageDetails => json!({"input": 2_000_000, "output": 2_000_000}),
            UsageConvention::Gemini => {
                json!({"promptTokenCount": 2_000_000, "candidatesTokenCount": 2_000_000})
            }
            UsageConvention::AnthropicMessages => {
                json!({"input_tokens": 2_000_000, "output_tokens": 2_000_000})
            }
            _ => json!({"prompt_tokens": 2_000_000, "completion_tokens": 2_000_000}),
        };
        let path = path.join(".");
        let without = read_usage_or_keep(convention, "", &base);
        let mut with = base.as_object().unwrap().clone();
        merge(&mut with, object_with(convention, &path, json!(figure)));
        let with = read_usage_or_keep(convention, "", &Value::Object(with));
        let changed = (with.usage, &with.calls) != (without.usage, &without.calls);
        let known = meaning_of_field(convention, &path);
        let is_known = known.is_some_and(|known| known != "quantity");
        prop_assert!(changed || is_known, "{} as {:?}: {:?}", path, known, with);
    }
}
