//! The spans of a body among those that are known: what they come to, and what that changes.

use std::collections::HashMap;

use cost_calculation::PicoUsd;
use events::{DIGEST_VERSION, Interaction, Reason, Resolved, TraceSpan, resolve_trace};
use ledger_core::{database::DatabaseError, interaction_columns::digest_hex};
use serde_json::Value;

use super::{
    SpanAnswer,
    own_span::OwnSpan,
    remembered::{KnownJoined, KnownTrace, Memory, Remembered},
    write::{Added, Change, ChangedTrace, JoinedSpan},
};
use crate::{
    ingest::Answer,
    record_batch::{RecordedCost, StoredAnswer},
};

/// The most spans of one trace that are remembered.
const TRACE_SPANS_MAX: usize = 2_000;
/// The most bytes of them.
const TRACE_BYTES_MAX: usize = 250_000;

/// The most bytes that are added later, for what is recorded of a span or stands for it.
const RECORD_BYTES_MAX: usize = 150;

/// What became of a span of the body, by its place.
enum Fate {
    /// It is in the memory, at this place of this trace; whether it came with this body.
    Known(usize, usize, bool),
    Settled(SpanAnswer),
    /// There is no room: it is recorded as it stands.
    Alone(Box<Interaction>),
}

/// A trace that spans are added to.
struct Growing {
    known: KnownTrace,
    /// The places of its spans, by their ids.
    places: HashMap<String, usize>,
    /// Places that came with this body and show an interaction, with their places there.
    new_places: HashMap<usize, usize>,
    is_changed: bool,
}

impl Growing {
    fn of(known: KnownTrace) -> Self {
        let spans = known.spans.iter().enumerate();
        Self {
            places: spans
                .map(|(at, one)| (one.span.span_id.clone(), at))
                .collect(),
            known,
            new_places: HashMap::new(),
            is_changed: false,
        }
    }

    /// What is known under the span's id.
    fn there(&self, own: &OwnSpan<'_>) -> Option<(usize, &Remembered)> {
        let place = *self.places.get(&own.span.span_id)?;
        Some((place, self.known.spans.get(place)?))
    }

    /// Puts a span in; its place, or `None` where there is no room for it.
    fn put(&mut self, own: &OwnSpan<'_>, shows: bool) -> Result<Option<usize>, DatabaseError> {
        let remembered = remembered(own, shows);
        let of_record = if shows { RECORD_BYTES_MAX } else { 0 };
        let bytes = remembered.to_json()?.to_string().len() + of_record;
        let has_room = self.known.spans.len() < TRACE_SPANS_MAX
            && self.known.bytes.saturating_add(bytes) <= TRACE_BYTES_MAX;
        if !has_room {
            return Ok(None);
        }
        self.known.bytes += bytes;
        self.is_changed = true;
        let end = self.known.spans.len();
        let place = *self.places.entry(own.span.span_id.clone()).or_insert(end);
        if let Some(there) = self.known.spans.get_mut(place) {
            *there = remembered;
        } else {
            self.known.spans.push(remembered);
        }
        if shows {
            self.new_places.insert(place, own.at);
        }
        Ok(Some(place))
    }
}

/// A body among what is known.
pub(super) struct Body {
    /// What the spans of each trace come to.
    traces: Vec<Vec<Option<Resolved>>>,
    fates: Vec<(usize, Fate)>,
    stored: HashMap<String, StoredAnswer>,
    change: Change,
}

/// Answers by their places in the body, and what is to be recorded as it stands.
pub(super) type Answers = (Vec<(usize, SpanAnswer)>, Vec<(usize, Interaction)>);

