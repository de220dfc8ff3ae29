//! Gradients, precision and reproducibility of the fused engine on every instruction set.

use super::*;
use crate::expr::{Expr, Function, Graph, Op};
use crate::pinn::activation::Activation;
use crate::pinn::network::InputMap;
use crate::units::{
    Affine, Declared, Dimensions, Kind, QuantityInfo, RawEquation, Residuals, Scales,
};

const ACTIVATIONS: [Activation; 4] = [
    Activation::Tanh,
    Activation::Sine,
    Activation::Gelu,
    Activation::Swish,
];

fn network(inputs: usize, hidden: &[usize], outputs: usize, activation: Activation) -> Network {
    Network {
        input_maps: (0..inputs)
            .map(|c| InputMap {
                scale: 1.2 - 0.3 * c as f64,
                shift: 0.1 * c as f64 - 0.2,
            })
            .collect(),
        hidden: hidden.to_vec(),
        activation,
        outputs,
    }
}

/// A kernel of dimensionless residuals over `coordinates` and `fields`.
fn kernel<T: Element>(
    coordinates: usize,
    fields: usize,
    build: impl FnOnce(&mut Graph) -> Vec<Expr>,
) -> Kernel<T, Nondimensional> {
    let info = |prefix: &str, n: usize| QuantityInfo {
        name: format!("{prefix}{n}"),
        dimensions: Dimensions::NONE,
        kind: Kind::Plain,
        quantity: "Ratio".to_string(),
    };
    let declared = Declared {
        coordinates: (0..coordinates).map(|n| info("x", n)).collect(),
        fields: (0..fields).map(|n| info("u", n)).collect(),
        parameters: Vec::new(),
    };
    let one = |n| vec![Affine::new(1.0, 0.0); n];
    let scales = Scales {
        coordinates: one(coordinates),
        fields: one(fields),
        parameters: Vec::new(),
    };
    let mut graph = Graph::new();
    let residuals = build(&mut graph);
    let equations = residuals
        .into_iter()
        .map(|residual| RawEquation {
            name: "residual".to_string(),
            residual,
            dimensions: Dimensions::NONE,
        })
        .collect();
    Residuals::from_parts(declared, graph, equations)
        .nondimensionalize(&scales)
        .unwrap()
        .compile()
}

fn derivative(graph: &mut Graph, field: u16, site: u8, order: &[u8]) -> Expr {
    let mut index = [0; crate::expr::MAX_COORDINATES];
    index[..order.len()].copy_from_slice(order);
    graph.intern(Op::Field {
        field,
        site,
        order: index,
    })
}

/// Σ over derivatives of the given orders of (0.3 + 0.2·n) · derivative · (derivative + x₀).
fn quadratic(graph: &mut Graph, orders: &[&[u8]]) -> Expr {
    let x = graph.coordinate(0);
    let mut sum = graph.constant(0.1);
    for (n, order) in orders.iter().enumerate() {
        let d = derivative(graph, 0, 0, order);
        let other = graph.add(d, x);
        let product = graph.mul(d, other);
        let coefficient = graph.constant(0.3 + 0.2 * n as f64);
        let term = graph.mul(coefficient, product);
        sum = graph.add(sum, term);
    }
    sum
}

/// Points spread over [−1, 1] by the golden ratio.
fn points<T: Element>(sites: usize, coordinates: usize, rows: usize) -> Points<T> {
    let mut points = Points::new(sites, coordinates, rows);
    for site in 0..sites {
        for c in 0..coordinates {
            let step = 0.618_033_988_749_895 * (1.0 + 0.37 * c as f64 + 0.11 * site as f64);
            for (row, x) in points.column_mut(site, c).iter_mut().enumerate() {
                *x = T::from_f64((step * (row + 1) as f64).fract() * 2.0 - 1.0);
            }
        }
    }
    points
}

/// Initial weights and nonzero biases.
fn parameters<T: Element>(network: &Network) -> Vec<T> {
    let mut parameters = network.initialise(7);
    for (n, p) in parameters.iter_mut().enumerate() {
        *p += 0.2 * (n as f64 * 1.7).sin();
    }
    parameters.into_iter().map(T::from_f64).collect()
}

