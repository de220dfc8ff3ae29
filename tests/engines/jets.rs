//! From equations to the streams that a network carries for them.

use pinn::engine::Engine;
use pinn::engine::fused::FusedEngine;
use pinn::engine::tape::TapeEngine;
use pinn::geometry::points::Points;
use pinn::network::activation::Activation;
use pinn::network::jets::JetPlan;
use pinn::network::{InputMap, Network};
use pinn::units::*;
use uom::si::f64::Ratio;

pinn::quantities! { pub struct Plane {
    coordinates { t: Ratio, x: Ratio, y: Ratio }
    fields { u: Ratio, v: Ratio, p: Ratio }
    parameters {}
}}

type Compiled = Kernel<f64, Nondimensional>;

fn compile<R: Equations>(equations: impl FnOnce(Plane) -> R) -> Compiled {
    let one = Ratio::from_si(1.0);
    let setup = Plane::<Setup> {
        t: scale(one),
        x: scale(one),
        y: scale(one),
        u: scale(one),
        v: scale(one),
        p: scale(one),
    };
    let residuals = trace(equations).expect("no foreign terms");
    let residuals = residuals.nondimensionalize(&setup).expect("scales are one");
    residuals.compile()
}

/// Name, kernel, and the streams that it needs.
fn equations() -> Vec<(&'static str, Compiled, usize)> {
    vec![
        ("values", compile(|Plane { u, v, .. }| (u * v - 0.5,)), 1),
        (
            "heat in one dimension",
            compile(|Plane { t, x, u, .. }| (u.d(t) - 0.4 * u.d(x).d(x),)),
            3,
        ),
        (
            "heat in two dimensions",
            compile(|Plane { t, x, y, u, .. }| (u.d(t) - 0.4 * space2(x, y).laplacian(u) - 1.0,)),
            4,
        ),
        (
            "Poisson",
            compile(|Plane { x, y, u, .. }| (space2(x, y).laplacian(u) + x.term().sin(),)),
            4,
        ),
        (
            "Burgers",
            compile(|Plane { t, x, u, .. }| (u.d(t) + u * u.d(x) - 0.003 * u.d(x).d(x),)),
            3,
        ),
        (
            "steady flow",
            compile(|Plane { x, y, u, v, p, .. }| {
                let s = space2(x, y);
                (
                    s.advect([u, v], u) + p.d(x) - 0.025 * s.laplacian(u),
                    s.advect([u, v], v) + p.d(y) - 0.025 * s.laplacian(v),
                    s.div([u, v]),
                )
            }),
            4,
        ),
        (
            "flow",
            compile(|Plane { t, x, y, u, v, p }| {
                let s = space2(x, y);
                (
                    u.d(t) + s.advect([u, v], u) + p.d(x) - 0.025 * s.laplacian(u),
                    v.d(t) + s.advect([u, v], v) + p.d(y) - 0.025 * s.laplacian(v),
                    s.div([u, v]),
                )
            }),
            4,
        ),
        (
            "Korteweg-de Vries",
            compile(|Plane { t, x, u, .. }| (u.d(t) + u * u.d(x) + 0.0025 * u.d(x).d(x).d(x),)),
            4,
        ),
        (
            "Kuramoto-Sivashinsky",
            compile(|Plane { t, x, u, .. }| {
                let u_xx = u.d(x).d(x);
                (u.d(t) + u * u.d(x) + 0.5 * u_xx + 0.1 * u_xx.d(x).d(x),)
            }),
            5,
        ),
        (
            "wave",
            compile(|Plane { t, x, u, .. }| (u.d(t).d(t) - 0.25 * u.d(x).d(x),)),
            4,
        ),
        (
            "elasticity",
            compile(|Plane { x, y, u, v, .. }| {
                let (exx, eyy, exy) = (u.d(x), v.d(y), 0.5 * (u.d(y) + v.d(x)));
                let stress = |strain| 0.8 * (exx + eyy) + 1.2 * strain;
                (
                    stress(exx).d(x) + (1.2 * exy).d(y),
                    (1.2 * exy).d(x) + stress(eyy).d(y) - 1.0,
                )
            }),
            6,
        ),
        (
            "plate",
            compile(|Plane { x, y, u, .. }| {
                let s = space2(x, y);
                (s.laplacian(s.laplacian(u)) - 1.0,)
            }),
            11,
        ),
        (
            "nonlinear conduction",
            compile(|Plane { t, x, u, .. }| (u.d(t) - ((1.0 + u) * u.d(x)).d(x),)),
            4,
        ),
        (
            "Monge-Ampère",
            compile(|Plane { x, y, u, .. }| {
                let mixed = u.d(x).d(y);
                (u.d(x).d(x) * u.d(y).d(y) - mixed * mixed - 1.0,)
            }),
            6,
        ),
    ]
}

