//! Jets through a network in tensor operations.

use super::activation::tower;
use super::recorder::{Column, Matrix, Recorder, failed};
use crate::expr::Real;
use crate::pinn::engine::EngineError;
use crate::pinn::jets::JetPlan;
use crate::pinn::network::Network;
use crate::pinn::points::Points;
use dfdx::prelude::*;

/// Weights (outputs × inputs) and biases of one layer.
pub(super) struct Layer<T: Dtype, D: Device<T>> {
    weights: Matrix<T, D>,
    biases: Column<T, D>,
}

/// Cuts the flat parameter vector into layers. To be called once per tape: the gradient of dfdx's `slice`
/// (0.13.0) overwrites what another slice of the same numbers left.
pub(super) fn cut<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    network: &Network,
    parameters: &Column<T, D>,
) -> Result<Vec<Layer<T, D>>, EngineError> {
    let layers = network.layers().into_iter();
    layers
        .map(|layer| {
            let weights = recorder.apply(parameters, |p| {
                p.try_slice((layer.weights.clone(),))?
                    .try_reshape_like(&(layer.outputs, layer.inputs))
            })?;
            let biases = recorder.apply(parameters, |p| p.try_slice((layer.biases.clone(),)))?;
            Ok(Layer { weights, biases })
        })
        .collect()
}

/// The streams of a [`JetPlan`] at one place in the network; `None` stands for zero.
pub(super) struct Streams<T: Dtype, D: Device<T>> {
    streams: Vec<Option<Matrix<T, D>>>,
}

