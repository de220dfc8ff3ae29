//! Gradients, precision and reproducibility of the fused engine on every instruction set.

mod contract;
mod derivatives;

use super::*;
use pinn_expr::{Expr, Function, Graph, Op};
use pinn_network::InputMap;
use pinn_network::activation::Activation;
use pinn_units::{
    Affine, Declared, Dimensions, Kind, QuantityInfo, RawEquation, Residuals, Scales,
};

const ACTIVATIONS: [Activation; 4] = [
    Activation::Tanh,
    Activation::Sine,
    Activation::Gelu,
    Activation::Swish,
];

fn network(inputs: usize, hidden: &[usize], outputs: usize, activation: Activation) -> Network {
    let maps = (0..inputs)
        .map(|c| InputMap {
            scale: 1.2 - 0.3 * c as f64,
            shift: 0.1 * c as f64 - 0.2,
        })
        .collect();
    Network::mlp(maps, hidden.to_vec(), activation, outputs)
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
    let mut index = [0; pinn_expr::MAX_COORDINATES];
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
    let circuit = network.circuit().expect("the network can be built");
    let mut parameters = circuit.initialise(7);
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
