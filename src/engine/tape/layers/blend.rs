//! α·f + (1 − α)·x = x + α·(f − x), stream by stream (Wang, Li, Chen & Perdikaris 2024, *PirateNets*, eq. 4.6).

use crate::EngineError;
use crate::tape::jet::Jet;
use crate::tape::products::spread;
use crate::tape::recorder::{Column, Recorder};
use dfdx::prelude::*;
use pinn_expr::Real;

/// Parameter α, in a column of its own.
pub(super) struct Share<T: Dtype, D: Device<T>>(Column<T, D>);

impl<T: Real + Dtype, D: Device<T>> Share<T, D> {
    pub fn cut<P: Tape<T, D>>(
        recorder: &mut Recorder<P>,
        share: usize,
        flat: &Column<T, D>,
    ) -> Result<Self, EngineError> {
        let share = recorder.apply(flat, |p| p.try_slice((share..share + 1,)))?;
        Ok(Share(share))
    }

    pub fn apply<P: Tape<T, D>>(
        &self,
        recorder: &mut Recorder<P>,
        new: &Jet<T, D>,
        old: &Jet<T, D>,
    ) -> Result<Jet<T, D>, EngineError> {
        let mut change = new.minus(recorder, old)?;
        for stream in change.streams.iter_mut().flatten() {
            let shape = *stream.shape();
            let units = spread(recorder, &self.0, (1, shape.0))?;
            let units = recorder.apply(&units, |u| u.try_reshape_like(&(shape.0,)))?;
            let share = spread(recorder, &units, shape)?;
            *stream = recorder.mul(stream, &share)?;
        }
        change.plus(recorder, old)
    }
}
