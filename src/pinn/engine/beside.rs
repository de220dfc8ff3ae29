//! Loss and gradient by one engine, the Jacobian by another.

use super::{Engine, EngineError, Linearised, shapes};
use crate::expr::Real;
use crate::pinn::network::Network;
use crate::pinn::points::Points;
use crate::units::{Batch, Nondimensional};

/// Everything by `engine`, except for the Jacobian and products with it, which `jacobian` gives: for an engine whose
/// own Jacobian takes one sweep a row. Both are for the same network and the same tasks.
pub struct JacobianBeside<E, J> {
    engine: E,
    jacobian: J,
}

impl<E, J> JacobianBeside<E, J> {
    /// # Errors
    /// [`EngineError::Shape`] if the two do not have the same number of losses.
    pub fn new<T: Real>(engine: E, jacobian: J) -> Result<Self, EngineError>
    where
        E: Engine<T>,
        J: Linearised<T>,
    {
        shapes::expect("losses", engine.losses(), jacobian.losses())?;
        Ok(JacobianBeside { engine, jacobian })
    }
}

impl<T: Real, E: Engine<T>, J: Linearised<T>> Engine<T> for JacobianBeside<E, J> {
    fn network(&self) -> &Network {
        self.engine.network()
    }

    fn losses(&self) -> usize {
        self.engine.losses()
    }

    fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.jacobian.pool()
    }

    fn loss(
        &mut self,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [T]>,
    ) -> Result<f64, EngineError> {
        self.engine
            .loss(parameters, points, weights, losses, gradient)
    }

    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError> {
        self.engine.residuals(parameters, task, points)
    }

    fn fields(&mut self, parameters: &[T], points: &Points<T>) -> Result<Vec<T>, EngineError> {
        self.engine.fields(parameters, points)
    }

    fn linearised(&mut self) -> Option<&mut dyn Linearised<T>> {
        Some(self)
    }
}

impl<T: Real, E: Engine<T>, J: Linearised<T>> Linearised<T> for JacobianBeside<E, J> {
    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        self.jacobian
            .jacobian_vector(parameters, task, points, vector, product)
    }

    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        self.jacobian
            .vector_jacobian(parameters, task, points, vector, product)
    }

    fn jacobian(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
        jacobian: &mut [T],
    ) -> Result<(), EngineError> {
        self.jacobian.jacobian(parameters, task, points, jacobian)
    }
}
