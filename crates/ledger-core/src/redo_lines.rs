//! An estimate made again from its lines: from each line's quantity, factor and row of the price
//! book, and without the engine that wrote them.

use std::collections::BTreeMap;

use cost_calculation::{Component, ResourceType};

use crate::estimate_lines::StoredLine;

/// A row's rate in picodollars, and the units that it is for.
pub type Rate = (i64, i64);

/// What the lines come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redone {
    /// The four components in the order of [`Component::ALL`], picodollars.
    pub components: [Option<i64>; 4],
    /// Their sum; `None` where nothing has a price.
    pub total: Option<i64>,
    /// `priced`, `partial`, `unpriced` or `declared`.
    pub price_state: &'static str,
    /// Each line's amount, in their order.
    pub amounts: Vec<Option<i64>>,
}

/// `whole + numerator / denominator`, with `0 <= numerator < denominator`.
struct Fraction {
    whole: i128,
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    const ZERO: Self = Self {
        whole: 0,
        numerator: 0,
        denominator: 1,
    };

    /// Adds `quantity × rate / per × multiplier`; `None` beyond 128 bits.
    fn plus(&self, line: &StoredLine, (rate_pico, per): Rate) -> Option<Self> {
        let product = i128::from(line.quantity)
            .checked_mul(rate_pico.into())?
            .checked_mul(line.multiplier.0.into())?;
        let divisor = i128::from(per).checked_mul(line.multiplier.1.into())?;
        if divisor <= 0 {
            return None;
        }
        let shared = greatest_common_divisor(self.denominator, divisor);
        let denominator = self.denominator.checked_mul(divisor / shared)?;
        let numerator = self
            .numerator
            .checked_mul(denominator / self.denominator)?
            .checked_add(
                product
                    .rem_euclid(divisor)
                    .checked_mul(denominator / divisor)?,
            )?;
        Some(Self {
            whole: self
                .whole
                .checked_add(product.div_euclid(divisor))?
                .checked_add(numerator.div_euclid(denominator))?,
            numerator: numerator.rem_euclid(denominator),
            denominator,
        })
    }

    /// Rounded half to even; `None` beyond 64 bits.
    fn rounded(&self) -> Option<i64> {
        let twice = self.numerator.checked_mul(2)?;
        let up = twice > self.denominator || (twice == self.denominator && self.whole % 2 != 0);
        i64::try_from(self.whole.checked_add(i128::from(up))?).ok()
    }
}

fn greatest_common_divisor(left: i128, right: i128) -> i128 {
    if right == 0 {
        left
    } else {
        greatest_common_divisor(right, left % right)
    }
}

/// Makes the estimate again; the error says which line can't be and why.
pub fn redo(lines: &[StoredLine], rates: &BTreeMap<i64, Rate>) -> Result<Redone, String> {
    let mut amounts = vec![None; lines.len()];
    let mut components = [Some(0); 4];
    for (component, cost) in Component::ALL.into_iter().zip(&mut components) {
        let mut sum = Fraction::ZERO;
        let mut so_far = 0_i64;
        let (mut any, mut any_priced) = (false, false);
        let own = lines.iter().zip(&mut amounts).enumerate();
        for (at, (line, amount)) in own.filter(|(_, (line, _))| line.component == component) {
            any = true;
            let out_of_range = || format!("line {at} is out of range");
            if line.resource == ResourceType::Declared {
                let declared = line
                    .amount
                    .ok_or_else(|| format!("line {at} declares nothing"))?;
                so_far = so_far
                    .checked_add(declared.get())
                    .ok_or_else(out_of_range)?;
                *amount = Some(declared.get());
                any_priced = true;
            } else if let Some(price_id) = line.price_id {
                let rate = *rates.get(&price_id).ok_or_else(|| {
                    format!("line {at} names price {price_id}, which is not there")
                })?;
                sum = sum.plus(line, rate).ok_or_else(out_of_range)?;
                let rounded = sum.rounded().ok_or_else(out_of_range)?;
                *amount = Some(rounded.checked_sub(so_far).ok_or_else(out_of_range)?);
                so_far = rounded;
                any_priced = true;
            }
        }
        *cost = (any_priced || !any).then_some(so_far);
    }
    let price_state = price_state(lines);
    let total = match price_state {
        "unpriced" => None,
        _ => Some(
            components
                .iter()
                .flatten()
                .try_fold(0_i64, |sum, cost| sum.checked_add(*cost))
                .ok_or("the sum of the components is out of range")?,
        ),
    };
    Ok(Redone {
        components,
        total,
        price_state,
        amounts,
    })
}

