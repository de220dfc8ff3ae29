//! A physics-informed network toolkit in which a physically wrong equation does not compile.
//!
//! A person describes a physical problem with its units, in a TOML file or as typed Rust. The crate checks
//! every dimension, brings the problem into dimensionless form by itself, trains a network whose
//! derivatives satisfy the equations, and hands back the solution in physical units with its error.
//!
//! # A tour
//!
//! An equation is a function of quantities. Each carries its dimension in its type, so that a sum of
//! pascals and kelvins per second is a compile error:
//!
//! ```
//! use pinn::prelude::*;
//! use pinn::uom::si::f64::*;
//!
//! quantities! { pub struct Rod {
//!     coordinates { t: Time, x: Length }
//!     fields { T: ThermodynamicTemperature }
//!     parameters { rho: MassDensity, c_p: SpecificHeatCapacity, k: ThermalConductivity }
//! }}
//!
//! fn heat(Rod { t, x, T, rho, c_p, k }: Rod) -> impl Equations {
//!     (equation::<VolumetricPowerDensity, _>("heat", rho * c_p * T.d(t) - k * T.d(x).d(x)),)
//! }
//!
//! assert_eq!(trace(heat)?.show(), ["heat: rho*c_p*T_t - k*T_xx"]);
//! # Ok::<(), TraceError>(())
//! ```
//!
//! Implement [`Pde`](equations::registry::Pde) for it, and [`cli::run`] gives the equation the whole command line.
//!
//! # The way of the data
//!
//! ```text
//! problems/*.toml ─ problem ─┐
//! typed Rust ────────────────┴─> Residuals<Dimensional>          units  (terms over expr)
//!                                   │ nondimensionalize
//!                                Residuals<Nondimensional> ──> report of groups and coefficients
//!                                   │ compile
//! sampler ─ points ─> network jets ─> kernel ─> residual rows ─> loss      engine, norm
//!                         ^                                       │
//!                         └──────── parameters <── optimiser <────┘
//!                                   │
//!                                Solution in physical units ─> output
//! ```
//!
//! Every module below is a crate of its own, which imports only those above it:
//!
//! | module | what it is |
//! |---|---|
//! | [`expr`] | the expression graph: build, differentiate, take adjoints, lower to block programs, print |
//! | [`units`] | dimensions in types, the typestate of residuals, dimensionless form and groups, unit texts |
//! | [`norm`] | norms of hidden layers, normalization of dimensionless residuals |
//! | [`geometry`] | domains, regions, places, and points in them |
//! | [`network`] | networks, circuits and jets |
//! | [`engine`] | residuals, losses and gradients at points, on the CPU and on GPUs |
//! | [`hyper`] | hypernetworks |
//! | [`equations`], [`reference`](mod@reference) | ready-made equations; solutions that are known |
//! | [`statement`], [`optimiser`], [`session`], [`checkpoint`], … | what is trained, and how |
//! | [`model`] | problems as typed Rust: [`Problem`](model::Problem), [`Solution`](model::Solution) |
//! | [`problem`] | problem files, checked into statements |
//! | [`output`] | what a run leaves behind: one file per format |
//! | [`study`] | claims, measured: one folder per study |
//! | [`nas`] | which norm, where: search space, objectives, strategies, report |
//! | [`statistics`] | medians, intervals and tests, for studies and searches |
//! | [`cli`] | one file per subcommand |

#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub use pinn_cli as cli;
pub use pinn_core::{
    accuracy, ansatz, automatic, balance, checkpoint, coefficients, conditions, expression, family,
    files, loss, measurements, optimiser, phase_end, scales, session, settings, solution,
    statement, uncertainty, unknown,
};
pub use pinn_engine as engine;
pub use pinn_equations as equations;
pub use pinn_expr as expr;
pub use pinn_geometry as geometry;
pub use pinn_hyper as hyper;
pub use pinn_model as model;
pub use pinn_nas as nas;
pub use pinn_network as network;
pub use pinn_norm as norm;
pub use pinn_output as output;
pub use pinn_problem as problem;
pub use pinn_reference as reference;
pub use pinn_statistics as statistics;
pub use pinn_study as study;
pub use pinn_units as units;

pub use pinn_units::quantities;
pub use uom;

pub use pinn_units::amounts;

/// Names that state an equation, pose a problem for it, solve it and read the solution, with [`amounts`] in common units.
/// Types of quantities come from `pinn::uom::si::f64`.
pub mod prelude {
    pub use pinn_units::amounts::*;

    pub use pinn_equations::registry::{Pde, Registry};
    pub use pinn_model::{Faces, PoseError, Problem, Solution, SolveError, integral};
    pub use pinn_units::quantities;
    pub use pinn_units::{
        Case, Coordinate, Equation, Equations, Names, Of, Q, Quantity, Quot, Setup, Symbolic,
        Symbols, Term, TraceError, Values, automatic, between, equation, given, over,
        positive_unknown, scale, space1, space2, space3, trace, unknown,
    };
}

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
