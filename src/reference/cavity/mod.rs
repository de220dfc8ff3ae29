//! Two benchmark flows in a square cavity, driven by a lid and by heat.

mod flow;
mod lid;

use super::refined::{Plane, Refined};
use super::solutions::{
    ALONG_X, ALONG_Y, Argument, DIFFUSIVITY, LENGTH, SPEED, SolutionKind, VISCOSITY, argument,
    constants, position, temperature, within,
};
use flow::{Drive, Flow};
use std::sync::OnceLock;

/// Intervals along a side, and of the coarser solution that shows the error: the corners of the lid need many.
const UNDER_LID: [usize; 2] = [40, 28];
const HEATED: [usize; 2] = [32, 24];
/// Points along a side at which the two are compared.
const COMPARED: usize = 41;

impl Plane for Flow {
    fn at(&self, [x, y]: [f64; 2]) -> Vec<f64> {
        self.values(x, y).to_vec()
    }
}

/// Points of the unit square at which two solutions are compared.
fn compared() -> Vec<[f64; 2]> {
    let along = |number: usize| number as f64 / (COMPARED - 1) as f64;
    let all = 0..COMPARED * COMPARED;
    all.map(|i| [along(i / COMPARED), along(i % COMPARED)])
        .collect()
}

fn description(name: &str, intervals: usize) -> String {
    let points = intervals + 1;
    format!("{name}: Chebyshev collocation, {points}x{points} points")
}

const SIDE: Argument = argument("side", LENGTH, "side of the square");
const POSITION: &[Argument] = &[
    argument("x", LENGTH, "distance from the left wall"),
    argument("y", LENGTH, "distance from the floor"),
];

/// Steady flow under a lid that moves along x as 4x(1 − x)·U, x in sides.
///
/// It is the square cavity of Ghia, Ghia & Shin (*J. Comput. Phys.* 48, 1982) without the jumps of its lid,
/// computed by Newton's method for the stream function.
pub struct LidDrivenCavity;

impl LidDrivenCavity {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
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
            let drive = Drive::Lid {
                reynolds: speed * side / viscosity,
            };
            Ok(Box::new(Refined {
                declared,
                fields,
                description: description(Self::KIND.name, UNDER_LID[0]),
                solve: Box::new(move |intervals| Flow::solve(drive, intervals)),
                resolutions: UNDER_LID,
                compared: compared(),
                position: position(&Self::KIND, arguments)?,
                length: side,
                scales: vec![speed, speed],
                offsets: vec![0.0; 2],
                solved: OnceLock::new(),
            }))
        },
    };
}

/// Steady natural convection between a hot wall x = 0 and a cold one, floor and ceiling adiabatic, in the
/// Boussinesq approximation (de Vahl Davis, *Int. J. Numer. Methods Fluids* 3, 1983), computed by Newton's
/// method for stream function and temperature.
pub struct NaturalConvectionCavity;

impl NaturalConvectionCavity {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
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
            let drive = Drive::Heat {
                rayleigh: per_kelvin * (hot - cold),
                prandtl: viscosity / diffusivity,
            };
            Ok(Box::new(Refined {
                declared,
                fields,
                description: description(Self::KIND.name, HEATED[0]),
                solve: Box::new(move |intervals| Flow::solve(drive, intervals)),
                resolutions: HEATED,
                compared: compared(),
                position: position(&Self::KIND, arguments)?,
                length: side,
                scales: vec![speed, speed, hot - cold],
                offsets: vec![0.0, 0.0, cold],
                solved: OnceLock::new(),
            }))
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solutions::over_plane as arguments;
    use pinn_equations::{Boussinesq2dQuantities, NavierStokes2dQuantities};
    use pinn_units::Symbols;

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
