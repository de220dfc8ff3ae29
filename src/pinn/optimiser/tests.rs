//! The suite that every optimiser passes, and what is peculiar to each.

use super::*;
use crate::pinn::activation::Activation;
use crate::pinn::engine::Engine;
use crate::pinn::engine::fused::FusedEngine;
use crate::pinn::network::{InputMap, Network};
use crate::pinn::points::Points;
use crate::pinn::settings::Schedule;
use crate::units::{Quantity, Setup, scale, trace};
use std::f64::consts::PI;
use uom::si::f64::{Length, Ratio};

/// A function given as closure.
struct Function<F>(F);

impl<T: Real, F: FnMut(&[f64], &mut [f64]) -> f64> Objective<T> for Function<F> {
    fn evaluate(&mut self, parameters: &[T], gradient: &mut [T]) -> Result<f64, EngineError> {
        let x: Vec<f64> = parameters.iter().map(|p| p.to_f64()).collect();
        let mut g = vec![0.0; x.len()];
        let value = (self.0)(&x, &mut g);
        for (to, from) in gradient.iter_mut().zip(g) {
            *to = T::from_f64(from);
        }
        Ok(value)
    }
}

/// ½ Σ kᵢ (xᵢ − i)² with stiffnesses 1, 10, 100, …
fn quadratic(x: &[f64], g: &mut [f64]) -> f64 {
    let mut value = 0.0;
    for (i, (x, g)) in x.iter().zip(g).enumerate() {
        let (k, off) = (10f64.powi(i as i32), x - i as f64);
        *g = k * off;
        value += 0.5 * k * off * off;
    }
    value
}

/// Rosenbrock, Computer Journal 3, 1960; minimum 0 at (1, 1).
fn rosenbrock(x: &[f64], g: &mut [f64]) -> f64 {
    let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
    g[0] = -2.0 * a - 400.0 * x[0] * b;
    g[1] = 200.0 * b;
    a * a + 100.0 * b * b
}

fn all<T: Real>(length: usize) -> Vec<Box<dyn Optimiser<T>>> {
    let cosine = Schedule::Cosine { floor: 0.0 };
    vec![
        Box::new(Adam::new(length, 0.05).with_schedule(cosine, 6000)),
        Box::new(Lbfgs::new(length, 10, 0.0)),
    ]
}

/// Steps until it stops by itself or `steps` are done.
fn run<T: Real>(
    optimiser: &mut dyn Optimiser<T>,
    x: &mut [T],
    function: fn(&[f64], &mut [f64]) -> f64,
    steps: usize,
) -> (usize, Option<Stop>) {
    let mut objective = Function(function);
    for done in 0..steps {
        if let Some(stop) = optimiser.step(x, &mut objective).unwrap().stop {
            return (done, Some(stop));
        }
    }
    (steps, None)
}

fn finds_the_minimum_of_a_quadratic<T: Real>(tolerance: f64) {
    for optimiser in &mut all::<T>(4) {
        let mut x = vec![T::ZERO; 4];
        run(optimiser.as_mut(), &mut x, quadratic, 6000);
        for (i, x) in x.iter().enumerate() {
            let method = optimiser.state().method;
            assert!(
                (x.to_f64() - i as f64).abs() < tolerance,
                "{method} {}: {x}",
                T::NAME
            );
        }
    }
}

#[test]
fn quadratic_in_both_precisions() {
    finds_the_minimum_of_a_quadratic::<f64>(1e-6);
    finds_the_minimum_of_a_quadratic::<f32>(1e-4);
}

fn finds_the_minimum_of_rosenbrock<T: Real>(tolerance: f64) {
    for (optimiser, steps) in all::<T>(2).iter_mut().zip([6000, 60]) {
        let mut x = vec![T::from_f64(-1.2), T::ONE];
        run(optimiser.as_mut(), &mut x, rosenbrock, steps);
        let error = x
            .iter()
            .fold(0.0, |e: f64, x| e.max((x.to_f64() - 1.0).abs()));
        let method = optimiser.state().method;
        assert!(error < tolerance, "{method} {}: {error:e}", T::NAME);
    }
}

#[test]
fn rosenbrock_in_both_precisions() {
    finds_the_minimum_of_rosenbrock::<f64>(2e-3);
    finds_the_minimum_of_rosenbrock::<f32>(2e-3);
}

