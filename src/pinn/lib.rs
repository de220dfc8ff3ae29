//! Networks, their derivatives, engines, domains, conditions, training and solutions.

pub mod accuracy;
pub mod ansatz;
pub mod checkpoint;
pub mod coefficients;
pub mod conditions;
pub mod expression;
pub mod family;
pub mod files;
pub mod loss;
pub mod optimiser;
pub mod phase_end;
mod posed;
pub mod readings;
pub mod scales;
mod schedule;
pub mod session;
pub mod settings;
pub mod solution;
pub mod statement;
pub mod uncertainty;
pub mod unknown;
