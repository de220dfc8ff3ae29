//! Normalisation: what makes residuals of different equations comparable.

pub mod residual;
