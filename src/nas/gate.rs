//! What is not worth training, by the initial network alone.

use super::{Configuration, Evaluator, SearchError};
use serde::Serialize;

/// What a gate let through, and what it did not.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Gate {
    /// Name, and spread of the logarithms of its layers' initial gradients.
    pub kept: Vec<(String, f64)>,
    pub dropped: Vec<(String, f64)>,
}

impl Gate {
    /// Drops those whose initial gradients differ most from layer to layer, at most the `share`, and never the
    /// network without norms; the rest in their order. A network whose layers learn at rates that lie decades apart
    /// stays that way for long (Glorot & Bengio 2010, section 4.2); how well this predicts the residual is in the
    /// report.
    pub(super) fn pass(
        &mut self,
        mut configurations: Vec<Configuration>,
        share: f64,
        evaluator: &mut dyn Evaluator,
    ) -> Result<Vec<Configuration>, SearchError> {
        let most = (share * configurations.len() as f64) as usize;
        let spreads = evaluator.probe(&configurations)?;
        let mut order: Vec<usize> = (0..configurations.len())
            .filter(|i| !configurations[*i].is_none())
            .collect();
        order.sort_by(|a, b| spreads[*b].total_cmp(&spreads[*a]));
        order.truncate(most);
        for (number, (configuration, spread)) in configurations.iter().zip(&spreads).enumerate() {
            let list = match order.contains(&number) {
                true => &mut self.dropped,
                false => &mut self.kept,
            };
            list.push((configuration.name.clone(), *spread));
        }
        let mut number = 0..;
        configurations.retain(|_| number.next().is_some_and(|n| !order.contains(&n)));
        Ok(configurations)
    }
}
