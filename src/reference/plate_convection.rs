//! A plane wall that cools or heats up by convection.

use super::Reference;
use super::solutions::{Argument, ArgumentError, Arguments, SolutionKind, only};
use pinn_expr::PointFunction;
use pinn_units::{Declared, Dimensions, Kind};
use std::f64::consts::{FRAC_PI_2, PI};

/// Below this Fourier number the wall is a half-space to all digits: the reflection of the insulated plane is
/// smaller than 4 erfc(1 / (2 √Fo)), about 6e-23.
const SHORT_TIME: f64 = 0.005;
/// Truncation that ends the series, relative to the initial difference.
const TRUNCATION: f64 = 1e-16;
/// Observed rounding of the sums, with room.
const ROUNDING: f64 = 1e-14;

/// Convection at a plane wall of half thickness L at a uniform initial temperature, with a mid-plane of
/// symmetry.
///
/// With Fo = α t / L² and Bi = h L / k, (T − T∞) / (T₀ − T∞) = Σ Cₙ exp(−ζₙ² Fo) cos(ζₙ x/L), where ζₙ tan ζₙ
/// = Bi and Cₙ = 4 sin ζₙ / (2 ζₙ + sin 2ζₙ) (Incropera et al., *Fundamentals of Heat and Mass Transfer*, 7th
/// ed., eqs. 5.42a–c; Carslaw & Jaeger, *Conduction of Heat in Solids*, 2nd ed., §3.11). The half-space
/// solution takes its place at short times, where the series converges slowly (Incropera, eq. 5.63; Carslaw &
/// Jaeger, §2.7).
pub struct PlateConvection {
    declared: Declared,
    field: [usize; 1],
    half_thickness: f64,
    diffusivity: f64,
    biot: f64,
    initial: f64,
    ambient: f64,
    position: PointFunction,
    time: PointFunction,
    /// (ζₙ, Cₙ)
    terms: Vec<(f64, f64)>,
    truncation: f64,
}

const fn argument(
    name: &'static str,
    dimensions: [i8; 7],
    kind: Kind,
    meaning: &'static str,
) -> Argument {
    Argument {
        name,
        dimensions: Dimensions(dimensions),
        kind,
        meaning,
    }
}

impl PlateConvection {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
        name: "plate-convection",
        summary: "plane wall, uniform at first, insulated mid-plane, convection at the face",
        fields: &[only(Dimensions::TEMPERATURE)],
        constants: &[
            argument(
                "half_thickness",
                [1, 0, 0, 0, 0, 0, 0],
                Kind::Plain,
                "distance of the face from the mid-plane",
            ),
            argument(
                "diffusivity",
                [2, 0, -1, 0, 0, 0, 0],
                Kind::Plain,
                "thermal diffusivity k / (rho c_p)",
            ),
            argument(
                "conductivity",
                [1, 1, -3, 0, -1, 0, 0],
                Kind::Plain,
                "thermal conductivity",
            ),
            argument(
                "transfer",
                [0, 1, -3, 0, -1, 0, 0],
                Kind::Plain,
                "heat transfer coefficient of the face",
            ),
            argument(
                "initial",
                [0, 0, 0, 0, 1, 0, 0],
                Kind::AbsoluteTemperature,
                "uniform temperature at first",
            ),
            argument(
                "ambient",
                [0, 0, 0, 0, 1, 0, 0],
                Kind::AbsoluteTemperature,
                "temperature of the fluid",
            ),
        ],
        functions: &[
            argument(
                "position",
                [1, 0, 0, 0, 0, 0, 0],
                Kind::Plain,
                "distance from the mid-plane",
            ),
            argument(
                "time",
                [0, 0, 1, 0, 0, 0, 0],
                Kind::Plain,
                "time since the cooling began",
            ),
        ],
        build: |declared, fields, arguments| {
            Ok(Box::new(PlateConvection::new(
                declared, fields[0], arguments,
            )?))
        },
    };

    /// Creates the solution from the arguments of [`PlateConvection::KIND`].
    ///
    /// # Errors
    /// If an argument is out of range.
    pub fn new(
        declared: Declared,
        field: usize,
        arguments: Arguments,
    ) -> Result<Self, ArgumentError> {
        let value = |i: usize| -> Result<f64, ArgumentError> {
            let found = arguments.constants.get(i).copied().unwrap_or(f64::NAN);
            let (argument, positive) = (Self::KIND.constants[i].name, i < 4);
            if found.is_finite() && (!positive || found > 0.0) {
                return Ok(found);
            }
            let allowed = if positive { "positive" } else { "finite" };
            Err(ArgumentError {
                argument,
                allowed,
                found,
            })
        };
        let (half_thickness, diffusivity) = (value(0)?, value(1)?);
        let biot = value(3)? * half_thickness / value(2)?;
        let mut functions = arguments.functions.into_iter();
        let mut function = |i: usize| {
            functions.next().ok_or(ArgumentError {
                argument: Self::KIND.functions[i].name,
                allowed: "given",
                found: f64::NAN,
            })
        };
        let (terms, truncation) = eigenfunctions(biot);
        Ok(PlateConvection {
            declared,
            field: [field],
            half_thickness,
            diffusivity,
            biot,
            initial: value(4)?,
            ambient: value(5)?,
            position: function(0)?,
            time: function(1)?,
            terms,
            truncation,
        })
    }

    /// (T − T∞) / (T₀ − T∞) at x/L and Fo.
    fn difference(&self, x: f64, fourier: f64) -> f64 {
        if fourier <= 0.0 {
            1.0
        } else if fourier < SHORT_TIME {
            half_space(1.0 - x, fourier, self.biot)
        } else {
            series_sum(&self.terms, x, fourier)
        }
    }
}

