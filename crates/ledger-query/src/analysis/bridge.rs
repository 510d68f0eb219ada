//! Why the cost of two periods differs: volume, mix, price, new and gone, exact to the picodollar.
//!
//! An item is a provider, a model and a type. Its quantity is its priced tokens if it has tokens in
//! both periods, else its priced interactions; the two kinds of quantity are never added to each
//! other. With `C` for cost, `q` for an item's and `Q` for its kind's quantity, 0 for the compared
//! period and 1 for this one, an item that both periods have moves by
//!
//! - volume: `C0 · (Q1 / Q0 − 1)`, as if it had grown like its kind;
//! - price: `C1 · (1 − V0 / V1)`, where `V0` and `V1` value this period's tokens, bucket by bucket,
//!   at the compared period's list prices and at this period's; without list prices, by the unit
//!   price: `C1 − q1 · C0 / q0`;
//! - mix: what is left. Its part inside the item, other token buckets, is `C1 − price − q1 · C0 / q0`.
//!
//! Volume and price are rounded half-even for each item; mix takes what rounding leaves, so that
//! every sum holds.

use serde::Serialize;

use crate::sums::figures::Figures;
use cost_calculation::{Amount, divide_half_even};

/// The most items that an answer lists.
const ITEMS_MAX: usize = 10;

/// One item in both periods.
#[derive(Debug, Clone, Default)]
pub struct BridgeItem {
    /// Provider.
    pub provider: String,
    /// Model.
    pub model: String,
    /// Type.
    pub kind: String,
    /// Its sums in the compared period.
    pub previous: Figures,
    /// Its sums in this period.
    pub current: Figures,
    /// This period's tokens at the compared period's list prices, and at this period's.
    pub list_values: Option<(i128, i128)>,
}

/// The contract's `BridgeStep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BridgeStep {
    provider: String,
    model: String,
    #[serde(rename = "type")]
    kind: String,
    volume: Amount,
    mix: Amount,
    price: Amount,
    new: Amount,
    gone: Amount,
}

/// The contract's `Bridge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bridge {
    /// The compared period's cost.
    pub from: Amount,
    /// More or less of everything.
    pub volume: Amount,
    /// Other models, other token buckets.
    pub mix: Amount,
    /// The part of `mix` inside items.
    pub token_mix: Amount,
    /// Other prices.
    pub price: Amount,
    /// What only this period has.
    pub new: Amount,
    /// What only the compared period has; not positive.
    pub gone: Amount,
    /// This period's cost.
    pub to: Amount,
    items: Vec<BridgeStep>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tokens,
    Interactions,
    New,
    Gone,
}

fn priced_tokens(figures: &Figures) -> i128 {
    i128::from(figures.token_count() - figures.unpriced_tokens)
}

fn kind_of(item: &BridgeItem) -> Kind {
    if item.previous.priced_count() == 0 {
        Kind::New
    } else if item.current.priced_count() == 0 {
        Kind::Gone
    } else if priced_tokens(&item.previous) > 0 && priced_tokens(&item.current) > 0 {
        Kind::Tokens
    } else {
        Kind::Interactions
    }
}

/// Previous and current quantity of an item in its kind.
fn quantities(item: &BridgeItem, kind: Kind) -> (i128, i128) {
    match kind {
        Kind::Tokens => (priced_tokens(&item.previous), priced_tokens(&item.current)),
        _ => (
            i128::from(item.previous.priced_count()),
            i128::from(item.current.priced_count()),
        ),
    }
}

/// `value · numerator / denominator`, half-even; the fraction is reduced, and where the product
/// would still overflow both its parts lose their last bits.
fn scale(value: i128, numerator: i128, denominator: i128) -> i128 {
    if denominator == 0 {
        return 0;
    }
    let divisor = gcd(numerator, denominator).max(1);
    let (mut numerator, mut denominator) = (numerator / divisor, denominator / divisor);
    loop {
        if let Some(product) = value.checked_mul(numerator) {
            return divide_half_even(product, denominator.max(1));
        }
        numerator >>= 1;
        denominator >>= 1;
    }
}

