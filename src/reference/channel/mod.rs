//! Flow around a cylinder across a channel, and the heat that it carries.

mod basis;
mod flow;
mod mesh;
mod system;

use super::refined::{Plane, Refined};
use super::solutions::{
    ALONG_X, ALONG_Y, Argument, DIFFUSIVITY, LENGTH, SPEED, SolutionKind, VISCOSITY, argument,
    constants, position, temperature, within,
};
use flow::{Channel, Flow};
use mesh::Shape;
use std::sync::OnceLock;

/// Degrees of the elements, and of those of the coarser solution that shows the error.
const DEGREES: [usize; 2] = [12, 10];
/// Points along the height at which the two are compared.
const COMPARED: usize = 41;

impl Plane for Flow {
    fn at(&self, point: [f64; 2]) -> Vec<f64> {
        let [u, v, pressure, temperature] = self.values(point);
        vec![temperature, u, v, pressure]
    }
}

const PRESSURE: [i8; 7] = [-1, 1, -2, 0, 0, 0, 0];
const DENSITY: [i8; 7] = [-3, 1, 0, 0, 0, 0, 0];

const UPSTREAM: Argument = argument("upstream", LENGTH, "distance from the inlet to the axis");
const DOWNSTREAM: Argument = argument("downstream", LENGTH, "distance from the axis to the outlet");
const AXIS: Argument = argument("axis", LENGTH, "height of the axis above the lower wall");
const RADIUS: Argument = argument("radius", LENGTH, "radius of the cylinder");
const THERMAL: Argument = argument(
    "diffusivity",
    DIFFUSIVITY,
    "thermal diffusivity k / (rho c_p)",
);

/// Steady laminar flow in a channel around a cylinder of another temperature, and the heat that it carries.
///
/// It is the benchmark of Schäfer & Turek (*Notes Numer. Fluid Mech.* 52, 1996), with temperature. The inflow
/// is a parabola; at the outlet μ ∂v/∂n = p n and ∂T/∂n = 0; walls are insulated. It is computed by Newton's
/// method with finite elements.
pub struct CylinderInChannel;

impl CylinderInChannel {
    /// Name and arguments in problem files.
    pub const KIND: SolutionKind = SolutionKind {
        name: "cylinder-in-channel",
        summary: "steady laminar flow in a channel around a warmer or colder cylinder, and its temperature",
        fields: &[
            temperature("temperature", "temperature"),
            ALONG_X,
            ALONG_Y,
            argument("pressure", PRESSURE, "pressure"),
        ],
        constants: &[
            argument("height", LENGTH, "height of the channel"),
            UPSTREAM,
            DOWNSTREAM,
            AXIS,
            RADIUS,
            argument("speed", SPEED, "fastest speed of the inflow"),
            argument("density", DENSITY, "density"),
            VISCOSITY,
            THERMAL,
            temperature("inflow", "temperature of the inflow"),
            temperature("cylinder", "temperature of the cylinder"),
        ],
        functions: &[
            argument("x", LENGTH, "distance downstream of the axis"),
            argument("y", LENGTH, "distance from the lower wall"),
        ],
        build: |declared, fields, arguments| {
            let c = constants(&Self::KIND, &arguments, 9)?;
            let [height, upstream, downstream, axis, radius] = [c[0], c[1], c[2], c[3], c[4]];
            let [speed, density, viscosity, diffusivity] = [c[5], c[6], c[7], c[8]];
            let (inflow, cylinder) = (c[9], c[10]);
            let allowed = "a twentieth to a quarter of the height";
            let range = [0.05 * height, 0.25 * height];
            within(RADIUS.name, allowed, radius, range)?;
            let clear = radius + 0.1 * height;
            let allowed = "such that a tenth of the height is free above and below the cylinder";
            within(AXIS.name, allowed, axis, [clear, height - clear])?;
            let range = [clear, 10.0 * height];
            let allowed = "more than the radius by a tenth of the height, and at most ten heights";
            within(UPSTREAM.name, allowed, upstream, range)?;
            within(DOWNSTREAM.name, allowed, downstream, range)?;
            // The flow behind a cylinder in a channel begins to swing at larger numbers.
            let allowed = "such that speed times diameter by it is at most 60";
            within(
                VISCOSITY.name,
                allowed,
                viscosity,
                [speed * radius / 30.0, f64::MAX],
            )?;
            let allowed = "such that speed times diameter by it is at most 100";
            within(
                THERMAL.name,
                allowed,
                diffusivity,
                [speed * radius / 50.0, f64::MAX],
            )?;
            let channel = Channel {
                shape: Shape {
                    upstream: upstream / height,
                    downstream: downstream / height,
                    axis: axis / height,
                    radius: radius / height,
                },
                reynolds: speed * height / viscosity,
                peclet: speed * height / diffusivity,
            };
            Ok(Box::new(Refined {
                declared,
                fields,
                description: format!(
                    "{}: finite elements of degree {}",
                    Self::KIND.name,
                    DEGREES[0]
                ),
                solve: Box::new(move |degree| Flow::solve(channel, degree)),
                resolutions: DEGREES,
                compared: compared(channel.shape),
                position: position(&Self::KIND, arguments)?,
                length: height,
                scales: vec![cylinder - inflow, speed, speed, density * speed * speed],
                offsets: vec![inflow, 0.0, 0.0, 0.0],
                solved: OnceLock::new(),
            }))
        },
    };
}