impl Body {
    /// Adds the spans of a body; those that were `refused` are remembered as a part of their trace
    /// alone.
    pub(super) fn add(
        own: &[Vec<OwnSpan<'_>>],
        memory: Memory,
        refused: &[(usize, String)],
    ) -> Result<Self, DatabaseError> {
        let mut memory = memory;
        let mut body = Self {
            traces: Vec::with_capacity(own.len()),
            fates: Vec::new(),
            stored: std::mem::take(&mut memory.stored),
            change: Change::default(),
        };
        for spans in own {
            let Some(first) = spans.first() else { continue };
            let id = first.span.trace_id.clone();
            let known = memory.traces.remove(&id).unwrap_or_default();
            body.add_trace(id, known, spans, &memory.joined, refused)?;
        }
        Ok(body)
    }

    fn add_trace(
        &mut self,
        id: String,
        known: KnownTrace,
        spans: &[OwnSpan<'_>],
        joined: &HashMap<String, KnownJoined>,
        refused: &[(usize, String)],
    ) -> Result<(), DatabaseError> {
        let trace = self.traces.len();
        let mut growing = Growing::of(known);
        for own in spans {
            let there = growing.there(own);
            if let (Some((place, there)), Some(_)) = (there, &own.span.interaction)
                && there.span.interaction.is_some()
            {
                let fate = if own.is_same(&there.hash, there.digest_version) {
                    Fate::Known(trace, place, false)
                } else {
                    Fate::Settled(SpanAnswer::Answered(Answer::Conflict))
                };
                self.fates.push((own.at, fate));
                continue;
            }
            let interaction = own.span.interaction.as_deref();
            let settled = interaction.and_then(|one| self.settled(own, one, joined, refused));
            let shows = interaction.is_some() && settled.is_none();
            if let Some(settled) = settled {
                self.fates.push((own.at, Fate::Settled(settled)));
            }
            if there.is_some() && !shows {
                continue;
            }
            let place = growing.put(own, shows)?;
            if let Some(interaction) = own.span.interaction.as_ref().filter(|_| shows) {
                let fate = match place {
                    Some(place) => Fate::Known(trace, place, true),
                    None => Fate::Alone(interaction.clone()),
                };
                self.fates.push((own.at, fate));
            } else if place.is_none() && own.span.interaction.is_none() {
                let forgotten = Fate::Settled(SpanAnswer::Forgotten);
                self.fates.push((own.at, forgotten));
            }
        }
        let Growing {
            mut known,
            new_places,
            mut is_changed,
            ..
        } = growing;
        let all: Vec<TraceSpan> = known.spans.iter().map(|one| one.span.clone()).collect();
        let resolved = resolve_trace(&all);
        is_changed |= self.compare(&mut known, &resolved, &new_places);
        if is_changed {
            let spans: Result<Vec<Value>, _> =
                known.spans.iter().map(Remembered::to_json).collect();
            self.change.traces.push(ChangedTrace {
                id,
                version: known.version,
                spans: Value::Array(spans?).to_string(),
            });
        }
        self.traces.push(resolved);
        Ok(())
    }

    /// What is to be said of a span that the memory does not hold, if the ledger knows of it by other
    /// ways or can't take it.
    fn settled(
        &self,
        own: &OwnSpan<'_>,
        interaction: &Interaction,
        joined: &HashMap<String, KnownJoined>,
        refused: &[(usize, String)],
    ) -> Option<SpanAnswer> {
        let conflict = SpanAnswer::Answered(Answer::Conflict);
        if let Some((_, reason)) = refused.iter().find(|(at, _)| *at == own.at) {
            return Some(SpanAnswer::Answered(Answer::Rejected(reason.clone())));
        }
        if let Some(stored) = self.stored.get(&interaction.id) {
            return Some(if own.is_same(&stored.body_hash, stored.digest_version) {
                SpanAnswer::Answered(Answer::Duplicate(stored.cost()))
            } else {
                conflict
            });
        }
        let known = joined.get(&interaction.id)?;
        Some(if own.is_same(&known.body_hash, known.digest_version) {
            SpanAnswer::Joined(known.reason)
        } else {
            conflict
        })
    }

    /// Notes where what the spans come to is not what is recorded of them. Says whether it is so.
    fn compare(
        &mut self,
        known: &mut KnownTrace,
        resolved: &[Option<Resolved>],
        new_places: &HashMap<usize, usize>,
    ) -> bool {
        let ids: Vec<String> = known
            .spans
            .iter()
            .map(|one| {
                one.span
                    .interaction
                    .as_ref()
                    .map_or_else(String::new, |own| own.id.clone())
            })
            .collect();
        let mut is_changed = false;
        for (at, ((one, resolved), id)) in
            known.spans.iter_mut().zip(resolved).zip(&ids).enumerate()
        {
            let counts = match resolved {
                Some(Resolved::Counts(interaction)) => {
                    Some((digest_hex(&interaction.digest()), interaction))
                }
                _ => None,
            };
            let digest = counts.as_ref().map(|(digest, _)| digest);
            if one.recorded.as_ref() != digest {
                is_changed = true;
                if one.recorded.is_some() {
                    self.change.gone.push(id.clone());
                }
                one.recorded = digest.cloned();
                if let Some((_, interaction)) = counts {
                    self.change.added.push(Added {
                        interaction: interaction.as_ref().clone(),
                        body_hash: one.hash.clone(),
                        place: new_places.get(&at).copied(),
                    });
                }
            }
            let stands = match resolved {
                Some(Resolved::PartOf(other)) => ids.get(*other).cloned(),
                Some(Resolved::Sum) => Some(String::new()),
                _ => None,
            };
            if one.joined != stands {
                is_changed = true;
                match &stands {
                    Some(part_of) => self.change.joined.push(JoinedSpan {
                        id: id.clone(),
                        part_of: part_of.clone(),
                        body_hash: one.hash.clone(),
                        digest_version: one.digest_version,
                    }),
                    None => self.change.parted.push(id.clone()),
                }
                one.joined = stands;
            }
        }
        is_changed
    }

    /// What is to be written.
    pub(super) const fn change(&self) -> &Change {
        &self.change
    }

    /// What became of each span that shows an interaction, given what was recorded at what cost.
    pub(super) fn answers(self, costs: &HashMap<String, RecordedCost>) -> Answers {
        let mut answers = Vec::with_capacity(self.fates.len());
        let mut alone = Vec::new();
        for (at, fate) in self.fates {
            let answer = match fate {
                Fate::Settled(answer) => answer,
                Fate::Alone(interaction) => {
                    alone.push((at, *interaction));
                    continue;
                }
                Fate::Known(trace, place, is_new) => {
                    let resolved = self.traces.get(trace).and_then(|trace| trace.get(place));
                    match resolved {
                        Some(Some(Resolved::Counts(interaction))) => {
                            let recorded = costs.get(&interaction.id).cloned();
                            let stored =
                                || self.stored.get(&interaction.id).map(StoredAnswer::cost);
                            let cost = recorded.or_else(stored).unwrap_or(UNKNOWN_COST);
                            SpanAnswer::Answered(if is_new {
                                Answer::Accepted(cost)
                            } else {
                                Answer::Duplicate(cost)
                            })
                        }
                        Some(Some(Resolved::PartOf(_))) => SpanAnswer::Joined(Reason::InnerCall),
                        Some(Some(Resolved::Sum)) => SpanAnswer::Joined(Reason::SumOfCalls),
                        Some(Some(Resolved::LeftOut(reason))) => SpanAnswer::Joined(*reason),
                        _ => SpanAnswer::Nothing,
                    }
                }
            };
            answers.push((at, answer));
        }
        (answers, alone)
    }
}

const UNKNOWN_COST: RecordedCost = RecordedCost {
    total_cost: None::<PicoUsd>,
    price_state: String::new(),
};

/// The span as it is remembered; without the interaction where that is recorded by other ways.
fn remembered(own: &OwnSpan<'_>, shows: bool) -> Remembered {
    let mut span = own.span.clone();
    // The row names it.
    span.trace_id = String::new();
    if !shows {
        span.interaction = None;
    }
    Remembered {
        hash: if shows {
            own.hash.clone()
        } else {
            String::new()
        },
        digest_version: DIGEST_VERSION,
        span,
        recorded: None,
        joined: None,
    }
}
