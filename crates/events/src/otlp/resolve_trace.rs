//! What the spans of one trace come to together: one interaction for each call.
//!
//! A call of a model is shown by one span, or by several within each other: a framework's, its
//! client's, a gateway's. The one that knows most counts, the others are part of it. A span around
//! two calls or more is their sum, and is none. Who called is known where the nearest span above
//! says so. It is a function of the spans that are known and of nothing else, so that neither the
//! order nor the grouping in which they arrived plays a part.
use std::cmp::Reverse;
use std::collections::HashMap;

use crate::Interaction;
use crate::SpanRole;
use crate::TraceSpan;
use crate::UNREPORTED_USAGE;
use crate::left_out::Reason;
use crate::session_id::of_user_and_day;

/// The longest chain of parents that is followed.
const ANCESTORS_MAX: usize = 64;

/// What a span comes to within its trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// It counts, as this.
    Counts(Box<Interaction>),
    /// It shows the same call as the span at this place, which knows more.
    PartOf(usize),
    /// It is the sum of the calls below it.
    Sum,
    /// It shows a part of the operation above it, or belongs to no request.
    LeftOut(Reason),
}

/// Resolves the spans of one trace, each of another id; `None` for those that show no interaction.
pub fn resolve_trace(spans: &[TraceSpan]) -> Vec<Option<Resolved>> {
    let trace = Trace::of(spans);
    let calls = trace.calls();
    let told = trace.told_calls();
    spans
        .iter()
        .enumerate()
        .map(|(at, span)| {
            let own = span.interaction.as_deref()?;
            if span.role == SpanRole::Database
                && let Some(reason) = trace.why_no_operation(at)
            {
                return Some(Resolved::LeftOut(reason));
            }
            Some(match span.role {
                SpanRole::Model => match calls.get(&at) {
                    Some(Call::Sum) => Resolved::Sum,
                    Some(Call::PartOf(other)) => Resolved::PartOf(*other),
                    Some(Call::Counts(members)) => trace.counted(at, own, members),
                    None => trace.counted(at, own, &[]),
                },
                SpanRole::ToldTool => match told.get(&at) {
                    Some(tool) => Resolved::PartOf(*tool),
                    None => trace.counted(at, own, &[]),
                },
                _ => trace.counted(at, own, &[]),
            })
        })
        .collect()
}

/// What a call's span is among the others that show it.
enum Call {
    /// The one that knows most; the others of the same call.
    Counts(Vec<usize>),
    PartOf(usize),
    Sum,
}

struct Trace<'a> {
    spans: &'a [TraceSpan],
    places: HashMap<&'a str, usize>,
}

impl<'a> Trace<'a> {
    fn of(spans: &'a [TraceSpan]) -> Self {
        let places = spans.iter().enumerate();
        Self {
            spans,
            places: places
                .map(|(at, span)| (span.span_id.as_str(), at))
                .collect(),
        }
    }

    fn ancestors(&self, at: usize) -> impl Iterator<Item = (usize, &'a TraceSpan)> {
        let mut span = self.spans.get(at);
        let step = move || {
            let parent = *self.places.get(span?.parent_span_id.as_str())?;
            span = self.spans.get(parent);
            Some((parent, span?))
        };
        std::iter::from_fn(step).take(ANCESTORS_MAX)
    }

    /// The nearest call of a model around this one. What a tool calls is another call.
    fn outer_call(&self, at: usize) -> Option<usize> {
        self.ancestors(at)
            .take_while(|(_, span)| span.role != SpanRole::Tool)
            .find(|(_, span)| is_call(span))
            .map(|(outer, _)| outer)
    }

