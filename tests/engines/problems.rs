//! Networks, points and residuals that the suite runs on.

use pinn::expr::{Function, Graph, Op, Real};
use pinn::pinn::activation::Activation;
use pinn::pinn::network::{InputMap, Network};
use pinn::pinn::points::Points;
use pinn::units::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use uom::si::f64::Ratio;
use uom::typenum::{N2, P3};

pub const ACTIVATIONS: [Activation; 4] = [
    Activation::Tanh,
    Activation::Sine,
    Activation::Gelu,
    Activation::Swish,
];

pub type Kernels<T> = Vec<Kernel<T, Nondimensional>>;

pinn::quantities! { pub struct Cube {
    coordinates { x: Ratio, y: Ratio, z: Ratio }
    fields { u: Ratio, v: Ratio }
    parameters {}
}}

/// Residuals in dimensionless form, all scales being one: each is divided by its largest coefficient.
fn nondimensional<R: Equations>(
    equations: impl FnOnce(Cube) -> R,
) -> Residuals<Erased, Erased, Nondimensional> {
    let one = Ratio::from_si(1.0);
    let setup = Cube::<Setup> {
        x: scale(one),
        y: scale(one),
        z: scale(one),
        u: scale(one),
        v: scale(one),
    };
    let residuals = trace(equations).expect("no foreign terms");
    let residuals = residuals.nondimensionalize(&setup).expect("scales are one");
    residuals.erase()
}

/// Derivatives (of field, by order in x, y, z) that [`derivative_kernels`] deliver, one after the other.
pub const DERIVATIVES: [(usize, [usize; 3]); 16] = [
    (0, [0, 0, 0]),
    (1, [1, 0, 0]),
    (0, [2, 0, 0]),
    (0, [0, 3, 0]),
    (0, [0, 0, 4]),
    (1, [1, 1, 0]),
    (0, [0, 1, 1]),
    (0, [1, 0, 0]),
    (0, [2, 1, 0]),
    (1, [1, 1, 1]),
    (0, [1, 1, 1]),
    (0, [2, 2, 0]),
    (0, [3, 1, 0]),
    (0, [1, 1, 2]),
    (1, [4, 0, 0]),
    (0, [0, 4, 0]),
];

/// Two tasks of eight residuals, each a bare derivative.
pub fn derivative_kernels<T: Real>() -> Kernels<T> {
    [
        nondimensional(|Cube { x, y, z, u, v }| {
            (
                u,
                v.d(x),
                u.d(x).d(x),
                u.d(y).d(y).d(y),
                u.d(z).d(z).d(z).d(z),
                v.d(x).d(y),
                u.d(y).d(z),
                u.d(x),
            )
        }),
        nondimensional(|Cube { x, y, z, u, v }| {
            (
                u.d(x).d(x).d(y),
                v.d(x).d(y).d(z),
                u.d(x).d(y).d(z),
                u.d(x).d(x).d(y).d(y),
                u.d(x).d(x).d(x).d(y),
                u.d(x).d(y).d(z).d(z),
                v.d(x).d(x).d(x).d(x),
                u.d(y).d(y).d(y).d(y),
            )
        }),
    ]
    .iter()
    .map(Residuals::compile)
    .collect()
}

/// Every instruction of residual programs: several tasks, of different derivatives and numbers of residuals.
fn nonlinear() -> [Residuals<Erased, Erased, Nondimensional>; 3] {
    [
        nondimensional(|Cube { x, y, u, v, .. }| {
            (
                u * u.d(x) + v * u.d(y) - 0.3 * u.d(x).d(x),
                u.exp() + (2.0 - x.term()) * v.d(x).d(y),
                u.d(x) / (1.0 + v * v) + y.term().sin(),
            )
        }),
        nondimensional(|Cube { x, y, z, u, v }| {
            (
                u.powi(P3::new()) + (2.0 + v * v).powi(N2::new()) - z.term() * v.d(z),
                (1.5 + u * u).sqrt() + (2.0 + v * v).ln() + u.d(y).cos() + v.tanh(),
                0.7 / (1.2 + u * u) - (u * v - 3.0).abs() - u.d(x).d(x).d(z),
            )
        }),
        nondimensional(|Cube { z, u, .. }| (u + z.term() - 0.5,)),
    ]
}

pub fn nonlinear_kernels<T: Real>() -> Kernels<T> {
    nonlinear().iter().map(Residuals::compile).collect()
}

/// What each residual of [`nonlinear_kernels`] was divided by, task by task.
pub fn nonlinear_references() -> Vec<f64> {
    let forms = nonlinear();
    let references = forms.iter().flat_map(Residuals::forms);
    references.map(|form| form.reference).collect()
}