struct Evaluated<T> {
    losses: Vec<f64>,
    gradient: Vec<T>,
}

fn evaluate<T: Element>(
    engine: &mut FusedEngine<T>,
    parameters: &[T],
    points: &[Points<T>],
) -> Evaluated<T> {
    let weights: Vec<f64> = (0..engine.losses()).map(|n| 1.0 + 0.5 * n as f64).collect();
    let mut losses = vec![f64::NAN; engine.losses()];
    let mut gradient = vec![T::from_f64(f64::NAN); parameters.len()];
    engine
        .loss(
            parameters,
            points,
            &weights,
            &mut losses,
            Some(&mut gradient),
        )
        .unwrap();
    Evaluated { losses, gradient }
}

/// Largest relative difference of the gradient from central differences of fourth order, along every
/// parameter.
fn gradient_error(
    network: &Network,
    kernels: &[Kernel<f64, Nondimensional>],
    points: &[Points<f64>],
    set: InstructionSet,
) -> f64 {
    let mut engine =
        FusedEngine::with_instructions(network.clone(), kernels.to_vec(), 1, set).unwrap();
    let at = parameters::<f64>(network);
    let exact = evaluate(&mut engine, &at, points).gradient;
    let weights: Vec<f64> = (0..engine.losses()).map(|n| 1.0 + 0.5 * n as f64).collect();
    let mut total = |parameters: &[f64]| {
        let mut losses = vec![0.0; engine.losses()];
        engine
            .loss(parameters, points, &weights, &mut losses, None)
            .unwrap();
        losses.iter().zip(&weights).map(|(l, w)| l * w).sum::<f64>()
    };
    let size = exact.iter().fold(0.0f64, |a, g| a.max(g.abs()));
    let h = 1e-3;
    let mut error = 0.0f64;
    for n in 0..at.len() {
        let mut moved = |step: f64| {
            let mut parameters = at.clone();
            parameters[n] += step * h;
            total(&parameters)
        };
        let difference =
            (8.0 * (moved(1.0) - moved(-1.0)) - (moved(2.0) - moved(-2.0))) / (12.0 * h);
        error = error.max((difference - exact[n]).abs() / size);
    }
    error
}

#[test]
fn gradients_agree_with_finite_differences_for_all_activations_and_orders() {
    let orders: [&[&[u8]]; 6] = [
        &[&[0, 0]],
        &[&[1, 0], &[0, 1], &[0, 0]],
        &[&[2, 0], &[0, 1]],
        &[&[1, 1], &[0, 2]],
        &[&[3, 0], &[1, 2]],
        &[&[4, 0], &[2, 2], &[1, 0]],
    ];
    for activation in ACTIVATIONS {
        let network = network(2, &[5, 7], 1, activation);
        for orders in orders {
            let kernel = kernel(2, 1, |g| vec![quadratic(g, orders)]);
            let points = points(1, 2, 9);
            for set in InstructionSet::available() {
                let error = gradient_error(&network, &[kernel.clone()], &[points.clone()], set);
                assert!(
                    error < 1e-6,
                    "{activation:?} {orders:?} {}: {error:e}",
                    set.name()
                );
            }
        }
    }
}

/// Two coupled fields in three coordinates, a periodic condition over two sites, and a condition on values.
fn coupled<T: Element>() -> Vec<Kernel<T, Nondimensional>> {
    let interior = kernel(3, 2, |g| {
        let (u, v) = (g.field(0), g.field(1));
        let ut = derivative(g, 0, 0, &[1]);
        let uxy = derivative(g, 0, 0, &[0, 1, 1]);
        let vxx = derivative(g, 1, 0, &[0, 2]);
        let vyyy = derivative(g, 1, 0, &[0, 0, 3]);
        let advection = g.mul(u, vxx);
        let first = g.add(ut, advection);
        let exponential = g.apply(Function::Tanh, v);
        let product = g.mul(exponential, vyyy);
        let second = g.sub(uxy, product);
        vec![first, second]
    });
    let periodic = kernel(3, 2, |g| {
        let here = derivative(g, 0, 0, &[0, 1]);
        let there = derivative(g, 0, 1, &[0, 1]);
        let values = derivative(g, 1, 1, &[]);
        let v = g.field(1);
        let slope = g.sub(here, there);
        let value = g.sub(v, values);
        vec![slope, value]
    });
    let values = kernel(3, 2, |g| {
        let (u, x) = (g.field(0), g.coordinate(1));
        vec![g.sub(u, x)]
    });
    vec![interior, periodic, values]
}

