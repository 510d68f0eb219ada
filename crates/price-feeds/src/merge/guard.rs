//! What is not believed without a second word.

use super::{CacheMeasures, SubKey};
use crate::{Rate, quote::TOKENS_PER};
use cost_calculation::DAY_MS;

/// A change by more than this factor, up or down, waits.
pub const CHANGE_FACTOR_MAX: i128 = 3;
/// A price above this many dollars per million tokens waits; the dearest real one is 600.
pub const DOLLARS_PER_MILLION_MAX: i64 = 1_000;
/// A cache write below this part of the uncached input's price waits if it is exactly the price of a
/// cache read, pasted into the wrong place, or if it stands for long contexts alone, without a price
/// for short ones. Providers that charge for storage alone are far below the input too, but at a
/// price of its own for every context.
pub const CACHE_WRITE_DIVISOR_MAX: i128 = 3;
/// A price above this many dollars for one unit of what is no token waits; the dearest real one is
/// less than a dollar.
pub const DOLLARS_PER_UNIT_MAX: i64 = 100;
/// A model that names its size costs at most so many dollars per million tokens, and a part of one more
/// for each billion of weights: of 1,900 rates of such models, in three lists, the dearest real one is
/// at a tenth of that.
pub const SIZED_DOLLARS: i128 = 25;
/// See [`SIZED_DOLLARS`]: half a dollar.
pub const BILLIONS_PER_DOLLAR: i128 = 2;
/// A rate in a region, service tier or for long contexts that is further than this factor from the same
/// model's plain rate waits; the furthest real one is 12.
pub const FAMILY_FACTOR_MAX: i128 = 30;
/// So many other sources that say something else by more than [`CHANGE_FACTOR_MAX`] make a first rate wait.
pub const DISPUTING_SOURCES_MIN: usize = 2;
/// A change towards what another source says, within this factor of it, is a correction.
pub const CORRECTION_FACTOR_MAX: i128 = 2;
/// A change that a list dates further back than this holds from its observation: a list may be late
/// with a price, but it can't move the prices of last year.
pub const BACKDATED_MS_MAX: i64 = 35 * DAY_MS;
/// Sources agree within so many thousandths.
pub const AGREEMENT_THOUSANDTHS: i128 = 10;
/// A list with less than this share of its last count of models or rates is refused.
pub const SHRINK_PERCENT_MIN: usize = 80;

/// Why a whole list is refused although it could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the list has {found} {what}, less than {SHRINK_PERCENT_MIN} % of the {last} that it had \
     before; prices stay as they are"
)]
pub struct Shrunk {
    /// `models` or `rates`.
    pub what: &'static str,
    /// How many there are now.
    pub found: usize,
    /// How many there were.
    pub last: usize,
}

/// Refuses a list that lost too much since it was last accepted.
pub fn check_size(
    models: usize,
    rates: usize,
    last_models: usize,
    last_rates: usize,
) -> Result<(), Shrunk> {
    for (what, found, last) in [
        ("models", models, last_models),
        ("rates", rates, last_rates),
    ] {
        if found * 100 < last * SHRINK_PERCENT_MIN {
            return Err(Shrunk { what, found, last });
        }
    }
    Ok(())
}

