//! Equations by name, built in and of users.

use crate::{
    AdvectionDiffusionReaction2d, AllenCahn, Boussinesq2d, Burgers, ConvectionDiffusionReaction,
    GrayScott, Heat1d, Heat2d, Helmholtz2d, KortewegDeVries, KuramotoSivashinsky, MaxwellTe,
    NavierStokes2d, NavierStokes2dUnsteady, NavierStokes3d, NavierStokes3dUnsteady,
    NonlinearHeat2d, NonlinearSchroedinger, PlaneElasticity, Poisson2d, ThermoFlow, Wave1d,
};
use pinn_units::{Declared, DimensionalResiduals, Equations, Symbols, TraceError, trace};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A partial differential equation, written once as typed Rust. Implementing it is all that a crate of
/// your own needs for the whole command line.
pub trait Pde: 'static {
    /// Name in problem files.
    const NAME: &'static str;
    /// One line for `pinn list`.
    const SUMMARY: &'static str;
    /// Declared with [`quantities!`](pinn_units::quantities).
    type Quantities: Symbols;
    /// The residuals; zero where the equation holds.
    fn residuals(quantities: Self::Quantities) -> impl Equations;
}

/// A registered equation, its type forgotten.
#[derive(Clone)]
pub struct RegisteredPde {
    pub name: &'static str,
    pub summary: &'static str,
    pub declared: Declared,
    trace: fn() -> Result<DimensionalResiduals, TraceError>,
}

impl RegisteredPde {
    /// Runs the typed function on symbols.
    pub fn trace(&self) -> Result<DimensionalResiduals, TraceError> {
        (self.trace)()
    }
}

/// Equations that problem files may name.
#[derive(Clone, Default)]
pub struct Registry {
    equations: BTreeMap<&'static str, Arc<RegisteredPde>>,
}

impl Registry {
    pub fn empty() -> Self {
        Self::default()
    }

    /// The equations that come with the toolkit.
    pub fn builtin() -> Self {
        Self::empty()
            .with::<AdvectionDiffusionReaction2d>()
            .with::<AllenCahn>()
            .with::<Boussinesq2d>()
            .with::<Burgers>()
            .with::<ConvectionDiffusionReaction>()
            .with::<GrayScott>()
            .with::<Heat1d>()
            .with::<Heat2d>()
            .with::<Helmholtz2d>()
            .with::<KortewegDeVries>()
            .with::<KuramotoSivashinsky>()
            .with::<MaxwellTe>()
            .with::<NavierStokes2d>()
            .with::<NavierStokes2dUnsteady>()
            .with::<NavierStokes3d>()
            .with::<NavierStokes3dUnsteady>()
            .with::<NonlinearHeat2d>()
            .with::<NonlinearSchroedinger>()
            .with::<PlaneElasticity>()
            .with::<Poisson2d>()
            .with::<ThermoFlow>()
            .with::<Wave1d>()
    }

    /// Adds an equation; one of the same name is replaced.
    #[must_use]
    pub fn with<P: Pde>(mut self) -> Self {
        let pde = RegisteredPde {
            name: P::NAME,
            summary: P::SUMMARY,
            declared: P::Quantities::declared(),
            trace: || Ok(trace(P::residuals)?.erase()),
        };
        self.equations.insert(P::NAME, Arc::new(pde));
        self
    }

    pub fn get(&self, name: &str) -> Option<&Arc<RegisteredPde>> {
        self.equations.get(name)
    }

    /// In alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RegisteredPde>> {
        self.equations.values()
    }
}
