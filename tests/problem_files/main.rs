//! Problem files, from the text to the residuals that follow from it.

mod equations;
mod errors;
mod families;
mod features;
mod gallery;
mod hard_constraints;
mod mutations;
mod physics_that_units_catch;
mod shipped;
#[path = "../support/mod.rs"]
mod support;
mod units;
mod untuned;
mod written;
