//! Problems as typed Rust: posed, solved and read with their units.
//!
//! [`Problem::new`] takes an equation and a [case](pinn_units::Case), [`Draft::condition`] adds conditions, and
//! [`Problem::solve`] gives a [`Solution`] whose fields, gradients and integrals are uom quantities. A wrong dimension in
//! an equation, a condition, a value or a question does not compile.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

mod draft;
mod error;
mod face;
mod integral;
mod problem;
mod run;
mod solution;

pub use draft::Draft;
pub use error::{PoseError, SolveError};
pub use face::{Face, Faces, OnFace};
pub use integral::{Integral, integral};
pub use problem::Problem;
pub use run::WriteError;
pub use solution::{Estimated, Solution};
