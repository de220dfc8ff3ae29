//! Saved runs: one safetensors file with everything that the following steps depend on.
//!
//! Tensors hold parameters, the optimiser's vectors, losses and weights; the metadata holds counters,
//! settings and the problem's identity as JSON, and a checksum over all of it. Files are written to a temporary
//! file and renamed, so that a reader never sees an incomplete one.

mod error;
mod identity;
mod tensor;

pub use error::CheckpointError;
pub use identity::{Difference, Identity, Key, NetworkKey, SettingKey};

use super::files;
use super::optimiser::OptimiserState;
use super::phase_end::PhaseEnd;
use pinn_expr::Real;
use safetensors::tensor::TensorView;
use safetensors::{SafeTensors, serialize};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use tensor::{Tensor, checksum, decode};

/// Version of the format. It grows when an older reader would misread a file.
pub const VERSION: u32 = 1;

const FORMAT: &str = "pinn checkpoint";
const VECTOR: &str = "optimiser.";
const ADAPTED: &str = "adapted.";
/// Name of the tensor of [`Checkpoint::points`], which is omitted if it is empty.
pub(super) const POINTS: &str = "weights of points";

/// Complete state of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Checkpoint<T> {
    /// The problem and network that the state belongs to.
    pub identity: Identity,
    /// Settings of the run, for human readers of the file; they are not read back.
    pub settings: serde_json::Value,
    /// Position in the schedule of the run.
    pub counters: Counters,
    /// Trained parameters.
    pub parameters: Vec<T>,
    /// None after the last phase.
    pub optimiser: Option<OptimiserState<T>>,
    /// Last losses, dimensionless and unweighted.
    pub losses: Vec<f64>,
    /// The residual norm's state.
    pub weights: Vec<f64>,
    /// The state of the weights of points; empty without such weights.
    pub points: Vec<f64>,
    /// Points that depend on earlier parameters, and their data, neither of which can be drawn again.
    pub adapted: BTreeMap<String, Vec<T>>,
}

/// Position of a run in its schedule.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Number of completed phases.
    pub phase: usize,
    /// Number of completed steps of the current phase.
    pub phase_step: usize,
    /// Number of completed steps of all phases.
    pub step: usize,
    /// Number of completed steps in phases that may resample points. It determines the points in use.
    pub free_steps: usize,
    /// Number of times that points were adapted to the residuals.
    #[serde(default)]
    pub adaptations: usize,
    /// Seconds of training so far.
    pub seconds: f64,
    /// Seconds of training in the current phase.
    pub phase_seconds: f64,
    /// Loss, and step of the phase, of the last progress by a hundredth.
    #[serde(default)]
    pub progress: Option<(f64, usize)>,
    /// One reason per completed phase.
    pub reasons: Vec<PhaseEnd>,
}

impl Counters {
    /// Adds seconds of training.
    pub fn pass(&mut self, seconds: f64) {
        self.seconds += seconds;
        self.phase_seconds += seconds;
    }
}

/// The part of a checkpoint that is stored as JSON.
#[derive(Serialize, Deserialize)]
struct Header {
    identity: Identity,
    settings: serde_json::Value,
    counters: Counters,
    optimiser: Option<OptimiserHeader>,
}

#[derive(Serialize, Deserialize)]
struct OptimiserHeader {
    method: String,
    scalars: BTreeMap<String, f64>,
}

impl<T: Real> Checkpoint<T> {
    /// Writes atomically: the file is either the old one or the complete new one.
    pub fn write(&self, path: &Path) -> Result<(), CheckpointError> {
        let failed = |cause| CheckpointError::Write {
            path: path.to_path_buf(),
            cause,
        };
        let bytes = self
            .to_bytes()
            .map_err(std::io::Error::other)
            .map_err(failed)?;
        files::replace(path, |to| to.write_all(&bytes)).map_err(failed)
    }