/// Why a rate waits that has no predecessor, or does whatever its predecessor was.
///
/// `has_base` says whether its source also prices short contexts at any time.
pub(super) fn doubt_by_itself(
    resource_type: &str,
    rate: Rate,
    sub_key: &SubKey,
    has_base: bool,
    beside: &CacheMeasures,
) -> Option<String> {
    const PICO: i64 = 1_000_000_000_000;
    const ONE: Rate = Rate {
        rate_pico: 1,
        per: 1,
    };
    if resource_type == "multiplier" {
        return rate.differs_by_more_than(ONE, CHANGE_FACTOR_MAX).then(|| {
            format!(
                "a factor of {}/{} is above {CHANGE_FACTOR_MAX} or below a part of it",
                rate.rate_pico, rate.per
            )
        });
    }
    let unit_max = i128::from(DOLLARS_PER_UNIT_MAX) * i128::from(PICO);
    if rate.per != TOKENS_PER && i128::from(rate.rate_pico) > unit_max * i128::from(rate.per) {
        return Some(format!(
            "{} picodollars per {} is above {DOLLARS_PER_UNIT_MAX} dollars for one",
            rate.rate_pico, rate.per
        ));
    }
    if rate.per == TOKENS_PER && rate.rate_pico > DOLLARS_PER_MILLION_MAX * PICO {
        let dollars = rate.rate_pico / PICO;
        return Some(format!(
            "{dollars} dollars per million tokens is above {DOLLARS_PER_MILLION_MAX}"
        ));
    }
    // A zero is a price: many providers don't charge for cache writes at all.
    let input = beside.inputs.get(sub_key).filter(|_| !rate.is_zero())?;
    let is_read = beside
        .reads
        .get(sub_key)
        .is_some_and(|read| read.equals(rate));
    let is_cheap = rate.is_below_part_of(*input, CACHE_WRITE_DIVISOR_MAX);
    (is_cheap && (is_read || !has_base)).then(|| {
        let what = if is_read {
            "at the price of a cache read"
        } else {
            "for long contexts alone"
        };
        format!(
            "a cache write {what}, below a part of {CACHE_WRITE_DIVISOR_MAX} of the input's price"
        )
    })
}

/// Why a rate waits that follows another one.
pub(super) fn doubt_by_change(rate: Rate, last: Rate) -> Option<String> {
    if rate.is_zero() && !last.is_zero() {
        return Some("fell to zero".to_owned());
    }
    // From zero, every rise is infinite: a price where there was none is a new price.
    (!last.is_zero() && rate.differs_by_more_than(last, CHANGE_FACTOR_MAX)).then(|| {
        format!(
            "changed by more than a factor of {CHANGE_FACTOR_MAX}: from {} to {} picodollars",
            per_of(last),
            per_of(rate)
        )
    })
}

/// Why a rate is an outlier within its model's family and size, whatever was before: `plain` is the same
/// model's rate in every region, in the standard tier and for any context.
pub(super) fn outlier(model: &str, rate: Rate, plain: Option<Rate>) -> Option<String> {
    const PICO: i128 = 1_000_000_000_000;
    let size = size_in_billions(model).filter(|_| rate.per == TOKENS_PER);
    if let Some(billions) = size
        && i128::from(rate.rate_pico) > (SIZED_DOLLARS + billions / BILLIONS_PER_DOLLAR) * PICO
    {
        return Some(format!(
            "{} dollars per million tokens of a model of {billions} billion weights",
            i128::from(rate.rate_pico) / PICO
        ));
    }
    let plain = plain.filter(|plain| !plain.is_zero() && !rate.is_zero())?;
    rate.differs_by_more_than(plain, FAMILY_FACTOR_MAX)
        .then(|| {
            format!(
                "further than a factor of {FAMILY_FACTOR_MAX} from the model's plain rate: {} \
                 picodollars beside {}",
                per_of(rate),
                per_of(plain)
            )
        })
}

/// The size that a model's name tells, in whole billions of weights: 13 of `jais-13b-chat`, the whole
/// 235 of `qwen3-235b-a22b`.
fn size_in_billions(model: &str) -> Option<i128> {
    model
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .filter_map(|part| {
            let number = part.strip_suffix(['b', 'B'])?;
            let whole = number.split('.').next()?;
            let is_number = !whole.is_empty()
                && number
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.');
            // Longer ones are dates and versions.
            (is_number && whole.len() <= 4).then(|| whole.parse().ok())?
        })
        .max()
}

fn per_of(rate: Rate) -> String {
    format!("{} per {}", rate.rate_pico, rate.per)
}