#[test]
fn an_equation_is_given_the_streams_that_it_needs() {
    for (name, kernel, streams) in equations() {
        let symbols = kernel.collapsed().symbols();
        let (plan, recipes) = JetPlan::collapsed(&symbols).expect("orders fit");
        assert_eq!(plan.streams(), streams, "{name}: {plan:?}");
        let (series, _) = JetPlan::series(&kernel.symbols()).expect("orders fit");
        assert!(streams <= series.streams(), "{name}");
        for (symbol, recipe) in symbols.iter().zip(&recipes) {
            assert_eq!(symbol.is_some(), recipe.is_some(), "{name}");
        }
    }
}

/// Losses, and the gradient of their sum.
fn evaluate(
    engine: &mut dyn Engine<f64>,
    parameters: &[f64],
    points: &Points<f64>,
) -> (Vec<f64>, Vec<f64>) {
    let mut losses = vec![0.0; engine.losses()];
    let weights = vec![1.0; losses.len()];
    let mut gradient = vec![0.0; parameters.len()];
    let points = std::slice::from_ref(points);
    engine
        .loss(
            parameters,
            points,
            &weights,
            &mut losses,
            Some(&mut gradient),
        )
        .expect("shapes fit");
    (losses, gradient)
}

#[test]
fn engines_agree_on_kernels_collapsed_and_not() {
    let map = InputMap {
        scale: 1.3,
        shift: -0.4,
    };
    let network = Network::mlp(vec![map; 3], vec![9, 7], Activation::Tanh, 3);
    let parameters = network.circuit().unwrap().initialise(7);
    let mut points = Points::new(1, 3, 11);
    for coordinate in 0..3 {
        for (row, x) in points.column_mut(0, coordinate).iter_mut().enumerate() {
            *x = ((row * 37 + coordinate * 13) % 29) as f64 / 29.0;
        }
    }
    for (name, kernel, _) in equations() {
        let tape = |kernel: Compiled| TapeEngine::new(network.clone(), vec![kernel]);
        let mut series = tape(kernel.clone()).expect("orders fit");
        let (losses, gradient) = evaluate(&mut series, &parameters, &points);
        let size = gradient.iter().fold(1e-3, |m: f64, g| m.max(g.abs()));
        let mut others: Vec<(&str, Box<dyn Engine<f64>>)> = vec![(
            "tape",
            Box::new(tape(kernel.collapsed()).expect("orders fit")),
        )];
        for kernel in [kernel.clone(), kernel.collapsed()] {
            let fused = FusedEngine::new(network.clone(), vec![kernel], 1);
            others.push(("fused", Box::new(fused.expect("orders fit"))));
        }
        for (engine, other) in &mut others {
            let found = evaluate(other.as_mut(), &parameters, &points);
            for (a, b) in losses.iter().zip(&found.0) {
                assert!(
                    (a - b).abs() <= 1e-11 * a.abs().max(1.0),
                    "{name}, {engine}: {a} {b}"
                );
            }
            for (a, b) in gradient.iter().zip(&found.1) {
                assert!((a - b).abs() <= 1e-11 * size, "{name}, {engine}: {a} {b}");
            }
        }
    }
}
