//! σ(z) by Faà di Bruno's formula.

use super::tower::tower;
use crate::EngineError;
use crate::tape::jet::{Jet, Stream, sum};
use crate::tape::recorder::{Matrix, Recorder};
use dfdx::prelude::*;
use pinn_expr::Real;
use pinn_network::activation::Activation;
use pinn_network::jets::JetPlan;

/// A term of Faà di Bruno's formula: coefficient, order of the derivative of σ, and powers of the
/// derivatives of the inner function as (order, power).
type Term = (f64, usize, &'static [(usize, i32)]);

/// (σ∘z)⁽ⁿ⁾ for n = 1..=4 (Griewank & Walther, *Evaluating Derivatives*, 2008, chapter 13, in the derivative
/// convention).
const COMPOSITION: [&[Term]; 4] = [
    &[(1.0, 1, &[(1, 1)])],
    &[(1.0, 2, &[(1, 2)]), (1.0, 1, &[(2, 1)])],
    &[
        (1.0, 3, &[(1, 3)]),
        (3.0, 2, &[(1, 1), (2, 1)]),
        (1.0, 1, &[(3, 1)]),
    ],
    &[
        (1.0, 4, &[(1, 4)]),
        (6.0, 3, &[(1, 2), (2, 1)]),
        (4.0, 2, &[(1, 1), (3, 1)]),
        (3.0, 2, &[(2, 2)]),
        (1.0, 1, &[(4, 1)]),
    ],
];

pub(super) fn apply<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    plan: &JetPlan,
    activation: Activation,
    input: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let Some(z) = &input.streams[0] else {
        unreachable!("every layer gives its value stream")
    };
    let tower = tower(recorder, activation, z, plan.order())?;
    compose_all(recorder, plan, &tower, input)
}

/// All streams of σ(z), for given derivatives of σ at the value of z.
pub(super) fn compose_all<T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    plan: &JetPlan,
    tower: &[Matrix<T, D>],
    input: &Jet<T, D>,
) -> Result<Jet<T, D>, EngineError> {
    let mut streams = vec![None; input.streams.len()];
    streams[0] = Some(tower[0].clone());
    for (number, direction) in plan.directions.iter().enumerate() {
        let inner = |order| input.streams[plan.stream(number, order)].as_ref();
        for order in 1..=direction.order {
            let terms = COMPOSITION[order - 1];
            streams[plan.stream(number, order)] = compose(recorder, terms, tower, inner)?;
        }
    }
    Ok(Jet { streams })
}

fn compose<'a, T: Real + Dtype, D: Device<T>, P: Tape<T, D>>(
    recorder: &mut Recorder<P>,
    terms: &[Term],
    tower: &[Matrix<T, D>],
    inner: impl Fn(usize) -> Option<&'a Matrix<T, D>>,
) -> Result<Stream<T, D>, EngineError> {
    let mut total = None;
    for (coefficient, derivative, powers) in terms {
        if powers.iter().any(|(order, _)| inner(*order).is_none()) {
            continue;
        }
        let mut term = tower[*derivative].clone();
        for (order, power) in *powers {
            let Some(z) = inner(*order) else { continue };
            let factor = match power {
                1 => z.clone(),
                2 => recorder.square(z)?,
                n => recorder.apply(z, |z| z.try_powi(*n))?,
            };
            term = recorder.mul(&term, &factor)?;
        }
        if *coefficient != 1.0 {
            term = recorder.scale(<T as Real>::from_f64(*coefficient), &term)?;
        }
        total = sum(recorder, total.as_ref(), Some(&term))?;
    }
    Ok(total)
}
