//! Suite for every optimiser, and tests of single ones.

use super::*;
use crate::settings::Schedule;
use pinn_engine::fused::FusedEngine;
use pinn_engine::{Columns, Engine};
use pinn_geometry::points::Points;
use pinn_network::activation::Activation;
use pinn_network::{InputMap, Matrix, Network};
use pinn_units::{Quantity, Setup, scale, trace};
use std::f64::consts::PI;
use uom::si::f64::{Length, Ratio};

/// Objective from a closure.
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

/// Residuals of a sum of squares, each with its gradient.
type Rows = fn(&[f64]) -> Vec<(f64, Vec<f64>)>;

/// Sum of squares, for all methods.
struct Squares(Rows);

impl Squares {
    fn at<T: Real>(&self, parameters: &[T]) -> Vec<(f64, Vec<f64>)> {
        let x: Vec<f64> = parameters.iter().map(|p| p.to_f64()).collect();
        (self.0)(&x)
    }
}

impl<T: Real> Objective<T> for Squares {
    fn evaluate(&mut self, parameters: &[T], gradient: &mut [T]) -> Result<f64, EngineError> {
        let rows = self.at(parameters);
        for (j, g) in gradient.iter_mut().enumerate() {
            *g = T::from_f64(rows.iter().map(|(r, row)| 2.0 * r * row[j]).sum());
        }
        Ok(rows.iter().map(|(r, _)| r * r).sum())
    }

    fn least_squares(&mut self) -> Option<&mut dyn LeastSquares<T>> {
        Some(self)
    }
}

impl<T: Real> LeastSquares<T> for Squares {
    fn rows(&self) -> usize {
        // One point is as good as another.
        (self.0)(&[0.0; 32]).len()
    }

    fn value(&mut self, parameters: &[T]) -> Result<f64, EngineError> {
        Ok(self.at(parameters).iter().map(|(r, _)| r * r).sum())
    }

    fn residuals(&mut self, parameters: &[T], residuals: &mut [T]) -> Result<(), EngineError> {
        for (to, (r, _)) in residuals.iter_mut().zip(self.at(parameters)) {
            *to = T::from_f64(r);
        }
        Ok(())
    }

    fn linearise(
        &mut self,
        parameters: &[T],
        _: Columns,
        take: &mut dyn FnMut(&[T], &[T]),
    ) -> Result<(), EngineError> {
        // Blocks of one row: the hardest to add up.
        for (r, row) in self.at(parameters) {
            let row: Vec<T> = row.into_iter().map(T::from_f64).collect();
            take(&[T::from_f64(r)], &row);
        }
        Ok(())
    }

    fn jacobian_vector(
        &mut self,
        parameters: &[T],
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        for (to, (_, row)) in product.iter_mut().zip(self.at(parameters)) {
            let products = row.iter().zip(vector).map(|(j, v)| j * v.to_f64());
            *to = T::from_f64(products.sum());
        }
        Ok(())
    }

    fn vector_jacobian(
        &mut self,
        parameters: &[T],
        vector: &[T],
        product: &mut [T],
    ) -> Result<(), EngineError> {
        let rows = self.at(parameters);
        for (j, to) in product.iter_mut().enumerate() {
            let products = rows
                .iter()
                .zip(vector)
                .map(|((_, row), u)| row[j] * u.to_f64());
            *to = T::from_f64(products.sum());
        }
        Ok(())
    }
}

/// ½ Σ kᵢ (xᵢ − i)² with stiffnesses 1, 10, 100, …
fn quadratic(x: &[f64]) -> Vec<(f64, Vec<f64>)> {
    let rows = x.iter().enumerate().map(|(i, x_i)| {
        let root = (0.5 * 10f64.powi(i as i32)).sqrt();
        let mut row = vec![0.0; x.len()];
        row[i] = root;
        (root * (x_i - i as f64), row)
    });
    rows.collect()
}

/// Rosenbrock, Computer Journal 3, 1960; minimum 0 at (1, 1).
fn rosenbrock(x: &[f64]) -> Vec<(f64, Vec<f64>)> {
    vec![
        (1.0 - x[0], vec![-1.0, 0.0]),
        (10.0 * (x[1] - x[0] * x[0]), vec![-20.0 * x[0], 10.0]),
    ]
}

