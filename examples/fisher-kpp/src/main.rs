//! The Fisher–KPP equation for a population that spreads and grows, as a crate of a user's own.
//!
//! This file is all the Rust there is to write: quantities, residual, `main`.

use pinn::prelude::*;
use pinn::uom::si::f64::*;
use std::process::ExitCode;

quantities! {
    /// Density `u` of a population on a line.
    pub struct Population {
        coordinates { t: Time, x: Length }
        fields { u: LinearNumberDensity }
        parameters { D: DiffusionCoefficient, r: Frequency, K: LinearNumberDensity }
    }
}

/// u_t = D u_xx + r u (1 − u/K): spreading with diffusivity `D`, growth at rate `r` up to the density `K`
/// (Fisher, *The wave of advance of advantageous genes*, Annals of Eugenics 7, 1937).
struct FisherKpp;

impl Pde for FisherKpp {
    const NAME: &'static str = "fisher-kpp";
    const SUMMARY: &'static str = "spread and growth of a population: u_t = D u_xx + r u (1 - u/K)";
    type Quantities = Population;

    fn residuals(Population { t, x, u, D, r, K }: Population) -> impl Equations {
        let spreading = D * u.d(x).d(x);
        let growth = r * u * (1.0 - u / K);
        (equation::<LinearNumberRate, _>(
            "balance",
            u.d(t) - spreading - growth,
        ),)
    }
}

fn main() -> ExitCode {
    pinn::cli::run(Registry::builtin().with::<FisherKpp>())
}
