//! Equations that come with the toolkit. Each is one typed function; adding one is adding a file here, or
//! implementing [`Pde`](super::registry::Pde) in a crate of your own.

mod allen_cahn;
mod burgers;
mod convection_diffusion_reaction;
mod heat_1d;
mod heat_2d;
mod korteweg_de_vries;
mod poisson_2d;
mod thermo_flow;
mod wave_1d;

pub use allen_cahn::{AllenCahn, AllenCahnQuantities};
pub use burgers::{Burgers, BurgersQuantities};
pub use convection_diffusion_reaction::{
    ConvectionDiffusionReaction, ConvectionDiffusionReactionQuantities,
};
pub use heat_1d::{Heat1d, Heat1dQuantities};
pub use heat_2d::{Heat2d, Heat2dQuantities};
pub use korteweg_de_vries::{KortewegDeVries, KortewegDeVriesQuantities};
pub use poisson_2d::{Poisson2d, Poisson2dQuantities};
pub use thermo_flow::{ThermoFlow, ThermoFlowQuantities};
pub use wave_1d::{Wave1d, Wave1dQuantities};

use crate::units::{Q, Quantity, Quot};
use uom::si::f64::{Length, Pressure};

/// Pa/m, which uom has no name for.
pub type PressureGradient = Q<Quot<<Pressure as Quantity>::Dim, <Length as Quantity>::Dim>>;
