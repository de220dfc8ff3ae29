//! Points and residuals that the suite runs on, and the residuals' formulas.

use pinn::expr::{Function, Graph, Op, Real};
use pinn::geometry::points::Points;
use pinn::units::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use uom::si::f64::Ratio;
use uom::typenum::{N2, P3};

pub type Kernels<T> = Vec<Kernel<T, Nondimensional>>;

pinn::quantities! { pub struct Cube {
    coordinates { x: Ratio, y: Ratio, z: Ratio }
    fields { u: Ratio, v: Ratio }
    parameters {}
}}

pub type Form = Residuals<Erased, Erased, Nondimensional>;

/// The derivative of a field, by order in x, y, z.
type Derivative<'a> = &'a dyn Fn(usize, [usize; 3]) -> f64;

/// Tasks of residuals that read one site, and what they should be.
pub struct Problem {
    pub name: &'static str,
    tasks: Vec<Form>,
    formulas: fn([f64; 3], Derivative) -> Vec<f64>,
}

impl Problem {
    pub fn kernels<T: Real>(&self) -> Kernels<T> {
        self.tasks.iter().map(Residuals::compile).collect()
    }

    /// All tasks' residuals at one point. Each is divided by what its dimensionless form was divided by.
    pub fn residuals(&self, point: [f64; 3], derivative: Derivative) -> Vec<f64> {
        let values = (self.formulas)(point, derivative);
        let forms = self.tasks.iter().flat_map(Residuals::forms);
        let references: Vec<f64> = forms.map(|form| form.reference).collect();
        assert_eq!(values.len(), references.len());
        let pairs = values.iter().zip(&references);
        pairs.map(|(value, reference)| value / reference).collect()
    }
}

/// Residuals in dimensionless form, all scales being one: each is divided by its largest coefficient.
pub fn nondimensional<R: Equations>(equations: impl FnOnce(Cube) -> R) -> Form {
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

pub fn problems() -> [Problem; 3] {
    [derivatives(), nonlinear(), operators()]
}

/// Bare derivatives, of all orders.
pub fn derivatives() -> Problem {
    let tasks = [
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
    ];
    Problem {
        name: "derivatives",
        tasks: tasks.to_vec(),
        formulas: |_, d| {
            let orders = [
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
            orders.map(|(field, order)| d(field, order)).to_vec()
        },
    }
}

/// Every instruction of residual programs: several tasks, of different derivatives and numbers of residuals.
pub fn nonlinear() -> Problem {
    let tasks = [
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
                (1.5 + u * u).sqrt() + (2.0 + v * v).ln() + u.d(y).cos() + v.tanh()
                    - u.atan2(2.0 + v * v)
                    + (0.0 * u + 0.7).atan2(1.5 + u)
                    + 2.0 * v.atan2(0.0 * u + 1.3),
                0.7 / (1.2 + u * u) - (u * v - 3.0).abs() - u.d(x).d(x).d(z),
            )
        }),
        nondimensional(|Cube { z, u, .. }| (u + z.term() - 0.5,)),
    ];
    Problem {
        name: "nonlinear",
        tasks: tasks.to_vec(),
        formulas: |[x, y, z], d| {
            let (u, v) = (d(0, [0, 0, 0]), d(1, [0, 0, 0]));
            let (u_x, u_y) = (d(0, [1, 0, 0]), d(0, [0, 1, 0]));
            vec![
                u * u_x + v * u_y - 0.3 * d(0, [2, 0, 0]),
                u.exp() + (2.0 - x) * d(1, [1, 1, 0]),
                u_x / (1.0 + v * v) + y.sin(),
                u.powi(3) + (2.0 + v * v).powi(-2) - z * d(1, [0, 0, 1]),
                (1.5 + u * u).sqrt() + (2.0 + v * v).ln() + u_y.cos() + v.tanh()
                    - u.atan2(2.0 + v * v)
                    + 0.7f64.atan2(1.5 + u)
                    + 2.0 * v.atan2(1.3),
                0.7 / (1.2 + u * u) - (u * v - 3.0).abs() - d(0, [2, 0, 1]),
                u + z - 0.5,
            ]
        },
    }
}