fn gcd(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left.abs()
}

/// Builds the bridge from the compared period's cost to this one's.
pub fn bridge(items: &[BridgeItem]) -> Bridge {
    let kinds: Vec<Kind> = items.iter().map(kind_of).collect();
    let totals = |kind: Kind| {
        items
            .iter()
            .zip(&kinds)
            .filter(|(_, other)| **other == kind)
            .map(|(item, _)| quantities(item, kind))
            .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
    };
    let (tokens, interactions) = (totals(Kind::Tokens), totals(Kind::Interactions));
    let mut bridge = Bridge {
        from: items.iter().map(|item| item.previous.total_cost).sum(),
        volume: Amount::ZERO,
        mix: Amount::ZERO,
        token_mix: Amount::ZERO,
        price: Amount::ZERO,
        new: Amount::ZERO,
        gone: Amount::ZERO,
        to: items.iter().map(|item| item.current.total_cost).sum(),
        items: Vec::new(),
    };
    for (item, kind) in items.iter().zip(kinds) {
        let (previous, current) = (item.previous.total_cost, item.current.total_cost);
        let mut step = BridgeStep {
            provider: item.provider.clone(),
            model: item.model.clone(),
            kind: item.kind.clone(),
            volume: Amount::ZERO,
            mix: Amount::ZERO,
            price: Amount::ZERO,
            new: Amount::ZERO,
            gone: Amount::ZERO,
        };
        match kind {
            Kind::New => step.new = current - previous,
            Kind::Gone => step.gone = current - previous,
            Kind::Tokens | Kind::Interactions => {
                let (all_before, all_now) = if kind == Kind::Tokens {
                    tokens
                } else {
                    interactions
                };
                let (before, now) = quantities(item, kind);
                step.volume = Amount(scale(previous.0, all_now - all_before, all_before));
                let at_old_unit_price = Amount(scale(previous.0, now, before));
                step.price = match item.list_values {
                    Some((at_old, at_new)) if at_new > 0 => {
                        Amount(scale(current.0, at_new - at_old, at_new))
                    }
                    _ => current - at_old_unit_price,
                };
                step.mix = current - previous - step.volume - step.price;
                bridge.token_mix = bridge.token_mix + current - step.price - at_old_unit_price;
            }
        }
        bridge.volume = bridge.volume + step.volume;
        bridge.mix = bridge.mix + step.mix;
        bridge.price = bridge.price + step.price;
        bridge.new = bridge.new + step.new;
        bridge.gone = bridge.gone + step.gone;
        bridge.items.push(step);
    }
    let weight = |step: &BridgeStep| {
        (step.volume + step.mix + step.price + step.new + step.gone)
            .0
            .unsigned_abs()
    };
    bridge.items.sort_by(|left, right| {
        weight(right).cmp(&weight(left)).then_with(|| {
            (&left.provider, &left.model, &left.kind).cmp(&(
                &right.provider,
                &right.model,
                &right.kind,
            ))
        })
    });
    bridge.items.truncate(ITEMS_MAX);
    bridge
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figures(interactions: i64, tokens: i64, cost: i128) -> Figures {
        let mut figures = Figures {
            interaction_count: interactions,
            ..Figures::default()
        };
        figures.tokens[0] = tokens;
        figures.total_cost = Amount(cost);
        figures
    }

    fn item(model: &str, previous: Figures, current: Figures) -> BridgeItem {
        BridgeItem {
            model: model.to_owned(),
            previous,
            current,
            ..BridgeItem::default()
        }
    }

    fn parts(bridge: &Bridge) -> [i128; 5] {
        [
            bridge.volume.0,
            bridge.mix.0,
            bridge.price.0,
            bridge.new.0,
            bridge.gone.0,
        ]
    }

    #[test]
    fn twice_the_use_of_everything_is_volume_alone() {
        let built = bridge(&[
            item("a", figures(1, 100, 700), figures(2, 200, 1400)),
            item("b", figures(3, 50, 11), figures(6, 100, 22)),
        ]);
        assert_eq!(parts(&built), [711, 0, 0, 0, 0]);
    }

    #[test]
    fn the_same_use_at_another_price_is_price_alone() {
        let built = bridge(&[item("a", figures(1, 100, 700), figures(1, 100, 900))]);
        assert_eq!(parts(&built), [0, 0, 200, 0, 0]);
        // The list price rose by half, the usage is the same.
        let listed = BridgeItem {
            list_values: Some((200, 300)),
            ..item("a", figures(1, 100, 600), figures(1, 100, 900))
        };
        assert_eq!(parts(&bridge(&[listed])), [0, 0, 300, 0, 0]);
    }

    #[test]
    fn other_token_buckets_at_the_same_list_price_are_mix_not_price() {
        let listed = BridgeItem {
            list_values: Some((500, 500)),
            ..item("a", figures(1, 100, 600), figures(1, 100, 250))
        };
        let built = bridge(&[listed]);
        assert_eq!(parts(&built), [0, -350, 0, 0, 0]);
        assert_eq!(built.token_mix, Amount(-350));
    }

    #[test]
    fn a_move_to_a_dearer_model_is_mix_between_models() {
        let built = bridge(&[
            item("cheap", figures(1, 100, 100), figures(1, 50, 50)),
            item("dear", figures(1, 100, 1000), figures(1, 150, 1500)),
        ]);
        assert_eq!(parts(&built), [0, 450, 0, 0, 0]);
        assert_eq!(built.token_mix, Amount(0));
    }

    #[test]
    fn models_of_one_period_only_are_new_or_gone() {
        let built = bridge(&[
            item("old", figures(1, 10, 70), Figures::default()),
            item("new", Figures::default(), figures(1, 10, 90)),
        ]);
        assert_eq!(parts(&built), [0, 0, 0, 90, -70]);
    }

    #[test]
    fn what_gets_its_first_price_is_new() {
        let unpriced = Figures {
            unpriced_count: 5,
            unpriced_tokens: 100,
            ..figures(5, 100, 0)
        };
        let built = bridge(&[item("a", unpriced, figures(5, 100, 50))]);
        assert_eq!(parts(&built), [0, 0, 0, 50, 0]);
    }

    fn any_figures() -> impl Strategy<Value = Figures> {
        (
            0_i64..5,
            0_i64..1_000_000_000_000,
            0_i128..i128::from(i64::MAX),
        )
            .prop_map(|(interactions, tokens, cost)| {
                if interactions == 0 {
                    Figures::default()
                } else {
                    figures(interactions, tokens, cost)
                }
            })
    }

    proptest! {
        #[test]
        fn the_parts_always_sum_to_the_difference(
            items in prop::collection::vec(
                (any_figures(), any_figures(), prop::option::of((0_i128..1 << 90, 0_i128..1 << 90))),
                0..20,
            )
        ) {
            let items: Vec<BridgeItem> = items
                .into_iter()
                .enumerate()
                .map(|(index, (previous, current, list_values))| BridgeItem {
                    list_values,
                    ..item(&index.to_string(), previous, current)
                })
                .collect();
            let built = bridge(&items);
            let expected_from: i128 = items.iter().map(|item| item.previous.total_cost.0).sum();
            let expected_to: i128 = items.iter().map(|item| item.current.total_cost.0).sum();
            prop_assert_eq!(built.from.0, expected_from);
            prop_assert_eq!(built.to.0, expected_to);
            prop_assert_eq!(parts(&built).iter().sum::<i128>(), expected_to - expected_from);
        }
    }
}
