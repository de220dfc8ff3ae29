//! Two periodic problems that are benchmarks of physics-informed networks.

use super::{C, Equation, Trajectory};
use crate::Reference;
use crate::solutions::{Argument, ArgumentError, Arguments, SolutionKind, only};
use pinn_expr::PointFunction;
use pinn_units::{Declared, Dimensions, Kind};
use std::f64::consts::PI;
use std::sync::OnceLock;

/// Modes, snapshots and steps between snapshots of a solution; the coarser one has half of the first two.
#[derive(Copy, Clone)]
struct Resolution {
    modes: usize,
    snapshots: usize,
    steps: usize,
}

/// A periodic solution, computed when it is first asked for. Its error is the difference from a solution with
/// half the modes, snapshots and time steps, some sixteen times the true one at fourth order.
struct Periodic {
    declared: Declared,
    field: [usize; 1],
    name: &'static str,
    equation: Equation,
    /// Value at the start by the distance from the middle in half lengths.
    start: fn(f64) -> f64,
    amplitude: f64,
    duration: f64,
    resolution: Resolution,
    position: PointFunction,
    time: PointFunction,
    solved: OnceLock<(Trajectory, f64)>,
}

impl Periodic {
    fn solved(&self) -> &(Trajectory, f64) {
        self.solved.get_or_init(|| {
            let Resolution {
                modes,
                snapshots,
                steps,
            } = self.resolution;
            let half = 0.5 * self.equation.length;
            let start = |x: f64| {
                let signed = if x < half { x } else { x - 2.0 * half };
                self.amplitude * (self.start)(signed / half)
            };
            let solve = |modes, snapshots| {
                self.equation
                    .solve(start, self.duration, modes, snapshots, steps)
            };
            let fine = solve(modes, snapshots);
            let error = fine.difference(&solve(modes / 2, snapshots / 2));
            (fine, error)
        })
    }
}

impl Reference for Periodic {
    fn describe(&self) -> String {
        let Resolution {
            modes,
            snapshots,
            steps,
        } = self.resolution;
        format!(
            "{}: ETDRK4, {modes} modes, {} steps",
            self.name,
            snapshots * steps
        )
    }

    fn fields(&self) -> &[usize] {
        &self.field
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let positions = self.position.evaluate(coordinates).swap_remove(0);
        let times = self.time.evaluate(coordinates).swap_remove(0);
        let trajectory = &self.solved().0;
        let points = positions.iter().zip(times);
        vec![points.map(|(x, t)| trajectory.value(*x, t)).collect()]
    }

    fn errors(&self) -> Vec<f64> {
        vec![self.solved().1]
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}

pub(super) const fn argument(
    name: &'static str,
    dimensions: [i8; 7],
    meaning: &'static str,
) -> Argument {
    Argument {
        name,
        dimensions: Dimensions(dimensions),
        kind: Kind::Plain,
        meaning,
    }
}

pub(super) const POSITION: Argument = argument(
    "position",
    [1, 0, 0, 0, 0, 0, 0],
    "distance from the middle",
);
pub(super) const TIME: Argument = argument("time", [0, 0, 1, 0, 0, 0, 0], "time since the start");
const HALF_LENGTH: Argument = argument("half_length", [1, 0, 0, 0, 0, 0, 0], "half of the period");
const DURATION: Argument = argument("duration", [0, 0, 1, 0, 0, 0, 0], "latest time");

/// Constants of a kind, all positive.
fn positive(kind: &SolutionKind, arguments: &Arguments) -> Result<Vec<f64>, ArgumentError> {
    let constants = kind.constants.iter().zip(&arguments.constants);
    let checked = constants.map(|(argument, found)| {
        if found.is_finite() && *found > 0.0 {
            return Ok(*found);
        }
        Err(ArgumentError {
            argument: argument.name,
            allowed: "positive",
            found: *found,
        })
    });
    checked.collect()
}

fn functions(arguments: Arguments) -> Result<[PointFunction; 2], ArgumentError> {
    arguments.functions.try_into().map_err(|_| ArgumentError {
        argument: POSITION.name,
        allowed: "given, and `time` too",
        found: f64::NAN,
    })
}

/// Allen–Cahn equation u_t = D u_xx + r (u − u³) from x² cos πx, x in half lengths (Raissi, Perdikaris &
/// Karniadakis, *J. Comput. Phys.* 378, 2019, eq. 24). The slope jumps where the period closes; diffusion
/// rounds that off at once.
pub struct AllenCahnPeriodic;

impl AllenCahnPeriodic {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
        name: "allen-cahn-periodic",
        summary: "Allen-Cahn equation on a circle from x^2 cos(pi x), x in half lengths, by ETDRK4",
        fields: &[only(Dimensions([0, 0, 0, 0, 0, 0, 0]))],
        constants: &[
            argument(
                "diffusivity",
                [2, 0, -1, 0, 0, 0, 0],
                "diffusion coefficient",
            ),
            argument("rate", [0, 0, -1, 0, 0, 0, 0], "rate of the reaction"),
            HALF_LENGTH,
            DURATION,
        ],
        functions: &[POSITION, TIME],
        build: |declared, fields, arguments| {
            let c = positive(&Self::KIND, &arguments)?;
            let [position, time] = functions(arguments)?;
            Ok(Box::new(Periodic {
                declared,
                field: [fields[0]],
                name: Self::KIND.name,
                equation: Equation {
                    length: 2.0 * c[2],
                    linear: |p, k| C::new(p[1] - p[0] * k * k, 0.0),
                    pointwise: |p, u| -p[1] * u * u * u,
                    outer: |_| C::new(1.0, 0.0),
                    parameters: [c[0], c[1], 0.0],
                },
                start: |x| x * x * (PI * x).cos(),
                amplitude: 1.0,
                duration: c[3],
                resolution: Resolution {
                    modes: 2048,
                    snapshots: 400,
                    steps: 4,
                },
                position,
                time,
                solved: OnceLock::new(),
            }))
        },
    };
}

