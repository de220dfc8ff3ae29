//! Burgers' equation from a sine, by the transformation of Cole and Hopf.

use super::Reference;
use super::gauss_hermite::gauss_hermite;
use super::solutions::{Argument, ArgumentError, Arguments, SolutionKind, only};
use pinn_expr::PointFunction;
use pinn_units::{Declared, Dimensions, Kind};
use std::f64::consts::PI;

/// Nodes of the quadrature, and of the coarser one that shows its error.
const NODES: usize = 200;
const COARSE: usize = 160;
/// Observed rounding of the sums, with room.
const ROUNDING: f64 = 1e-14;

/// Decay of a sine under Burgers' equation: u(0, x) = −U sin(πx/L), which vanishes at multiples of L at all
/// times.
///
/// The solution is u = −U ∫ sin(π(x − η)/L) f(x − η) exp(−η²/4νt) dη / ∫ f(x − η) exp(−η²/4νt) dη with f(y) =
/// exp(−U L cos(πy/L) / 2πν) (Cole, *Quart. Appl. Math.* 9, 1951; Basdevant et al., *Computers & Fluids* 14,
/// 1986, eq. 4). The integrals use Gauss–Hermite quadrature in η / √(4νt); the error is the difference from
/// fewer nodes.
pub struct BurgersSine {
    declared: Declared,
    field: [usize; 1],
    amplitude: f64,
    half_length: f64,
    viscosity: f64,
    position: PointFunction,
    time: PointFunction,
    rule: Vec<(f64, f64)>,
    error: f64,
}

const fn argument(name: &'static str, dimensions: [i8; 7], meaning: &'static str) -> Argument {
    Argument {
        name,
        dimensions: Dimensions(dimensions),
        kind: Kind::Plain,
        meaning,
    }
}

impl BurgersSine {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
        name: "burgers-sine",
        summary: "Burgers' equation from -amplitude sin(pi x / half_length), by Cole and Hopf",
        fields: &[only(Dimensions([1, 0, -1, 0, 0, 0, 0]))],
        constants: &[
            argument(
                "amplitude",
                [1, 0, -1, 0, 0, 0, 0],
                "largest initial velocity",
            ),
            argument(
                "half_length",
                [1, 0, 0, 0, 0, 0, 0],
                "distance between two zeros",
            ),
            argument("viscosity", [2, 0, -1, 0, 0, 0, 0], "kinematic viscosity"),
        ],
        functions: &[
            argument("position", [1, 0, 0, 0, 0, 0, 0], "distance from a zero"),
            argument("time", [0, 0, 1, 0, 0, 0, 0], "time since the sine"),
        ],
        build: |declared, fields, arguments| {
            Ok(Box::new(BurgersSine::new(declared, fields[0], arguments)?))
        },
    };

    /// Creates the solution from the arguments of [`BurgersSine::KIND`].
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
            if found.is_finite() && found > 0.0 {
                return Ok(found);
            }
            Err(ArgumentError {
                argument: Self::KIND.constants[i].name,
                allowed: "positive",
                found,
            })
        };
        let (amplitude, half_length, viscosity) = (value(0)?, value(1)?, value(2)?);
        let mut functions = arguments.functions.into_iter();
        let mut function = |i: usize| {
            functions.next().ok_or(ArgumentError {
                argument: Self::KIND.functions[i].name,
                allowed: "given",
                found: f64::NAN,
            })
        };
        let mut reference = BurgersSine {
            declared,
            field: [field],
            amplitude,
            half_length,
            viscosity,
            position: function(0)?,
            time: function(1)?,
            rule: gauss_hermite(NODES),
            error: 0.0,
        };
        reference.error = reference.observed_error();
        Ok(reference)
    }

    /// Largest difference between the two rules over one period and the time L/U, in which the wave steepens
    /// and begins to decay.
    fn observed_error(&self) -> f64 {
        let coarse = gauss_hermite(COARSE);
        let mut largest: f64 = 0.0;
        for i in 1..=40 {
            let t = f64::from(i) / 40.0 * self.half_length / self.amplitude;
            for j in 0..=100 {
                // Denser towards the front at zero.
                let x = (f64::from(j) / 100.0).powi(3) * self.half_length;
                let difference = self.velocity(&self.rule, x, t) - self.velocity(&coarse, x, t);
                largest = largest.max(difference.abs() / self.amplitude);
            }
        }
        largest
    }

    fn velocity(&self, rule: &[(f64, f64)], x: f64, t: f64) -> f64 {
        let wave = PI / self.half_length;
        if t <= 0.0 {
            return -self.amplitude * (wave * x).sin();
        }
        let spread = (4.0 * self.viscosity * t).sqrt();
        let strength = self.amplitude * self.half_length / (2.0 * PI * self.viscosity);
        let exponent =
            |(node, weight): &(f64, f64)| weight - strength * (wave * (x - spread * node)).cos();
        let largest = rule.iter().map(exponent).fold(f64::NEG_INFINITY, f64::max);
        let (mut above, mut below) = (0.0, 0.0);
        for point in rule {
            let weight = (exponent(point) - largest).exp();
            above += weight * (wave * (x - spread * point.0)).sin();
            below += weight;
        }
        -self.amplitude * above / below
    }
}