fn coupled_points<T: Element>(rows: usize) -> Vec<Points<T>> {
    vec![
        points(1, 3, rows),
        points(2, 3, rows / 2 + 1),
        points(1, 3, rows / 3 + 1),
    ]
}

#[test]
fn gradients_of_several_tasks_sites_and_fields_agree_with_finite_differences() {
    let network = network(3, &[6, 4, 5], 2, Activation::Tanh);
    for set in InstructionSet::available() {
        let error = gradient_error(&network, &coupled(), &coupled_points(10), set);
        assert!(error < 1e-6, "{}: {error:e}", set.name());
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    fn bits<T: Element>(threads: usize) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
        let network = network(3, &[20, 33], 2, Activation::Swish);
        let mut engine = FusedEngine::<T>::new(network, coupled(), threads).unwrap();
        let at = parameters(engine.network());
        let points = coupled_points(5_000);
        let result = evaluate(&mut engine, &at, &points);
        let residuals = engine.residuals(&at, 0, &points[0]).unwrap();
        (
            result.losses.iter().map(|x| x.to_bits()).collect(),
            result
                .gradient
                .iter()
                .map(|x| x.to_f64().to_bits())
                .collect(),
            residuals
                .column(1)
                .iter()
                .map(|x| x.to_f64().to_bits())
                .collect(),
        )
    }
    let single = bits::<f32>(1);
    let double = bits::<f64>(1);
    for threads in [2, 3, 16] {
        assert!(single == bits::<f32>(threads), "f32, {threads} threads");
        assert!(double == bits::<f64>(threads), "f64, {threads} threads");
    }
}

fn relative(a: impl Iterator<Item = f64>, b: impl Iterator<Item = f64>) -> f64 {
    let (mut difference, mut size) = (0.0, 0.0);
    for (a, b) in a.zip(b) {
        difference += (a - b) * (a - b);
        size += b * b;
    }
    f64::sqrt(difference / size)
}

#[test]
fn single_precision_and_all_instruction_sets_agree_with_double_precision() {
    for activation in ACTIVATIONS {
        let network = network(3, &[20, 17], 2, activation);
        let mut exact = FusedEngine::<f64>::new(network.clone(), coupled(), 1).unwrap();
        let at = parameters(&network);
        let expected = evaluate(&mut exact, &at, &coupled_points(500));
        for set in InstructionSet::available() {
            let mut double =
                FusedEngine::<f64>::with_instructions(network.clone(), coupled(), 1, set).unwrap();
            let mut single =
                FusedEngine::<f32>::with_instructions(network.clone(), coupled(), 1, set).unwrap();
            let found = evaluate(&mut double, &at, &coupled_points(500));
            let gradient = || expected.gradient.iter().copied();
            let error = relative(found.gradient.iter().copied(), gradient());
            assert!(error < 1e-13, "{activation:?} {}: {error:e}", set.name());
            let found = evaluate(&mut single, &parameters(&network), &coupled_points(500));
            let error = relative(found.gradient.iter().map(|g| *g as f64), gradient());
            assert!(error < 1e-5, "{activation:?} {}: {error:e}", set.name());
            let error = relative(
                found.losses.iter().copied(),
                expected.losses.iter().copied(),
            );
            assert!(error < 1e-5, "{activation:?} {}: {error:e}", set.name());
        }
    }
}