fn all<T: Real>(length: usize) -> Vec<Box<dyn Optimiser<T>>> {
    let cosine = Schedule::Cosine { floor: 0.0 };
    let newton = |solver| Box::new(GaussNewton::new(length, 0.0, solver, 1).unwrap());
    let scaled = |update| Box::new(SelfScaled::new(length, update, 0.0));
    let layout = Layout {
        parameters: length,
        matrices: vec![Matrix {
            place: 0..2,
            rows: 2,
            columns: 1,
        }],
        normed: Vec::new(),
        output_layer: None,
        threads: 1,
    };
    vec![
        Box::new(Adam::new(length, 0.05).with_schedule(cosine, 6000)),
        Box::new(Soap::new(&layout, 0.05).with_schedule(cosine, 6000)),
        Box::new(
            Sgd::new(length, 1e-3)
                .with_momentum(0.9)
                .with_schedule(cosine, 6000),
        ),
        Box::new(Lbfgs::new(length, 10, 0.0)),
        scaled(Update::Bfgs),
        scaled(Update::Broyden),
        newton(LinearSolver::Orthogonal),
        newton(LinearSolver::NormalEquations),
        newton(LinearSolver::ConjugateGradients),
        Box::new(OutputLayer::new(0..length, 1).unwrap()),
    ]
}

/// Steps until it stops by itself or `steps` are done.
fn run<T: Real>(
    optimiser: &mut dyn Optimiser<T>,
    x: &mut [T],
    rows: Rows,
    steps: usize,
) -> (usize, Option<Stop>) {
    let mut objective = Squares(rows);
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
    for optimiser in &mut all::<T>(2) {
        let steps = match optimiser.state().method.as_str() {
            "adam" | "soap" | "sgd" => 6000,
            _ => 100,
        };
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
        let (_, stop) = run(first.as_mut(), &mut found, rosenbrock, 12);
        second.restore(&first.state()).unwrap();
        assert_eq!(second.state(), first.state());
        if stop.is_none() {
            run(second.as_mut(), &mut found, rosenbrock, 13);
        }
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
        let bad: [Rows; 2] = [
            |x| vec![(f64::NAN, vec![0.0; x.len()])],
            |x| vec![(1.0, vec![f64::INFINITY; x.len()])],
        ];
        for rows in bad {
            let mut objective = Squares(rows);
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
            short.vectors.insert(name.clone(), vec![]);
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
            let fraction = ["damping", "growth"].contains(&name.as_str()) && value == 0.5;
            if name != "value" && !fraction && (name != "noise" || value < 0.0) {
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

pinn_units::quantities! { struct Rod {
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

/// Fits a polynomial: minimum, and what the linear model promises, are known.
fn line(x: &[f64]) -> Vec<(f64, Vec<f64>)> {
    let points = (0..20).map(|i| f64::from(i) / 19.0);
    let rows = points.map(|t| {
        let row = vec![1.0, t, t * t];
        let model: f64 = row.iter().zip(x).map(|(r, x)| r * x).sum();
        (model - (2.0 - 3.0 * t + 0.5 * t * t), row)
    });
    rows.collect()
}

#[test]
fn gauss_newton_solves_a_linear_problem_whichever_way() {
    for solver in [
        LinearSolver::Orthogonal,
        LinearSolver::NormalEquations,
        LinearSolver::ConjugateGradients,
    ] {
        let mut x = [0.0f64; 3];
        let mut newton = GaussNewton::new(3, 1e-12, solver, 1).unwrap();
        let (steps, stop) = run(&mut newton, &mut x, line, 40);
        assert_eq!(stop, Some(Stop::Gradient), "{solver:?} {x:?}");
        assert!(steps < 40, "{steps}");
        for (x, exact) in x.iter().zip([2.0, -3.0, 0.5]) {
            assert!((x - exact).abs() < 1e-10, "{solver:?}: {x} for {exact}");
        }
    }
}

#[test]
fn gauss_newton_refuses_functions_that_are_no_sum_of_squares() {
    let mut plain = Function(|_: &[f64], _: &mut [f64]| 0.0);
    let mut newton = GaussNewton::new(1, 0.0, LinearSolver::Orthogonal, 1).unwrap();
    let refused = newton.step(&mut [0.0f64], &mut plain);
    assert_eq!(refused.unwrap_err(), EngineError::NoLeastSquares);
}
