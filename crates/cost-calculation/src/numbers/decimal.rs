//! Decimal text, kept exactly: how prices and amounts enter without ever being a float.
use std::str::FromStr;

/// Longest text read as a number. The longest literal seen in public price lists has 25 characters.
const TEXT_MAX: usize = 64;
/// Significant digits that a `u128` holds for certain.
const DIGITS_MAX: usize = 38;
const EXPONENT_MAX: i32 = 1_000;

/// An exact decimal number, `±digits × 10^exponent`, as written in JSON or in a form field.
///
/// ```
/// use cost_calculation::Decimal;
/// // LiteLLM's `3e-07` USD per token, as picodollars per million tokens (10¹² × 10⁶):
/// assert_eq!("3e-07".parse::<Decimal>()?.scaled(18)?, 300_000_000_000);
/// # Ok::<(), cost_calculation::DecimalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

impl Decimal {
    /// The number times 10^`places`, if that is a whole number in range.
    ///
    /// # Errors
    /// [`DecimalError::TooPrecise`] where digits would be lost, [`DecimalError::OutOfRange`] beyond
    /// an `i64`.
    pub fn scaled(self, places: u32) -> Result<i64, DecimalError> {
        let (whole, exact) = self.split(places)?;
        if exact {
            Ok(whole)
        } else {
            Err(DecimalError::TooPrecise {
                text: self.to_string(),
                places,
            })
        }
    }

    /// The number times 10^`places`, rounded half to even.
    ///
    /// For quotes that are a division's result in their source (`0.08333333333333334`) and for
    /// amounts that a provider reports from floating point.
    ///
    /// # Errors
    /// [`DecimalError::OutOfRange`] beyond an `i64`.
    pub fn scaled_half_even(self, places: u32) -> Result<i64, DecimalError> {
        self.split(places).map(|(whole, _)| whole)
    }

    /// The same number with at most `count` significant digits, rounded half to even: takes off
    /// the binary noise of `5.0000000000000004e-08`.
    #[must_use]
    pub fn significant(self, count: u32) -> Self {
        let length = self.digits.checked_ilog10().map_or(0, |log| log + 1);
        if length <= count {
            return self;
        }
        let drop = length - count;
        let digits = 10_u128
            .checked_pow(drop)
            .map_or(0, |power| half_even(self.digits, power).0);
        let exponent = self
            .exponent
            .saturating_add(i32::try_from(drop).unwrap_or(i32::MAX));
        Self {
            digits,
            exponent,
            ..self
        }
    }

    /// The rounded whole number of 10^-`places`, and whether nothing was rounded away.
    fn split(self, places: u32) -> Result<(i64, bool), DecimalError> {
        let out_of_range = || DecimalError::OutOfRange(self.to_string());
        if self.digits == 0 {
            return Ok((0, true));
        }
        let shift = i64::from(self.exponent) + i64::from(places);
        let power = u32::try_from(shift.unsigned_abs()).map_err(|_| out_of_range())?;
        let (magnitude, exact) = if shift >= 0 {
            let scaled = 10_u128
                .checked_pow(power)
                .and_then(|power| self.digits.checked_mul(power));
            (scaled.ok_or_else(out_of_range)?, true)
        } else {
            // Beyond 38 places nothing of 38 digits is left.
            10_u128
                .checked_pow(power)
                .map_or((0, false), |power| half_even(self.digits, power))
        };
        let magnitude = i128::try_from(magnitude).map_err(|_| out_of_range())?;
        let signed = if self.negative { -magnitude } else { magnitude };
        i64::try_from(signed)
            .map(|whole| (whole, exact))
            .map_err(|_| out_of_range())
    }
}

