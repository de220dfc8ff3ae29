//! Statistics of several runs: medians with intervals, and tests of paired differences.
//!
//! Nothing here assumes a distribution. NaN, such as the error of a run that diverged, counts as the worst
//! value.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod bootstrap;
mod holm;
mod median;
mod wilcoxon;

pub use bootstrap::{Interval, bootstrap};
pub use holm::holm;
pub use median::{interval, median, sorted};
pub use wilcoxon::wilcoxon;
