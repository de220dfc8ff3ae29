//! Batches of dimensionless residuals with given values, for tests.

use pinn_units::{
    Batch, Equations, Nondimensional, Setup, equation, given, quantities, scale, trace,
};
use uom::si::f64::Ratio;
use uom::si::ratio::ratio;

quantities! { struct Plain {
    coordinates { x: Ratio }
    fields { u: Ratio }
    parameters { c: Ratio }
}}

fn one(Plain { u, c, .. }: Plain) -> impl Equations {
    (equation::<Ratio, _>("first", c * u),)
}

fn two(Plain { u, c, .. }: Plain) -> impl Equations {
    (
        equation::<Ratio, _>("first", c * u),
        equation::<Ratio, _>("second", c * u),
    )
}

/// Columns of `rows` values: of one or two residuals.
pub fn batch(values: Vec<f64>, rows: usize) -> Batch<f64, Nondimensional> {
    let one_of = || Ratio::new::<ratio>(1.0);
    let setup = Plain::<Setup> {
        x: scale(one_of()),
        u: scale(one_of()),
        c: given(one_of()),
    };
    match values.len() / rows {
        1 => {
            let residuals = trace(one).unwrap().nondimensionalize(&setup).unwrap();
            residuals.compile().values(values, rows)
        }
        _ => {
            let residuals = trace(two).unwrap().nondimensionalize(&setup).unwrap();
            residuals.compile().values(values, rows)
        }
    }
}
