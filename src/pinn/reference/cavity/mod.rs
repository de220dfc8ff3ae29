//! The two flows in a square cavity that codes are measured by, driven by a lid and by heat.

mod chebyshev;
mod flow;
mod lid;

use super::series::{Argument, Arguments, SeriesError, SeriesKind};
use super::{PointFunction, Reference};
use crate::units::{Declared, Dimensions, Kind};
use flow::{Drive, Flow, Values};
use std::sync::OnceLock;

/// Intervals along a side, and of the coarser solution that shows the error: the corners of the lid need many.
const UNDER_LID: [usize; 2] = [40, 28];
const HEATED: [usize; 2] = [32, 24];
/// Points along a side at which the two are compared.
const COMPARED: usize = 41;

/// A flow, computed when it is first asked for. The error of each field is its difference from the coarser solution,
/// several times the true one.
struct Cavity {
    declared: Declared,
    /// Velocity along x and y; with temperature as the third.
    fields: Vec<usize>,
    name: &'static str,
    drive: Drive,
    side: f64,
    /// What one is in each of [`Values`], and what zero is.
    scales: Values,
    offsets: Values,
    position: [PointFunction; 2],
    solved: OnceLock<(Flow, Vec<f64>)>,
}

impl Cavity {
    fn intervals(&self) -> [usize; 2] {
        match self.drive {
            Drive::Lid { .. } => UNDER_LID,
            Drive::Heat { .. } => HEATED,
        }
    }

    fn solved(&self) -> &(Flow, Vec<f64>) {
        self.solved.get_or_init(|| {
            let [fine, coarse] = self.intervals().map(|n| Flow::solve(self.drive, n));
            let mut difference = [0.0; 3];
            let mut size = [0.0; 3];
            for i in 0..COMPARED * COMPARED {
                let along = |number: usize| number as f64 / (COMPARED - 1) as f64;
                let (x, y) = (along(i / COMPARED), along(i % COMPARED));
                let (a, b) = (fine.at(x, y), coarse.at(x, y));
                for k in 0..3 {
                    difference[k] += (a[k] - b[k]).powi(2);
                    size[k] += a[k].powi(2);
                }
            }
            let errors = (0..self.fields.len()).map(|k| (difference[k] / size[k]).sqrt());
            (fine, errors.collect())
        })
    }
}

impl Reference for Cavity {
    fn describe(&self) -> String {
        let points = self.intervals()[0] + 1;
        format!(
            "{}: Chebyshev collocation, {points}x{points} points",
            self.name
        )
    }

    fn fields(&self) -> &[usize] {
        &self.fields
    }

    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let [x, y] = self
            .position
            .each_ref()
            .map(|position| position.evaluate(coordinates).swap_remove(0));
        let flow = &self.solved().0;
        let values: Vec<Values> = x
            .iter()
            .zip(&y)
            .map(|(x, y)| flow.at(x / self.side, y / self.side))
            .collect();
        let column = |k: usize| {
            let scaled = values
                .iter()
                .map(|v| self.offsets[k] + self.scales[k] * v[k]);
            scaled.collect()
        };
        (0..self.fields.len()).map(column).collect()
    }

    fn errors(&self) -> Vec<f64> {
        self.solved().1.clone()
    }

    fn declared(&self) -> &Declared {
        &self.declared
    }
}

const LENGTH: [i8; 7] = [1, 0, 0, 0, 0, 0, 0];
const SPEED: [i8; 7] = [1, 0, -1, 0, 0, 0, 0];
const DIFFUSIVITY: [i8; 7] = [2, 0, -1, 0, 0, 0, 0];
const TEMPERATURE: [i8; 7] = [0, 0, 0, 0, 1, 0, 0];

const fn argument(name: &'static str, dimensions: [i8; 7], meaning: &'static str) -> Argument {
    Argument {
        name,
        dimensions: Dimensions(dimensions),
        kind: Kind::Plain,
        meaning,
    }
}

const fn temperature(name: &'static str, meaning: &'static str) -> Argument {
    Argument {
        kind: Kind::AbsoluteTemperature,
        ..argument(name, TEMPERATURE, meaning)
    }
}