fn price_state(lines: &[StoredLine]) -> &'static str {
    let is_declared = |line: &StoredLine| line.resource == ResourceType::Declared;
    let declared = lines.iter().any(is_declared);
    let priced = lines
        .iter()
        .any(|line| is_declared(line) || line.price_id.is_some());
    let unpriced = lines
        .iter()
        .any(|line| !is_declared(line) && line.price_id.is_none());
    match (unpriced, priced, declared) {
        (true, false, _) => "unpriced",
        (true, true, _) => "partial",
        (false, _, true) => "declared",
        (false, _, false) => "priced",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cost_calculation::{Component, Flags, PicoUsd, ResourceType};

    use super::redo;
    use crate::estimate_lines::StoredLine;

    fn line(resource: &str, quantity: u64, price_id: Option<i64>) -> StoredLine {
        let resource: ResourceType = resource.parse().unwrap();
        StoredLine {
            component: resource.component(),
            resource,
            quantity,
            price_id,
            amount: None,
            flags: Flags::NONE,
            multiplier: (1, 1),
        }
    }

    #[test]
    fn a_component_is_rounded_once_and_its_lines_add_up_to_it() {
        // Three lines of a third of a picodollar make one.
        let lines = ["input", "cache_read", "output"].map(|name| line(name, 1, Some(1)));
        let redone = redo(&lines, &BTreeMap::from([(1, (1, 3))])).unwrap();
        assert_eq!(redone.components, [Some(1), Some(0), Some(0), Some(0)]);
        assert_eq!((redone.total, redone.price_state), (Some(1), "priced"));
        assert_eq!(redone.amounts, [Some(0), Some(1), Some(0)]);
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour_and_a_factor_counts() {
        for (quantity, rounded) in [(1, 0), (3, 2), (5, 2), (7, 4)] {
            let half = StoredLine {
                multiplier: (5, 10),
                ..line("input", quantity, Some(1))
            };
            let redone = redo(&[half], &BTreeMap::from([(1, (1, 1))])).unwrap();
            assert_eq!(redone.total, Some(rounded), "{quantity} halves");
        }
    }

    #[test]
    fn what_has_no_price_is_unknown_and_no_zero() {
        let rates = BTreeMap::from([(9, (7, 1))]);
        let (unknown, search) = (line("input", 5, None), line("web_search", 2, Some(9)));
        let unpriced = redo(std::slice::from_ref(&unknown), &rates).unwrap();
        assert_eq!((unpriced.components[0], unpriced.total), (None, None));
        assert_eq!(unpriced.price_state, "unpriced");
        let partial = redo(&[unknown, search], &rates).unwrap();
        assert_eq!(partial.components, [None, Some(0), Some(14), Some(0)]);
        assert_eq!((partial.total, partial.price_state), (Some(14), "partial"));
        assert_eq!(redo(&[], &rates).unwrap().total, Some(0));
    }

    #[test]
    fn a_declared_cost_counts_as_it_is() {
        let declared = StoredLine {
            component: Component::ComputeTime,
            resource: ResourceType::Declared,
            amount: Some(PicoUsd::new(42)),
            ..line("cpu_ms", 1, None)
        };
        let redone = redo(&[declared], &BTreeMap::new()).unwrap();
        assert_eq!(redone.components, [Some(0), Some(0), Some(0), Some(42)]);
        assert_eq!((redone.total, redone.price_state), (Some(42), "declared"));
    }

    #[test]
    fn a_line_whose_price_is_gone_is_named() {
        let error = redo(&[line("input", 1, Some(8))], &BTreeMap::new()).unwrap_err();
        assert_eq!(error, "line 0 names price 8, which is not there");
    }
}
