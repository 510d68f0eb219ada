//! Exact money: picodollars in an `i64`, decimal text in and out, checked sums.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::numbers::decimal::{Decimal, DecimalError};

/// Decimal places of a picodollar.
const PICO_DIGITS: u32 = 12;
const PICO_PER_USD: u64 = 1_000_000_000_000;

/// An amount in picodollars (10⁻¹² USD): ±9,223,372.036854775807 USD.
///
/// Prints and parses as an exact decimal number of US dollars, and travels in JSON as a string,
/// never as a number.
///
/// ```
/// use cost_calculation::PicoUsd;
/// let amount: PicoUsd = "0.00013".parse()?;
/// assert_eq!(amount.get(), 130_000_000);
/// assert_eq!(amount.to_string(), "0.00013");
/// # Ok::<(), cost_calculation::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PicoUsd(i64);

impl PicoUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Wraps a count of picodollars.
    pub const fn new(pico: i64) -> Self {
        Self(pico)
    }

    /// The count of picodollars.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::SumOutOfRange`], with both operands.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MoneyError::SumOutOfRange {
                left: self,
                right: other,
            })
    }

    /// The sum of many amounts.
    ///
    /// # Errors
    /// [`MoneyError::SumOutOfRange`], with the sum so far and the amount that did not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for PicoUsd {
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

impl FromStr for PicoUsd {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Ok(Self(text.parse::<Decimal>()?.scaled(PICO_DIGITS)?))
    }
}

impl Serialize for PicoUsd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PicoUsd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AmountText;
        impl serde::de::Visitor<'_> for AmountText {
            type Value = PicoUsd;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an amount in USD as a decimal string, such as \"0.0125\"")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<PicoUsd, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(AmountText)
    }
}

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// A day in milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Why an amount could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is no amount.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// A sum of two amounts is beyond 64 bits of picodollars.
    #[error("{left} + {right} USD is out of range; amounts reach to ±9223372.036854775807 USD")]
    SumOutOfRange {
        /// One operand.
        left: PicoUsd,
        /// The other.
        right: PicoUsd,
    },
    /// `quantity × rate × multiplier / per`, added to what came before it, is out of range.
    #[error(
        "{quantity} units × {rate_pico} picodollars / {per} × {multiplier_num}/{multiplier_den}, \
         on top of {before} USD, is out of range; amounts reach to ±9223372.036854775807 USD"
    )]
    LineOutOfRange {
        /// Units of the line.
        quantity: u64,
        /// Picodollars per `per` units.
        rate_pico: i64,
        /// Units that the rate is for.
        per: i64,
        /// The multiplier's numerator.
        multiplier_num: i64,
        /// The multiplier's denominator.
        multiplier_den: i64,
        /// The component's earlier lines together.
        before: PicoUsd,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_prints_without_trailing_zeros_and_reads_back() {
        for (pico, text) in [
            (0, "0"),
            (1, "0.000000000001"),
            (-1, "-0.000000000001"),
            (130, "0.00000000013"),
            (1_000_000_000_000, "1"),
            (231_934_400_000, "0.2319344"),
            (i64::MAX, "9223372.036854775807"),
            (i64::MIN, "-9223372.036854775808"),
        ] {
            assert_eq!(PicoUsd::new(pico).to_string(), text);
            assert_eq!(text.parse::<PicoUsd>().unwrap(), PicoUsd::new(pico));
        }
    }

    #[test]
    fn an_overflow_names_its_operands() {
        let error = PicoUsd::new(i64::MAX)
            .checked_add(PicoUsd::new(1))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "9223372.036854775807 + 0.000000000001 USD is out of range; \
             amounts reach to ±9223372.036854775807 USD"
        );
    }

    #[test]
    fn json_carries_strings_and_refuses_numbers() {
        let amount = PicoUsd::new(12_500_000_000);
        assert_eq!(serde_json::to_string(&amount).unwrap(), "\"0.0125\"");
        assert_eq!(
            serde_json::from_str::<PicoUsd>("\"0.0125\"").unwrap(),
            amount
        );
        let error = serde_json::from_str::<PicoUsd>("0.0125")
            .unwrap_err()
            .to_string();
        assert!(error.contains("as a decimal string"), "{error}");
    }
}