const ALONG_X: Argument = argument("along_x", SPEED, "velocity along x");
const ALONG_Y: Argument = argument("along_y", SPEED, "velocity along y");
const SIDE: Argument = argument("side", LENGTH, "side of the square");
const VISCOSITY: Argument = argument("viscosity", DIFFUSIVITY, "kinematic viscosity mu / rho");
const POSITION: &[Argument] = &[
    argument("x", LENGTH, "distance from the left wall"),
    argument("y", LENGTH, "distance from the floor"),
];

/// `found`, if it is within the range that the method has been tried in.
fn within(
    argument: &'static str,
    allowed: &'static str,
    found: f64,
    range: [f64; 2],
) -> Result<f64, SeriesError> {
    match (range[0]..=range[1]).contains(&found) {
        true => Ok(found),
        false => Err(SeriesError {
            argument,
            allowed,
            found,
        }),
    }
}

/// Constants of a kind; those with a number in `positive` are positive.
fn constants(
    kind: &SeriesKind,
    arguments: &Arguments,
    positive: usize,
) -> Result<Vec<f64>, SeriesError> {
    let all = kind.constants.iter().zip(&arguments.constants).enumerate();
    let checked = all.map(|(number, (argument, found))| {
        let (allowed, least) = match number < positive {
            true => ("positive", f64::MIN_POSITIVE),
            false => ("finite", f64::MIN),
        };
        within(argument.name, allowed, *found, [least, f64::MAX])
    });
    checked.collect()
}

fn position(arguments: Arguments) -> Result<[PointFunction; 2], SeriesError> {
    arguments.functions.try_into().map_err(|_| SeriesError {
        argument: POSITION[0].name,
        allowed: "given, and `y` too",
        found: f64::NAN,
    })
}

/// Steady flow under a lid that moves along x as 4x(1 − x)·U, x in sides: the square cavity of Ghia, Ghia & Shin (*J.
/// Comput. Phys.* 48, 1982) without the jumps of its lid. Newton's method for the stream function.
pub struct LidDrivenCavity;

impl LidDrivenCavity {
    pub const KIND: SeriesKind = SeriesKind {
        name: "lid-driven-cavity",
        summary: "steady flow in a square under a lid that moves as 4 x (1 - x), x in sides",
        fields: &[ALONG_X, ALONG_Y],
        constants: &[
            SIDE,
            VISCOSITY,
            argument("speed", SPEED, "speed of the middle of the lid"),
        ],
        functions: POSITION,
        build: |declared, fields, arguments| {
            let c = constants(&Self::KIND, &arguments, 3)?;
            let (side, viscosity, speed) = (c[0], c[1], c[2]);
            let least = side * speed / 1000.0;
            let allowed = "such that the Reynolds number is at most 1,000";
            within(VISCOSITY.name, allowed, viscosity, [least, f64::MAX])?;
            Ok(Box::new(Cavity {
                declared,
                fields,
                name: Self::KIND.name,
                drive: Drive::Lid {
                    reynolds: speed * side / viscosity,
                },
                side,
                scales: [speed, speed, 0.0],
                offsets: [0.0; 3],
                position: position(arguments)?,
                solved: OnceLock::new(),
            }))
        },
    };
}

/// Steady natural convection between a hot wall x = 0 and a cold one, floor and ceiling adiabatic, in the Boussinesq
/// approximation (de Vahl Davis, *Int. J. Numer. Methods Fluids* 3, 1983). Newton's method for stream function and
/// temperature.
pub struct NaturalConvectionCavity;