/// `digits / power`, rounded half to even, and whether it was exact.
fn half_even(digits: u128, power: u128) -> (u128, bool) {
    let (quotient, remainder) = (digits / power, digits % power);
    let up = match remainder.cmp(&(power - remainder)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    (quotient + u128::from(up), remainder == 0)
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let refuse = || DecimalError::NotADecimal(text.chars().take(TEXT_MAX).collect());
        if text.len() > TEXT_MAX {
            return Err(refuse());
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent).ok_or_else(refuse)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(refuse()),
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(refuse());
        }
        let fraction = fraction.trim_end_matches('0');
        let significant = format!("{whole}{fraction}");
        let significant = significant.trim_start_matches('0');
        if significant.len() > DIGITS_MAX {
            return Err(DecimalError::OutOfRange(text.to_owned()));
        }
        let digits = if significant.is_empty() {
            0
        } else {
            significant.parse::<u128>().map_err(|_| refuse())?
        };
        let places = i32::try_from(fraction.len()).map_err(|_| refuse())?;
        Ok(Self {
            negative,
            digits,
            exponent: exponent - places,
        })
    }
}

fn exponent_of(text: &str) -> Option<i32> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i32 = text.parse().ok()?;
    (value.abs() <= EXPONENT_MAX).then_some(value)
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        if self.exponent == 0 {
            write!(formatter, "{sign}{}", self.digits)
        } else {
            write!(formatter, "{sign}{}e{}", self.digits, self.exponent)
        }
    }
}

/// Why a text is no number, or a number no whole count of the unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is no decimal number.
    #[error("`{0}` is not a decimal amount; write digits with a point, such as `0.0125`")]
    NotADecimal(String),
    /// The text has more decimal places than the unit can hold.
    #[error("`{text}` has more than {places} decimal places; the amount can't be kept exactly")]
    TooPrecise {
        /// The text as given.
        text: String,
        /// Decimal places that the unit holds.
        places: u32,
    },
    /// The text is a number beyond 64 bits of the unit.
    #[error("`{0}` is out of range; amounts reach to ±9223372.036854775807 USD")]
    OutOfRange(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn every_way_to_write_a_number_in_json_is_exact() {
        for (text, scaled) in [
            ("0.00013", 130_000_000),
            ("1.3e-4", 130_000_000),
            ("1.3E-04", 130_000_000),
            ("130E-6", 130_000_000),
            ("-0.00013", -130_000_000),
            ("10000", 10_000_000_000_000_000),
            ("1e+4", 10_000_000_000_000_000),
            ("0", 0),
            ("-0.000", 0),
            ("0e400", 0),
            ("1.50000000000000000000000000", 1_500_000_000_000),
        ] {
            assert_eq!(decimal(text).scaled(12).unwrap(), scaled, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_by_name() {
        for text in [
            "", "-", ".", "1.", ".5", "+1", "1,5", "1e", "1e+", "NaN", "0x1", " 1", "1e1001",
        ] {
            let error = text.parse::<Decimal>().unwrap_err();
            assert_eq!(error, DecimalError::NotADecimal(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn lost_digits_and_overflow_are_errors() {
        assert!(matches!(
            decimal("0.0000000000001").scaled(12),
            Err(DecimalError::TooPrecise { places: 12, .. })
        ));
        assert!(matches!(
            decimal("1e1000").scaled(12),
            Err(DecimalError::OutOfRange(_))
        ));
        assert!(matches!(
            decimal("9223372.036854775808").scaled(12),
            Err(DecimalError::OutOfRange(_))
        ));
        assert!(matches!(
            decimal("1e-1000").scaled(12),
            Err(DecimalError::TooPrecise { .. })
        ));
    }

    #[test]
    fn binary_noise_goes_with_fifteen_digits() {
        let noisy = decimal("5.0000000000000004e-08");
        assert!(noisy.scaled(18).is_err());
        assert_eq!(noisy.significant(15).scaled(18).unwrap(), 50_000_000_000);
        // 1/12 USD per million tokens never ends; it is rounded once, in its quoted unit.
        assert_eq!(
            decimal("0.08333333333333334").scaled_half_even(12).unwrap(),
            83_333_333_333
        );
    }

    #[test]
    fn ties_go_to_the_even_neighbour() {
        assert_eq!(decimal("0.5").scaled_half_even(0).unwrap(), 0);
        assert_eq!(decimal("1.5").scaled_half_even(0).unwrap(), 2);
        assert_eq!(decimal("2.5").scaled_half_even(0).unwrap(), 2);
        assert_eq!(decimal("-1.5").scaled_half_even(0).unwrap(), -2);
    }
}
