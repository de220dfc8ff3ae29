//! Measurements from the exact solution of `problems/heat-inverse.toml`, with noise from a seeded generator.

use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::PI;
use std::fmt::Write;

/// The seed of the measurements that stand in `problems/heat-inverse.csv`; the bench counts from it.
pub const FIRST_SEED: u64 = 1;

/// W/(m K), kg/m³ and J/(kg K)
pub const CONDUCTIVITY: f64 = 45.0;
const DENSITY: f64 = 7850.0;
const CAPACITY: f64 = 490.0;
/// Metres.
const LENGTH: f64 = 0.1;
/// °C, and the rise in the middle in kelvin.
pub const ENDS: f64 = 20.0;
pub const RISE: f64 = 180.0;
/// Kelvin.
const NOISE: f64 = 1.8;
const SENSORS: usize = 8;
const INSTANTS: usize = 24;
/// Seconds between two measurements.
const EVERY: f64 = 5.0;

/// Temperature in °C after `t` seconds, `x` metres from one end.
fn exact(t: f64, x: f64) -> f64 {
    let diffusivity = CONDUCTIVITY / (DENSITY * CAPACITY);
    let wave = PI / LENGTH;
    ENDS + RISE * (wave * x).sin() * (-diffusivity * wave * wave * t).exp()
}

/// As a thermocouple and its logger give them: to hundredths of a kelvin.
pub fn csv(seed: u64) -> String {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut text = format!(
        "# Exact solution for k = {CONDUCTIVITY} W/(m K) and normal errors of {NOISE} K, seed {seed}:\n\
         # cargo bench --bench inverse -- --write FILE\n\
         t [s],x [mm],T [degC]\n"
    );
    for instant in 1..=INSTANTS {
        let t = EVERY * instant as f64;
        for sensor in 1..=SENSORS {
            // Where the file says that it is.
            let millimetres = (1e5 * LENGTH * sensor as f64 / (SENSORS + 1) as f64).round() / 1e2;
            let normal: f64 = StandardNormal.sample(&mut random);
            let measurement = exact(t, 1e-3 * millimetres) + NOISE * normal;
            let _ = writeln!(text, "{t},{millimetres},{measurement:.2}");
        }
    }
    text
}
