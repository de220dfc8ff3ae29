//! Learning-rate schedules.

use super::settings::Schedule;

impl Schedule {
    /// Factor on the learning rate at `step` (from 0) of a phase of `steps` steps.
    pub fn factor(self, step: usize, steps: usize) -> f64 {
        match self {
            Schedule::Constant => 1.0,
            Schedule::Exponential { decay, every } => decay.powf(step as f64 / every.max(1) as f64),
            Schedule::Cosine { floor } => {
                let done = step.min(steps) as f64 / steps.max(1) as f64;
                floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_pass_through_their_defining_points() {
        assert_eq!(Schedule::Constant.factor(17, 100), 1.0);
        let exponential = Schedule::Exponential {
            decay: 0.5,
            every: 10,
        };
        assert_eq!(exponential.factor(0, 100), 1.0);
        assert!((exponential.factor(20, 100) - 0.25).abs() < 1e-15);
        let cosine = Schedule::Cosine { floor: 0.1 };
        assert_eq!(cosine.factor(0, 100), 1.0);
        assert!((cosine.factor(50, 100) - 0.55).abs() < 1e-15);
        assert!((cosine.factor(100, 100) - 0.1).abs() < 1e-15);
        assert!((cosine.factor(200, 100) - 0.1).abs() < 1e-15);
    }

    #[test]
    fn degenerate_phases_stay_finite() {
        let exponential = Schedule::Exponential {
            decay: 0.9,
            every: 0,
        };
        assert!(exponential.factor(3, 0).is_finite());
        assert!(Schedule::Cosine { floor: 0.0 }.factor(0, 0).is_finite());
    }
}
