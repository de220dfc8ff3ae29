//! Named solutions that problem files may use as their reference.

use super::{
    AllenCahnPeriodic, BurgersSine, CylinderInChannel, KortewegDeVriesPeriodic, LidDrivenCavity,
    NaturalConvectionCavity, PlateConvection, Reference, TransportPeriodic,
};
use pinn_expr::PointFunction;
use pinn_units::{Declared, Dimensions, Kind};

/// Argument or field of a solution.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Argument {
    /// Key in problem files.
    pub name: &'static str,
    /// Dimensions of its values.
    pub dimensions: Dimensions,
    /// Kind of its values.
    pub kind: Kind,
    /// Meaning, for messages and lists.
    pub meaning: &'static str,
}

/// The field of a solution that gives one.
pub(super) const fn only(dimensions: Dimensions) -> Argument {
    Argument {
        name: "field",
        dimensions,
        kind: Kind::Plain,
        meaning: "field",
    }
}

pub(super) const LENGTH: [i8; 7] = [1, 0, 0, 0, 0, 0, 0];
pub(super) const SPEED: [i8; 7] = [1, 0, -1, 0, 0, 0, 0];
pub(super) const DIFFUSIVITY: [i8; 7] = [2, 0, -1, 0, 0, 0, 0];
const TEMPERATURE: [i8; 7] = [0, 0, 0, 0, 1, 0, 0];

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

pub(super) const fn temperature(name: &'static str, meaning: &'static str) -> Argument {
    Argument {
        kind: Kind::AbsoluteTemperature,
        ..argument(name, TEMPERATURE, meaning)
    }
}

/// `found`, if it is within the range that the method has been tried in.
pub(super) fn within(
    argument: &'static str,
    allowed: &'static str,
    found: f64,
    range: [f64; 2],
) -> Result<f64, ArgumentError> {
    match (range[0]..=range[1]).contains(&found) {
        true => Ok(found),
        false => Err(ArgumentError {
            argument,
            allowed,
            found,
        }),
    }
}

/// Constants of a kind; those with a number in `positive` are positive.
pub(super) fn constants(
    kind: &SolutionKind,
    arguments: &Arguments,
    positive: usize,
) -> Result<Vec<f64>, ArgumentError> {
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

/// Both coordinates of a plane, the functions of a kind.
pub(super) fn position(
    kind: &SolutionKind,
    arguments: Arguments,
) -> Result<[PointFunction; 2], ArgumentError> {
    arguments.functions.try_into().map_err(|_| ArgumentError {
        argument: kind.functions[0].name,
        allowed: "given, and the other coordinate too",
        found: f64::NAN,
    })
}

pub(super) const ALONG_X: Argument = argument("along_x", SPEED, "velocity along x");
pub(super) const ALONG_Y: Argument = argument("along_y", SPEED, "velocity along y");
pub(super) const VISCOSITY: Argument =
    argument("viscosity", DIFFUSIVITY, "kinematic viscosity mu / rho");

/// Values of the arguments, in SI base units.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// Values in the order of [`SolutionKind::constants`].
    pub constants: Vec<f64>,
    /// Functions of the coordinates in the order of [`SolutionKind::functions`].
    pub functions: Vec<PointFunction>,
}

/// Argument outside of the range that the solution covers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{argument}` must be {allowed}, found {found} in SI base units")]
pub struct ArgumentError {
    /// Key of the argument.
    pub argument: &'static str,
    /// Allowed range in words.
    pub allowed: &'static str,
    /// Value in SI base units.
    pub found: f64,
}

type Build = fn(Declared, Vec<usize>, Arguments) -> Result<Box<dyn Reference>, ArgumentError>;

/// Solution by name, with its arguments.
pub struct SolutionKind {
    /// Name in problem files.
    pub name: &'static str,
    /// Description in one line.
    pub summary: &'static str,
    /// Fields that the solution gives. A file may name each by its key; a field that is not named is the first
    /// of its dimension that is still free.
    pub fields: &'static [Argument],
    /// Arguments that are numbers.
    pub constants: &'static [Argument],
    /// Arguments that are functions of the coordinates.
    pub functions: &'static [Argument],
    /// Builds the reference from the declared quantities, the numbers of the fields and the arguments.
    pub build: Build,
}

/// All solutions, in alphabetical order.
pub fn solutions() -> &'static [SolutionKind] {
    const {
        &[
            AllenCahnPeriodic::KIND,
            BurgersSine::KIND,
            CylinderInChannel::KIND,
            KortewegDeVriesPeriodic::KIND,
            LidDrivenCavity::KIND,
            NaturalConvectionCavity::KIND,
            PlateConvection::KIND,
            TransportPeriodic::KIND,
        ]
    }
}

/// Constants, and two coordinates as functions.
#[cfg(test)]
pub(super) fn over_plane(constants: &[f64]) -> Arguments {
    let coordinate = |number: u8| {
        let mut graph = pinn_expr::Graph::new();
        let e = graph.coordinate(number);
        PointFunction::new(&graph, &[e], &[]).unwrap()
    };
    Arguments {
        constants: constants.to_vec(),
        functions: vec![coordinate(0), coordinate(1)],
    }
}
