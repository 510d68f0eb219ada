//! Sums of money and quotients, as answers carry them.
//!
//! A sum leaves the database as two integers, `SUM(x / 1000000)` and `SUM(x % 1000000)`, so that
//! no addition inside SQL can overflow; they meet here in an `i128`.

use std::fmt;

use serde::{Serialize, Serializer};

const PICO_PER_USD: u128 = 1_000_000_000_000;
/// Picodollars in the larger of the two integers of a sum.
const PICO_PER_PART: i128 = 1_000_000;
const MILLIONTHS: i128 = 1_000_000;

/// A sum or a difference of amounts, in picodollars; JSON carries a decimal string in USD.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Joins the two integers in which a sum leaves SQL.
    pub fn from_parts(micro_usd: i64, rest_pico: i64) -> Self {
        Self(i128::from(micro_usd) * PICO_PER_PART + i128::from(rest_pico))
    }

    /// This amount over a count, rounded half-even to the picodollar; `None` for a count of zero.
    pub fn over(self, count: i64) -> Option<Self> {
        (count > 0).then(|| Self(divide_half_even(self.0, i128::from(count))))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (dollars, pico) = (magnitude / PICO_PER_USD, magnitude % PICO_PER_USD);
        let sign = if self.0 < 0 { "-" } else { "" };
        if pico == 0 {
            return write!(formatter, "{sign}{dollars}");
        }
        let places = format!("{pico:012}");
        write!(
            formatter,
            "{sign}{dollars}.{}",
            places.trim_end_matches('0')
        )
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::ops::Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::ops::Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, std::ops::Add::add)
    }
}

/// A quotient in millionths, rounded half-even; JSON carries a number with at most six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(i128);

impl Ratio {
    /// `numerator / denominator`; `None` where the denominator is zero.
    pub fn of(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        // Past 2^106 the product would not fit: fewer digits of both say the same.
        let shift = (128 - numerator.unsigned_abs().leading_zeros()).saturating_sub(106);
        let (numerator, denominator) = (numerator >> shift, denominator >> shift);
        if denominator == 0 {
            return None;
        }
        Some(Self(divide_half_even(numerator * MILLIONTHS, denominator)))
    }

    /// Of two counts.
    pub fn of_counts(numerator: i64, denominator: i64) -> Option<Self> {
        Self::of(i128::from(numerator), i128::from(denominator))
    }

    /// Of two amounts.
    pub fn of_amounts(numerator: Amount, denominator: Amount) -> Option<Self> {
        Self::of(numerator.0, denominator.0)
    }

    /// How far two quotients lie apart, `self - other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }

    /// The quotient in millionths.
    pub const fn millionths(self) -> i128 {
        self.0
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let text = format!(
            "{sign}{}.{:06}",
            magnitude / 1_000_000,
            magnitude % 1_000_000
        );
        // A ratio is no money: the nearest double is what a reader of JSON makes of it anyway.
        serializer.serialize_f64(text.parse().map_err(serde::ser::Error::custom)?)
    }
}

/// `numerator / denominator`, ties to the even neighbour; the denominator is not zero.
pub fn divide_half_even(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) = if denominator < 0 {
        (-numerator, -denominator)
    } else {
        (numerator, denominator)
    };
    let (quotient, remainder) = (
        numerator.div_euclid(denominator),
        numerator.rem_euclid(denominator),
    );
    let up = match remainder.cmp(&(denominator - remainder)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient.rem_euclid(2) == 1,
        std::cmp::Ordering::Greater => true,
    };
    quotient + i128::from(up)
}

#[cfg(test)]
mod tests {
    use super::{Amount, Ratio, divide_half_even};

    #[test]
    fn an_amount_prints_every_digit_and_no_trailing_zero() {
        for (pico, text) in [
            (0, "0"),
            (1, "0.000000000001"),
            (-1_500_000_000_000, "-1.5"),
            (i128::from(i64::MAX) * 1000, "9223372036.854775807"),
        ] {
            assert_eq!(Amount(pico).to_string(), text);
        }
    }

    #[test]
    fn the_two_parts_of_a_sum_meet_exactly() {
        assert_eq!(
            Amount::from_parts(i64::MAX, 999_999_000_000).0,
            i128::from(i64::MAX) * 1_000_000 + 999_999_000_000
        );
        assert_eq!(Amount::from_parts(-3, -7), Amount(-3_000_007));
    }

    #[test]
    fn ties_go_to_the_even_neighbour_on_both_sides_of_zero() {
        for (numerator, denominator, quotient) in [
            (1, 2, 0),
            (3, 2, 2),
            (-1, 2, 0),
            (-3, 2, -2),
            (5, -2, -2),
            (7, 3, 2),
            (-8, 3, -3),
        ] {
            assert_eq!(divide_half_even(numerator, denominator), quotient);
        }
    }

    #[test]
    fn a_ratio_is_a_number_with_six_decimals_or_nothing() {
        let json = |ratio: Option<Ratio>| serde_json::to_string(&ratio).expect("a number");
        assert_eq!(json(Ratio::of(1, 3)), "0.333333");
        assert_eq!(json(Ratio::of(-1, 3)), "-0.333333");
        assert_eq!(json(Ratio::of(5, 5)), "1.0");
        assert_eq!(json(Ratio::of(5, 0)), "null");
        assert_eq!(json(Ratio::of(i128::MAX, i128::MAX / 2)), "2.0");
    }
}
