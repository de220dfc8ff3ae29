//! Registry of equations by name, built in and of users.

use crate::{
    AdvectionDiffusionReaction2d, AllenCahn, Boussinesq2d, Burgers, ConvectionDiffusionReaction,
    GrayScott, Heat1d, Heat2d, Helmholtz2d, KortewegDeVries, KuramotoSivashinsky, MaxwellTe,
    NavierStokes2d, NavierStokes2dUnsteady, NavierStokes3d, NavierStokes3dUnsteady,
    NonlinearHeat2d, NonlinearSchroedinger, PlaneElasticity, Poisson2d, ThermoFlow, Wave1d,
};
use pinn_units::{Declared, DimensionalResiduals, Equations, Symbols, TraceError, trace};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Partial differential equation, written once as typed Rust.
///
/// A crate that implements it can run the whole command line with its own equation.
pub trait Pde: 'static {
    /// Name in problem files.
    const NAME: &'static str;
    /// Description in one line, for `pinn list`.
    const SUMMARY: &'static str;
    /// Quantities, declared with [`quantities!`](pinn_units::quantities).
    type Quantities: Symbols;
    /// Residuals, which are zero where the equation holds.
    fn residuals(quantities: Self::Quantities) -> impl Equations;
}

/// Registered equation without its type.
#[derive(Clone)]
pub struct RegisteredPde {
    /// Name in problem files.
    pub name: &'static str,
    /// Description in one line.
    pub summary: &'static str,
    /// Declared quantities.
    pub declared: Declared,
    trace: fn() -> Result<DimensionalResiduals, TraceError>,
}

impl RegisteredPde {
    /// Runs the typed function on symbols.
    ///
    /// # Errors
    /// If the function uses a term of another trace.
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
    /// Registry without equations.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Registry of the equations that come with the toolkit.
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

    /// Equation with this name.
    pub fn get(&self, name: &str) -> Option<&Arc<RegisteredPde>> {
        self.equations.get(name)
    }

    /// Iterates over the equations in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RegisteredPde>> {
        self.equations.values()
    }
}
