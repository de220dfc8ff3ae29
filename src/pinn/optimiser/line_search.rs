//! Line search for the strong Wolfe conditions.
//!
//! Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithms 3.5 (bracket) and 3.6 (zoom) with cubic
//! interpolation (eq. 3.59). Values that differ by less than their noise count as equal, so that slopes decide:
//! the decrease is relaxed by the noise (Shi, Xie, Byrd & Nocedal, *A noise-tolerant quasi-Newton algorithm for
//! unconstrained optimization*, SIAM J. Optim. 32, 2022).

/// Sufficient decrease, N&W eq. 3.6a, and curvature, eq. 3.7b: their recommendation for quasi-Newton methods.
const DECREASE: f64 = 1e-4;
const CURVATURE: f64 = 0.9;
/// Largest ratio of successive steps while bracketing.
const GROWTH: f64 = 4.0;
/// Largest number of evaluations; a well-scaled direction needs one or two.
const MAX_EVALUATIONS: usize = 30;

/// Step length with its value and slope.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) struct Trial {
    pub step: f64,
    pub value: f64,
    pub slope: f64,
}

/// Result of a search.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) enum Found {
    /// The Wolfe conditions hold at the trial, which was evaluated last.
    Accepted(Trial),
    /// They hold at no trial, but this trial has the lowest value, below that of the start by more than the noise.
    Lower(Trial),
    Nothing,
}

/// Searches from `start` (step 0, negative slope). `noise` is the size of insignificant differences between
/// values; `least` is the smallest relative width of an interval of distinct steps.
pub(super) fn search<E>(
    start: Trial,
    first: f64,
    noise: f64,
    least: f64,
    mut evaluate: impl FnMut(f64) -> Result<(f64, f64), E>,
) -> Result<Found, E> {
    let mut best = start;
    let mut left = MAX_EVALUATIONS;
    let mut probe = |step: f64| -> Result<Option<Trial>, E> {
        if left == 0 {
            return Ok(None);
        }
        left -= 1;
        let (value, slope) = evaluate(step)?;
        let finite = value.is_finite() && slope.is_finite();
        let value = if finite { value } else { f64::INFINITY };
        let trial = Trial { step, value, slope };
        if trial.value < best.value {
            best = trial;
        }
        Ok(Some(trial))
    };
    let too_high =
        |trial: &Trial| trial.value > start.value + DECREASE * trial.step * start.slope + noise;
    let accept = |trial: &Trial| !too_high(trial) && trial.slope.abs() <= -CURVATURE * start.slope;

    // Algorithm 3.5: find an interval that contains acceptable steps.
    let mut previous = start;
    let mut step = first;
    let mut interval = None;
    while let Some(trial) = probe(step)? {
        if accept(&trial) {
            return Ok(Found::Accepted(trial));
        }
        if too_high(&trial) || (trial.value > previous.value + noise && previous.step > 0.0) {
            interval = Some((previous, trial));
            break;
        }
        if trial.slope >= 0.0 {
            interval = Some((trial, previous));
            break;
        }
        // Extrapolate to the minimum of the cubic through both ends.
        let beyond = minimum(&previous, &trial, noise);
        step = beyond.map_or(2.0 * step, |s| s.clamp(1.1 * step, GROWTH * step));
        previous = trial;
    }

    // Algorithm 3.6: shrink it.
    if let Some((mut low, mut high)) = interval {
        while (high.step - low.step).abs() > least * high.step.max(low.step) {
            let width = high.step - low.step;
            let margin = 0.1 * width.abs();
            let (from, to) = (low.step.min(high.step), low.step.max(high.step));
            let middle = low.step + 0.5 * width;
            let step =
                minimum(&low, &high, noise).map_or(middle, |s| s.clamp(from + margin, to - margin));
            let Some(trial) = probe(step)? else { break };
            if accept(&trial) {
                return Ok(Found::Accepted(trial));
            }
            if too_high(&trial) || trial.value > low.value + noise {
                high = trial;
            } else {
                if trial.slope * width >= 0.0 {
                    high = low;
                }
                low = trial;
            }
        }
    }
    Ok(if best.value < start.value - noise {
        Found::Lower(best)
    } else {
        Found::Nothing
    })
}

/// Minimum of the parabola with the slopes of both trials if their values differ only by noise; otherwise that of the
/// cubic.
fn minimum(a: &Trial, b: &Trial, noise: f64) -> Option<f64> {
    if (a.value - b.value).abs() > noise {
        return cubic_minimum(a, b);
    }
    let step = a.step - a.slope * (b.step - a.step) / (b.slope - a.slope);
    let later = if a.step < b.step { b } else { a };
    let earlier = if a.step < b.step { a } else { b };
    (later.slope > earlier.slope && step.is_finite()).then_some(step)
}

/// Minimum of the cubic that agrees with values and slopes at both trials (N&W eq. 3.59).
fn cubic_minimum(a: &Trial, b: &Trial) -> Option<f64> {
    if !b.value.is_finite() || !a.value.is_finite() || a.step == b.step {
        return None;
    }
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
    let radicand = d1 * d1 - a.slope * b.slope;
    let d2 = (b.step - a.step).signum() * radicand.max(0.0).sqrt();
    let step = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    (radicand >= 0.0 && step.is_finite()).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn run(f: impl Fn(f64) -> (f64, f64), first: f64) -> Found {
        let (value, slope) = f(0.0);
        let start = Trial {
            step: 0.0,
            value,
            slope,
        };
        let found = search(start, first, 1e-14, 1e-12, |s| Ok::<_, Infallible>(f(s)));
        found.unwrap_or_else(|never| match never {})
    }

    fn strong_wolfe(f: impl Fn(f64) -> (f64, f64), trial: Trial) {
        let ((v0, s0), (v, s)) = (f(0.0), f(trial.step));
        assert!(v <= v0 + DECREASE * trial.step * s0, "{trial:?}");
        assert!(s.abs() <= CURVATURE * s0.abs(), "{trial:?}");
    }

    #[test]
    fn steps_satisfy_the_strong_wolfe_conditions_from_far_too_small_and_far_too_large() {
        // The second is the function of Moré & Thuente, ACM TOMS 20, 1994, eq. 5.1, with β = 2.
        let functions: [fn(f64) -> (f64, f64); 2] = [
            |x| ((x - 3.0).powi(2), 2.0 * (x - 3.0)),
            |x| {
                let d = x * x + 2.0;
                (-x / d, (x * x - 2.0) / (d * d))
            },
        ];
        for f in functions {
            for exponent in -5..6 {
                let Found::Accepted(trial) = run(f, 10f64.powi(exponent)) else {
                    panic!("nothing found from 1e{exponent}");
                };
                strong_wolfe(f, trial);
            }
        }
    }

    #[test]
    fn a_region_without_values_is_left() {
        let f = |x: f64| {
            if x > 0.5 {
                (f64::NAN, f64::NAN)
            } else {
                ((x - 0.3).powi(2), 2.0 * (x - 0.3))
            }
        };
        let Found::Accepted(trial) = run(f, 100.0) else {
            panic!("nothing found");
        };
        strong_wolfe(f, trial);
    }

    #[test]
    fn a_wrong_slope_finds_nothing() {
        assert_eq!(run(|x| (1.0 + x, -1.0), 1.0), Found::Nothing);
    }
}