fn continues_bit_for_bit<T: Real>() {
    for (mut straight, (mut first, mut second)) in
        all::<T>(2).into_iter().zip(all(2).into_iter().zip(all(2)))
    {
        let start = [T::from_f64(-1.2), T::ONE];
        let mut expected = start;
        run(straight.as_mut(), &mut expected, rosenbrock, 25);
        let mut found = start;
        run(first.as_mut(), &mut found, rosenbrock, 12);
        second.restore(&first.state()).unwrap();
        assert_eq!(second.state(), first.state());
        run(second.as_mut(), &mut found, rosenbrock, 13);
        assert_eq!(expected, found, "{}", straight.state().method);
        assert_eq!(straight.state(), second.state());
    }
}

#[test]
fn a_restored_optimiser_continues_bit_for_bit() {
    continues_bit_for_bit::<f64>();
    continues_bit_for_bit::<f32>();
}

#[test]
fn non_finite_values_leave_parameters_and_state_alone() {
    for optimiser in &mut all::<f64>(2) {
        let mut x = vec![0.5, 0.5];
        run(optimiser.as_mut(), &mut x, rosenbrock, 3);
        optimiser.objective_changed();
        let (before, state) = (x.clone(), optimiser.state());
        for bad in [(f64::NAN, 0.0), (1.0, f64::INFINITY)] {
            let mut objective = Function(move |_: &[f64], g: &mut [f64]| {
                g.fill(bad.1);
                bad.0
            });
            let step = optimiser.step(&mut x, &mut objective).unwrap();
            assert_eq!(step.stop, Some(Stop::NotFinite));
            assert_eq!((&x, &optimiser.state()), (&before, &state));
        }
    }
}

#[test]
fn foreign_states_are_refused_and_change_nothing() {
    for optimiser in &mut all::<f64>(2) {
        let mut x = vec![0.5, 0.5];
        run(optimiser.as_mut(), &mut x, rosenbrock, 3);
        let good = optimiser.state();
        let mut bad = vec![OptimiserState::new("simplex")];
        for name in good.vectors.keys() {
            let mut short = good.clone();
            short.vectors.insert(name.clone(), vec![1.0]);
            bad.push(short);
            let mut missing = good.clone();
            missing.vectors.remove(name);
            bad.push(missing);
        }
        for (name, value) in good
            .scalars
            .keys()
            .flat_map(|n| [(n, -1.0), (n, 1e300), (n, 0.5)])
        {
            let mut wrong = good.clone();
            wrong.scalars.insert(name.clone(), value);
            if name != "value" && (name != "noise" || value < 0.0) {
                bad.push(wrong);
            }
        }
        for state in bad {
            assert!(optimiser.restore(&state).is_err(), "{state:?}");
            assert_eq!(optimiser.state(), good);
        }
    }
}

#[test]
fn adams_first_step_has_the_length_of_the_learning_rate() {
    let mut x = [0.0, 0.0, 0.0];
    run(&mut Adam::new(3, 0.01), &mut x, quadratic, 1);
    assert_eq!(x[0], 0.0);
    assert!(
        (x[1] - 0.01).abs() < 1e-9 && (x[2] - 0.01).abs() < 1e-9,
        "{x:?}"
    );
}

#[test]
fn lbfgs_states_why_it_stops() {
    let mut x = [0.0, 0.0, 0.0, 0.0];
    let tolerant = &mut Lbfgs::new(4, 10, 1e-8);
    let (steps, stop) = run(tolerant, &mut x, quadratic, 100);
    assert_eq!(stop, Some(Stop::Gradient));
    assert!(steps < 40, "{steps}");
    // A slope that promises a descent which is not there.
    let mut lying = Function(|x: &[f64], g: &mut [f64]| {
        g.fill(-1.0);
        1.0 - x.iter().sum::<f64>()
    });
    let step = Lbfgs::new(2, 5, 0.0).step(&mut [0.0f64, 0.0], &mut lying);
    assert_eq!(step.unwrap().stop, None);
    let mut lying = Function(|x: &[f64], g: &mut [f64]| {
        g.fill(-1.0);
        1.0 + x.iter().map(|x| x.abs()).sum::<f64>()
    });
    let mut x = [0.0f64, 0.0];
    let step = Lbfgs::new(2, 5, 0.0).step(&mut x, &mut lying).unwrap();
    assert_eq!((step.stop, x), (Some(Stop::NoDescent), [0.0, 0.0]));
}

