//! Networks, their derivatives, engines, domains, conditions, training and solutions.

pub mod accuracy;
pub mod activation;
pub mod ansatz;
pub mod checkpoint;
pub mod coefficients;
pub mod conditions;
pub mod domain;
pub mod engine;
pub mod equations;
pub mod family;
pub mod hyper;
pub mod jets;
pub mod loss;
pub mod network;
pub mod optimiser;
pub mod parallel;
pub mod points;
pub mod reference;
pub mod registry;
pub mod sampling;
mod schedule;
pub mod session;
pub mod settings;
pub mod solution;
pub mod statement;
