//! What several runs say together: medians with intervals, and tests of paired differences.
//!
//! Nothing here assumes a distribution. What is not a number, such as the error of a run that diverged, counts as
//! worst.

mod bootstrap;
mod holm;
mod median;
mod wilcoxon;

pub use bootstrap::{Interval, bootstrap};
pub use holm::holm;
pub use median::{interval, median, sorted};
pub use wilcoxon::wilcoxon;
