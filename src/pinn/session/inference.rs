//! Estimates of the unknowns of a session.

use super::objective::WeightedLoss;
use super::{Session, SessionError};
use crate::measurements::tolerance;
use crate::optimiser::LeastSquares;
use crate::uncertainty::{Estimate, Fit, Inference, Rows, StandardError, half_width};
use crate::unknown::Unknown;
use pinn_engine::Columns;
use pinn_expr::Real;
use pinn_units::Scales;

/// Largest number of parameters of a network with intervals: the factorisation costs its cube.
const MOST_PARAMETERS: usize = 3000;

impl<T: Real> Session<T> {
    /// Values of the unknowns in SI base units.
    pub(super) fn unknown_values(&self) -> Vec<f64> {
        let thetas = self.parameters[self.constants.clone()].iter();
        values(
            &self.statement.unknowns,
            &self.statement.scales,
            thetas.map(|theta| theta.to_f64()),
        )
    }

    /// Estimates with their intervals; `None` without measurements.
    pub(super) fn infer(&mut self) -> Result<Option<Inference>, SessionError> {
        if self.statement.measurements.is_empty() {
            return Ok(None);
        }
        let noise_is_given = self
            .statement
            .measurements
            .iter()
            .all(|set| set.noise.is_some());
        let count: usize = self
            .statement
            .measurements
            .iter()
            .map(|set| set.values.len())
            .sum();
        let delta = tolerance(&self.statement.measurements, &self.statement.scales);
        let columns = self.parameters.len();
        let mut points = self.collocation.points().to_vec();
        for points in &mut points {
            points.weigh(std::iter::empty());
        }
        let mut losses = vec![0.0; self.names.len()];
        // The covariance follows from the weights of the problem, not from those of a residual norm.
        let mut squares = WeightedLoss {
            tape: &self.tape,
            engine: self.engine.as_mut(),
            residuals: &self.residuals,
            points: &points,
            weights: &self.factors,
            losses: &mut losses,
            output_layer: None,
        };
        let first = squares.rows() - count;
        let mut residuals = vec![T::ZERO; squares.rows()];
        squares.residuals(&self.parameters, &mut residuals)?;
        let residuals: Vec<f64> = residuals[first..]
            .iter()
            .map(|r| r.to_f64() / delta)
            .collect();
        let chi_square: f64 = residuals.iter().map(|r| r * r).sum();

        let exact = size_of::<T>() == size_of::<f64>();
        let profile = match columns <= MOST_PARAMETERS && squares.engine.linearised().is_some() {
            false => None,
            true => {
                let mut rows = Rows::new(columns);
                squares.linearise(&self.parameters, Columns::All, &mut |_, jacobian| {
                    rows.add(jacobian.iter().map(|x| x.to_f64()));
                })?;
                Some(rows.profile(self.statement.unknowns.len(), exact))
            }
        };
        let mut followed = self.statement.unknowns.len() as f64;
        let mut left = Vec::new();
        if let Some(profile) = &profile {
            let (mut row, mut sum) = (0, 0.0);
            squares.linearise(&self.parameters, Columns::All, &mut |_, jacobian| {
                for entries in jacobian.chunks_exact(columns) {
                    if row >= first {
                        let entries: Vec<f64> = entries.iter().map(|x| x.to_f64()).collect();
                        let told = profile.row(&entries);
                        sum += told.leverage;
                        left.push(told.left);
                    }
                    row += 1;
                }
            })?;
            followed = sum;
        }
        let degrees = count as f64 - followed;
        let reduced = chi_square / degrees.max(f64::MIN_POSITIVE);
        let factor = if noise_is_given { 1.0 } else { reduced };
        let width = half_width((!noise_is_given).then_some(degrees));
        let covariance = profile.as_ref().and_then(|p| p.covariance_of(&left));
        let apparent = profile.as_ref().and_then(|p| p.covariance());
        let estimates = self
            .statement
            .unknowns
            .iter()
            .enumerate()
            .map(|(n, unknown)| {
                let guess = self.statement.scales.parameters[unknown.parameter];
                let theta = self.parameters[self.constants.start + n].to_f64();
                let error = covariance.as_ref().zip(width).map(|(covariance, width)| {
                    let deviation = delta * (factor * covariance[n][n]).sqrt();
                    let ends = [-width, width].map(|w| unknown.value(guess, theta + w * deviation));
                    StandardError {
                        deviation: (unknown.slope(guess, theta) * deviation).abs(),
                        lower: ends[0].min(ends[1]),
                        upper: ends[0].max(ends[1]),
                    }
                });
                let part = apparent.as_ref().zip(covariance.as_ref());
                Estimate {
                    value: unknown.value(guess, theta),
                    error,
                    unfollowed: part
                        .map_or(1.0, |(all, own)| (1.0 - all[n][n] / own[n][n]).max(0.0)),
                }
            });
        let estimates = estimates.collect();
        let mut begin = 0;
        let fits = self.statement.measurements.iter().map(|set| {
            let own = &residuals[begin..begin + set.values.len()];
            begin += own.len();
            let unit = set.unit(&self.statement.scales);
            let square = own.iter().map(|r| r * r).sum::<f64>() / set.weight;
            Fit {
                measurements: own.len(),
                noise: match noise_is_given {
                    true => unit,
                    false => unit * (reduced / set.weight).sqrt(),
                },
                rms: unit * (square / own.len() as f64).sqrt(),
            }
        });
        Ok(Some(Inference {
            fits: fits.collect(),
            estimates,
            degrees,
            reduced_chi_square: reduced,
            noise_is_given,
        }))
    }
}

/// Values of unknowns in SI base units, from the parameters of the network.
pub(super) fn values(
    unknowns: &[Unknown],
    scales: &Scales,
    thetas: impl Iterator<Item = f64>,
) -> Vec<f64> {
    let pairs = unknowns.iter().zip(thetas);
    pairs
        .map(|(unknown, theta)| unknown.value(scales.parameters[unknown.parameter], theta))
        .collect()
}
