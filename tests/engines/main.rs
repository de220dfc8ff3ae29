//! One suite that every engine runs, and the engines against each other.

mod naive;
mod problems;
mod suite;

use pinn::pinn::engine::tape::TapeEngine;

engine_suite!(tape_f64, f64, TapeEngine::new);
engine_suite!(tape_f32, f32, TapeEngine::new);
