//! What the spans of a trace come to, in whatever order they are known.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use cost_calculation::{Flags, TokenUsage, Units, UnixMillis};
use events::{
    Interaction, InteractionStatus, InteractionType, Resolved, SpanRole, SpanSays, TraceSpan,
    resolve_trace,
};
use proptest::prelude::*;

/// A span of this id below that one, empty for a root.
fn span(id: &str, parent: &str, role: SpanRole) -> TraceSpan {
    TraceSpan {
        trace_id: String::new(),
        span_id: id.to_owned(),
        parent_span_id: parent.to_owned(),
        role,
        interaction: None,
        says: SpanSays::default(),
    }
}

fn interaction(id: &str, kind: InteractionType) -> Interaction {
    Interaction {
        id: format!("trace-{id}"),
        session_id: "unknown@2026-11-25".to_owned(),
        tenant_id: String::new(),
        user_id: "unknown".to_owned(),
        timestamp: UnixMillis(1_795_600_800_000),
        price_time: UnixMillis(1_795_600_802_000),
        kind,
        duration_ms: Some(2_000),
        time_to_first_token_ms: None,
        provider: String::new(),
        model_name: String::new(),
        model_reported: None,
        endpoint: None,
        region: None,
        service_tier: None,
        usage: TokenUsage::default(),
        units: Units::default(),
        reading: Flags::NONE,
        usage_numbers: None,
        reported_cost: None,
        declared: None,
        agent: String::new(),
        agent_name: None,
        user_label: None,
        declared_by: None,
        message_id: None,
        trace_id: None,
        context: None,
        status: InteractionStatus::Ok,
        error: None,
        source: "otel",
        metadata: None,
    }
}

/// A call of a model with these input and cached tokens.
fn call(id: &str, parent: &str, input: u64, cache_read: u64) -> TraceSpan {
    let mut own = interaction(id, InteractionType::Chat);
    "gpt-5-mini".clone_into(&mut own.model_name);
    own.usage.input = input;
    own.usage.cache_read = cache_read;
    TraceSpan {
        interaction: Some(Box::new(own)),
        ..span(id, parent, SpanRole::Model)
    }
}

fn operation(id: &str, parent: &str) -> TraceSpan {
    TraceSpan {
        interaction: Some(Box::new(interaction(id, InteractionType::Db))),
        ..span(id, parent, SpanRole::Database)
    }
}

fn says(mut span: TraceSpan, user: &str) -> TraceSpan {
    span.says.user_id = Some(user.to_owned());
    span
}

/// What each span comes to, by its id: `counts for <user>`, `part of <id>`, …
fn resolved(spans: &[TraceSpan]) -> BTreeMap<String, String> {
    let all = resolve_trace(spans);
    let word = |resolved: &Resolved| match resolved {
        Resolved::Counts(one) => format!("counts for {}", one.user_id),
        Resolved::PartOf(other) => format!("part of {}", spans[*other].span_id),
        Resolved::Sum => "sum".to_owned(),
        Resolved::LeftOut(_) => "left out".to_owned(),
    };
    spans
        .iter()
        .zip(&all)
        .filter_map(|(span, resolved)| Some((span.span_id.clone(), word(resolved.as_ref()?))))
        .collect()
}

fn assert_resolved(spans: &[TraceSpan], expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> = expected
        .iter()
        .map(|(id, word)| ((*id).to_owned(), (*word).to_owned()))
        .collect();
    assert_eq!(resolved(spans), expected);
}

#[test]
fn of_two_spans_of_one_call_the_one_that_knows_most_counts() {
    let outer = call("a", "", 10_000, 0);
    let inner = call("b", "a", 1_000, 9_000);
    assert_resolved(
        &[outer, inner],
        &[("a", "part of b"), ("b", "counts for unknown")],
    );
    let outer = call("a", "", 1_000, 9_000);
    let inner = call("b", "a", 10_000, 0);
    assert_resolved(
        &[outer, inner],
        &[("a", "counts for unknown"), ("b", "part of a")],
    );
    // Both know the same: the inner one is nearer to the call.
    let (outer, inner) = (call("a", "", 5, 0), call("b", "a", 5, 0));
    assert_resolved(
        &[outer, inner],
        &[("a", "part of b"), ("b", "counts for unknown")],
    );
}

#[test]
fn whatever_lies_between_them_three_spans_of_one_call_are_one() {
    let spans = [
        call("a", "", 5, 0),
        span("x", "a", SpanRole::Other),
        call("b", "x", 5, 3),
        span("y", "b", SpanRole::Server),
        call("c", "y", 5, 0),
    ];
    assert_resolved(
        &spans,
        &[
            ("a", "part of b"),
            ("b", "counts for unknown"),
            ("c", "part of b"),
        ],
    );
}

#[test]
fn a_span_around_two_calls_is_their_sum_and_so_is_what_is_around_it() {
    let spans = [
        call("outer", "", 113, 0),
        call("agent", "outer", 113, 0),
        call("a", "agent", 56, 0),
        call("b", "agent", 57, 0),
    ];
    assert_resolved(
        &spans,
        &[
            ("outer", "sum"),
            ("agent", "sum"),
            ("a", "counts for unknown"),
            ("b", "counts for unknown"),
        ],
    );
}

