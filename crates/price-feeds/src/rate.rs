//! A rate as an exact pair of integers, read from a decimal text.
//!
//! Feeds print prices as JSON numbers or decimal strings, per one unit or per a million. They are
//! read digit by digit: no float is on the way. Some publishers computed in binary floating point
//! before they printed (`5.0000000000000004e-08`); such noise lies beyond the fifteenth significant
//! digit, where every text is rounded first.

/// Significant digits that a text keeps; the noise of a double begins after them.
const SIGNIFICANT_DIGITS: u32 = 15;

/// Picodollars in a dollar, as a power of ten.
const PICO_EXPONENT: i32 = 12;

/// A text longer than this is not a price.
const TEXT_BYTES_MAX: usize = 64;

/// Picodollars for a number of units.
///
/// ```
/// use price_feeds::Rate;
///
/// // A dollar price for one token, kept for a million of them.
/// assert_eq!(Rate::from_decimal("3e-07", 1, 1_000_000), Ok(Rate { rate_pico: 300_000_000_000, per: 1_000_000 }));
/// # Ok::<(), price_feeds::RateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// Picodollars per `per` units; zero or more.
    pub rate_pico: i64,
    /// Units; positive.
    pub per: i64,
}

/// Why a text gives no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RateError {
    /// It is no decimal number.
    #[error("is not a decimal number")]
    NotADecimal,
    /// It is below zero.
    #[error("is negative")]
    Negative,
    /// It does not fit 64 bits of picodollars.
    #[error("is beyond the range of picodollars")]
    OutOfRange,
}

impl Rate {
    /// Reads dollars for `quoted_per` units, and keeps them for `per` units.
    ///
    /// `per` must be a multiple of `quoted_per`. What is finer than a picodollar for `per` units is
    /// rounded half to even.
    pub fn from_decimal(text: &str, quoted_per: i64, per: i64) -> Result<Self, RateError> {
        let (digits, exponent) = decimal(text)?;
        let factor = per.checked_div(quoted_per).filter(|factor| *factor > 0);
        let factor = factor.ok_or(RateError::OutOfRange)?;
        let scaled = digits
            .checked_mul(i128::from(factor))
            .ok_or(RateError::OutOfRange)?;
        let rate = shift(scaled, exponent + PICO_EXPONENT).ok_or(RateError::OutOfRange)?;
        let rate_pico = i64::try_from(rate).map_err(|_| RateError::OutOfRange)?;
        Ok(Self { rate_pico, per })
    }

    /// Reads a factor: `1.1` is 11 for 10.
    pub fn factor(text: &str) -> Result<Self, RateError> {
        let (mut digits, mut exponent) = decimal(text)?;
        while exponent < 0 && digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        let numerator = shift(digits, exponent.max(0)).ok_or(RateError::OutOfRange)?;
        let denominator = 10_i64
            .checked_pow(exponent.min(0).unsigned_abs())
            .ok_or(RateError::OutOfRange)?;
        let rate_pico = i64::try_from(numerator).map_err(|_| RateError::OutOfRange)?;
        Ok(Self {
            rate_pico,
            per: denominator,
        })
    }

    /// Whether nothing is charged.
    pub const fn is_zero(self) -> bool {
        self.rate_pico == 0
    }

    /// Whether both charge the same, whatever number of units they are written for.
    pub fn equals(self, other: Self) -> bool {
        self.crossed(other).0 == self.crossed(other).1
    }

    /// Whether the two lie within `thousandths` of the larger one.
    pub fn agrees_within(self, other: Self, thousandths: i128) -> bool {
        let (left, right) = self.crossed(other);
        (left - right).abs() * 1000 <= left.max(right) * thousandths
    }

    /// Whether this is more than `factor` times the other, or less than its `factor`th part.
    pub fn differs_by_more_than(self, other: Self, factor: i128) -> bool {
        let (left, right) = self.crossed(other);
        left > right * factor || left * factor < right
    }

    /// Whether this charges less than a `divisor`th of the other.
    pub fn is_below_part_of(self, other: Self, divisor: i128) -> bool {
        let (left, right) = self.crossed(other);
        left * divisor < right
    }

    fn crossed(self, other: Self) -> (i128, i128) {
        (
            i128::from(self.rate_pico) * i128::from(other.per),
            i128::from(other.rate_pico) * i128::from(self.per),
        )
    }
}

/// `digits × 10^exponent`, with at most fifteen significant digits.
fn decimal(text: &str) -> Result<(i128, i32), RateError> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return Err(RateError::NotADecimal);
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent
                .parse::<i32>()
                .map_err(|_| RateError::NotADecimal)?,
        ),
        None => (text, 0),
    };
    if exponent.abs() > 60 {
        return Err(RateError::OutOfRange);
    }
    let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (digits, exponent) = digits(mantissa, exponent)?;
    if is_negative && digits != 0 {
        return Err(RateError::Negative);
    }
    Ok((digits, exponent))
}

fn digits(mantissa: &str, exponent: i32) -> Result<(i128, i32), RateError> {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(RateError::NotADecimal);
    }
    let mut value: i128 = 0;
    let mut exponent = exponent;
    let mut kept = 0_u32;
    // Digits after the fifteenth decide only how the fifteenth is rounded.
    let mut first_dropped = None;
    let mut rest_is_zero = true;
    for (is_fraction, character) in whole
        .chars()
        .map(|c| (false, c))
        .chain(fraction.chars().map(|c| (true, c)))
    {
        let digit = character.to_digit(10).ok_or(RateError::NotADecimal)?;
        if kept < SIGNIFICANT_DIGITS {
            value = value * 10 + i128::from(digit);
            kept += u32::from(value != 0);
            exponent -= i32::from(is_fraction);
        } else {
            exponent += i32::from(!is_fraction);
            if first_dropped.is_none() {
                first_dropped = Some(digit);
            } else {
                rest_is_zero &= digit == 0;
            }
        }
    }
    if let Some(digit) = first_dropped {
        let is_up = digit > 5 || (digit == 5 && (!rest_is_zero || value % 2 == 1));
        value += i128::from(is_up);
    }
    Ok((value, exponent))
}

