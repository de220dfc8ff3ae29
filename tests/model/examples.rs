//! The examples give the right numbers.
#![allow(dead_code)]

#[path = "../../examples/family.rs"]
mod family;
#[path = "../../examples/heat_rod.rs"]
mod heat_rod;
#[path = "../../examples/inverse.rs"]
mod inverse;
#[path = "../../examples/own_norm.rs"]
mod own_norm;
#[path = "../../examples/own_optimiser.rs"]
mod own_optimiser;
#[path = "../../examples/pendulum.rs"]
mod pendulum;

#[test]
fn a_plate_cools_as_its_eigenfunctions_say() {
    let (middle, lost) = heat_rod::solved().unwrap();
    // 60 eigenfunctions of a plate with Bi = 0.125.
    assert!((middle - 619.993).abs() < 1.0, "{middle} °C");
    assert!((lost - 17.1694).abs() < 0.05, "{lost} MJ/m²");
}

#[test]
fn a_pendulum_swings_as_runge_and_kutta_say() {
    let (angle, speed) = pendulum::solved().unwrap();
    // 200,000 steps of the classical method of order four.
    assert!((angle - 0.920_794).abs() < 1e-3, "{angle} rad");
    assert!((speed - 1.128_302).abs() < 4e-3, "{speed} m/s");
}

#[test]
fn a_conductivity_is_found_within_its_interval() {
    let [low, k, high] = inverse::solved().unwrap();
    assert!(low < 1.5 && 1.5 < high, "{low} {k} {high}");
    assert!(high - low < 0.02 && low < k && k < high, "{low} {k} {high}");
}

#[test]
fn a_family_answers_for_its_members() {
    // 20 °C + q L²/(8 k)
    for (found, k) in family::solved().unwrap().into_iter().zip([25.0, 55.0]) {
        let exact = 20.0 + 1e6 * 0.1 * 0.1 / (8.0 * k);
        assert!((found - exact).abs() < 0.25, "{found} °C, {exact} °C");
    }
}

#[test]
fn own_parts_train_as_built_in_ones_do() {
    for found in [
        own_norm::solved().unwrap(),
        own_optimiser::solved().unwrap(),
    ] {
        assert!((found - 2.0).abs() < 0.02, "{found} m");
    }
}