#[test]
fn losses_are_means_of_squared_residuals_and_residuals_follow_from_fields() {
    let network = network(3, &[9], 2, Activation::Gelu);
    let mut engine = FusedEngine::<f64>::new(network.clone(), coupled(), 2).unwrap();
    let at = parameters(&network);
    let points = coupled_points(700);
    let losses = evaluate(&mut engine, &at, &points).losses;
    let mut number = 0;
    for (task, points) in points.iter().enumerate() {
        let batch = engine.residuals(&at, task, points).unwrap();
        assert_eq!(batch.rows(), points.rows());
        for r in 0..batch.residuals() {
            let squares = batch.column(r).iter().map(|x| x * x).sum::<f64>();
            let mean = squares / points.rows() as f64;
            assert!((losses[number] / mean - 1.0).abs() < 1e-13);
            number += 1;
        }
    }
    let fields = engine.fields(&at, &points[2]).unwrap();
    let residual = engine.residuals(&at, 2, &points[2]).unwrap();
    let rows = points[2].rows();
    for row in 0..rows {
        let expected = fields[row] - points[2].column(0, 1)[row];
        assert!((residual.column(0)[row] - expected).abs() < 1e-15);
    }
}

/// Derivatives of each order agree with central differences of the next lower ones.
#[test]
fn derivatives_agree_with_finite_differences_of_lower_ones() {
    let orders: [&[u8]; 12] = [
        &[0, 0],
        &[1, 0],
        &[0, 1],
        &[2, 0],
        &[1, 1],
        &[0, 2],
        &[3, 0],
        &[2, 1],
        &[1, 2],
        &[4, 0],
        &[2, 2],
        &[1, 3],
    ];
    // (derivative, lower derivative, coordinate along which that is differentiated)
    let pairs = [
        (1, 0, 0),
        (2, 0, 1),
        (3, 1, 0),
        (4, 1, 1),
        (5, 2, 1),
        (6, 3, 0),
        (7, 3, 1),
        (8, 4, 1),
        (9, 6, 0),
        (10, 7, 1),
        (11, 8, 1),
    ];
    for activation in ACTIVATIONS {
        let network = network(2, &[6, 5, 4], 1, activation);
        let at = parameters::<f64>(&network);
        let kernel = kernel(2, 1, |g| {
            orders.map(|order| derivative(g, 0, 0, order)).to_vec()
        });
        for set in InstructionSet::available() {
            let kernels = vec![kernel.clone()];
            let mut engine =
                FusedEngine::with_instructions(network.clone(), kernels, 1, set).unwrap();
            let rows = 17;
            let mut shifted = |coordinate: usize, by: f64| {
                let mut points = points::<f64>(1, 2, rows);
                for x in points.column_mut(0, coordinate) {
                    *x += by;
                }
                engine.residuals(&at, 0, &points).unwrap()
            };
            let here = shifted(0, 0.0);
            let h = 1e-3;
            for coordinate in 0..2 {
                let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|n| shifted(coordinate, n * h));
                for (high, low, _) in pairs.iter().filter(|p| p.2 == coordinate) {
                    for row in 0..rows {
                        let at = |batch: &Batch<f64, Nondimensional>| batch.column(*low)[row];
                        let difference =
                            (at(&a) - 8.0 * at(&b) + 8.0 * at(&c) - at(&d)) / (12.0 * h);
                        let exact = here.column(*high)[row];
                        assert!(
                            (difference - exact).abs() < 1e-8 * (1.0 + exact.abs()),
                            "{activation:?} {:?} {}: {exact} {difference}",
                            orders[*high],
                            set.name(),
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_sine_of_a_plane_wave_has_its_exact_derivatives() {
    let mut network = network(2, &[1], 1, Activation::Sine);
    network.input_maps[0] = InputMap {
        scale: 2.5,
        shift: 0.0,
    };
    network.input_maps[1] = InputMap {
        scale: -0.5,
        shift: 0.0,
    };
    let kernel = kernel(2, 1, |g| {
        vec![
            derivative(g, 0, 0, &[1, 0]),
            derivative(g, 0, 0, &[0, 1]),
            derivative(g, 0, 0, &[2, 2]),
        ]
    });
    let mut engine = FusedEngine::<f64>::new(network, vec![kernel], 1).unwrap();
    // z = x̂₀ + 2x̂₁ with x̂ = map(x): u = sin(2.5x − y), so u_xxyy = 6.25 sin(2.5x − y).
    let at = [1.0, 2.0, 0.0, 1.0, 0.0];
    let points = points(1, 2, 50);
    let batch = engine.residuals(&at, 0, &points).unwrap();
    for row in 0..50 {
        let (x, y) = (points.column(0, 0)[row], points.column(0, 1)[row]);
        let z = 2.5 * x - y;
        assert!((batch.column(0)[row] - 2.5 * z.cos()).abs() < 1e-14);
        assert!((batch.column(1)[row] + z.cos()).abs() < 1e-14);
        assert!((batch.column(2)[row] - 6.25 * z.sin()).abs() < 1e-12);
    }
}

#[test]
fn wrong_shapes_are_errors() {
    let network = network(3, &[4], 2, Activation::Tanh);
    let mut engine = FusedEngine::<f64>::new(network.clone(), coupled(), 1).unwrap();
    let at = parameters::<f64>(&network);
    let (weights, mut losses) = ([1.0; 5], [0.0; 5]);
    let good = coupled_points(4);
    let mut gradient = vec![0.0; at.len()];
    let mut is_shape = |parameters: &[f64],
                        points: &[Points<f64>],
                        weights: &[f64],
                        losses: usize,
                        gradient_len: usize| {
        let result = engine.loss(
            parameters,
            points,
            weights,
            &mut [0.0; 9][..losses],
            Some(&mut vec![0.0; gradient_len]),
        );
        matches!(result, Err(EngineError::Shape { .. }))
    };
    assert!(is_shape(&at[1..], &good, &weights, 5, at.len()));
    assert!(is_shape(&at, &good[1..], &weights, 5, at.len()));
    assert!(is_shape(&at, &good, &weights[1..], 5, at.len()));
    assert!(is_shape(&at, &good, &weights, 4, at.len()));
    assert!(is_shape(&at, &good, &weights, 5, at.len() - 1));
    let one_site = [good[0].clone(), good[0].clone(), good[2].clone()];
    assert!(is_shape(&at, &one_site, &weights, 5, at.len()));
    let flat = [good[0].clone(), good[1].clone(), points(1, 2, 4)];
    assert!(is_shape(&at, &flat, &weights, 5, at.len()));
    let empty = [good[0].clone(), good[1].clone(), points(1, 3, 0)];
    assert!(is_shape(&at, &empty, &weights, 5, at.len()));
    assert!(engine.residuals(&at, 3, &good[0]).is_err());
    assert!(engine.fields(&at, &points(1, 1, 4)).is_err());
    let result = engine.loss(&at, &good, &weights, &mut losses, Some(&mut gradient));
    assert_eq!(result, Ok(()));

    let hidden = |hidden: &[usize]| Network {
        hidden: hidden.to_vec(),
        ..network.clone()
    };
    for bad in [hidden(&[]), hidden(&[4, 0])] {
        let engine = FusedEngine::<f64>::new(bad, coupled(), 1);
        assert!(matches!(engine.err(), Some(EngineError::Shape { .. })));
    }
    let narrow = Network {
        outputs: 1,
        ..network.clone()
    };
    assert!(FusedEngine::<f64>::new(narrow, coupled(), 1).is_err());
    let high = kernel::<f64>(3, 2, |g| vec![derivative(g, 0, 0, &[3, 2])]);
    let result = FusedEngine::<f64>::new(network.clone(), vec![high], 1);
    assert!(matches!(result.err(), Some(EngineError::Jet(_))));
}

#[test]
fn non_finite_values_are_passed_on() {
    let network = network(3, &[4], 2, Activation::Tanh);
    let mut engine = FusedEngine::<f32>::new(network.clone(), coupled(), 1).unwrap();
    let mut at = parameters::<f32>(&network);
    at[0] = f32::NAN;
    let result = evaluate(&mut engine, &at, &coupled_points(4));
    assert!(result.losses[0].is_nan());
    assert!(result.gradient.iter().any(|g| g.is_nan()));
}

#[test]
fn working_space_does_not_depend_on_the_number_of_points() {
    let network = network(3, &[20, 20], 2, Activation::Tanh);
    let mut engine = FusedEngine::<f64>::new(network.clone(), coupled(), 1).unwrap();
    let before = engine.workspace_bytes();
    let at = parameters(&network);
    evaluate(&mut engine, &at, &coupled_points(20_000));
    assert_eq!(engine.workspace_bytes(), before);
    assert!(engine.partials.len() <= GROUPS);
}
