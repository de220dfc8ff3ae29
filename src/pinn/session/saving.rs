//! A session as a checkpoint and back.

use super::{Session, SessionError};
use crate::expr::Real;
use crate::pinn::checkpoint::{Checkpoint, CheckpointError};
use crate::pinn::optimiser::optimiser;
use std::path::Path;

impl<T: Real + dfdx::prelude::Dtype> Session<T> {
    pub(super) fn checkpoint(&self) -> Checkpoint<T> {
        Checkpoint {
            identity: self.identity.clone(),
            // Settings are numbers, texts and lists of them, which JSON holds.
            settings: serde_json::to_value(&self.settings).unwrap_or_default(),
            counters: self.counters.clone(),
            parameters: self.parameters.clone(),
            optimiser: self.optimiser.as_ref().map(|o| o.state()),
            losses: self.losses.clone(),
            weights: self.norm.weights().to_vec(),
        }
    }

    /// Takes over a saved state; on an error nothing is changed.
    pub(super) fn read(&mut self, path: &Path) -> Result<(), SessionError> {
        let saved = Checkpoint::<T>::read(path, &self.identity)?;
        for (tensor, expected, found) in [
            ("parameters", self.parameters.len(), saved.parameters.len()),
            ("losses", self.losses.len(), saved.losses.len()),
            ("weights", self.weights.len(), saved.weights.len()),
        ] {
            if expected != found {
                return Err(SessionError::Checkpoint(CheckpointError::Shape {
                    path: path.to_path_buf(),
                    tensor: tensor.to_string(),
                    expected,
                    found,
                }));
            }
        }
        // More phases may have been added to a run that was finished; then the next one begins anew.
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
        self.collocation.update(self.counters.free_steps);
        Ok(())
    }
}
