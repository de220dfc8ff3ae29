//! The suite on a GPU, where there is one.
//!
//! Without a GPU every test here says that it is skipped; with `PINN_REQUIRE_CUDA=1` that is a failure instead.

use crate::agreement::agree;
use crate::problems::Kernels;
use crate::{engine_suite, suite, tensor_cores};
use dfdx::prelude::Cuda;
use pinn::engine::codegen::{GeneratedEngine, Products};
use pinn::engine::device::machine::GpuMachine;
use pinn::engine::device::{Device, Gpu, Hardware};
use pinn::engine::placed::Placed;
use pinn::engine::tape::TapeEngine;
use pinn::network::Network;
use std::cell::OnceCell;

/// Relative: other orders of sums, and functions that round in other ways.
const F64: f64 = 1e-9;
const F32: f64 = 1e-4;

fn gpu() -> Option<Gpu> {
    match (Device::Cuda { ordinal: 0 }).find() {
        Ok((Hardware::Cuda(gpu), _)) => Some(gpu),
        Ok((Hardware::Cpu, _)) => panic!("the CPU is not a GPU"),
        Err(reason) => {
            let required = std::env::var("PINN_REQUIRE_CUDA").is_ok_and(|value| value == "1");
            assert!(!required, "PINN_REQUIRE_CUDA=1: {reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// Sets tolerances for a GPU, and returns true if there is one.
fn there() -> bool {
    suite::allow(F64, F32);
    gpu().is_some()
}

/// One device for all engines of a test: dfdx translates its kernels anew for each.
fn device() -> Cuda {
    thread_local!(static DEVICE: OnceCell<Cuda> = const { OnceCell::new() });
    let open = || {
        let gpu = gpu().expect("there");
        gpu.open().expect("the GPU is free")
    };
    DEVICE.with(|device| device.get_or_init(open).clone())
}

engine_suite!(
    tape_f64,
    f64,
    |network, kernels| TapeEngine::on(device(), network, kernels),
    there()
);
engine_suite!(
    tape_f32,
    f32,
    |network, kernels| TapeEngine::on(device(), network, kernels),
    there()
);

fn machine() -> GpuMachine {
    let gpu = gpu().expect("there");
    GpuMachine::new(&gpu).expect("the GPU is free")
}

engine_suite!(
    generated_f64,
    f64,
    |network, kernels| GeneratedEngine::new(machine(), network, kernels),
    there()
);
engine_suite!(
    generated_f32,
    f32,
    |network, kernels| GeneratedEngine::new(machine(), network, kernels),
    there()
);

macro_rules! a_gpu_agrees_with_the_cpu {
    ($name:ident, $T:ty, $bound:expr) => {
        #[test]
        fn $name() {
            if let Some(gpu) = gpu() {
                let hardware = Hardware::Cuda(gpu);
                let engine = |network: Network, kernels: Kernels<$T>| {
                    <$T>::engine(&hardware, network, kernels, Products::Plain, 1)
                };
                agree(engine, $bound);
                crate::family::agree(&engine, $bound);
                // Small gradients are normalised: what they round by counts as much as large ones.
                crate::resident::agree(&engine, 100.0 * $bound);
            }
        }
    };
}
a_gpu_agrees_with_the_cpu!(a_gpu_agrees_with_the_cpu_in_f64, f64, F64);
a_gpu_agrees_with_the_cpu!(a_gpu_agrees_with_the_cpu_in_f32, f32, F32);

#[test]
fn products_on_tensor_cores_keep_digits() {
    if gpu().is_some() {
        for (name, network) in tensor_cores::wide().into_iter().step_by(7) {
            let machines = [machine(), machine(), machine()];
            tensor_cores::keep_digits(&name, &network, machines, F32);
        }
    }
}
