//! A sum of rational products, exact until it is rounded once.
use crate::MoneyError;
use crate::PicoUsd;

/// What one line multiplies: `quantity × rate_pico / per × multiplier`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    pub quantity: u64,
    pub rate_pico: i64,
    pub per: i64,
    /// Numerator and denominator.
    pub multiplier: (i64, i64),
}

/// `whole + num / den`, with `0 <= num < den`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExactSum {
    whole: i128,
    num: i128,
    den: i128,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self {
            whole: 0,
            num: 0,
            den: 1,
        }
    }
}

impl ExactSum {
    /// Adds a product.
    ///
    /// # Errors
    /// [`MoneyError::LineOutOfRange`], with every operand.
    pub fn add(&mut self, product: Product) -> Result<(), MoneyError> {
        self.add_signed(product, false)
    }

    /// Takes a product away.
    pub fn subtract(&mut self, product: Product) -> Result<(), MoneyError> {
        self.add_signed(product, true)
    }

    /// The sum in picodollars, rounded half to even.
    pub fn rounded(&self) -> Option<PicoUsd> {
        let up = match self.num.cmp(&(self.den - self.num)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => self.whole % 2 != 0,
            std::cmp::Ordering::Greater => true,
        };
        i64::try_from(self.whole.checked_add(i128::from(up))?)
            .ok()
            .map(PicoUsd::new)
    }

    fn add_signed(&mut self, product: Product, negate: bool) -> Result<(), MoneyError> {
        let before = *self;
        let fits = self.try_add(product, negate).is_some() && self.rounded().is_some();
        if fits {
            return Ok(());
        }
        *self = before;
        Err(MoneyError::LineOutOfRange {
            quantity: product.quantity,
            rate_pico: product.rate_pico,
            per: product.per,
            multiplier_num: product.multiplier.0,
            multiplier_den: product.multiplier.1,
            before: before.rounded().unwrap_or_default(),
        })
    }

    fn try_add(&mut self, product: Product, negate: bool) -> Option<()> {
        let (multiplier, divisor_multiplier) = product.multiplier;
        // 64 bits by 63: always within an i128.
        let plain = i128::from(product.quantity) * i128::from(product.rate_pico);
        let (numerator, divisor) = if product.multiplier == (1, 1) {
            (plain, i128::from(product.per))
        } else {
            let divisor = i128::from(product.per) * i128::from(divisor_multiplier);
            (plain.checked_mul(i128::from(multiplier))?, divisor)
        };
        let numerator = if negate {
            numerator.checked_neg()?
        } else {
            numerator
        };
        if divisor <= 0 {
            return None;
        }
        let (whole, num) = divide(numerator, divisor);
        self.whole = self.whole.checked_add(whole)?;
        if num == 0 {
            return Some(());
        }
        if self.den == divisor {
            self.num = self.num.checked_add(num)?;
        } else {
            let factor = divisor / gcd(self.den, divisor);
            let common = self.den.checked_mul(factor)?;
            self.num = self
                .num
                .checked_mul(factor)?
                .checked_add(num.checked_mul(common / divisor)?)?;
            self.den = common;
        }
        if self.num >= self.den {
            self.num -= self.den;
            self.whole = self.whole.checked_add(1)?;
        }
        Some(())
    }
}

/// Quotient and remainder, the remainder never negative. Most products fit 64 bits, where the
/// division takes a tenth of the time.
fn divide(numerator: i128, divisor: i128) -> (i128, i128) {
    if let (Ok(numerator), Ok(divisor)) = (i64::try_from(numerator), i64::try_from(divisor)) {
        let (whole, num) = (numerator.div_euclid(divisor), numerator.rem_euclid(divisor));
        return (i128::from(whole), i128::from(num));
    }
    (numerator.div_euclid(divisor), numerator.rem_euclid(divisor))
}

fn gcd(mut left: i128, mut right: i128) -> i128 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(quantity: u64, rate_pico: i64, per: i64) -> Product {
        Product {
            quantity,
            rate_pico,
            per,
            multiplier: (1, 1),
        }
    }

    #[test]
    fn thirds_of_a_picodollar_meet_again() {
        let mut sum = ExactSum::default();
        for _ in 0..3 {
            sum.add(product(1, 1, 3)).unwrap();
        }
        assert_eq!(sum.rounded(), Some(PicoUsd::new(1)));
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        for (halves, rounded) in [(1, 0), (3, 2), (5, 2), (7, 4)] {
            let mut sum = ExactSum::default();
            sum.add(product(halves, 1, 2)).unwrap();
            assert_eq!(sum.rounded(), Some(PicoUsd::new(rounded)), "{halves}/2");
        }
    }

    #[test]
    fn different_denominators_add_exactly() {
        let mut sum = ExactSum::default();
        for per in [2, 3, 6] {
            sum.add(product(1, 1, per)).unwrap();
        }
        assert_eq!((sum.whole, sum.num), (1, 0));
        sum.subtract(product(1, 1, 3)).unwrap();
        assert_eq!((sum.whole, sum.num * 3), (0, sum.den * 2));
    }

    #[test]
    fn too_much_money_is_an_error_that_shows_the_line() {
        let mut sum = ExactSum::default();
        sum.add(product(1, 5, 1)).unwrap();
        let error = sum
            .add(product(
                1_000_000_000_000,
                10_000_000_000_000_000,
                1_000_000,
            ))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "1000000000000 units × 10000000000000000 picodollars / 1000000 × 1/1, on top of \
             0.000000000005 USD, is out of range; amounts reach to ±9223372.036854775807 USD"
        );
        assert_eq!(
            sum.rounded(),
            Some(PicoUsd::new(5)),
            "a refused line leaves the sum alone"
        );
    }
}
