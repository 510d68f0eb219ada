//! What the fields of one usage object add up to, field by field.
use std::collections::BTreeMap;

use serde_json::Value;

use super::leaf::{Amount, LEAVES_MAX, Leaf, holds_number, leaves};
use super::lifetime::Lifetime;
use super::rate_hints::Hints;
use super::slot::{Hint, Meaning, Slot};
use super::{TOKENS_MAX, UsageError, field_table};
use crate::flags::{Flag, Flags};
use crate::usage::unread::UNREAD;

/// Unread fields that stand as lines of their own; more of them share one.
const UNREAD_MAX: usize = 20;
/// Characters of a field's name in an error.
const SHOWN_MAX: usize = 100;
/// Parts of names of fields whose text may be digits and counts nothing.
const REFERENCES: [&str; 12] = [
    "id",
    "version",
    "model",
    "time",
    "date",
    "created",
    "name",
    "key",
    "hash",
    "fingerprint",
    "index",
    "type",
];
/// Thousandths of a second that a quantity may have, as the name of its own resource.
const THOUSANDTHS: &str = crate::names::resource::THOUSANDTHS;

/// A count and the field that it came from.
#[derive(Debug, Clone, Default)]
struct Held {
    count: u64,
    path: String,
    shown: String,
}

/// The counts of a usage object and what stood beside them.
pub(super) struct Tally {
    slots: [Option<Held>; Slot::COUNT],
    pub calls: BTreeMap<String, u64>,
    /// The field that told each call first.
    call_fields: BTreeMap<String, String>,
    pub unread: BTreeMap<String, u64>,
    pub flags: Flags,
    pub hints: Hints,
    /// What contradicts itself or can't be read, in the order in which it was met.
    pub doubts: Vec<UsageError>,
    /// The lifetime of cache writes that tell none.
    pub assumed_lifetime: Option<Lifetime>,
}

impl Tally {
    pub fn new(assumed_lifetime: Option<Lifetime>) -> Self {
        Self {
            slots: std::array::from_fn(|_| None),
            calls: BTreeMap::new(),
            call_fields: BTreeMap::new(),
            unread: BTreeMap::new(),
            flags: Flags::NONE,
            hints: Hints::default(),
            doubts: Vec::new(),
            assumed_lifetime,
        }
    }

    /// Takes every leaf of an object by the meaning that a table gives it.
    pub fn take(&mut self, payload: &Value, meaning: impl Fn(&str) -> Option<Meaning>) {
        let found = leaves(payload);
        let wrapper = field_table::WRAPPERS
            .into_iter()
            .find(|wrapper| found.iter().any(|leaf| leaf.path.starts_with(wrapper)));
        let mut further = Vec::new();
        for leaf in found.iter().take(LEAVES_MAX) {
            let path = wrapper.and_then(|wrapper| leaf.path.strip_prefix(wrapper));
            // What stands around the usage object is a response, whose other numbers are no usage.
            // But a second model's tokens may stand there too.
            let is_usage = path.is_some()
                || wrapper.is_none()
                || ["tool_usage.", "svg_usage."]
                    .iter()
                    .any(|other| leaf.path.contains(other));
            if path.is_none() && wrapper.is_some() && field_table::is_in_usage(&leaf.path) {
                further.push(leaf);
                continue;
            }
            self.take_leaf(leaf, meaning(path.unwrap_or(&leaf.path)), is_usage);
        }
        for leaf in further {
            self.take_further(leaf, &meaning);
        }
        if found.len() > LEAVES_MAX {
            self.add_unread("more_fields", 1);
        }
    }

    /// A leaf of a second usage object in one response: an event of a stream has the counts of its
    /// beginning beside the last ones, a framework's message the provider's own beside its. What the
    /// first object tells is not told again; what it does not tell is.
    fn take_further(&mut self, leaf: &Leaf<'_>, meaning: impl Fn(&str) -> Option<Meaning>) {
        let inside = field_table::inside_usage(&leaf.path);
        let taken = meaning(inside);
        let is_replaced = match taken {
            Some(Meaning::Slot(slot) | Meaning::TierSlot(slot, _)) => self.has(slot),
            _ => false,
        };
        if !is_replaced {
            self.take_leaf(leaf, taken, true);
        }
    }

