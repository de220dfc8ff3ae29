//! Reference solutions that runs are compared with, each with its own error.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod burgers_sine;
mod cavity;
mod channel;
mod chebyshev;
mod closed_form;
mod gauss_hermite;
mod plate_convection;
mod refined;
mod solutions;
mod spectral;

use burgers_sine::BurgersSine;
use cavity::{LidDrivenCavity, NaturalConvectionCavity};
use channel::CylinderInChannel;
pub use closed_form::ClosedForm;
use plate_convection::PlateConvection;
pub use solutions::{Argument, ArgumentError, Arguments, SolutionKind, solutions};
use spectral::{AllenCahnPeriodic, KortewegDeVriesPeriodic, TransportPeriodic};

use pinn_units::Declared;

/// Known values of some fields.
///
/// [`solutions`] lists the references that problem files may name; [`ClosedForm`] is one of expressions.
///
/// ```
/// use pinn_reference::solutions;
///
/// let names: Vec<&str> = solutions().iter().map(|kind| kind.name).collect();
/// assert!(names.contains(&"plate-convection"));
/// ```
pub trait Reference: Send + Sync {
    /// Describes the reference in one line.
    fn describe(&self) -> String;

    /// Fields that the reference gives, as indices into [`Declared::fields`].
    fn fields(&self) -> &[usize];

    /// Evaluates the fields at points, in SI base units.
    ///
    /// `coordinates[c][i]` is coordinate `c` of point `i`. Returns one column per entry of
    /// [`Reference::fields`].
    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>>;

    /// Bound or estimate of the reference's own error (truncation, quadrature, rounding), relative to the
    /// size of the field. Returns one number per entry of [`Reference::fields`].
    fn errors(&self) -> Vec<f64>;

    /// Quantities that the reference was built for. They are checked at construction.
    fn declared(&self) -> &Declared;
}
