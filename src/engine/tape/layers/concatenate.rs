//! Concatenation of the units of two jets, stream by stream.

use crate::EngineError;
use crate::tape::jet::{Jet, sum};
use crate::tape::products::padded;
use crate::tape::recorder::Recorder;
use dfdx::prelude::*;
use pinn_expr::Real;

pub(super) fn apply<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    first: &Jet<T, D>,
    second: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let (Some(upper), Some(lower)) = (&first.streams[0], &second.streams[0]) else {
        unreachable!("every layer gives its value stream")
    };
    let (upper, lower) = (upper.shape().0, lower.shape().0);
    let height = upper + lower;
    first.zip(second, |a, b| {
        let a = a.map(|a| padded(recorder, a, 0, height)).transpose()?;
        let b = b.map(|b| padded(recorder, b, upper, height)).transpose()?;
        sum(recorder, a.as_ref(), b.as_ref())
    })
}