    fn take_leaf(&mut self, leaf: &Leaf<'_>, meaning: Option<Meaning>, is_usage: bool) {
        let amount = Amount::of(leaf.value);
        match meaning {
            Some(Meaning::Slot(slot)) => self.take_count(slot, leaf, amount),
            Some(Meaning::TierSlot(slot, tier)) => {
                if amount != Amount::Whole(0) {
                    self.hints.tier = Some(tier.to_owned());
                }
                self.take_count(slot, leaf, amount);
            }
            Some(Meaning::Quantity(resource)) => self.take_quantity(resource, leaf, amount),
            Some(Meaning::Seconds(resource)) => self.take_seconds(resource, leaf, amount),
            Some(Meaning::Hint(hint)) => self.take_hint(hint, leaf),
            Some(Meaning::Repeat | Meaning::Cost | Meaning::Free) => {}
            None => self.take_unknown(leaf, amount, is_usage),
        }
    }

    fn take_count(&mut self, slot: Slot, leaf: &Leaf<'_>, amount: Amount) {
        let count = match amount {
            Amount::Whole(count) if count <= TOKENS_MAX => count,
            Amount::Whole(count) => {
                let field = shortened(&leaf.shown);
                self.doubts.push(UsageError::TooLarge { field, count });
                return;
            }
            _ => {
                self.doubts.push(not_a_count(leaf));
                return;
            }
        };
        let held = Held {
            count,
            path: leaf.path.clone(),
            shown: leaf.shown.clone(),
        };
        let Some(place) = self.slots.get_mut(slot as usize) else {
            return;
        };
        match place {
            // A list may name a modality twice.
            Some(known) if known.path == held.path => {
                known.count = known.count.saturating_add(count).min(TOKENS_MAX);
            }
            Some(known) if known.count != count => {
                let left = (shortened(&known.shown), known.count);
                self.doubts.push(UsageError::Disagree {
                    left: left.0,
                    left_count: left.1,
                    right: shortened(&leaf.shown),
                    right_count: count,
                });
            }
            Some(_) => {}
            None => *place = Some(held),
        }
    }

    fn take_quantity(&mut self, resource: &'static str, leaf: &Leaf<'_>, amount: Amount) {
        match amount {
            Amount::Whole(_) | Amount::Thousandths(_) => {
                self.add_call(resource.to_owned(), amount.rounded_up(), leaf);
            }
            _ => self.doubts.push(not_a_count(leaf)),
        }
    }

    fn take_seconds(&mut self, resource: &'static str, leaf: &Leaf<'_>, amount: Amount) {
        match amount {
            Amount::Thousandths(thousandths) => {
                self.add_call(format!("{resource}{THOUSANDTHS}"), thousandths, leaf);
            }
            _ => self.take_quantity(resource, leaf, amount),
        }
    }

    /// Two fields may tell one quantity; where they differ, the second is not dropped.
    fn add_call(&mut self, resource: String, quantity: u64, leaf: &Leaf<'_>) {
        let quantity = quantity.min(TOKENS_MAX);
        if quantity == 0 {
            return;
        }
        let known = self.call_fields.entry(resource.clone()).or_default();
        if known.is_empty() {
            known.clone_from(&leaf.path);
        }
        let is_same_field = *known == leaf.path;
        let held = self.calls.entry(resource).or_default();
        if is_same_field {
            // A list may name a kind twice.
            *held = held.saturating_add(quantity).min(TOKENS_MAX);
        } else if *held != quantity {
            self.add_unread(&leaf.shown, quantity);
        }
    }