/// Linear operators with constant coefficients, alone and beside other derivatives of the same field.
pub fn operators() -> Problem {
    let tasks = [
        // Heat, Laplace with unequal coefficients, and plane elasticity: second order.
        nondimensional(|Cube { x, y, z, u, v }| {
            (
                u.d(z) - 0.2 * (u.d(x).d(x) + u.d(y).d(y)),
                v.d(x).d(x) + 3.0 * v.d(y).d(y) + 0.5 * v.d(z).d(z) - v.d(x) + 2.0 * v,
                1.5 * u.d(x).d(x) + 0.5 * u.d(y).d(y) + v.d(x).d(y),
                1.5 * v.d(y).d(y) + 0.5 * v.d(x).d(x) + u.d(x).d(y),
            )
        }),
        // Korteweg–de Vries and, with the same field in a product, its linear part: third order.
        nondimensional(|Cube { x, y, z, u, v }| {
            (
                u.d(z) + 6.0 * u * u.d(x) + u.d(x).d(x).d(x),
                v * (v.d(z) - 0.1 * v.d(x).d(x).d(x) + 0.2 * v.d(x).d(y).d(y)),
            )
        }),
        // Kuramoto–Sivashinsky, the biharmonic operator, and a product of two operators: fourth order.
        nondimensional(|Cube { x, y, z, u, v }| {
            let laplace = u.d(x).d(x) + u.d(y).d(y);
            (
                u.d(z) + u * u.d(x) + u.d(x).d(x) + 0.3 * u.d(x).d(x).d(x).d(x),
                v.d(x).d(x).d(x).d(x) + 2.0 * v.d(x).d(x).d(y).d(y) + v.d(y).d(y).d(y).d(y),
                laplace * laplace - (v.d(x).d(x) + v.d(y).d(y)) * u.d(x).d(x),
            )
        }),
    ];
    Problem {
        name: "operators",
        tasks: tasks.to_vec(),
        formulas: |_, d| {
            let (u, v) = (d(0, [0, 0, 0]), d(1, [0, 0, 0]));
            let (u_x, u_z) = (d(0, [1, 0, 0]), d(0, [0, 0, 1]));
            let (u_xx, u_yy) = (d(0, [2, 0, 0]), d(0, [0, 2, 0]));
            let (v_xx, v_yy) = (d(1, [2, 0, 0]), d(1, [0, 2, 0]));
            let (u_xxx, v_xxx) = (d(0, [3, 0, 0]), d(1, [3, 0, 0]));
            let v_xyy = d(1, [1, 2, 0]);
            let laplace = u_xx + u_yy;
            let v_biharmonic = d(1, [4, 0, 0]) + 2.0 * d(1, [2, 2, 0]) + d(1, [0, 4, 0]);
            vec![
                u_z - 0.2 * laplace,
                v_xx + 3.0 * v_yy + 0.5 * d(1, [0, 0, 2]) - d(1, [1, 0, 0]) + 2.0 * v,
                1.5 * u_xx + 0.5 * u_yy + d(1, [1, 1, 0]),
                1.5 * v_yy + 0.5 * v_xx + d(0, [1, 1, 0]),
                u_z + 6.0 * u * u_x + u_xxx,
                v * (d(1, [0, 0, 1]) - 0.1 * v_xxx + 0.2 * v_xyy),
                u_z + u * u_x + u_xx + 0.3 * d(0, [4, 0, 0]),
                v_biharmonic,
                laplace * laplace - (v_xx + v_yy) * u_xx,
            ]
        },
    }
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

/// A task's points, one set for each.
pub fn point_sets<T: Real>(rows: &[usize], seed: u64) -> Vec<Points<T>> {
    rows.iter().map(|rows| points(1, *rows, seed)).collect()
}

pub fn convert<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|x| T::from_f64(*x)).collect()
}
