//! Equations that come with the toolkit. Each is one typed function; adding one is adding a file here, or
//! implementing [`Pde`](super::registry::Pde) in a crate of your own.

mod heat_1d;
mod heat_2d;
mod thermo_flow;

pub use heat_1d::{Heat1d, Heat1dQuantities};
pub use heat_2d::{Heat2d, Heat2dQuantities};
pub use thermo_flow::{ThermoFlow, ThermoFlowQuantities};

use crate::units::{Q, Quantity, Quot};
use uom::si::f64::{Length, Pressure};

/// Pa/m, which uom has no name for.
pub type PressureGradient = Q<Quot<<Pressure as Quantity>::Dim, <Length as Quantity>::Dim>>;