/// A term of Faà di Bruno's formula: coefficient, order of the derivative of σ, and powers of the
/// derivatives of the inner function as (order, power).
type Term = (f64, usize, &'static [(usize, i32)]);

/// (σ∘z)⁽ⁿ⁾ for n = 1..=4 (Griewank & Walther, *Evaluating Derivatives*, 2008, chapter 13, in the derivative
/// convention).
const COMPOSITION: [&[Term]; 4] = [
    &[(1.0, 1, &[(1, 1)])],
    &[(1.0, 2, &[(1, 2)]), (1.0, 1, &[(2, 1)])],
    &[
        (1.0, 3, &[(1, 3)]),
        (3.0, 2, &[(1, 1), (2, 1)]),
        (1.0, 1, &[(3, 1)]),
    ],
    &[
        (1.0, 4, &[(1, 4)]),
        (6.0, 3, &[(1, 2), (2, 1)]),
        (4.0, 2, &[(1, 1), (3, 1)]),
        (3.0, 2, &[(2, 2)]),
        (1.0, 1, &[(4, 1)]),
    ],
];

impl<T: Real + Dtype, D: Device<T>> Streams<T, D> {
    /// Streams of the network's outputs at one site of `points`.
    pub(super) fn of_network<P: Tape<T, D>>(
        recorder: &mut Recorder<P>,
        network: &Network,
        plan: &JetPlan,
        layers: &[Layer<T, D>],
        points: &Points<T>,
        site: usize,
        device: &D,
    ) -> Result<Self, EngineError> {
        let mut streams = Self::of_coordinates(device, network, plan, points, site)?;
        for (number, layer) in layers.iter().enumerate() {
            streams.linear(recorder, layer, points.rows())?;
            if number + 1 < layers.len() {
                streams.activate(recorder, network, plan)?;
            }
        }
        Ok(streams)
    }

    /// The mapped coordinates and their constant derivatives along each direction.
    fn of_coordinates(
        device: &D,
        network: &Network,
        plan: &JetPlan,
        points: &Points<T>,
        site: usize,
    ) -> Result<Self, EngineError> {
        let shape = (network.inputs(), points.rows());
        let mut values = Vec::with_capacity(shape.0 * shape.1);
        for (coordinate, map) in network.input_maps.iter().enumerate() {
            let (scale, shift) = (
                <T as Real>::from_f64(map.scale),
                <T as Real>::from_f64(map.shift),
            );
            values.extend(
                points
                    .column(site, coordinate)
                    .iter()
                    .map(|x| scale * *x + shift),
            );
        }
        let mut streams = vec![None; plan.streams()];
        streams[0] = Some(device.try_tensor_from_vec(values, shape).map_err(failed)?);
        for (number, direction) in plan.directions.iter().enumerate() {
            let mut slopes = Vec::with_capacity(shape.0 * shape.1);
            for (map, component) in network.input_maps.iter().zip(direction.vector) {
                let slope = <T as Real>::from_f64(map.scale * component);
                slopes.extend(std::iter::repeat_n(slope, points.rows()));
            }
            let tensor = device.try_tensor_from_vec(slopes, shape).map_err(failed)?;
            streams[plan.stream(number, 1)] = Some(tensor);
        }
        Ok(Streams { streams })
    }

    /// W·a for every stream, and + b for the value.
    fn linear<P: Tape<T, D>>(
        &mut self,
        recorder: &mut Recorder<P>,
        layer: &Layer<T, D>,
        rows: usize,
    ) -> Result<(), EngineError> {
        for stream in self.streams.iter_mut().flatten() {
            *stream = recorder.apply(&layer.weights, |w| w.try_matmul(stream.clone()))?;
        }
        if let Some(value) = &mut self.streams[0] {
            let shape = (layer.biases.shape().0, rows);
            let biases = recorder.apply(&layer.biases, |b| {
                b.try_broadcast_like::<_, Axis<1>>(&shape)
            })?;
            *value = recorder.add(value, &biases)?;
        }
        Ok(())
    }

    fn activate<P: Tape<T, D>>(
        &mut self,
        recorder: &mut Recorder<P>,
        network: &Network,
        plan: &JetPlan,
    ) -> Result<(), EngineError> {
        let Some(z) = self.streams[0].clone() else {
            return Ok(());
        };
        let tower = tower(recorder, network.activation, &z, plan.order())?;
        let mut activated = vec![None; self.streams.len()];
        activated[0] = Some(tower[0].clone());
        for (number, direction) in plan.directions.iter().enumerate() {
            let inner = |order| self.streams[plan.stream(number, order)].as_ref();
            for order in 1..=direction.order {
                activated[plan.stream(number, order)] =
                    compose(recorder, COMPOSITION[order - 1], &tower, inner)?;
            }
        }
        self.streams = activated;
        Ok(())
    }

    /// coefficient · one output of one stream, as a column; `None` if the stream is zero.
    pub(super) fn column<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        stream: usize,
        field: usize,
        coefficient: T,
    ) -> Result<Option<Column<T, D>>, EngineError> {
        let Some(matrix) = &self.streams[stream] else {
            return Ok(None);
        };
        let (fields, rows) = *matrix.shape();
        let mut selector = vec![<T as Real>::ZERO; fields];
        selector[field] = coefficient;
        let selector = matrix.device().try_tensor_from_vec(selector, (1, fields));
        let column = recorder.apply(&selector.map_err(failed)?, |s| {
            s.try_matmul(matrix.clone())?.try_reshape_like(&(rows,))
        })?;
        Ok(Some(column))
    }

    /// All outputs' values: row `f` holds field `f`.
    pub(super) fn values(&self) -> Vec<T> {
        self.streams[0]
            .as_ref()
            .map_or_else(Vec::new, Tensor::as_vec)
    }
}

fn compose<'a, T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    terms: &[Term],
    tower: &[Matrix<T, D>],
    inner: impl Fn(usize) -> Option<&'a Matrix<T, D>>,
) -> Result<Option<Matrix<T, D>>, EngineError> {
    let mut sum = None;
    for (coefficient, derivative, powers) in terms {
        if powers.iter().any(|(order, _)| inner(*order).is_none()) {
            continue;
        }
        let mut term = tower[*derivative].clone();
        for (order, power) in *powers {
            let Some(z) = inner(*order) else { continue };
            let factor = match power {
                1 => z.clone(),
                2 => recorder.square(z)?,
                n => recorder.apply(z, |z| z.try_powi(*n))?,
            };
            term = recorder.mul(&term, &factor)?;
        }
        if *coefficient != 1.0 {
            term = recorder.scale(<T as Real>::from_f64(*coefficient), &term)?;
        }
        sum = Some(match &sum {
            Some(sum) => recorder.add(sum, &term)?,
            None => term,
        });
    }
    Ok(sum)
}