fn series_sum(terms: &[(f64, f64)], x: f64, fourier: f64) -> f64 {
    // Smallest terms first.
    let terms = terms.iter().rev();
    terms
        .map(|(zeta, c)| c * (-zeta * zeta * fourier).exp() * (zeta * x).cos())
        .sum()
}

/// Half-space with convection at the distance `depth` from its face:
/// 1 − erfc a + exp(2ab + b²) erfc(a + b) with a = depth / (2 √Fo), b = Bi √Fo.
fn half_space(depth: f64, fourier: f64, biot: f64) -> f64 {
    let a = depth / (2.0 * fourier.sqrt());
    let b = biot * fourier.sqrt();
    let s = a + b;
    let second = if s < 20.0 {
        (b * (a + s)).exp() * libm::erfc(s)
    } else {
        // Asymptotic series of exp(s²) erfc(s) (Abramowitz & Stegun 7.1.23); at s = 20 the first term left
        // out is below 1e-16.
        let r = 1.0 / (2.0 * s * s);
        let sum = 1.0 - r * (1.0 - 3.0 * r * (1.0 - 5.0 * r * (1.0 - 7.0 * r * (1.0 - 9.0 * r))));
        (-a * a).exp() * sum / (s * PI.sqrt())
    };
    1.0 - libm::erfc(a) + second
}

/// Roots and coefficients until the rest of the series is below [`TRUNCATION`] at [`SHORT_TIME`], and a
/// bound of that rest.
fn eigenfunctions(biot: f64) -> (Vec<(f64, f64)>, f64) {
    let mut terms = Vec::new();
    loop {
        let zeta = root(terms.len(), biot);
        // |Cₙ| ≤ 4 / (2ζ − 1) < 1 from the second root on; later exponents grow by at least 2πζ Fo each.
        let tail =
            (-zeta * zeta * SHORT_TIME).exp() / (1.0 - (-2.0 * PI * zeta * SHORT_TIME).exp());
        if !terms.is_empty() && tail < TRUNCATION {
            return (terms, tail);
        }
        terms.push((zeta, 4.0 * zeta.sin() / (2.0 * zeta + (2.0 * zeta).sin())));
    }
}

/// Root number `n` (from 0) of ζ sin ζ = Bi cos ζ, which lies alone in (nπ, nπ + π/2): bisection until the
/// ends are neighbours.
fn root(n: usize, biot: f64) -> f64 {
    let start = n as f64 * PI;
    let (mut lower, mut upper) = (0.0, FRAC_PI_2);
    loop {
        let middle = 0.5 * (lower + upper);
        if middle <= lower || middle >= upper {
            return start + middle;
        }
        // sin and cos of the offset alone: both change sign with nπ alike.
        if (start + middle) * middle.sin() < biot * middle.cos() {
            lower = middle;
        } else {
            upper = middle;
        }
    }
}

impl Reference for PlateConvection {
    fn describe(&self) -> String {
        format!(
            "plate-convection: {} eigenfunctions, Bi = {:.4}, half-space solution below Fo = {SHORT_TIME}",
            self.terms.len(),
            self.biot
        )
    }

