//! dfdx operations without panics, recorded on one tape.

use crate::EngineError;
use dfdx::prelude::*;
use pinn_expr::Real;
use std::fmt::Debug;

/// One number per row.
pub(super) type Column<T, D> = Tensor<(usize,), T, D>;
/// One row of the matrix per feature, one column per point.
pub(super) type Matrix<T, D> = Tensor<(usize, usize), T, D>;

pub(super) fn failed(error: impl Debug) -> EngineError {
    EngineError::Tensor(format!("{error:?}"))
}

/// Threads one tape through operations on tensors that carry none, so that a tensor can be used any number
/// of times. `P` is [`OwnedTape`] if a gradient is needed and [`NoneTape`] otherwise.
///
/// dfdx refuses an operation of a tensor with itself (`x * x`): use [`Recorder::square`] or
/// [`Recorder::scale`].
pub(super) struct Recorder<P> {
    tape: P,
}

impl<P: Default> Recorder<P> {
    pub(super) fn new() -> Self {
        Recorder { tape: P::default() }
    }
}

type Recorded<S, T, D> = Result<Tensor<S, T, D>, EngineError>;

impl<P> Recorder<P> {
    /// Applies an operation to `a`; further operands are captured by `operation` without a tape.
    pub(super) fn apply<S: Shape, R: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        a: &Tensor<S, T, D>,
        operation: impl FnOnce(Tensor<S, T, D, P>) -> Result<Tensor<R, T, D, P>, D::Err>,
    ) -> Recorded<R, T, D>
    where
        P: Tape<T, D>,
    {
        let taped = a.clone().put_tape(std::mem::take(&mut self.tape));
        let (out, tape) = operation(taped).map_err(failed)?.split_tape();
        self.tape = tape;
        Ok(out)
    }

    pub(super) fn add<S: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        a: &Tensor<S, T, D>,
        b: &Tensor<S, T, D>,
    ) -> Recorded<S, T, D>
    where
        P: Tape<T, D>,
    {
        self.apply(a, |a| a.try_add(b.clone()))
    }

    pub(super) fn sub<S: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        a: &Tensor<S, T, D>,
        b: &Tensor<S, T, D>,
    ) -> Recorded<S, T, D>
    where
        P: Tape<T, D>,
    {
        self.apply(a, |a| a.try_sub(b.clone()))
    }

    pub(super) fn mul<S: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        a: &Tensor<S, T, D>,
        b: &Tensor<S, T, D>,
    ) -> Recorded<S, T, D>
    where
        P: Tape<T, D>,
    {
        self.apply(a, |a| a.try_mul(b.clone()))
    }

    /// atan2(y, x), which dfdx does not have: its value, plus its linear part at the point where it is taken.
    pub(super) fn atan2<T: Real + Dtype, D: Device<T>>(
        &mut self,
        device: &D,
        y: &Column<T, D>,
        x: &Column<T, D>,
    ) -> Recorded<(usize,), T, D>
    where
        P: Tape<T, D>,
    {
        let (ys, xs) = (y.as_vec(), x.as_vec());
        let of = |f: fn(T, T) -> T| {
            let values: Vec<T> = ys.iter().zip(&xs).map(|(y, x)| f(*y, *x)).collect();
            let rows = values.len();
            device.try_tensor_from_vec(values, (rows,)).map_err(failed)
        };
        let value = of(|y, x| Real::atan2(y, x))?;
        let by_y = of(|y, x| x / (x * x + y * y))?;
        let by_x = of(|y, x| -y / (x * x + y * y))?;
        // Differences from the point itself are zero; their derivatives are not.
        let here_y = of(|y, _| y)?;
        let here_x = of(|_, x| x)?;
        let along_y = self.apply(y, |y| y.try_sub(here_y)?.try_mul(by_y))?;
        let along_x = self.apply(x, |x| x.try_sub(here_x)?.try_mul(by_x))?;
        let linear = self.add(&along_y, &along_x)?;
        self.apply(&linear, |linear| linear.try_add(value))
    }

    pub(super) fn square<S: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        a: &Tensor<S, T, D>,
    ) -> Recorded<S, T, D>
    where
        P: Tape<T, D>,
    {
        self.apply(a, |a| a.try_square())
    }

    /// Computes factor · a.
    pub(super) fn scale<S: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        factor: T,
        a: &Tensor<S, T, D>,
    ) -> Recorded<S, T, D>
    where
        P: Tape<T, D>,
    {
        self.apply(a, |a| a.try_mul(factor))
    }

    /// Computes factor · a + constant.
    pub(super) fn affine<S: Shape, T: Dtype, D: Device<T>>(
        &mut self,
        factor: T,
        a: &Tensor<S, T, D>,
        constant: T,
    ) -> Recorded<S, T, D>
    where
        P: Tape<T, D>,
    {
        self.apply(a, |a| a.try_mul(factor)?.try_add(constant))
    }
}

impl<T: Dtype, D: Device<T>> Recorder<OwnedTape<T, D>> {
    /// Runs the tape backwards from a scalar; returns the gradient by `leaf` (zero if nothing depends on it).
    pub(super) fn gradient<S: Shape>(
        self,
        of: Tensor<Rank0, T, D>,
        leaf: &Tensor<S, T, D>,
    ) -> Result<Vec<T>, EngineError> {
        let mut gradients = of.put_tape(self.tape).try_backward().map_err(failed)?;
        gradients.try_alloc_for(leaf).map_err(failed)?;
        Ok(gradients.get(leaf).as_vec())
    }
}
