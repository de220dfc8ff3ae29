//! Networks, their derivatives, engines, domains, conditions, training and solutions.

pub mod activation;
pub mod domain;
pub mod engine;
pub mod jets;
pub mod network;
pub mod points;
pub mod registry;
pub mod statement;