#[test]
fn a_sum_is_the_only_word_where_no_call_below_knows_what_it_used() {
    let spans = [
        call("agent", "", 113, 0),
        call("a", "agent", 0, 0),
        call("b", "agent", 0, 0),
    ];
    assert_resolved(
        &spans,
        &[
            ("agent", "counts for unknown"),
            ("a", "part of agent"),
            ("b", "part of agent"),
        ],
    );
}

#[test]
fn an_agents_span_without_a_model_gives_way_to_its_only_call() {
    let mut agent = call("agent", "", 56, 4);
    agent.interaction.as_mut().unwrap().model_name.clear();
    let spans = [agent, call("a", "agent", 60, 0)];
    assert_resolved(
        &spans,
        &[("agent", "part of a"), ("a", "counts for unknown")],
    );
}

#[test]
fn what_a_tool_calls_is_another_call() {
    let spans = [
        call("a", "", 100, 0),
        span("tool", "a", SpanRole::Tool),
        call("b", "tool", 7, 0),
    ];
    assert_resolved(
        &spans,
        &[("a", "counts for unknown"), ("b", "counts for unknown")],
    );
}

#[test]
fn who_called_is_known_from_the_nearest_span_that_says_so() {
    let spans = [
        says(span("root", "", SpanRole::Server), "root-user"),
        says(span("agent", "root", SpanRole::Other), "agents-user"),
        call("a", "agent", 5, 0),
        says(call("b", "agent", 5, 0), "own-user"),
        operation("db", "root"),
    ];
    let mut spans = spans.to_vec();
    spans[1].says.session_id = Some("conversation".to_owned());
    spans[1].says.agent = Some("writer".to_owned());
    assert_resolved(
        &spans,
        &[
            ("a", "counts for agents-user"),
            ("b", "counts for own-user"),
            ("db", "counts for root-user"),
        ],
    );
    let all = resolve_trace(&spans);
    let counted = |at: usize| match all[at].as_ref().unwrap() {
        Resolved::Counts(one) => one.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(counted(2).session_id, "conversation");
    assert_eq!(counted(3).agent, "writer");
    // Without a session it is of the user and day.
    assert_eq!(counted(4).session_id, "root-user@2026-11-25");
    assert_eq!(counted(4).agent, "");
}

#[test]
fn of_a_call_that_knows_most_but_not_whose_its_part_tells() {
    let spans = [call("a", "", 5, 9), says(call("b", "a", 5, 0), "user-1")];
    assert_resolved(&spans, &[("a", "counts for user-1"), ("b", "part of a")]);
}

#[test]
fn a_database_operation_counts_once_and_polling_never() {
    let request = [
        says(span("root", "", SpanRole::Server), "user-1"),
        operation("mapper", "root"),
        operation("driver", "mapper"),
    ];
    assert_resolved(
        &request,
        &[("mapper", "counts for user-1"), ("driver", "left out")],
    );
    let polling = [span("timer", "", SpanRole::Other), operation("db", "timer")];
    assert_resolved(&polling, &[("db", "left out")]);
    // What has not been seen is not guessed.
    assert_resolved(
        &[operation("db", "unseen")],
        &[("db", "counts for unknown")],
    );
}

#[test]
fn spans_that_stand_in_a_circle_count_for_themselves() {
    let spans = [
        call("a", "b", 5, 0),
        call("b", "a", 6, 0),
        call("c", "c", 7, 0),
    ];
    assert_resolved(
        &spans,
        &[
            ("a", "counts for unknown"),
            ("b", "counts for unknown"),
            ("c", "counts for unknown"),
        ],
    );
}

fn any_trace() -> impl Strategy<Value = Vec<TraceSpan>> {
    let one = (0_usize..16, 0_u8..6, 0_u64..3, 0_u64..3, any::<bool>());
    prop::collection::vec(one, 1..14).prop_map(|spans| {
        let place = |at: usize| format!("{at:02}");
        spans
            .iter()
            .enumerate()
            .map(|(at, (parent, role, input, cached, is_said))| {
                let (id, parent) = (
                    place(at),
                    if *parent == 15 {
                        String::new()
                    } else {
                        place(*parent)
                    },
                );
                let span = match role {
                    0 => span(&id, &parent, SpanRole::Server),
                    1 => span(&id, &parent, SpanRole::Tool),
                    2 => operation(&id, &parent),
                    3 => span(&id, &parent, SpanRole::Other),
                    _ => call(&id, &parent, *input, *cached),
                };
                if *is_said {
                    says(span, &format!("user-{}", at % 3))
                } else {
                    span
                }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_order_in_which_spans_are_known_plays_no_part(
        (spans, shuffled) in any_trace().prop_flat_map(|spans| (Just(spans.clone()), Just(spans).prop_shuffle())),
    ) {
        prop_assert_eq!(resolved(&spans), resolved(&shuffled));
        // A part is one of a call that counts.
        let all = resolve_trace(&spans);
        for one in all.iter().flatten() {
            if let Resolved::PartOf(other) = one {
                prop_assert!(matches!(all[*other], Some(Resolved::Counts(_))));
            }
        }
    }
}
