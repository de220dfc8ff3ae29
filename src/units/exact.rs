//! Decimal numbers carried to about 31 digits, so that conversions between units round once, at the end.
//!
//! A number is an unevaluated sum of two doubles (Dekker, *A floating-point technique for extending the
//! available precision*, Numer. Math. 18, 1971; the error of a product through a fused multiply–add).

/// `high + low` with |low| ≤ ulp(high)/2.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) struct Exact {
    high: f64,
    low: f64,
}

impl Exact {
    pub const ONE: Exact = Exact {
        high: 1.0,
        low: 0.0,
    };

    /// The double that a person wrote as a decimal: 0.001 is one thousandth and not the double nearest to it.
    pub fn decimal(value: f64) -> Self {
        // `{:e}` prints the shortest decimal that reads back as `value`: at most 17 digits, which fit in i64.
        let text = format!("{value:e}");
        let parts = text.split_once('e').and_then(|(mantissa, exponent)| {
            let decimals = mantissa.split_once('.').map_or(0, |(_, d)| d.len() as i32);
            let digits: i64 = mantissa.replace('.', "").parse().ok()?;
            Some((digits, exponent.parse::<i32>().ok()? - decimals))
        });
        let Some((digits, exponent)) = parts else {
            return Exact {
                high: value,
                low: 0.0,
            };
        };
        let high = digits as f64;
        let mantissa = Exact {
            high,
            low: (digits - high as i64) as f64,
        };
        let ten = Exact {
            high: 10.0,
            low: 0.0,
        };
        mantissa.times(ten.power(exponent))
    }

    fn sum(high: f64, low: f64) -> Self {
        let total = high + low;
        Exact {
            high: total,
            low: low - (total - high),
        }
    }

    pub fn plus(self, other: Exact) -> Self {
        // Knuth's two-sum: no assumption on which is larger.
        let total = self.high + other.high;
        let part = total - self.high;
        let error = (self.high - (total - part)) + (other.high - part);
        Exact::sum(total, error + self.low + other.low)
    }

    pub fn times(self, other: Exact) -> Self {
        let product = self.high * other.high;
        let error = self.high.mul_add(other.high, -product);
        Exact::sum(
            product,
            error + self.high * other.low + self.low * other.high,
        )
    }

    pub fn over(self, other: Exact) -> Self {
        let first = self.high / other.high;
        let quotient = Exact {
            high: first,
            low: 0.0,
        };
        let back = other.times(quotient);
        let rest = self.plus(Exact {
            high: -back.high,
            low: -back.low,
        });
        Exact::sum(first, rest.high / other.high)
    }

    /// Repeated squaring; a negative exponent divides once.
    pub fn power(self, exponent: i32) -> Self {
        let mut result = Exact::ONE;
        let mut square = self;
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            if left & 1 == 1 {
                result = result.times(square);
            }
            left >>= 1;
            if left > 0 {
                square = square.times(square);
            }
        }
        if exponent < 0 {
            Exact::ONE.over(result)
        } else {
            result
        }
    }

    /// Nearest double; not finite when a step overflowed.
    pub fn value(self) -> f64 {
        self.high + self.low
    }
}

/// Rounds to 15 significant digits: every decimal of so many digits survives a double.
pub(super) fn round15(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_not_doubles() {
        let tenth = Exact::decimal(0.1);
        assert_ne!(tenth.low, 0.0);
        let sum = (0..10).fold(Exact::decimal(0.0), |sum, _| sum.plus(tenth));
        assert_eq!(sum.value(), 1.0);
        assert_eq!(Exact::decimal(1e-3).power(-3).value(), 1e9);
        assert_eq!(
            Exact::decimal(0.3048).over(Exact::decimal(12.0)).value(),
            0.0254
        );
    }

    #[test]
    fn extremes_do_not_panic() {
        for x in [
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            f64::INFINITY,
            f64::NAN,
            -0.0,
        ] {
            let x = Exact::decimal(x);
            let _ = x.times(x).over(x).power(-7).value();
        }
    }
}