    /// Every call of a model, from the innermost outwards. Spans that stand in a circle are none of
    /// each other's.
    fn calls(&self) -> HashMap<usize, Call> {
        let of_calls =
            || (0..self.spans.len()).filter(|at| self.spans.get(*at).is_some_and(is_call));
        let outer: HashMap<usize, usize> = of_calls()
            .filter_map(|at| Some((at, self.outer_call(at)?)))
            .collect();
        let mut inner: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, outer) in of_calls().filter_map(|at| Some((at, *outer.get(&at)?))) {
            inner.entry(outer).or_default().push(at);
        }
        let mut shown: HashMap<usize, Vec<Vec<usize>>> = HashMap::new();
        let mut waiting: HashMap<usize, usize> =
            inner.iter().map(|(at, inner)| (*at, inner.len())).collect();
        let mut ready: Vec<usize> = of_calls().filter(|at| !inner.contains_key(at)).collect();
        while let Some(at) = ready.pop() {
            let below = inner.get(&at).into_iter().flatten();
            let groups: Vec<Vec<usize>> = below
                .flat_map(|inner| shown.remove(inner).unwrap_or_default())
                .collect();
            shown.insert(at, self.with_outer(at, groups));
            if let Some(outer) = outer.get(&at)
                && let Some(left) = waiting.get_mut(outer)
            {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.push(*outer);
                }
            }
        }
        // What no call shows, having been around others, is their sum; but for a circle.
        let circled = |at: &usize| waiting.get(at).is_some_and(|left| *left > 0);
        let mut calls: HashMap<usize, Call> = of_calls()
            .filter(|at| !circled(at))
            .map(|at| (at, Call::Sum))
            .collect();
        for group in shown.into_values().flatten() {
            let Some(best) = group
                .iter()
                .copied()
                .max_by_key(|at| self.knowledge(*at, &outer))
            else {
                continue;
            };
            for &other in group.iter().filter(|at| **at != best) {
                calls.insert(other, Call::PartOf(best));
            }
            calls.insert(best, Call::Counts(group));
        }
        calls
    }

    /// The calls that a span and those within it show, each by its spans.
    fn with_outer(&self, at: usize, mut inner: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        let knows = |at: &usize| self.spans.get(*at).is_some_and(knows_usage);
        let is_one = inner.len() < 2;
        // Calls of which nobody knows what they used, within one who does: its word is the only one.
        if is_one || (knows(&at) && !inner.iter().flatten().any(knows)) {
            let mut one: Vec<usize> = inner.into_iter().flatten().collect();
            one.push(at);
            return vec![one];
        }
        inner.sort_unstable();
        inner
    }

    /// How much a span knows of its call; of two that know the same the inner one.
    fn knowledge(&self, at: usize, outer: &HashMap<usize, usize>) -> impl Ord + use<'a> {
        let span = self.spans.get(at)?;
        let call = span.interaction.as_deref()?;
        let usage = &call.usage;
        let buckets = [
            usage.input,
            usage.cache_read,
            usage.cache_write_5m,
            usage.cache_write_1h,
            usage.output,
            usage.reasoning,
            usage.audio_in,
            usage.audio_out,
            usage.image_in,
            usage.image_out,
        ];
        let counted = buckets.into_iter().filter(|tokens| *tokens > 0).count()
            + call
                .units
                .calls
                .keys()
                .filter(|name| is_counted(name))
                .count();
        let details = [
            !call.provider.is_empty(),
            call.service_tier.is_some(),
            call.region.is_some(),
            call.endpoint.is_some(),
            call.model_reported.is_some(),
            call.time_to_first_token_ms.is_some(),
            call.reported_cost.is_some(),
        ];
        let details = details.into_iter().filter(|is_known| *is_known).count();
        let depth = std::iter::successors(Some(at), |at| outer.get(at).copied())
            .take(self.spans.len())
            .count();
        let has_model = !call.model_name.is_empty();
        Some((
            knows_usage(span),
            has_model,
            counted,
            details,
            depth,
            Reverse(span.span_id.as_str()),
        ))
    }

    /// The calls of tools that a round tells of and that came as spans of their own too, by those: one
    /// for one, of the same name below the same round.
    fn told_calls(&self) -> HashMap<usize, usize> {
        let of_role = |role: SpanRole| {
            let mut tools: HashMap<(&str, Option<&String>), Vec<usize>> = HashMap::new();
            for (at, span) in self.spans.iter().enumerate() {
                if span.role == role
                    && let Some(call) = span.interaction.as_deref()
                {
                    let key = (span.parent_span_id.as_str(), call.units.calls.keys().next());
                    tools.entry(key).or_default().push(at);
                }
            }
            let id = |at: &usize| {
                let id = self.spans.get(*at).map_or("", |span| &span.span_id);
                (id.len(), id)
            };
            for places in tools.values_mut() {
                places.sort_by_key(id);
            }
            tools
        };
        let own = of_role(SpanRole::Tool);
        of_role(SpanRole::ToldTool)
            .into_iter()
            .flat_map(|(key, told)| {
                let own = own.get(&key).cloned().unwrap_or_default();
                told.into_iter().zip(own)
            })
            .collect()
    }

    /// A database operation counts where it is the outermost of its kind and leads to a request, or
    /// to what has not been seen. Polling is nobody's.
    fn why_no_operation(&self, at: usize) -> Option<Reason> {
        let mut topmost = self.spans.get(at);
        for (_, span) in self.ancestors(at) {
            match span.role {
                SpanRole::Database => return Some(Reason::InnerCall),
                SpanRole::Server => return None,
                _ => topmost = Some(span),
            }
        }
        topmost
            .is_none_or(|span| span.parent_span_id.is_empty())
            .then_some(Reason::Background)
    }

    /// The interaction with what others say of who called: the nearest span above, or else another
    /// one that shows the same call.
    fn counted(&self, at: usize, own: &Interaction, members: &[usize]) -> Resolved {
        let mut inner: Vec<usize> = members.to_vec();
        inner.sort_by_key(|member| {
            let depth = self.ancestors(*member).count();
            (
                depth,
                self.spans.get(*member).map(|span| span.span_id.as_str()),
            )
        });
        let near: Vec<&TraceSpan> = self
            .spans
            .get(at)
            .into_iter()
            .chain(self.ancestors(at).map(|(_, span)| span))
            .chain(inner.iter().filter_map(|at| self.spans.get(*at)))
            .collect();
        let mut interaction = own.clone();
        let says = near.iter().map(|span| &span.says);
        if let Some(user) = says.clone().find_map(|says| says.user_id.as_ref()) {
            interaction.user_id.clone_from(user);
        }
        if let Some(tenant) = says.clone().find_map(|says| says.tenant_id.as_ref()) {
            interaction.tenant_id.clone_from(tenant);
        }
        interaction.session_id = match says.clone().find_map(|says| says.session_id.as_ref()) {
            Some(session) => session.clone(),
            None => of_user_and_day(
                &interaction.tenant_id,
                &interaction.user_id,
                interaction.timestamp,
            ),
        };
        let is_of_agents = self.spans.get(at).is_some_and(|span| {
            use SpanRole::{Model, ToldTool, Tool};
            matches!(span.role, Model | Tool | ToldTool)
        });
        if is_of_agents
            && interaction.agent.is_empty()
            && let Some(says) = says.clone().find(|says| says.agent.is_some())
        {
            interaction.agent = says.agent.clone().unwrap_or_default();
            interaction.agent_name.clone_from(&says.agent_name);
        }
        Resolved::Counts(Box::new(interaction))
    }
}

fn is_call(span: &TraceSpan) -> bool {
    span.role == SpanRole::Model && span.interaction.is_some()
}

/// Whether the span says what its call used.
fn knows_usage(span: &TraceSpan) -> bool {
    span.interaction.as_deref().is_some_and(|call| {
        call.usage.total() > 0
            || call.reported_cost.is_some()
            || call.units.calls.keys().any(|name| is_counted(name))
    })
}

/// Whether a call of this name is something that was counted, and not the mark of what was not.
fn is_counted(name: &str) -> bool {
    !name.starts_with(UNREPORTED_USAGE)
}