/// The residuals of [`nonlinear_kernels`], from a function that gives derivatives of fields.
pub fn nonlinear_values(point: [f64; 3], d: impl Fn(usize, [usize; 3]) -> f64) -> Vec<f64> {
    let [x, y, z] = point;
    let (u, v) = (d(0, [0, 0, 0]), d(1, [0, 0, 0]));
    let (u_x, u_y) = (d(0, [1, 0, 0]), d(0, [0, 1, 0]));
    vec![
        u * u_x + v * u_y - 0.3 * d(0, [2, 0, 0]),
        u.exp() + (2.0 - x) * d(1, [1, 1, 0]),
        u_x / (1.0 + v * v) + y.sin(),
        u.powi(3) + (2.0 + v * v).powi(-2) - z * d(1, [0, 0, 1]),
        (1.5 + u * u).sqrt() + (2.0 + v * v).ln() + u_y.cos() + v.tanh(),
        0.7 / (1.2 + u * u) - (u * v - 3.0).abs() - d(0, [2, 0, 1]),
        u + z - 0.5,
    ]
}

/// u(x₀) − u(x₁), and u_x(x₀)·v(x₁) − x₁·u_x(x₁): both sites of a row, values and derivatives.
pub fn periodic_kernels<T: Real>() -> Kernels<T> {
    let mut graph = Graph::new();
    let field = |graph: &mut Graph, field, site, order_x| {
        let order = [order_x, 0, 0, 0, 0, 0];
        graph.intern(Op::Field { field, site, order })
    };
    let here = field(&mut graph, 0, 0, 0);
    let there = field(&mut graph, 0, 1, 0);
    let value = graph.sub(here, there);
    let slope_here = field(&mut graph, 0, 0, 1);
    let slope_there = field(&mut graph, 0, 1, 1);
    let other = field(&mut graph, 1, 1, 0);
    let position = graph.intern(Op::Coordinate {
        coordinate: 0,
        site: 1,
    });
    let left = graph.mul(slope_here, other);
    let right = graph.mul(position, slope_there);
    let slope = graph.sub(left, right);
    let slope = graph.apply(Function::Sin, slope);
    let dimensions = Dimensions::of::<<Ratio as Quantity>::Dim>();
    let equations = [("value", value), ("slope", slope)].map(|(name, residual)| RawEquation {
        name: name.to_string(),
        residual,
        dimensions,
    });
    let declared = <Cube as Symbols>::declared();
    let one = Affine::new(1.0, 0.0);
    let scales = Scales {
        coordinates: vec![one; declared.coordinates.len()],
        fields: vec![one; declared.fields.len()],
        parameters: vec![],
    };
    let residuals = Residuals::from_parts(declared, graph, equations.to_vec());
    let residuals = residuals
        .nondimensionalize(&scales)
        .expect("scales are one");
    vec![residuals.compile()]
}

/// From the unit cube's coordinates to the fields of [`Cube`].
pub fn network(activation: Activation, hidden: &[usize]) -> Network {
    let map = |scale, shift| InputMap { scale, shift };
    let maps = vec![map(0.9, -0.4), map(1.1, 0.2), map(-0.8, 0.3)];
    Network::mlp(maps, hidden.to_vec(), activation, 2)
}

/// Initial weights, and biases that are not zero. No weight is too large for the complex differences, whose
/// circle must not reach a pole of an activation.
pub fn parameters(network: &Network, seed: u64) -> Vec<f64> {
    let mut parameters = network.initialise(seed);
    let mut random = ChaCha12Rng::seed_from_u64(seed + 1);
    for layer in network.layers() {
        for bias in &mut parameters[layer.biases] {
            *bias = random.random_range(-0.5..0.5);
        }
        let bound = 1.0 / (layer.inputs as f64).sqrt();
        for weight in &mut parameters[layer.weights] {
            *weight = weight.clamp(-bound, bound);
        }
    }
    parameters
}

/// Uniform points in the unit cube.
pub fn points<T: Real>(sites: usize, rows: usize, seed: u64) -> Points<T> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut points = Points::new(sites, 3, rows);
    for site in 0..sites {
        for coordinate in 0..3 {
            for x in points.column_mut(site, coordinate) {
                // Multiples of 2⁻²⁰ are exact in f32 too.
                let steps = random.random_range(0..1 << 20);
                *x = T::from_f64(f64::from(steps) / f64::from(1 << 20));
            }
        }
    }
    points
}

pub fn convert<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|x| T::from_f64(*x)).collect()
}
