//! A residual norm of one's own: every loss is weighed by one over its root mean square, once.
use pinn::norm::residual::{Observation, ResidualNorm, Statistic};
use pinn::prelude::*;
use pinn::uom::si::f64::*;

struct RootOfSquare(Vec<f64>);

impl ResidualNorm for RootOfSquare {
    fn demand(&self, step: usize) -> Option<Statistic> {
        (step == 0).then_some(Statistic::MeanSquare)
    }
    fn observe(&mut self, observation: &Observation) {
        let raw = observation
            .values()
            .iter()
            .map(|square| 1.0 / square.sqrt().max(1e-3));
        let sum: f64 = raw.clone().sum();
        self.0 = raw.map(|w| w * self.0.len() as f64 / sum).collect();
    }
    fn weights(&self) -> &[f64] {
        &self.0
    }
    fn restore(&mut self, state: &[f64]) {
        self.0.copy_from_slice(state);
    }
}

quantities! { pub struct Line { coordinates { x: Length } fields { h: Length } parameters {} }}

#[rustfmt::skip]
pub fn solved() -> Result<f64, Box<dyn std::error::Error>> {
    let mut problem = Problem::new(|Line { x, h }| (h.d(x).d(x),), Line::<Case> { x: over(metres(0.0), metres(2.0)), h: automatic() })
        .condition("left", |q| q.x.min().value(q.h, metres(1.0)))
        .condition("right", |q| q.x.max().value(q.h, metres(3.0)))
        .build()?;
    problem.settings.network.hidden = vec![8];
    let session = problem.session()?.with_residual_norm(|losses| RootOfSquare(vec![1.0; losses]));
    let solution = problem.solve_in(Box::new(session), &mut (), &Default::default())?;
    Ok(solution.at((metres(1.0),))?.h.value)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    solved().map(|height| println!("in the middle: {height:.4} m"))
}
