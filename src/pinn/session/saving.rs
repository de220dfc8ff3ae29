//! Conversion of sessions to checkpoints and back.

use super::{Session, SessionError};
use crate::checkpoint::{Checkpoint, CheckpointError, POINTS};
use crate::optimiser::optimiser;
use pinn_expr::Real;
use pinn_norm::points::PointWeighting;
use std::path::Path;

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    pub(super) fn checkpoint(&self) -> Checkpoint<T> {
        Checkpoint {
            identity: self.identity.clone(),
            // Settings are numbers, texts and lists of them, which JSON can represent.
            settings: serde_json::to_value(&self.settings).unwrap_or_default(),
            counters: self.counters.clone(),
            parameters: self.parameters.clone(),
            optimiser: self.optimiser.as_ref().map(|o| o.state()),
            losses: self.losses.clone(),
            weights: self.norm.state(),
            // The next step replaces these weights of points, so that they are not saved.
            points: match self.collocation.is_due(self.counters.free_steps) {
                true => Vec::new(),
                false => state(self.weighting.as_deref()),
            },
            adapted: self.collocation.adapted(),
        }
    }

    /// Restores a saved state; on an error nothing is changed.
    pub(super) fn read(&mut self, path: &Path) -> Result<(), SessionError> {
        let saved = Checkpoint::<T>::read(path, &self.identity)?;
        let misfit = |tensor: &str, expected: usize, found: usize| {
            SessionError::Checkpoint(CheckpointError::Shape {
                path: path.to_path_buf(),
                tensor: tensor.to_string(),
                expected,
                found,
            })
        };
        let collocation = self
            .collocation
            .continued(saved.counters.free_steps, &saved.adapted);
        let mut collocation =
            collocation.map_err(|(what, expected, found)| misfit(&what, expected, found))?;
        let settings = &self.settings;
        let mut weighting = settings.point_weights.weighting(settings.residual_norm);
        if let Some(weighting) = &mut weighting {
            collocation.begin(weighting.as_mut(), self.time);
        }
        let point_state = state(weighting.as_deref()).len();
        let points = match saved.points.len() {
            0 => point_state,
            points => points,
        };
        for (tensor, expected, found) in [
            ("parameters", self.parameters.len(), saved.parameters.len()),
            ("losses", self.losses.len(), saved.losses.len()),
            ("weights", self.norm.state().len(), saved.weights.len()),
            (POINTS, point_state, points),
        ] {
            if expected != found {
                return Err(misfit(tensor, expected, found));
            }
        }
        // Phases may have been added to a finished run; the next one then starts from scratch.
        let phase = self.settings.phases.get(saved.counters.phase);
        let mut next = phase
            .map(|phase| optimiser(phase, &self.layout))
            .transpose()?;
        if let (Some(optimiser), Some(state)) = (&mut next, &saved.optimiser) {
            optimiser
                .restore(state)
                .map_err(|cause| CheckpointError::Optimiser {
                    path: path.to_path_buf(),
                    cause,
                })?;
        }
        self.optimiser = next;
        self.counters = saved.counters;
        self.good.copy_from_slice(&saved.parameters);
        self.parameters = saved.parameters;
        self.losses = saved.losses;
        self.norm.restore(&saved.weights);
        self.weigh();
        if let Some(weighting) = weighting.as_mut().filter(|_| !saved.points.is_empty()) {
            weighting.restore(&saved.points);
            collocation.weigh(weighting.as_ref());
        }
        (self.collocation, self.weighting) = (collocation, weighting);
        Ok(())
    }

    /// Restores only the parameters of a saved run with the same network.
    pub(super) fn read_parameters(&mut self, path: &Path) -> Result<(), SessionError> {
        let expected = self.identity.of_network();
        let saved =
            Checkpoint::<T>::read_where(path, |found| expected.difference(&found.of_network(), 0))?;
        if saved.parameters.len() != self.parameters.len() {
            return Err(SessionError::Checkpoint(CheckpointError::Shape {
                path: path.to_path_buf(),
                tensor: "parameters".to_string(),
                expected: self.parameters.len(),
                found: saved.parameters.len(),
            }));
        }
        self.good.copy_from_slice(&saved.parameters);
        self.parameters = saved.parameters;
        Ok(())
    }
}

fn state(weighting: Option<&dyn PointWeighting>) -> Vec<f64> {
    weighting.map_or(Vec::new(), |weighting| weighting.state())
}
