//! Normalization of hidden layers, so that their derivatives stay exact, and of residuals, so that different
//! equations are comparable.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod layer;
pub mod points;
pub mod residual;
#[cfg(test)]
mod test_batches;