/// Korteweg–de Vries equation u_t + u u_x + β u_xxx = 0 from U cos πx, x in half lengths (Zabusky & Kruskal,
/// *Phys. Rev. Lett.* 15, 1965).
pub struct KortewegDeVriesPeriodic;

impl KortewegDeVriesPeriodic {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
        name: "korteweg-de-vries-periodic",
        summary: "Korteweg-de Vries equation on a circle from a cosine, by ETDRK4",
        fields: &[only(Dimensions([1, 0, -1, 0, 0, 0, 0]))],
        constants: &[
            argument("dispersion", [3, 0, -1, 0, 0, 0, 0], "factor of u_xxx"),
            argument("amplitude", [1, 0, -1, 0, 0, 0, 0], "largest initial value"),
            HALF_LENGTH,
            DURATION,
        ],
        functions: &[POSITION, TIME],
        build: |declared, fields, arguments| {
            let c = positive(&Self::KIND, &arguments)?;
            let [position, time] = functions(arguments)?;
            Ok(Box::new(Periodic {
                declared,
                field: [fields[0]],
                name: Self::KIND.name,
                equation: Equation {
                    length: 2.0 * c[2],
                    linear: |p, k| C::new(0.0, p[0] * k * k * k),
                    pointwise: |_, u| u * u,
                    outer: |k| C::new(0.0, -0.5 * k),
                    parameters: [c[0], 0.0, 0.0],
                },
                start: |x| (PI * x).cos(),
                amplitude: c[1],
                duration: c[3],
                resolution: Resolution {
                    modes: 512,
                    snapshots: 1600,
                    steps: 6,
                },
                position,
                time,
                solved: OnceLock::new(),
            }))
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinn_equations::{AllenCahnQuantities, KortewegDeVriesQuantities};
    use pinn_expr::Graph;
    use pinn_units::Symbols;

    fn build(kind: &SolutionKind, declared: Declared, constants: Vec<f64>) -> Box<dyn Reference> {
        let coordinate = |number: u8| {
            let mut graph = Graph::new();
            let e = graph.coordinate(number);
            PointFunction::new(&graph, &[e], &[]).unwrap()
        };
        let arguments = Arguments {
            constants,
            functions: vec![coordinate(1), coordinate(0)],
        };
        (kind.build)(declared, vec![0], arguments).unwrap()
    }

    #[test]
    fn both_know_their_error() {
        let kind = AllenCahnPeriodic::KIND;
        let constants = vec![1e-4, 5.0, 1.0, 1.0];
        let allen_cahn = build(&kind, AllenCahnQuantities::declared(), constants);
        assert!(
            allen_cahn.errors()[0] < 1e-5,
            "{:e}",
            allen_cahn.errors()[0]
        );
        let kind = KortewegDeVriesPeriodic::KIND;
        let constants = vec![0.022 * 0.022, 1.0, 1.0, 1.0];
        let waves = build(&kind, KortewegDeVriesQuantities::declared(), constants);
        assert!(waves.errors()[0] < 1e-5, "{:e}", waves.errors()[0]);
        // Symmetric about the middle, and at the start as given.
        let at = vec![vec![0.0, 0.7, 0.7], vec![0.3, 0.3, -0.3]];
        let found = allen_cahn.evaluate(&at).swap_remove(0);
        assert!(
            (found[0] - 0.09 * (0.3 * PI).cos()).abs() < 1e-4,
            "{found:?}"
        );
        assert!((found[1] - found[2]).abs() < 1e-9, "{found:?}");
        let found = waves.evaluate(&at).swap_remove(0);
        assert!((found[0] - (0.3 * PI).cos()).abs() < 1e-9, "{found:?}");
    }

    /// A soliton of the equation travels unchanged: u = 3v sech²(√(v/4β)(x − vt)), far from its images.
    #[test]
    fn a_soliton_travels_unchanged() {
        let (v, beta): (f64, f64) = (0.5, 4e-4);
        let wave = move |x: f64| 3.0 * v / ((v / (4.0 * beta)).sqrt() * x).cosh().powi(2);
        let equation = Equation {
            length: 2.0,
            linear: |p, k| C::new(0.0, p[0] * k * k * k),
            pointwise: |_, u| u * u,
            outer: |k| C::new(0.0, -0.5 * k),
            parameters: [beta, 0.0, 0.0],
        };
        let solution = equation.solve(|x| wave(x - 0.8), 1.0, 256, 500, 10);
        for (x, t) in [(0.8, 0.0), (0.9, 0.2), (1.3, 1.0), (1.25, 0.93)] {
            let exact = wave(x - 0.8 - v * t);
            let found = solution.value(x, t);
            assert!((found - exact).abs() < 1e-5, "{x} {t}: {found} {exact}");
        }
    }
}
