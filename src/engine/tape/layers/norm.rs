//! γ⊙(a − mean)/√(variance + ε) + β. The derivatives of a square and of a reciprocal root are written out, order by
//! order.

use super::activation::compose_all;
use super::gate::product;
use crate::EngineError;
use crate::tape::jet::Jet;
use crate::tape::products::spread;
use crate::tape::recorder::{Column, Matrix, Recorder, failed};
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_network::jets::JetPlan;
use pinn_network::{NormLayer, Statistics};
use pinn_norm::layer::UnitStatistics;

/// Gains and biases of one norm.
pub(super) struct Scales<T: Dtype, D: Device<T>> {
    gain: Column<T, D>,
    bias: Option<Column<T, D>>,
}

impl<T: Real + Dtype, D: Device<T>> Scales<T, D> {
    pub fn cut<P: Tape<T, D>>(
        recorder: &mut Recorder<P>,
        norm: &NormLayer,
        flat: &Column<T, D>,
    ) -> Result<Self, EngineError> {
        let gain = recorder.apply(flat, |p| p.try_slice((norm.gain.clone(),)))?;
        let bias = match &norm.bias {
            Some(range) => Some(recorder.apply(flat, |p| p.try_slice((range.clone(),)))?),
            None => None,
        };
        Ok(Scales { gain, bias })
    }

    pub fn apply<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        plan: &JetPlan,
        norm: &NormLayer,
        input: &Jet<T, D>,
    ) -> Result<Jet<T, D>, EngineError> {
        let mut jet = match &norm.statistics {
            Statistics::OfFeatures { groups, centred } => {
                of_features(recorder, plan, (*groups, *centred, norm.epsilon), input)?
            }
            Statistics::Frozen(statistics) => frozen(recorder, statistics, norm.epsilon, input)?,
        };
        for stream in jet.streams.iter_mut().flatten() {
            let gain = spread(recorder, &self.gain, *stream.shape())?;
            *stream = recorder.mul(stream, &gain)?;
        }
        if let (Some(bias), Some(value)) = (&self.bias, &mut jet.streams[0]) {
            let bias = spread(recorder, bias, *value.shape())?;
            *value = recorder.add(value, &bias)?;
        }
        Ok(jet)
    }
}

/// Replaces each row by the mean over its group of rows: a product with a constant matrix.
fn means<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    groups: usize,
    matrix: &Matrix<T, D>,
) -> Result<Matrix<T, D>, EngineError> {
    let units = matrix.shape().0;
    let size = units / groups;
    let entry = |i: usize| match (i / units) / size == (i % units) / size {
        true => <T as Real>::from_f64(1.0 / size as f64),
        false => <T as Real>::ZERO,
    };
    let average: Vec<T> = (0..units * units).map(entry).collect();
    let average = matrix.device().try_tensor_from_vec(average, (units, units));
    let average = average.map_err(failed)?;
    recorder.apply(&average, |average| average.try_matmul(matrix.clone()))
}

fn of_features<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    plan: &JetPlan,
    (groups, centred, epsilon): (usize, bool, f64),
    input: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    // Two jets with the same values: dfdx refuses an operation of a tensor with itself.
    let mut pair = [(); 2].map(|()| Vec::with_capacity(input.streams.len()));
    for stream in &input.streams {
        for streams in &mut pair {
            streams.push(match stream {
                Some(h) if centred => {
                    let mean = means(recorder, groups, h)?;
                    Some(recorder.sub(h, &mean)?)
                }
                Some(h) => Some(recorder.scale(<T as Real>::ONE, h)?),
                None => None,
            });
        }
    }
    let [left, right] = pair.map(|streams| Jet { streams });
    let mut square = product(recorder, plan, &left, &right)?;
    for stream in square.streams.iter_mut().flatten() {
        *stream = means(recorder, groups, stream)?;
    }
    let Some(value) = &square.streams[0] else {
        unreachable!("every layer gives its value stream")
    };
    let variance = recorder.affine(<T as Real>::ONE, value, <T as Real>::from_f64(epsilon))?;
    let tower = inverse_root(recorder, &variance, plan.order())?;
    let factor = compose_all(recorder, plan, &tower, &square)?;
    product(recorder, plan, &left, &factor)
}

/// Derivatives of z^(−1/2): each is the previous one times −(k − 1/2)/z.
fn inverse_root<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    z: &Matrix<T, D>,
    order: usize,
) -> Result<Vec<Matrix<T, D>>, EngineError> {
    let inverse = recorder.apply(z, |z| z.try_recip())?;
    let mut tower = vec![recorder.apply(z, |z| z.try_sqrt()?.try_recip())?];
    for k in 1..=order {
        let factor = <T as Real>::from_f64(0.5 - k as f64);
        let last = recorder.scale(factor, &tower[k - 1])?;
        tower.push(recorder.mul(&last, &inverse)?);
    }
    Ok(tower)
}

/// (a − mean)/√(variance + ε) of constants.
fn frozen<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    statistics: &UnitStatistics,
    epsilon: f64,
    input: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let mut streams = input.streams.clone();
    for (number, stream) in streams.iter_mut().enumerate() {
        let Some(a) = stream else { continue };
        let column = |values: &mut dyn Iterator<Item = f64>| {
            let values: Vec<T> = values.map(<T as Real>::from_f64).collect();
            let shape = (values.len(),);
            a.device()
                .try_tensor_from_vec(values, shape)
                .map_err(failed)
        };
        let roots = statistics.variance.iter();
        let slope = column(&mut roots.map(|v| (v + epsilon).sqrt().recip()))?;
        let mean = column(&mut statistics.mean.iter().copied())?;
        let mut centred = a.clone();
        if number == 0 {
            let mean = spread(recorder, &mean, *a.shape())?;
            centred = recorder.sub(a, &mean)?;
        }
        let slope = spread(recorder, &slope, *a.shape())?;
        *stream = Some(recorder.mul(&centred, &slope)?);
    }
    Ok(Jet { streams })
}