    fn to_bytes(&self) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let header = serde_json::to_string(&Header {
            identity: self.identity.clone(),
            settings: self.settings.clone(),
            counters: self.counters.clone(),
            optimiser: self.optimiser.as_ref().map(|o| OptimiserHeader {
                method: o.method.clone(),
                scalars: o.scalars.clone(),
            }),
        })?;
        let mut tensors = BTreeMap::from([
            ("parameters".to_string(), Tensor::of(&self.parameters)),
            ("losses".to_string(), Tensor::of(&self.losses)),
            ("weights".to_string(), Tensor::of(&self.weights)),
        ]);
        if !self.points.is_empty() {
            tensors.insert(POINTS.to_string(), Tensor::of(&self.points));
        }
        for (name, vector) in self.optimiser.iter().flat_map(|o| &o.vectors) {
            tensors.insert(format!("{VECTOR}{name}"), Tensor::of(vector));
        }
        for (name, vector) in &self.adapted {
            tensors.insert(format!("{ADAPTED}{name}"), Tensor::of(vector));
        }
        let views = tensors
            .iter()
            .map(|(name, t)| (name.as_str(), t.dtype, &*t.bytes));
        let checksum = checksum(&header, views);
        let metadata = HashMap::from([
            ("format".to_string(), FORMAT.to_string()),
            ("version".to_string(), VERSION.to_string()),
            ("checksum".to_string(), checksum),
            ("state".to_string(), header),
        ]);
        Ok(serialize(tensors, Some(metadata))?)
    }

    /// Reads a checkpoint of the problem `expected`.
    pub fn read(path: &Path, expected: &Identity) -> Result<Self, CheckpointError> {
        Self::read_if(path, |found, phase| expected.difference(found, phase))
    }

    /// Reads a checkpoint whose identity has no `difference` from the required one.
    pub(crate) fn read_where(
        path: &Path,
        difference: impl Fn(&Identity) -> Option<Difference>,
    ) -> Result<Self, CheckpointError> {
        Self::read_if(path, |found, _| difference(found))
    }

    fn read_if(
        path: &Path,
        difference: impl Fn(&Identity, usize) -> Option<Difference>,
    ) -> Result<Self, CheckpointError> {
        let bytes = std::fs::read(path).map_err(|cause| CheckpointError::Read {
            path: path.to_path_buf(),
            cause,
        })?;
        Self::from_bytes(path, &bytes, difference)
    }

    fn from_bytes(
        path: &Path,
        bytes: &[u8],
        difference: impl Fn(&Identity, usize) -> Option<Difference>,
    ) -> Result<Self, CheckpointError> {
        let not_whole = |e: safetensors::SafeTensorError| CheckpointError::NotWhole {
            path: path.to_path_buf(),
            reason: e.to_string(),
        };
        let damaged = |what: String| CheckpointError::Damaged {
            path: path.to_path_buf(),
            what,
        };
        let file = SafeTensors::deserialize(bytes).map_err(not_whole)?;
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(not_whole)?;
        let entry = |name: &str| metadata.metadata().as_ref()?.get(name).cloned();
        if entry("format").as_deref() != Some(FORMAT) {
            return Err(CheckpointError::NotACheckpoint {
                path: path.to_path_buf(),
                found: entry("format").map_or("nothing".into(), |f| format!("`{f}`")),
            });
        }
        if entry("version") != Some(VERSION.to_string()) {
            return Err(CheckpointError::Version {
                path: path.to_path_buf(),
                found: entry("version").unwrap_or_else(|| "nothing".into()),
            });
        }
        let header = entry("state").ok_or_else(|| damaged("its state is missing".into()))?;
        let tensors: BTreeMap<String, TensorView> = file.tensors().into_iter().collect();
        let views = tensors
            .iter()
            .map(|(name, t)| (name.as_str(), t.dtype(), t.data()));
        let found = checksum(&header, views);
        if entry("checksum").as_ref() != Some(&found) {
            return Err(damaged(format!(
                "expected checksum {}, found {found}",
                entry("checksum").unwrap_or_else(|| "(none)".into())
            )));
        }
        let header: Header =
            serde_json::from_str(&header).map_err(|e| damaged(format!("its state: {e}")))?;
        if let Some(difference) = difference(&header.identity, header.counters.phase) {
            let Difference {
                what,
                expected,
                found,
            } = difference;
            return Err(CheckpointError::OtherProblem {
                path: path.to_path_buf(),
                what,
                expected,
                found,
            });
        }
        let numbers = |name: &str| {
            let missing = || damaged(format!("tensor `{name}` is missing"));
            tensors.get(name).ok_or_else(missing)
        };
        let wrong_type = |name: &str| damaged(format!("tensor `{name}` has another number type"));
        let vectors = |prefix: &str| -> Result<BTreeMap<String, Vec<T>>, CheckpointError> {
            let own = tensors
                .iter()
                .filter_map(|(n, t)| Some((n.strip_prefix(prefix)?, t)));
            let vectors = own.map(|(name, t)| {
                let vector = decode(t).ok_or_else(|| wrong_type(name))?;
                Ok((name.to_string(), vector))
            });
            vectors.collect()
        };
        let optimiser = header.optimiser.map(|o| -> Result<_, CheckpointError> {
            Ok(OptimiserState {
                method: o.method,
                scalars: o.scalars,
                vectors: vectors(VECTOR)?,
            })
        });
        Ok(Checkpoint {
            identity: header.identity,
            settings: header.settings,
            counters: header.counters,
            parameters: decode(numbers("parameters")?).ok_or_else(|| wrong_type("parameters"))?,
            optimiser: optimiser.transpose()?,
            losses: decode(numbers("losses")?).ok_or_else(|| wrong_type("losses"))?,
            weights: decode(numbers("weights")?).ok_or_else(|| wrong_type("weights"))?,
            points: match tensors.get(POINTS) {
                Some(points) => decode(points).ok_or_else(|| wrong_type(POINTS))?,
                None => Vec::new(),
            },
            adapted: vectors(ADAPTED)?,
        })
    }
}

#[cfg(test)]
mod tests;
