//! Streams of a value of the network, with arithmetic.

use super::recorder::{Column, Matrix, Recorder, failed};
use crate::EngineError;
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use pinn_network::InputMap;
use pinn_network::jets::JetPlan;

/// Stream with one row per unit and one column per point; `None` means zero.
pub(super) type Stream<T, D> = Option<Matrix<T, D>>;

/// Streams of a [`JetPlan`] at one place in the network.
pub(super) struct Jet<T: Dtype, D: Device<T>> {
    pub streams: Vec<Stream<T, D>>,
}

impl<T: Real + Dtype, D: Device<T>> Jet<T, D> {
    /// Mapped coordinates at one site of `points`, and their constant derivatives along each direction.
    pub(super) fn of_coordinates(
        device: &D,
        maps: &[InputMap],
        plan: &JetPlan,
        points: &Points<T>,
        site: usize,
    ) -> Result<Self, EngineError> {
        let shape = (maps.len(), points.rows());
        let mut values = Vec::with_capacity(shape.0 * shape.1);
        for (coordinate, map) in maps.iter().enumerate() {
            let scale = <T as Real>::from_f64(map.scale);
            let shift = <T as Real>::from_f64(map.shift);
            let column = points.column(site, coordinate).iter();
            values.extend(column.map(|x| scale * *x + shift));
        }
        let mut streams = vec![None; plan.streams()];
        streams[0] = Some(device.try_tensor_from_vec(values, shape).map_err(failed)?);
        for (number, direction) in plan.directions.iter().enumerate() {
            let mut slopes = Vec::with_capacity(shape.0 * shape.1);
            for (map, component) in maps.iter().zip(direction.vector) {
                let slope = <T as Real>::from_f64(map.scale * component);
                slopes.extend(std::iter::repeat_n(slope, points.rows()));
            }
            let tensor = device.try_tensor_from_vec(slopes, shape).map_err(failed)?;
            streams[plan.stream(number, 1)] = Some(tensor);
        }
        Ok(Jet { streams })
    }

    /// One unit of one stream times a coefficient, as a column; `None` if the stream is zero.
    pub(super) fn column<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        stream: usize,
        unit: usize,
        coefficient: T,
    ) -> Result<Option<Column<T, D>>, EngineError> {
        let Some(matrix) = &self.streams[stream] else {
            return Ok(None);
        };
        let (units, rows) = *matrix.shape();
        let mut selector = vec![<T as Real>::ZERO; units];
        selector[unit] = coefficient;
        let selector = matrix.device().try_tensor_from_vec(selector, (1, units));
        let column = recorder.apply(&selector.map_err(failed)?, |s| {
            s.try_matmul(matrix.clone())?.try_reshape_like(&(rows,))
        })?;
        Ok(Some(column))
    }

    /// Values of all units: entry `unit · rows + row`.
    pub(super) fn values(&self) -> Vec<T> {
        self.streams[0]
            .as_ref()
            .map_or_else(Vec::new, Tensor::as_vec)
    }

    /// Sum a + b, stream by stream.
    pub(super) fn plus<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        other: &Self,
    ) -> Result<Self, EngineError> {
        self.zip(other, |a, b| sum(recorder, a, b))
    }

    /// Difference a − b, stream by stream.
    pub(super) fn minus<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        other: &Self,
    ) -> Result<Self, EngineError> {
        self.zip(other, |a, b| match (a, b) {
            (Some(a), Some(b)) => Ok(Some(recorder.sub(a, b)?)),
            (None, Some(b)) => Ok(Some(recorder.scale(<T as Real>::from_f64(-1.0), b)?)),
            (a, None) => Ok(a.cloned()),
        })
    }

    /// Applies `of(a, b)` to every pair of streams.
    pub(super) fn zip(
        &self,
        other: &Self,
        mut of: impl FnMut(
            Option<&Matrix<T, D>>,
            Option<&Matrix<T, D>>,
        ) -> Result<Stream<T, D>, EngineError>,
    ) -> Result<Self, EngineError> {
        let pairs = self.streams.iter().zip(&other.streams);
        let streams = pairs.map(|(a, b)| of(a.as_ref(), b.as_ref()));
        let streams = streams.collect::<Result<_, _>>()?;
        Ok(Jet { streams })
    }
}

pub(super) fn sum<S: Shape, T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    a: Option<&Tensor<S, T, D>>,
    b: Option<&Tensor<S, T, D>>,
) -> Result<Option<Tensor<S, T, D>>, EngineError> {
    Ok(match (a, b) {
        (Some(a), Some(b)) => Some(recorder.add(a, b)?),
        (a, b) => a.or(b).cloned(),
    })
}