/// The chained function of Conn, Gould & Toint in 20 variables, in f32 arithmetic down to rounding.
#[test]
fn lbfgs_makes_progress_in_f32_until_rounding() {
    let chained = |x: &[f64], g: &mut [f64]| {
        let mut value = 0.0f32;
        let mut gradient = vec![0.0f32; x.len()];
        for i in 1..x.len() {
            let (p, q) = (x[i - 1] as f32, x[i] as f32);
            let (a, b) = (1.0 - q, p - q * q);
            value += 4.0 * b * b + a * a;
            gradient[i - 1] += 8.0 * b;
            gradient[i] += -16.0 * q * b - 2.0 * a;
        }
        for (to, from) in g.iter_mut().zip(gradient) {
            *to = f64::from(from);
        }
        f64::from(value)
    };
    let mut x = vec![-1.0f32; 20];
    let mut objective = Function(chained);
    let mut optimiser = Lbfgs::new(20, 10, 0.0);
    for _ in 0..300 {
        if optimiser
            .step(&mut x, &mut objective)
            .unwrap()
            .stop
            .is_some()
        {
            break;
        }
    }
    let error = x.iter().fold(0.0, |e: f32, x| e.max((x - 1.0).abs()));
    assert!(error < 1e-5, "{error:e}");
}

crate::quantities! { struct Rod {
    coordinates { x: Length }
    fields { u: Ratio }
    parameters {}
}}

/// The loss of a network in single precision: −u″ = π² sin πx, zero at both ends.
struct Poisson {
    engine: FusedEngine<f32>,
    points: Vec<Points<f32>>,
    losses: [f64; 2],
}

impl Poisson {
    fn new() -> Self {
        let metre = Length::from_si(1.0);
        let setup = Rod::<Setup> {
            x: scale(metre),
            u: scale(Ratio::from_si(1.0)),
        };
        let interior = trace(|Rod { x, u }: Rod| {
            let source = PI * PI * (PI * (x.term() / metre)).sin();
            (u.d(x).d(x) + source / (metre * metre),)
        });
        let ends = trace(|s: Rod| (s.u,));
        let interior = interior.unwrap().nondimensionalize(&setup).unwrap();
        let ends = ends.unwrap().nondimensionalize(&setup).unwrap();
        let map = InputMap::onto_unit(0.0, 1.0);
        let network = Network::mlp(vec![map], vec![16; 2], Activation::Tanh, 1);
        let mut points = vec![Points::new(1, 1, 65), Points::new(1, 1, 2)];
        for set in &mut points {
            let last = (set.rows() - 1) as f32;
            for (i, x) in set.column_mut(0, 0).iter_mut().enumerate() {
                *x = i as f32 / last;
            }
        }
        Poisson {
            engine: FusedEngine::new(network, vec![interior.compile(), ends.compile()], 1).unwrap(),
            points,
            losses: [0.0; 2],
        }
    }
}

impl Objective<f32> for Poisson {
    fn evaluate(&mut self, parameters: &[f32], gradient: &mut [f32]) -> Result<f64, EngineError> {
        let (points, losses) = (&self.points, &mut self.losses);
        self.engine
            .loss(parameters, points, &[1.0; 2], losses, Some(gradient))?;
        Ok(self.losses.iter().sum())
    }
}

/// Its residuals become small differences of large terms, and its values noisy: a search that trusts their
/// differences down to rounding ends after 107 and 169 iterations.
#[test]
fn lbfgs_trains_a_network_in_f32_without_giving_up() {
    for seed in [1, 3] {
        let mut loss = Poisson::new();
        let start = loss.engine.network().circuit().unwrap().initialise(seed);
        let mut parameters: Vec<f32> = start.iter().map(|p| *p as f32).collect();
        let mut lbfgs = Lbfgs::new(parameters.len(), 50, 0.0);
        for iteration in 0..250 {
            let step = lbfgs.step(&mut parameters, &mut loss).unwrap();
            assert_eq!(step.stop, None, "seed {seed}, iteration {iteration}");
        }
        let last: f64 = loss.losses.iter().sum();
        assert!(last < 1e-6, "seed {seed}: {last:e}");
    }
}