    fn fields(&self) -> &[usize] {
        &self.field
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let positions = self.position.evaluate(coordinates);
        let times = self.time.evaluate(coordinates);
        let to_fourier = self.diffusivity / (self.half_thickness * self.half_thickness);
        let points = positions[0].iter().zip(&times[0]);
        let values = points.map(|(x, t)| {
            let difference = self.difference(x / self.half_thickness, t * to_fourier);
            self.ambient + (self.initial - self.ambient) * difference
        });
        vec![values.collect()]
    }

    /// Truncation of the series, of the half-space solution, and rounding, relative to T₀ − T∞.
    fn errors(&self) -> Vec<f64> {
        let image = 4.0 * libm::erfc(1.0 / (2.0 * SHORT_TIME.sqrt()));
        vec![self.truncation + image + ROUNDING]
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_satisfy_their_equation() {
        for biot in [1e-6, 0.1, 1.0, 30.0, 1e6] {
            for n in 0..40 {
                let zeta = root(n, biot);
                let scale = zeta.hypot(biot);
                let residual = (zeta * zeta.sin() - biot * zeta.cos()) / scale;
                assert!(
                    residual.abs() < 1e-15 * (1.0 + zeta) * 4.0,
                    "Bi {biot}, n {n}: {residual:e}"
                );
            }
        }
        // Incropera, table 5.1: Bi = 1.
        assert!((root(0, 1.0) - 0.8603).abs() < 5e-5);
    }

    #[test]
    fn short_and_long_form_agree_where_they_meet() {
        for biot in [0.01, 0.125, 1.0, 10.0, 300.0] {
            let (terms, _) = eigenfunctions(biot);
            for i in 0..=20 {
                let x = f64::from(i) / 20.0;
                let long = series_sum(&terms, x, SHORT_TIME);
                let short = half_space(1.0 - x, SHORT_TIME, biot);
                assert!(
                    (long - short).abs() < 2e-14,
                    "Bi {biot}, x {x}: {long} {short}"
                );
            }
        }
    }

    /// Independent of any series: finite volumes in space, Crank–Nicolson in time after four implicit Euler
    /// steps (Rannacher), Richardson extrapolation over two grids.
    #[test]
    fn agrees_with_a_computation_on_a_grid() {
        let (biot, end) = (0.6, 0.4);
        let (coarse, fine) = (grid(biot, end, 100, 800), grid(biot, end, 200, 1600));
        let (terms, _) = eigenfunctions(biot);
        for i in 0..=100 {
            let extrapolated = (4.0 * fine[2 * i] - coarse[i]) / 3.0;
            let series = series_sum(&terms, i as f64 / 100.0, end);
            assert!(
                (extrapolated - series).abs() < 1e-7,
                "{i}: {extrapolated} {series}"
            );
        }
    }

    /// θ_t = θ_xx on nodes i/n; θ_x(0) = 0, θ_x(1) = −Bi θ(1).
    fn grid(biot: f64, end: f64, n: usize, steps: usize) -> Vec<f64> {
        let h = 1.0 / n as f64;
        let mut theta = vec![1.0; n + 1];
        // Rate of node i: half cells at both ends.
        let rate = |v: &[f64], i: usize| {
            let left = if i == 0 { 0.0 } else { (v[i - 1] - v[i]) / h };
            let right = if i == n {
                -biot * v[n]
            } else {
                (v[i + 1] - v[i]) / h
            };
            (left + right) / if i == 0 || i == n { h / 2.0 } else { h }
        };
        let mut advance = |dt: f64, implicit: f64| {
            let mut right: Vec<f64> = (0..=n)
                .map(|i| theta[i] + (1.0 - implicit) * dt * rate(&theta, i))
                .collect();
            // Thomas algorithm.
            let r = implicit * dt / (h * h);
            let row = |i: usize| match i {
                0 => (0.0, 1.0 + 2.0 * r, -2.0 * r),
                i if i == n => (-2.0 * r, 1.0 + 2.0 * r * (1.0 + biot * h), 0.0),
                _ => (-r, 1.0 + 2.0 * r, -r),
            };
            let mut upper = vec![0.0; n + 1];
            for i in 0..=n {
                let (a, b, c) = row(i);
                let (before, solved) = if i == 0 {
                    (0.0, 0.0)
                } else {
                    (upper[i - 1], right[i - 1])
                };
                let pivot = b - a * before;
                upper[i] = c / pivot;
                right[i] = (right[i] - a * solved) / pivot;
            }
            for i in (0..n).rev() {
                right[i] -= upper[i] * right[i + 1];
            }
            theta = right;
        };
        let dt = end / steps as f64;
        for _ in 0..4 {
            advance(dt / 2.0, 1.0);
        }
        for _ in 2..steps {
            advance(dt, 0.5);
        }
        theta
    }
}