/// `value × 10^exponent`, rounded half to even.
fn shift(value: i128, exponent: i32) -> Option<i128> {
    let power = 10_i128.checked_pow(exponent.unsigned_abs());
    if exponent >= 0 {
        return value.checked_mul(power?);
    }
    // A divisor beyond i128 leaves nothing of a value within it.
    let Some(divisor) = power else { return Some(0) };
    let (quotient, remainder) = (value / divisor, value % divisor);
    let is_up = match (remainder * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    Some(quotient + i128::from(is_up))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Rate, RateError};

    fn per_token(text: &str) -> Result<i64, RateError> {
        Rate::from_decimal(text, 1, 1_000_000).map(|rate| rate.rate_pico)
    }

    #[test]
    fn a_price_per_token_is_kept_per_million_to_the_last_digit() {
        assert_eq!(per_token("3e-07"), Ok(300_000_000_000));
        assert_eq!(per_token("0.0000025"), Ok(2_500_000_000_000));
        assert_eq!(per_token("1.3e-10"), Ok(130_000_000));
        assert_eq!(per_token("0"), Ok(0));
        assert_eq!(per_token("0.00971"), Ok(9_710_000_000_000_000));
    }

    #[test]
    fn the_noise_of_a_binary_float_is_rounded_away() {
        assert_eq!(per_token("5.0000000000000004e-08"), per_token("5e-08"));
        assert_eq!(per_token("1.4999999999999998e-05"), per_token("1.5e-05"));
        // A twelfth of a dollar has no end: the last kept digit is the fifteenth.
        assert_eq!(per_token("8.333333333333334e-08"), Ok(83_333_333_333));
    }

    #[test]
    fn a_price_per_million_keeps_its_unit() {
        assert_eq!(
            Rate::from_decimal("0.003625", 1_000_000, 1_000_000),
            Ok(Rate {
                rate_pico: 3_625_000_000,
                per: 1_000_000
            })
        );
    }

    #[test]
    fn a_factor_is_a_fraction() {
        assert_eq!(
            Rate::factor("1.1"),
            Ok(Rate {
                rate_pico: 11,
                per: 10
            })
        );
        assert_eq!(
            Rate::factor("2.0"),
            Ok(Rate {
                rate_pico: 2,
                per: 1
            })
        );
        assert_eq!(
            Rate::factor("1.05"),
            Ok(Rate {
                rate_pico: 105,
                per: 100
            })
        );
        assert_eq!(
            Rate::factor("0"),
            Ok(Rate {
                rate_pico: 0,
                per: 1
            })
        );
    }

    #[test]
    fn what_is_no_price_is_refused_with_its_reason() {
        assert_eq!(per_token("-1"), Err(RateError::Negative));
        assert_eq!(per_token("-0.0"), Ok(0));
        assert_eq!(per_token("1e40"), Err(RateError::OutOfRange));
        assert_eq!(per_token("1e999999999"), Err(RateError::OutOfRange));
        for text in ["", "NaN", "1.2.3", "e5", ".", "0x10", "1,5", "--1"] {
            assert_eq!(per_token(text), Err(RateError::NotADecimal), "{text:?}");
        }
    }

    #[test]
    fn rates_are_compared_whatever_units_they_are_written_for() {
        let per_query = Rate {
            rate_pico: 10_000_000_000,
            per: 1,
        };
        let per_thousand = Rate {
            rate_pico: 10_000_000_000_000,
            per: 1000,
        };
        assert!(per_query.equals(per_thousand));
        let near = Rate {
            rate_pico: 10_099_000_000,
            per: 1,
        };
        assert!(near.agrees_within(per_thousand, 10));
        assert!(
            !Rate {
                rate_pico: 10_200_000_000,
                per: 1
            }
            .agrees_within(per_query, 10)
        );
        assert!(
            !Rate {
                rate_pico: 30_000_000_000,
                per: 1
            }
            .differs_by_more_than(per_query, 3)
        );
        assert!(
            Rate {
                rate_pico: 30_000_000_001,
                per: 1
            }
            .differs_by_more_than(per_query, 3)
        );
        assert!(
            Rate {
                rate_pico: 0,
                per: 1
            }
            .differs_by_more_than(per_query, 3)
        );
    }

    proptest! {
        #[test]
        fn a_text_of_up_to_fifteen_digits_is_read_exactly(digits in 1_i64..1_000_000_000, places in 0_usize..18) {
            let text = format!("{digits}e-{places}");
            let rate = Rate::from_decimal(&text, 1_000_000, 1_000_000);
            let exact = i128::from(digits) * 10_i128.pow(12);
            let divisor = 10_i128.pow(u32::try_from(places).unwrap());
            if exact % divisor == 0 {
                let expected = i64::try_from(exact / divisor).map_err(|_| RateError::OutOfRange);
                prop_assert_eq!(rate.map(|rate| rate.rate_pico), expected);
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9eE.+-]{0,70}") {
            let _ = Rate::from_decimal(&text, 1, 1_000_000);
        }
    }
}
