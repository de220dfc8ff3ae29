//! Reference solutions that a run is measured against, each with its own error.

mod burgers_sine;
mod cavity;
mod channel;
mod chebyshev;
mod closed_form;
mod gauss_hermite;
mod plate_convection;
mod refined;
mod series;
mod spectral;

pub use burgers_sine::BurgersSine;
pub use cavity::{LidDrivenCavity, NaturalConvectionCavity};
pub use channel::CylinderInChannel;
pub use closed_form::ClosedForm;
pub use plate_convection::PlateConvection;
pub use series::{Argument, Arguments, SeriesError, SeriesKind, series};
pub use spectral::{AllenCahnPeriodic, KortewegDeVriesPeriodic, TransportPeriodic};

use pinn_units::Declared;

/// Known values of some fields.
pub trait Reference: Send + Sync {
    /// One line for people: what it is.
    fn describe(&self) -> String;

    /// Fields that it gives, as numbers into [`Declared::fields`].
    fn fields(&self) -> &[usize];

    /// Values at points, SI base units: `coordinates[c][i]` in, one column per entry of
    /// [`Reference::fields`] out.
    fn evaluate(&self, coordinates: &[Vec<f64>]) -> Vec<Vec<f64>>;

    /// Bound or estimate of its own error, relative to the size of the field (truncation, quadrature,
    /// rounding), one per entry of [`Reference::fields`].
    fn errors(&self) -> Vec<f64>;

    /// Whether it fits the declared quantities is checked where it is built.
    fn declared(&self) -> &Declared;
}
