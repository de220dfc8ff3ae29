//! One suite that every engine runs, and the engines against each other.

mod agreement;
mod emulated;
mod family;
mod generated;
#[cfg(feature = "cuda")]
mod gpu;
mod jets;
mod naive;
mod networks;
mod problems;
mod resident;
mod suite;
mod tensor_cores;
mod translated;

use pinn::engine::fused::FusedEngine;
use pinn::engine::tape::TapeEngine;

engine_suite!(fused_f64, f64, |network, kernels| FusedEngine::new(
    network, kernels, 2
));
engine_suite!(fused_f32, f32, |network, kernels| FusedEngine::new(
    network, kernels, 2
));
engine_suite!(tape_f64, f64, TapeEngine::new);
engine_suite!(tape_f32, f32, TapeEngine::new);