/// Points of the channel outside of the cylinder.
fn compared(shape: Shape) -> Vec<[f64; 2]> {
    let step = 1.0 / (COMPARED - 1) as f64;
    let columns = ((shape.upstream + shape.downstream) / step) as usize;
    let all = (0..=columns).flat_map(|i| (0..COMPARED).map(move |j| (i, j)));
    let points = all.map(|(i, j)| [i as f64 * step - shape.upstream, j as f64 * step]);
    let outside = |p: &[f64; 2]| p[0].hypot(p[1] - shape.axis) >= shape.radius;
    points.filter(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reference;
    use crate::solutions::{ArgumentError, over_plane};
    use pinn_equations::ThermoFlowQuantities;
    use pinn_units::Symbols;

    /// Air around a pin of 1 mm in a channel of 4 mm; with another value of one constant.
    fn built(changed: Option<(&str, f64)>) -> Result<Box<dyn Reference>, ArgumentError> {
        let mut constants = [
            4e-3, 2e-3, 4e-3, 2e-3, 0.5e-3, 0.4, 1.1, 1.6e-5, 2.2e-5, 293.15, 333.15,
        ];
        if let Some((name, value)) = changed {
            let mut all = CylinderInChannel::KIND.constants.iter();
            constants[all.position(|c| c.name == name).unwrap()] = value;
        }
        let declared = ThermoFlowQuantities::declared();
        (CylinderInChannel::KIND.build)(declared, vec![3, 0, 1, 2], over_plane(&constants))
    }

    #[test]
    fn it_knows_its_error_and_gives_physical_values() {
        let reference = built(None).unwrap();
        let errors = reference.errors();
        assert!(
            errors.len() == 4 && errors.iter().all(|e| *e < 1e-4),
            "{errors:?}"
        );
        // At the inlet, on the cylinder, in the middle of the outlet.
        let places = [vec![-2e-3, 0.0, 4e-3], vec![1e-3, 1.5e-3, 2e-3]];
        let values = reference.evaluate(&places);
        let is = |found: f64, expected: f64| {
            (found - expected).abs() <= 1e-10 * expected.abs().max(1e-3)
        };
        assert!(is(values[1][0], 0.3) && is(values[1][1], 0.0), "{values:?}");
        assert!(
            is(values[0][0], 293.15) && is(values[0][1], 333.15),
            "{values:?}"
        );
        // The symmetric flow does not cross the middle, leaves with less pressure, and has become warmer.
        assert!(
            values[2][2].abs() < 1e-9 && values[3][0] > values[3][2],
            "{values:?}"
        );
        assert!((294.0..333.0).contains(&values[0][2]), "{values:?}");
    }

    #[test]
    fn what_the_method_is_not_made_for_is_refused() {
        for (name, value) in [
            ("radius", 1.5e-3),
            ("axis", 0.5e-3),
            ("upstream", 0.5e-3),
            ("downstream", 1.0),
            ("viscosity", 1e-6),
            ("diffusivity", 1e-6),
            ("speed", -1.0),
            ("cylinder", f64::NAN),
        ] {
            let refused = built(Some((name, value))).err().map(|e| e.argument);
            assert_eq!(refused, Some(name));
        }
    }
}
