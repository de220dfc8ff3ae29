//! An optimiser of one's own: steps along the signs of the gradient, ever shorter.
use pinn::engine::EngineError;
use pinn::optimiser::{Objective, Optimiser, OptimiserState, StateError, Step};
use pinn::prelude::*;
use pinn::uom::si::f64::*;

struct Signs(f64);

#[rustfmt::skip]
impl Optimiser<f64> for Signs {
    fn step(&mut self, at: &mut [f64], function: &mut dyn Objective<f64>) -> Result<Step, EngineError> {
        let mut gradient = vec![0.0; at.len()];
        function.evaluate(at, &mut gradient)?;
        at.iter_mut().zip(&gradient).for_each(|(p, g)| *p -= self.0 * g.signum());
        self.0 *= 0.98;
        let square: f64 = gradient.iter().map(|g| g * g).sum();
        Ok(Step { gradient_norm: square.sqrt(), learning_rate: Some(self.0), stop: None })
    }
    fn needs_fixed_objective(&self) -> bool { false }
    fn objective_changed(&mut self) {}
    fn state(&self) -> OptimiserState<f64> {
        OptimiserState { method: "signs".into(), scalars: [("rate".into(), self.0)].into(), ..Default::default() }
    }
    fn restore(&mut self, state: &OptimiserState<f64>) -> Result<(), StateError> {
        state.scalars.get("rate").map(|rate| self.0 = *rate).ok_or(StateError::Missing { name: "rate".into() })
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
    let session = problem.session()?.with_optimiser(Signs(3e-3));
    Ok(problem.solve_in(Box::new(session), &mut (), &Default::default())?.at((metres(1.0),))?.h.value)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    solved().map(|height| println!("in the middle: {height:.4} m"))
}
