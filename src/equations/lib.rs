//! Equations that come with the toolkit.
//!
//! Each is one typed function. To add one, add a file here, or implement [`Pde`](crate::registry::Pde) in a
//! crate of your own.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod advection_diffusion_reaction_2d;
mod allen_cahn;
mod boussinesq_2d;
mod burgers;
mod convection_diffusion_reaction;
mod gray_scott;
mod heat_1d;
mod heat_2d;
mod helmholtz_2d;
mod korteweg_de_vries;
mod kuramoto_sivashinsky;
mod maxwell_te;
mod navier_stokes_2d;
mod navier_stokes_2d_unsteady;
mod navier_stokes_3d;
mod navier_stokes_3d_unsteady;
mod nonlinear_heat_2d;
mod nonlinear_schroedinger;
mod plane_elasticity;
mod poisson_2d;
pub mod registry;
mod thermo_flow;
mod wave_1d;

pub use advection_diffusion_reaction_2d::{
    AdvectionDiffusionReaction2d, AdvectionDiffusionReaction2dQuantities,
};
pub use allen_cahn::{AllenCahn, AllenCahnQuantities};
pub use boussinesq_2d::{Boussinesq2d, Boussinesq2dQuantities};
pub use burgers::{Burgers, BurgersQuantities};
pub use convection_diffusion_reaction::{
    ConvectionDiffusionReaction, ConvectionDiffusionReactionQuantities,
};
pub use gray_scott::{GrayScott, GrayScottQuantities};
pub use heat_1d::{Heat1d, Heat1dQuantities};
pub use heat_2d::{Heat2d, Heat2dQuantities};
pub use helmholtz_2d::{Helmholtz2d, Helmholtz2dQuantities};
pub use korteweg_de_vries::{KortewegDeVries, KortewegDeVriesQuantities};
pub use kuramoto_sivashinsky::{KuramotoSivashinsky, KuramotoSivashinskyQuantities, Stiffness};
pub use maxwell_te::{MaxwellTe, MaxwellTeQuantities};
pub use navier_stokes_2d::{NavierStokes2d, NavierStokes2dQuantities};
pub use navier_stokes_2d_unsteady::{NavierStokes2dUnsteady, NavierStokes2dUnsteadyQuantities};
pub use navier_stokes_3d::{NavierStokes3d, NavierStokes3dQuantities};
pub use navier_stokes_3d_unsteady::{NavierStokes3dUnsteady, NavierStokes3dUnsteadyQuantities};
pub use nonlinear_heat_2d::{NonlinearHeat2d, NonlinearHeat2dQuantities};
pub use nonlinear_schroedinger::{NonlinearSchroedinger, NonlinearSchroedingerQuantities};
pub use plane_elasticity::{PlaneElasticity, PlaneElasticityQuantities};
pub use poisson_2d::{Poisson2d, Poisson2dQuantities};
pub use thermo_flow::{ThermoFlow, ThermoFlowQuantities};
pub use wave_1d::{Wave1d, Wave1dQuantities};

use pinn_units::{Q, Quantity, Quot};
use uom::si::f64::{Length, Pressure};

/// Pressure gradient in Pa/m, which uom has no name for.
pub type PressureGradient = Q<Quot<<Pressure as Quantity>::Dim, <Length as Quantity>::Dim>>;