impl NaturalConvectionCavity {
    pub const KIND: SeriesKind = SeriesKind {
        name: "natural-convection-cavity",
        summary: "steady natural convection in a square with a hot wall at the left and a cold one at the right",
        fields: &[ALONG_X, ALONG_Y, temperature("temperature", "temperature")],
        constants: &[
            SIDE,
            VISCOSITY,
            argument(
                "diffusivity",
                DIFFUSIVITY,
                "thermal diffusivity k / (rho c_p)",
            ),
            argument(
                "buoyancy",
                [1, 0, -2, 0, -1, 0, 0],
                "gravity times the coefficient of thermal expansion",
            ),
            temperature("hot", "temperature of the left wall"),
            temperature("cold", "temperature of the right wall"),
        ],
        functions: POSITION,
        build: |declared, fields, arguments| {
            let c = constants(&Self::KIND, &arguments, 4)?;
            let [side, viscosity, diffusivity, buoyancy] = [c[0], c[1], c[2], c[3]];
            let (hot, cold) = (c[4], c[5]);
            let per_kelvin = buoyancy * side.powi(3) / (viscosity * diffusivity);
            let allowed =
                "warmer than `cold`, by so little that the Rayleigh number is at most 100,000";
            let range = [cold.next_up(), cold + 1e5 / per_kelvin];
            within("hot", allowed, hot, range)?;
            let speed = diffusivity / side;
            Ok(Box::new(Cavity {
                declared,
                fields,
                name: Self::KIND.name,
                drive: Drive::Heat {
                    rayleigh: per_kelvin * (hot - cold),
                    prandtl: viscosity / diffusivity,
                },
                side,
                scales: [speed, speed, hot - cold],
                offsets: [0.0, 0.0, cold],
                position: position(arguments)?,
                solved: OnceLock::new(),
            }))
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Graph;
    use crate::pinn::equations::{Boussinesq2dQuantities, NavierStokes2dQuantities};
    use crate::units::Symbols;

    fn arguments(constants: &[f64]) -> Arguments {
        let coordinate = |number: u8| {
            let mut graph = Graph::new();
            let e = graph.coordinate(number);
            PointFunction::new(&graph, &[e], &[]).unwrap()
        };
        Arguments {
            constants: constants.to_vec(),
            functions: vec![coordinate(0), coordinate(1)],
        }
    }

    #[test]
    fn both_know_their_error_and_give_physical_values() {
        let build = LidDrivenCavity::KIND.build;
        let declared = NavierStokes2dQuantities::declared();
        let lid = build(declared, vec![0, 1], arguments(&[0.1, 1e-6, 1e-3])).unwrap();
        let errors = lid.errors();
        assert!(
            errors.len() == 2 && errors.iter().all(|e| *e < 1e-4),
            "{errors:?}"
        );
        let top = lid.evaluate(&[vec![0.025], vec![0.1]]);
        assert!((top[0][0] - 0.75e-3).abs() < 1e-15, "{top:?}");

        let build = NaturalConvectionCavity::KIND.build;
        let declared = Boussinesq2dQuantities::declared();
        // Air: a Rayleigh number of about 1e4.
        let constants = [0.0195, 1.6e-5, 2.25e-5, 9.81 / 300.0, 313.15, 293.15];
        let heat = build(declared, vec![0, 1, 3], arguments(&constants)).unwrap();
        let errors = heat.errors();
        assert!(
            errors.len() == 3 && errors.iter().all(|e| *e < 1e-4),
            "{errors:?}"
        );
        let middle = heat.evaluate(&[vec![0.0, 0.00975], vec![0.01, 0.00975]]);
        assert!((middle[2][0] - 313.15).abs() < 1e-9, "{middle:?}");
        assert!((middle[2][1] - 303.15).abs() < 1e-9, "{middle:?}");
    }

    #[test]
    fn what_the_method_is_not_made_for_is_refused() {
        let declared = NavierStokes2dQuantities::declared();
        let refused =
            (LidDrivenCavity::KIND.build)(declared, vec![0, 1], arguments(&[1.0, 1e-6, 1.0]));
        assert_eq!(refused.err().map(|e| e.argument), Some("viscosity"));
        let declared = Boussinesq2dQuantities::declared();
        let constants = [0.1, 1e-5, 1e-5, 0.03, 293.15, 293.15];
        let refused =
            (NaturalConvectionCavity::KIND.build)(declared, vec![0, 1, 3], arguments(&constants));
        assert_eq!(refused.err().map(|e| e.argument), Some("hot"));
    }
}