    fn take_hint(&mut self, hint: Hint, leaf: &Leaf<'_>) {
        if let Some(text) = leaf.value.as_str() {
            match hint {
                Hint::Credit if text == "redeemed" => self.add_unread(&leaf.shown, 1),
                Hint::SearchContext => {
                    if let Some(request) = super::rate_hints::request_by_size(text) {
                        self.add_call(request.to_owned(), 1, leaf);
                    }
                }
                _ => self.hints.take(hint, text),
            }
        } else if hint == Hint::CacheHit {
            if leaf.value.as_bool() == Some(true) {
                self.add_unread(&leaf.shown, 1);
            }
        } else if !leaf.value.is_boolean() {
            self.add_unread(&leaf.shown, Amount::of(leaf.value).rounded_up());
        }
    }

    /// A field of no known meaning: a number that is not zero is kept by name, also where it is
    /// written as text, unless its field's name says that it refers to something.
    fn take_unknown(&mut self, leaf: &Leaf<'_>, amount: Amount, is_usage: bool) {
        let is_reference = REFERENCES.iter().any(|word| leaf.path.contains(word));
        match (amount, leaf.value) {
            (Amount::Whole(0), _) => {}
            (_, Value::Number(_)) if is_usage => {
                self.add_unread(&leaf.shown, amount.rounded_up());
            }
            (Amount::Whole(_) | Amount::Thousandths(_) | Amount::Negative(_), Value::String(_))
                if is_usage && !is_reference =>
            {
                self.add_unread(&leaf.shown, amount.rounded_up());
            }
            // Deeper than anything that is taken apart.
            (_, Value::Object(_) | Value::Array(_)) if is_usage && holds_number(leaf.value) => {
                self.add_unread(&leaf.shown, 1);
            }
            _ => {}
        }
    }

    pub fn add_unread(&mut self, field: &str, quantity: u64) {
        if quantity == 0 {
            return;
        }
        self.flags = self.flags.with(Flag::UnreadUsage);
        let mut name = crate::usage::unread::unread_resource(field);
        if !self.unread.contains_key(&name) && self.unread.len() >= UNREAD_MAX {
            name = format!("{UNREAD}(more)");
        }
        let held = self.unread.entry(name).or_default();
        *held = held.saturating_add(quantity).min(TOKENS_MAX);
    }

    pub fn get(&self, slot: Slot) -> u64 {
        self.held(slot).map_or(0, |held| held.count)
    }

    pub fn has(&self, slot: Slot) -> bool {
        self.held(slot).is_some()
    }

    pub fn set(&mut self, slot: Slot, count: u64) {
        if let Some(place) = self.slots.get_mut(slot as usize) {
            place.get_or_insert_default().count = count.min(TOKENS_MAX);
        }
    }

    /// Adds to a count, from wherever.
    pub fn add(&mut self, slot: Slot, count: u64) {
        if count > 0 {
            self.set(slot, self.get(slot).saturating_add(count));
        }
    }

    /// The field that a count came from, as its source wrote it, without what it stands in.
    pub fn name(&self, slot: Slot) -> String {
        let shown = self.held(slot).map_or("", |held| held.shown.as_str());
        let is_attribute = shown.starts_with("gen_ai.") || shown.starts_with("llm.");
        let name = if is_attribute {
            shown
        } else {
            shown.rsplit('.').next().unwrap_or_default()
        };
        if name.is_empty() {
            return format!("{slot:?}").to_ascii_lowercase();
        }
        shortened(name)
    }

    fn held(&self, slot: Slot) -> Option<&Held> {
        self.slots.get(slot as usize)?.as_ref()
    }
}

fn not_a_count(leaf: &Leaf<'_>) -> UsageError {
    let found = match leaf.value {
        Value::Number(number) => number.to_string(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Null | Value::Object(_) => "an object".to_owned(),
    };
    UsageError::NotACount {
        field: shortened(&leaf.shown),
        found,
        amount: Amount::of(leaf.value).rounded_up(),
    }
}

pub(super) fn shortened(field: &str) -> String {
    field.chars().take(SHOWN_MAX).collect()
}
