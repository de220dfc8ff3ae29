//! Operation on dfdx's tape that runs any engine.
//!
//! The operation takes the tensor of flat parameters and returns the loss tensor. The engine computes loss
//! and gradient together. The backward closure adds the gradient times the incoming gradient.

use super::{Engine, EngineError};
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_geometry::points::Points;

fn failed(error: CpuError) -> EngineError {
    EngineError::Tensor(error.to_string())
}

/// Optimised loss, as a tensor on the tape of `parameters`. The single losses go to `losses`.
///
/// `points`, `weights`, `losses` and the errors are as for [`Engine::loss`]. With [`NoneTape`] no gradient is
/// computed.
pub fn residual_loss<T, P>(
    engine: &mut dyn Engine<T>,
    parameters: Tensor<(usize,), T, Cpu, P>,
    points: &[Points<T>],
    weights: &[f64],
    losses: &mut [f64],
) -> Result<Tensor<Rank0, T, Cpu, P>, EngineError>
where
    T: Real + Dtype,
    P: Tape<T, Cpu>,
{
    let (tensor, _) = recorded(engine, parameters, points, weights, losses)?;
    Ok(tensor)
}

/// Tensor, with its value in f64 even if the tape has f32.
#[allow(clippy::type_complexity)]
fn recorded<T, P>(
    engine: &mut dyn Engine<T>,
    parameters: Tensor<(usize,), T, Cpu, P>,
    points: &[Points<T>],
    weights: &[f64],
    losses: &mut [f64],
) -> Result<(Tensor<Rank0, T, Cpu, P>, f64), EngineError>
where
    T: Real + Dtype,
    P: Tape<T, Cpu>,
{
    let (parameters, mut tape) = parameters.split_tape();
    let values = parameters.as_vec();
    let mut gradient = vec![<T as Real>::ZERO; if P::OWNS_TAPE { values.len() } else { 0 }];
    let wanted = P::OWNS_TAPE.then_some(&mut gradient[..]);
    let value = engine.loss(&values, points, weights, losses, wanted)?;
    let total = vec![<T as Real>::from_f64(value)];
    let total = parameters
        .device()
        .try_tensor_from_vec(total, ())
        .map_err(failed)?;
    let result = total.clone();
    tape.add_backward_op(move |gradients| {
        gradients.try_alloc_for(&parameters)?;
        gradients.try_alloc_for(&total)?;
        let upstream = gradients.get(&total).array();
        let sums = gradients.get_or_alloc_mut(&parameters)?;
        for (sum, part) in sums.iter_mut().zip(&gradient) {
            *sum += upstream * *part;
        }
        Ok(())
    });
    Ok((result.put_tape(tape), value))
}

/// Objective whose loss and gradient dfdx's tape computes.
///
/// It builds the tensor, runs the operation ([`residual_loss`]) and the tape backwards.
pub struct TapeObjective {
    device: Cpu,
}

impl Default for TapeObjective {
    fn default() -> Self {
        Self::new()
    }
}

impl TapeObjective {
    /// Objective without memory.
    pub fn new() -> Self {
        TapeObjective {
            device: Cpu::default(),
        }
    }

    /// Returns the optimised loss and writes its gradient. Arguments are those of [`Engine::loss`].
    pub fn evaluate<T>(
        &self,
        engine: &mut dyn Engine<T>,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: &mut [T],
    ) -> Result<f64, EngineError>
    where
        T: Real + Dtype,
    {
        super::shapes::expect("gradient entries", parameters.len(), gradient.len())?;
        let shape = (parameters.len(),);
        let leaf: Tensor<(usize,), T, Cpu> = self
            .device
            .try_tensor_from_vec(parameters.to_vec(), shape)
            .map_err(failed)?;
        let traced = leaf.clone().put_tape(OwnedTape::default());
        let (loss, value) = recorded(engine, traced, points, weights, losses)?;
        let gradients = loss.try_backward().map_err(failed)?;
        // The backward closure has allocated this gradient.
        gradients.get(&leaf).copy_into(gradient);
        Ok(value)
    }
}