impl Reference for BurgersSine {
    fn describe(&self) -> String {
        format!("burgers-sine: transformation of Cole and Hopf, {NODES} nodes")
    }

    fn fields(&self) -> &[usize] {
        &self.field
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let positions = self.position.evaluate(coordinates).swap_remove(0);
        let times = self.time.evaluate(coordinates).swap_remove(0);
        let points = positions.iter().zip(times);
        vec![
            points
                .map(|(x, t)| self.velocity(&self.rule, *x, t))
                .collect(),
        ]
    }

    fn errors(&self) -> Vec<f64> {
        vec![self.error + ROUNDING]
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_equations::BurgersQuantities;
    use pinn_expr::Graph;
    use pinn_units::Symbols;

    fn standard() -> BurgersSine {
        let declared = BurgersQuantities::declared();
        let coordinate = |number: u8| {
            let mut graph = Graph::new();
            let e = graph.coordinate(number);
            PointFunction::new(&graph, &[e], &[]).unwrap()
        };
        let arguments = Arguments {
            constants: vec![1.0, 1.0, 0.01 / PI],
            functions: vec![coordinate(1), coordinate(0)],
        };
        BurgersSine::new(declared, 0, arguments).unwrap()
    }

    #[test]
    fn the_steepest_slope_agrees_with_the_literature() {
        // Basdevant et al. 1986, table 3: −152.00516 at t = 1.6037/π.
        let reference = standard();
        let h = 1e-5;
        let t = 1.6037 / PI;
        let slope = reference.velocity(&reference.rule, h, t) / h;
        assert!((slope + 152.005_16).abs() < 1e-3, "{slope}");
        assert!(reference.errors()[0] < 1e-12, "{:e}", reference.errors()[0]);
    }

    #[test]
    fn the_equation_holds() {
        let reference = standard();
        let u = |t: f64, x: f64| reference.velocity(&reference.rule, x, t);
        for (t, x) in [(0.1, 0.3), (0.3, 0.2), (0.7, 0.4), (1.0, -0.6)] {
            let h = 1e-3;
            let u_t = (u(t + h, x) - u(t - h, x)) / (2.0 * h);
            let u_x = (u(t, x + h) - u(t, x - h)) / (2.0 * h);
            let u_xx = (u(t, x + h) - 2.0 * u(t, x) + u(t, x - h)) / (h * h);
            let residual = u_t + u(t, x) * u_x - 0.01 / PI * u_xx;
            assert!(residual.abs() < 2e-4, "{t} {x}: {residual:e}");
        }
    }
}
