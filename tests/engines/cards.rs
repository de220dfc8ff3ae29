//! The suite on a graphics card, where there is one.
//!
//! Without a card every test here says that it is skipped; with `PINN_REQUIRE_CUDA=1` that is a failure instead.

use crate::agreement::agree;
use crate::problems::Kernels;
use crate::{engine_suite, suite, units};
use dfdx::prelude::Cuda;
use pinn::engine::codegen::{GeneratedEngine, Products};
use pinn::engine::device::machine::CardMachine;
use pinn::engine::device::{Card, Device, Hardware};
use pinn::engine::placed::Placed;
use pinn::engine::tape::TapeEngine;
use pinn::network::Network;
use std::cell::OnceCell;

/// Relative: other orders of sums, and functions that round in other ways.
const F64: f64 = 1e-9;
const F32: f64 = 1e-4;

fn card() -> Option<Card> {
    match (Device::Cuda { ordinal: 0 }).find() {
        Ok((Hardware::Cuda(card), _)) => Some(card),
        Ok((Hardware::Cpu, _)) => panic!("the processor is no card"),
        Err(reason) => {
            let required = std::env::var("PINN_REQUIRE_CUDA").is_ok_and(|value| value == "1");
            assert!(!required, "PINN_REQUIRE_CUDA=1: {reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// Whether the suite can run, with tolerances for a card.
fn there() -> bool {
    suite::allow(F64, F32);
    card().is_some()
}

/// One device for all engines of a test: dfdx translates its kernels anew for each.
fn device() -> Cuda {
    thread_local!(static DEVICE: OnceCell<Cuda> = const { OnceCell::new() });
    let open = || {
        let card = card().expect("there");
        card.open().expect("the card is free")
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

fn machine() -> CardMachine {
    let card = card().expect("there");
    CardMachine::new(&card).expect("the card is free")
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

macro_rules! a_card_agrees_with_the_processor {
    ($name:ident, $T:ty, $bound:expr) => {
        #[test]
        fn $name() {
            if let Some(card) = card() {
                let hardware = Hardware::Cuda(card);
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
a_card_agrees_with_the_processor!(a_card_agrees_with_the_processor_in_f64, f64, F64);
a_card_agrees_with_the_processor!(a_card_agrees_with_the_processor_in_f32, f32, F32);

#[test]
fn products_on_a_cards_units_keep_digits() {
    if card().is_some() {
        for (name, network) in units::wide().into_iter().step_by(7) {
            let machines = [machine(), machine(), machine()];
            units::keep_digits(&name, &network, machines, F32);
        }
    }
}
