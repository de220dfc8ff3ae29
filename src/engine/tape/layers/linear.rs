//! W·a + b. The derivatives of an affine map are W times those of its input.

use crate::EngineError;
use crate::tape::jet::Jet;
use crate::tape::products::{row_sums, spread};
use crate::tape::recorder::{Column, Matrix, Recorder, failed};
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_network::{Bias, Linear, Weights};
use std::ops::Range;

/// Weights (outputs × inputs) and biases of one layer.
pub(super) struct Affine<T: Dtype, D: Device<T>> {
    weights: Matrix<T, D>,
    bias: Option<Column<T, D>>,
}

impl<T: Real + Dtype, D: Device<T>> Affine<T, D> {
    pub fn cut<P: Tape<T, D>>(
        recorder: &mut Recorder<P>,
        layer: &Linear,
        flat: &Column<T, D>,
    ) -> Result<Self, EngineError> {
        let device = flat.device();
        let shape = (layer.outputs, layer.inputs);
        let weights = match &layer.weights {
            Weights::Frozen(weights) => device
                .try_tensor_from_vec(rounded(weights), shape)
                .map_err(failed)?,
            Weights::Plain(range) => matrix(recorder, flat, range, shape)?,
            // diag(exp s)·V (Wang, Wang, Seidman & Perdikaris 2022, eq. 5)
            Weights::Factorised {
                directions,
                log_scales,
            } => {
                let directions = matrix(recorder, flat, directions, shape)?;
                let scales =
                    recorder.apply(flat, |p| p.try_slice((log_scales.clone(),))?.try_exp())?;
                let scales = spread(recorder, &scales, shape)?;
                recorder.mul(&directions, &scales)?
            }
            // diag(g/‖v‖)·V (Salimans & Kingma 2016, eq. 2)
            Weights::Normalised {
                directions,
                lengths,
            } => {
                let directions = matrix(recorder, flat, directions, shape)?;
                let lengths = recorder.apply(flat, |p| p.try_slice((lengths.clone(),)))?;
                let squares = recorder.square(&directions)?;
                let sums = row_sums(recorder, &squares)?;
                let inverse = recorder.apply(&sums, |s| s.try_sqrt()?.try_recip())?;
                let scales = recorder.mul(&lengths, &inverse)?;
                let scales = spread(recorder, &scales, shape)?;
                recorder.mul(&directions, &scales)?
            }
        };
        let bias = match &layer.bias {
            Bias::None => None,
            Bias::Frozen(bias) => {
                let bias = device.try_tensor_from_vec(rounded(bias), (bias.len(),));
                Some(bias.map_err(failed)?)
            }
            Bias::Trained(range) => Some(recorder.apply(flat, |p| p.try_slice((range.clone(),)))?),
        };
        Ok(Affine { weights, bias })
    }

    pub fn apply<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        input: &Jet<T, D>,
    ) -> Result<Jet<T, D>, EngineError> {
        let mut streams = Vec::with_capacity(input.streams.len());
        for stream in &input.streams {
            streams.push(match stream {
                Some(a) => Some(recorder.apply(&self.weights, |w| w.try_matmul(a.clone()))?),
                None => None,
            });
        }
        if let (Some(bias), Some(value)) = (&self.bias, &mut streams[0]) {
            let bias = spread(recorder, bias, *value.shape())?;
            *value = recorder.add(value, &bias)?;
        }
        Ok(Jet { streams })
    }
}

fn matrix<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    flat: &Column<T, D>,
    range: &Range<usize>,
    shape: (usize, usize),
) -> Result<Matrix<T, D>, EngineError> {
    recorder.apply(flat, |p| {
        p.try_slice((range.clone(),))?.try_reshape_like(&shape)
    })
}

fn rounded<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|x| T::from_f64(*x)).collect()
}
