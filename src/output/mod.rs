//! What a run leaves behind: one file per format behind one trait.

mod sampled;

pub use sampled::{Axis, Sampled, SampledField};
