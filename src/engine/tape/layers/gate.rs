//! g⊙u + (1 − g)⊙v = v + g⊙(u − v), the product of jets by Leibniz' rule.

use crate::EngineError;
use crate::tape::jet::{Jet, sum};
use crate::tape::recorder::Recorder;
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_network::jets::JetPlan;

pub(super) fn apply<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    plan: &JetPlan,
    gate: &Jet<T, D>,
    upper: &Jet<T, D>,
    lower: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let difference = upper.minus(recorder, lower)?;
    let gated = product(recorder, plan, gate, &difference)?;
    gated.plus(recorder, lower)
}

/// C(n, k), row n of Pascal's triangle.
const BINOMIALS: [&[f64]; 5] = [
    &[1.0],
    &[1.0, 1.0],
    &[1.0, 2.0, 1.0],
    &[1.0, 3.0, 3.0, 1.0],
    &[1.0, 4.0, 6.0, 4.0, 1.0],
];

/// (ab)⁽ⁿ⁾ = Σ C(n, k)·a⁽ᵏ⁾·b⁽ⁿ⁻ᵏ⁾ along each direction (Griewank & Walther, *Evaluating Derivatives*, 2008,
/// table 13.1, in the derivative convention). The jets must be different ones.
pub(super) fn product<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    plan: &JetPlan,
    a: &Jet<T, D>,
    b: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let mut streams = vec![None; a.streams.len()];
    if let (Some(a), Some(b)) = (&a.streams[0], &b.streams[0]) {
        streams[0] = Some(recorder.mul(a, b)?);
    }
    for (number, direction) in plan.directions.iter().enumerate() {
        for order in 1..=direction.order {
            let mut total = None;
            for (k, binomial) in BINOMIALS[order].iter().enumerate() {
                let a = &a.streams[plan.stream(number, k)];
                let b = &b.streams[plan.stream(number, order - k)];
                let (Some(a), Some(b)) = (a, b) else { continue };
                let mut term = recorder.mul(a, b)?;
                if *binomial != 1.0 {
                    term = recorder.scale(<T as Real>::from_f64(*binomial), &term)?;
                }
                total = sum(recorder, total.as_ref(), Some(&term))?;
            }
            streams[plan.stream(number, order)] = total;
        }
    }
    Ok(Jet { streams })
}
