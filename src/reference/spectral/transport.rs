//! Convection, diffusion and logistic growth on a circle.

use super::periodic::{POSITION, TIME, argument};
use super::{C, Equation, Stepper};
use crate::Reference;
use crate::solutions::{ArgumentError, Arguments, SolutionKind, only};
use pinn_expr::PointFunction;
use pinn_units::{Declared, Dimensions};
use std::collections::HashMap;
use std::f64::consts::PI;

/// Modes; the coarser solution has half as many.
const MODES: usize = 1024;
/// Time steps over the longest time that is asked for, at least; the coarser solution has half as many.
const STEPS: usize = 800;

/// Transport u_t + β u_x = ν u_xx + ρ u (1 − u) from a given function.
///
/// Without diffusion, u₀(x − βt) is carried along characteristics and grown by the logistic function.
/// Otherwise the solution is a Fourier series, exact in time without growth and by ETDRK4 with it.
pub struct TransportPeriodic {
    declared: Declared,
    field: [usize; 1],
    speed: f64,
    diffusivity: f64,
    rate: f64,
    length: f64,
    position: PointFunction,
    time: PointFunction,
    /// Read at the row's own coordinates, of which the position is an affine function of one.
    start: PointFunction,
}

impl TransportPeriodic {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
        name: "transport-periodic",
        summary: "convection, diffusion and logistic growth on a circle from any start",
        fields: &[only(Dimensions([0, 0, 0, 0, 0, 0, 0]))],
        constants: &[
            argument("speed", [1, 0, -1, 0, 0, 0, 0], "speed of the current"),
            argument(
                "diffusivity",
                [2, 0, -1, 0, 0, 0, 0],
                "diffusion coefficient",
            ),
            argument("rate", [0, 0, -1, 0, 0, 0, 0], "rate of growth"),
            argument("length", [1, 0, 0, 0, 0, 0, 0], "length of the circle"),
        ],
        functions: &[
            POSITION,
            TIME,
            argument(
                "start",
                [0, 0, 0, 0, 0, 0, 0],
                "value at the start, over positions from 0 to the length",
            ),
        ],
        build: |declared, fields, arguments| {
            let Arguments {
                constants,
                functions,
            } = arguments;
            for (number, allowed) in [(1, "0 or positive"), (2, "0 or positive"), (3, "positive")] {
                let (found, least) = (constants[number], f64::from(u8::from(number == 3)));
                let positive = found > 0.0 || (least == 0.0 && found == 0.0);
                if !(found.is_finite() && positive) {
                    return Err(ArgumentError {
                        argument: Self::KIND.constants[number].name,
                        allowed,
                        found,
                    });
                }
            }
            let [position, time, start] = functions.try_into().map_err(|_| ArgumentError {
                argument: "start",
                allowed: "given",
                found: f64::NAN,
            })?;
            Ok(Box::new(TransportPeriodic {
                declared,
                field: [fields[0]],
                speed: constants[0],
                diffusivity: constants[1],
                rate: constants[2],
                length: constants[3],
                position,
                time,
                start,
            }))
        },
    };

    /// Start at positions on the circle.
    fn start(&self, positions: impl Iterator<Item = f64>) -> Vec<f64> {
        let columns = |x: Vec<f64>| vec![x; self.declared.coordinates.len()];
        let ends = self
            .position
            .evaluate(&columns(vec![0.0, 1.0]))
            .swap_remove(0);
        let x = positions.map(|p| (p.rem_euclid(self.length) - ends[0]) / (ends[1] - ends[0]));
        self.start.evaluate(&columns(x.collect())).swap_remove(0)
    }

    /// u₀ grown for a time.
    fn grown(&self, u: f64, t: f64) -> f64 {
        // Divided by e^{ρt}, which may be large.
        let decay = (-self.rate * t).exp();
        u / (u + (1.0 - u) * decay)
    }

    fn along_characteristics(&self, positions: &[f64], times: &[f64]) -> Vec<f64> {
        let feet = positions.iter().zip(times);
        let start = self.start(feet.map(|(x, t)| x - self.speed * t));
        let pairs = start.into_iter().zip(times);
        pairs.map(|(u, t)| self.grown(u, *t)).collect()
    }

    /// Values by Fourier series with `n` modes and at least so many steps.
    fn by_modes(&self, positions: &[f64], times: &[f64], n: usize, steps: usize) -> Vec<f64> {
        let equation = Equation {
            length: self.length,
            linear: |[speed, diffusivity, rate], k| C::new(rate - diffusivity * k * k, -speed * k),
            pointwise: |[_, _, rate], u| -rate * u * u,
            outer: |_| C::new(1.0, 0.0),
            parameters: [self.speed, self.diffusivity, self.rate],
        };
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
        let longest = order.last().map_or(0.0, |last| times[*last]);
        let most = longest / steps as f64;
        let mut steppers: HashMap<u64, Stepper> = HashMap::new();
        let mut modes: Vec<C> = self
            .start((0..n).map(|j| self.length * j as f64 / n as f64))
            .into_iter()
            .map(|u| C::new(u, 0.0))
            .collect();
        Stepper::new(equation, n, 1.0).forward.process(&mut modes);
        // The highest mode has no wave number: it would never decay and would grow without bound.
        modes[n / 2] = C::new(0.0, 0.0);
        let mut now = 0.0;
        let mut values = vec![0.0; times.len()];
        for row in order {
            let ahead = times[row] - now;
            if ahead > 0.0 {
                // Without growth a step of any length is exact.
                let count = match self.rate == 0.0 {
                    true => 1,
                    false => (ahead / most).ceil().max(1.0) as usize,
                };
                let h = ahead / count as f64;
                // Equal intervals but for rounding share a stepper.
                let key = (h / longest * 1e9).round() as u64;
                let stepper = steppers
                    .entry(key)
                    .or_insert_with(|| Stepper::new(equation, n, h));
                for _ in 0..count {
                    stepper.step(&mut modes);
                }
                now = times[row];
            }
            values[row] = series(&modes, positions[row] / self.length);
        }
        values
    }
}

