//! Grid of all configurations, in order.

use super::Proposer;
use crate::{Configuration, Objectives, Space, SpaceError};
use std::collections::VecDeque;

/// Proposes every configuration once.
pub struct Grid {
    rest: VecDeque<Configuration>,
}

impl Grid {
    /// # Errors
    /// If there are too many configurations.
    pub fn new(space: &Space) -> Result<Self, SpaceError> {
        let mut rest = VecDeque::from(space.counted_out()?);
        rest.retain(|configuration| !configuration.is_none());
        Ok(Grid { rest })
    }
}

impl Proposer for Grid {
    fn propose(&mut self, most: usize) -> Vec<Configuration> {
        self.rest.drain(..most.min(self.rest.len())).collect()
    }

    fn tell(&mut self, _: &Configuration, _: Option<Objectives>) {}

    fn batch(&self) -> usize {
        usize::MAX
    }
}
