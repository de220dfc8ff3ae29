//! The units of one jet after those of another, stream by stream.

use crate::expr::Real;
use crate::pinn::engine::EngineError;
use crate::pinn::engine::tape::jet::{Jet, Stream};
use crate::pinn::engine::tape::recorder::{Matrix, Recorder, failed};
use dfdx::prelude::*;

pub(super) fn apply<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    first: &Jet<T, D>,
    second: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let (Some(upper), Some(lower)) = (&first.streams[0], &second.streams[0]) else {
        unreachable!("every layer gives its value stream")
    };
    first.zip(second, |a, b| {
        if a.is_none() && b.is_none() {
            return Ok(None);
        }
        let a = a.map_or_else(|| zeros(upper), |a| Ok(a.clone()))?;
        let b = b.map_or_else(|| zeros(lower), |b| Ok(b.clone()))?;
        stack(recorder, &a, &b)
    })
}

/// Zeros in the shape of another matrix.
fn zeros<T: Real + Dtype, D: Device<T>>(like: &Matrix<T, D>) -> Result<Matrix<T, D>, EngineError> {
    like.device().try_zeros_like(like.shape()).map_err(failed)
}

fn stack<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    a: &Matrix<T, D>,
    b: &Matrix<T, D>,
) -> Result<Stream<T, D>, EngineError> {
    let stacked = recorder.apply(a, |a| (a, b.clone()).try_concat_along(Axis::<0>))?;
    Ok(Some(stacked))
}
