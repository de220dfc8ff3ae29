//! Objectives of a search.

use serde::{Deserialize, Serialize};

/// Objectives, all to be minimised.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Objectives {
    /// log₁₀ of the unweighted dimensionless loss (sum of mean squares of all residuals) at points that
    /// training did not use; infinite if training failed.
    #[serde(with = "null")]
    pub residual: f64,
    /// Standard deviation of log₁₀‖g_l‖ over layers l and steps, where g_l is the gradient of the optimised
    /// loss by the weights of layer l.
    #[serde(with = "null")]
    pub unsteadiness: f64,
    /// Number of [`operations`](super::operations) of a step, relative to the network without norms.
    pub cost: f64,
}

impl Objectives {
    /// Names of the objectives, in the order of declaration.
    pub const NAMES: [&'static str; 3] = ["residual", "unsteadiness", "cost"];

    /// Objectives in the order of [`Objectives::NAMES`].
    pub fn values(self) -> [f64; 3] {
        [self.residual, self.unsteadiness, self.cost]
    }

    /// Returns true if all objectives are finite.
    pub fn is_finite(self) -> bool {
        self.values().iter().all(|v| v.is_finite())
    }

    /// Means over the seeds of one configuration. The residual's mean is not finite if one of the residuals
    /// is not.
    pub fn mean<'a>(all: impl Iterator<Item = &'a Objectives> + Clone) -> Objectives {
        let n = all.clone().count().max(1) as f64;
        let mean = |value: fn(&Objectives) -> f64| all.clone().map(value).sum::<f64>() / n;
        Objectives {
            residual: mean(|o| o.residual),
            unsteadiness: mean(|o| o.unsteadiness),
            cost: mean(|o| o.cost),
        }
    }
}

/// Standard deviation of the base-10 logarithms of positive values; zero for fewer than two. A vanished gradient
/// counts as the smallest positive number.
pub(super) fn spread(values: &[f64]) -> f64 {
    let logarithms = values.iter().map(|v| v.max(f64::MIN_POSITIVE).log10());
    let n = values.len() as f64;
    if values.len() < 2 {
        return 0.0;
    }
    let mean = logarithms.clone().sum::<f64>() / n;
    (logarithms.map(|l| (l - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// JSON has no infinity: `null` stands for it.
mod null {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        match value.is_finite() {
            true => to.serialize_f64(*value),
            false => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(from)?.unwrap_or(f64::INFINITY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_counts_decades() {
        assert_eq!(spread(&[3.0, 3.0]), 0.0);
        assert!((spread(&[1e-2, 1.0]) - 1.0).abs() < 1e-12);
        assert!((spread(&[5.0, 500.0]) - spread(&[5e-9, 5e-7])).abs() < 1e-12);
        assert_eq!(spread(&[7.0]), 0.0);
        assert!(spread(&[0.0, 1.0]).is_finite());
    }
}