/// Fourier series of a real function at a share of the length.
fn series(modes: &[C], share: f64) -> f64 {
    let n = modes.len();
    let turn = C::from_polar(1.0, 2.0 * PI * share);
    let mut sum = C::new(0.0, 0.0);
    for mode in modes[1..n / 2].iter().rev() {
        sum = (sum + mode) * turn;
    }
    (modes[0].re + 2.0 * sum.re) / n as f64
}

impl Reference for TransportPeriodic {
    fn describe(&self) -> String {
        match (self.diffusivity == 0.0, self.rate == 0.0) {
            (true, _) => "transport on a circle, along characteristics".to_string(),
            (false, true) => format!("transport on a circle, {MODES} Fourier modes"),
            (false, false) => {
                format!("transport on a circle: ETDRK4, {MODES} modes, {STEPS} steps")
            }
        }
    }

    fn fields(&self) -> &[usize] {
        &self.field
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let positions = self.position.evaluate(coordinates).swap_remove(0);
        let times = self.time.evaluate(coordinates).swap_remove(0);
        vec![match self.diffusivity == 0.0 {
            true => self.along_characteristics(&positions, &times),
            false => self.by_modes(&positions, &times, MODES, STEPS),
        }]
    }

    /// Rounding along characteristics; else the difference from half the modes and steps over the first time in which
    /// the slowest mode decays, some sixteen times the true one at fourth order.
    fn errors(&self) -> Vec<f64> {
        if self.diffusivity == 0.0 {
            return vec![16.0 * f64::EPSILON];
        }
        let decay = (2.0 * PI / self.length).powi(2) * self.diffusivity;
        let longest = 1.0 / (decay + self.rate);
        let times: Vec<f64> = (0..40)
            .map(|i| longest * f64::from(i / 8 + 1) / 5.0)
            .collect();
        let x: Vec<f64> = (0..40)
            .map(|i| self.length * f64::from(i % 8) / 8.3)
            .collect();
        let fine = self.by_modes(&x, &times, MODES, STEPS);
        let coarse = self.by_modes(&x, &times, MODES / 2, STEPS / 2);
        let size = fine.iter().fold(0.0, |size: f64, u| size.max(u.abs()));
        let pairs = fine.iter().zip(&coarse);
        let largest = pairs.fold(0.0, |largest: f64, (a, b)| largest.max((a - b).abs()));
        vec![largest / size.max(f64::MIN_POSITIVE)]
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_equations::ConvectionDiffusionReactionQuantities;
    use pinn_expr::{Function, Graph};
    use pinn_units::Symbols;

    /// From 1 + sin x, or half of it where it grows.
    fn reference(speed: f64, diffusivity: f64, rate: f64, size: f64) -> Box<dyn Reference> {
        let function = |make: &dyn Fn(&mut Graph) -> pinn_expr::Expr| {
            let mut graph = Graph::new();
            let e = make(&mut graph);
            PointFunction::new(&graph, &[e], &[]).unwrap()
        };
        let start = |graph: &mut Graph| {
            let x = graph.coordinate(1);
            let sine = graph.apply(Function::Sin, x);
            let one = graph.constant(1.0);
            let sum = graph.add(one, sine);
            let size = graph.constant(size);
            graph.mul(size, sum)
        };
        let arguments = Arguments {
            constants: vec![speed, diffusivity, rate, 2.0 * PI],
            functions: vec![
                function(&|g| g.coordinate(1)),
                function(&|g| g.coordinate(0)),
                function(&start),
            ],
        };
        let declared = ConvectionDiffusionReactionQuantities::declared();
        (TransportPeriodic::KIND.build)(declared, vec![0], arguments).unwrap()
    }

    fn at() -> (Vec<f64>, Vec<f64>) {
        let t = [0.0, 0.7, 0.1, 1.0, 0.1];
        let x = [1.0, 2.0, 0.0, 6.0, 4.5];
        (t.to_vec(), x.to_vec())
    }

    #[test]
    fn one_wave_is_carried_and_decays() {
        let (t, x) = at();
        for (speed, diffusivity) in [(3.0, 0.0), (3.0, 0.4), (0.0, 2.0)] {
            let reference = reference(speed, diffusivity, 0.0, 1.0);
            let found = reference.evaluate(&[t.clone(), x.clone()]).swap_remove(0);
            for ((t, x), u) in t.iter().zip(&x).zip(found) {
                let exact = 1.0 + (-diffusivity * t).exp() * (x - speed * t).sin();
                assert!(
                    (u - exact).abs() < 1e-12,
                    "{speed} {diffusivity}: {u} {exact}"
                );
            }
            assert!(reference.errors()[0] < 1e-12);
        }
    }

    #[test]
    fn growth_agrees_with_the_logistic_function_and_is_its_limit() {
        let (t, x) = at();
        let exact = |t: f64, x: f64| {
            let start = 0.4 * (1.0 + (x - 2.0 * t).sin());
            start * (5.0 * t).exp() / (1.0 + start * ((5.0 * t).exp() - 1.0))
        };
        for (diffusivity, tolerance) in [(0.0, 1e-13), (1e-7, 1e-5)] {
            let reference = reference(2.0, diffusivity, 5.0, 0.4);
            let found = reference.evaluate(&[t.clone(), x.clone()]).swap_remove(0);
            for ((t, x), u) in t.iter().zip(&x).zip(found) {
                assert!(
                    (u - exact(*t, *x)).abs() < tolerance,
                    "{u} {}",
                    exact(*t, *x)
                );
            }
        }
        let fast = reference(20.0, 20.0, 20.0, 0.4);
        let found = fast
            .evaluate(&[vec![1.0; 3], vec![0.0, 1.0, 6.0]])
            .swap_remove(0);
        assert!(found.iter().all(|u| (u - 1.0).abs() < 1e-6), "{found:?}");
        let spreading = reference(2.0, 0.5, 5.0, 0.4);
        assert!(spreading.errors()[0] < 1e-8, "{:e}", spreading.errors()[0]);
    }

    #[test]
    fn a_negative_rate_is_refused() {
        let declared = ConvectionDiffusionReactionQuantities::declared();
        let arguments = Arguments {
            constants: vec![1.0, 0.0, -1.0, 1.0],
            functions: Vec::new(),
        };
        let refused = (TransportPeriodic::KIND.build)(declared, vec![0], arguments).err();
        assert_eq!(refused.map(|e| e.argument), Some("rate"));
    }
}
