//! Named series that problem files may use as their reference.

use super::{
    AllenCahnPeriodic, BurgersSine, KortewegDeVriesPeriodic, LidDrivenCavity,
    NaturalConvectionCavity, PlateConvection, PointFunction, Reference, TransportPeriodic,
};
use crate::units::{Declared, Dimensions, Kind};

/// What a series asks for.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Argument {
    pub name: &'static str,
    pub dimensions: Dimensions,
    pub kind: Kind,
    /// For people: what it means.
    pub meaning: &'static str,
}

/// The field of a series that gives one.
pub(super) const fn only(dimensions: Dimensions) -> Argument {
    Argument {
        name: "field",
        dimensions,
        kind: Kind::Plain,
        meaning: "field",
    }
}

/// Values in the order of [`SeriesKind::constants`] and [`SeriesKind::functions`], SI base units.
#[derive(Clone, Debug)]
pub struct Arguments {
    pub constants: Vec<f64>,
    pub functions: Vec<PointFunction>,
}

/// Arguments for which a series has no meaning.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{argument}` must be {allowed}, found {found} in SI base units")]
pub struct SeriesError {
    pub argument: &'static str,
    pub allowed: &'static str,
    pub found: f64,
}

type Build = fn(Declared, Vec<usize>, Arguments) -> Result<Box<dyn Reference>, SeriesError>;

/// A series by name.
pub struct SeriesKind {
    pub name: &'static str,
    pub summary: &'static str,
    /// Fields that it gives. A file may name each by its key; else it is the first of its dimension that none has yet.
    pub fields: &'static [Argument],
    /// Arguments that are numbers.
    pub constants: &'static [Argument],
    /// Arguments that are functions of the coordinates.
    pub functions: &'static [Argument],
    /// Declared quantities, numbers of the fields, arguments.
    pub build: Build,
}

/// All series, in alphabetical order.
pub fn series() -> &'static [SeriesKind] {
    const {
        &[
            AllenCahnPeriodic::KIND,
            BurgersSine::KIND,
            KortewegDeVriesPeriodic::KIND,
            LidDrivenCavity::KIND,
            NaturalConvectionCavity::KIND,
            PlateConvection::KIND,
            TransportPeriodic::KIND,
        ]
    }
}
