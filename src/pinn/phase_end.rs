//! Reasons why a training phase ends.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Rule that ended a phase; reports and checkpoints hold its name.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum PhaseEnd {
    /// All steps of the phase were taken.
    #[serde(rename = "steps")]
    Steps,
    /// The loss fell below the target of the phase.
    #[serde(rename = "target loss")]
    TargetLoss,
    /// The time limit of the phase was reached.
    #[serde(rename = "time")]
    Time,
    /// The loss stagnated for as many steps as the phase allows.
    #[serde(rename = "stagnation")]
    Stagnation,
    /// The largest gradient entry was below the tolerance of the optimiser.
    #[serde(rename = "gradient")]
    Gradient,
    /// The optimiser found no lower value at the working precision.
    #[serde(rename = "no descent")]
    NoDescent,
}

impl PhaseEnd {
    /// The name in reports and checkpoints.
    pub fn name(self) -> &'static str {
        match self {
            PhaseEnd::Steps => "steps",
            PhaseEnd::TargetLoss => "target loss",
            PhaseEnd::Time => "time",
            PhaseEnd::Stagnation => "stagnation",
            PhaseEnd::Gradient => "gradient",
            PhaseEnd::NoDescent => "no descent",
        }
    }
}

impl fmt::Display for PhaseEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_the_names() {
        for end in [
            PhaseEnd::Steps,
            PhaseEnd::TargetLoss,
            PhaseEnd::Time,
            PhaseEnd::Stagnation,
            PhaseEnd::Gradient,
            PhaseEnd::NoDescent,
        ] {
            let text = serde_json::to_string(&end).unwrap();
            assert_eq!(text, format!("{:?}", end.name()));
            assert_eq!(serde_json::from_str::<PhaseEnd>(&text).unwrap(), end);
        }
    }
}
