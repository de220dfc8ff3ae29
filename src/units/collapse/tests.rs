//! Kernels collapsed and not, on fields whose derivatives are known.

use crate::test_equations::*;
use crate::*;
use pinn_expr::{
    Columns, ColumnsMut, Expr, Function, Graph, MAX_COORDINATES, MultiIndex, Op, Scratch,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Plain = Kernel<f64, Dimensional>;

/// Field f at a point is exp(a_f·x): every derivative is a power of a_f times the value.
#[derive(Debug)]
struct Fields {
    exponents: Vec<[f64; MAX_COORDINATES]>,
    points: [[f64; MAX_COORDINATES]; 2],
}

impl Fields {
    fn derivative(&self, field: u16, site: u8, order: &MultiIndex) -> f64 {
        let a = &self.exponents[field as usize];
        let exponent: f64 = a
            .iter()
            .zip(&self.points[site as usize])
            .map(|(a, x)| a * x)
            .sum();
        let powers = a.iter().zip(order).map(|(a, n)| a.powi(i32::from(*n)));
        powers.product::<f64>() * exponent.exp()
    }

    fn columns<State>(&self, kernel: &Kernel<f64, State>) -> Vec<f64> {
        let value = |input: &Input| match *input {
            Input::Coordinate { coordinate, site } => {
                self.points[site as usize][coordinate as usize]
            }
            Input::Field { field, site, .. } | Input::Operator { field, site, .. } => {
                let terms = kernel.symbol(input).expect("inputs of fields have symbols");
                let terms = terms.iter();
                terms
                    .map(|(order, c)| c * self.derivative(field, site, order))
                    .sum()
            }
        };
        kernel.inputs().iter().map(value).collect()
    }
}

/// Values, and seeds on every derivative that the inputs are made of.
type Found = (Vec<f64>, BTreeMap<(u16, u8, MultiIndex), f64>, Vec<f64>);

fn run<State>(kernel: &Kernel<f64, State>, fields: &Fields) -> Found {
    let inputs = fields.columns(kernel);
    let values = Batch::evaluate(kernel, 1, Columns::new(&inputs, 1));
    let values: Vec<f64> = (0..kernel.residuals())
        .map(|r| values.column(r)[0])
        .collect();
    let seeds: Vec<f64> = (0..kernel.residuals())
        .map(|r| 1.3 - 0.7 * r as f64)
        .collect();
    let mut back = vec![0.0; inputs.len()];
    kernel.pull_back(
        1,
        Columns::new(&inputs, 1),
        Columns::new(&seeds, 1),
        &mut ColumnsMut::new(&mut back, 1),
        &mut Scratch::new(),
    );
    let mut derivatives = BTreeMap::new();
    let mut coordinates = Vec::new();
    for (input, seed) in kernel.inputs().iter().zip(back) {
        match *input {
            Input::Field { field, site, .. } | Input::Operator { field, site, .. } => {
                for (order, c) in kernel.symbol(input).expect("inputs of fields have symbols") {
                    *derivatives.entry((field, site, order)).or_insert(0.0) += c * seed;
                }
            }
            Input::Coordinate { .. } => coordinates.push(seed),
        }
    }
    (values, derivatives, coordinates)
}

fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-12 * scale.max(1.0)
}

/// Equal residuals and pull-backs.
fn agree<State>(kernel: &Kernel<f64, State>, fields: &Fields) -> Result<(), TestCaseError> {
    let collapsed = kernel.collapsed();
    prop_assert_eq!(kernel.residuals(), collapsed.residuals());
    prop_assert!(collapsed.inputs().len() <= kernel.inputs().len());
    let (plain, found) = (run(kernel, fields), run(&collapsed, fields));
    // Terms may cancel: what rounding is judged by is their size.
    let scale = fields
        .columns(kernel)
        .iter()
        .fold(0.0, |m: f64, x| m.max(x.abs()));
    let largest = plain.1.values().fold(1.0, |m: f64, x| m.max(x.abs()));
    for (a, b) in plain.0.iter().zip(&found.0) {
        prop_assert!(near(*a, *b, scale * largest), "{a} {b}");
    }
    for (of, a) in &plain.1 {
        let b = found.1.get(of).copied().unwrap_or(0.0);
        prop_assert!(near(*a, b, largest), "{of:?}: {a} {b}");
    }
    prop_assert!(found.1.keys().all(|of| plain.1.contains_key(of)));
    prop_assert_eq!(plain.2.len(), found.2.len());
    for (a, b) in plain.2.iter().zip(&found.2) {
        prop_assert!(near(*a, *b, largest));
    }
    // Once is enough.
    let again = collapsed.collapsed();
    prop_assert_eq!(again.inputs(), collapsed.inputs());
    prop_assert_eq!(again.operators(), collapsed.operators());
    Ok(())
}

fn fields() -> impl Strategy<Value = Fields> {
    let vector = || prop::array::uniform6(-1.0..1.0f64);
    let exponents = prop::collection::vec(vector(), 4);
    (exponents, vector(), vector()).prop_map(|(exponents, here, there)| Fields {
        exponents,
        points: [here, there],
    })
}

const T: usize = 0;
const X: usize = 1;
const Y: usize = 2;

/// A graph with shorthands.
#[derive(Default)]
struct Build {
    graph: Graph,
    outputs: Vec<Expr>,
}

impl Build {
    fn at(&mut self, field: u16, site: u8, along: &[usize]) -> Expr {
        let mut order = [0; MAX_COORDINATES];
        for k in along {
            order[*k] += 1;
        }
        self.graph.intern(Op::Field { field, site, order })
    }

    fn d(&mut self, field: u16, along: &[usize]) -> Expr {
        self.at(field, 0, along)
    }

    /// Σ coefficient · term as a further residual.
    fn residual(&mut self, terms: &[(f64, Expr)]) -> Expr {
        let mut sum = self.graph.constant(0.0);
        for (c, term) in terms {
            let c = self.graph.constant(*c);
            let term = self.graph.mul(c, *term);
            sum = self.graph.add(sum, term);
        }
        self.outputs.push(sum);
        sum
    }

    fn kernel(&self) -> Plain {
        Kernel::new(self.graph.clone(), self.outputs.clone())
    }
}

fn symbol(terms: &[(&[usize], f64)]) -> Symbol {
    let term = |(along, c): &(&[usize], f64)| {
        let mut order = [0; MAX_COORDINATES];
        for k in *along {
            order[*k] += 1;
        }
        (order, *c)
    };
    let mut symbol: Symbol = terms.iter().map(term).collect();
    symbol.sort_by_key(|term| term.0);
    symbol
}

/// Inputs as text: `0_x`, `0L1` for operator 1 of field 0, `'` for site 1.
fn inputs<State>(kernel: &Kernel<f64, State>) -> Vec<String> {
    let site = |site: u8| if site == 1 { "'" } else { "" };
    let mut inputs: Vec<String> = kernel
        .inputs()
        .iter()
        .map(|input| match *input {
            Input::Field {
                field,
                site: s,
                order,
            } => {
                let letters = order.iter().zip(["t", "x", "y", "z", "v", "w"]);
                let along: String = letters.map(|(n, c)| c.repeat(usize::from(*n))).collect();
                format!("{field}{}_{along}", site(s))
            }
            Input::Operator {
                field,
                site: s,
                operator,
            } => format!("{field}{}L{operator}", site(s)),
            Input::Coordinate {
                coordinate,
                site: s,
            } => format!("x{coordinate}{}", site(s)),
        })
        .collect();
    inputs.sort();
    inputs
}

#[test]
fn the_heat_equation_reads_one_operator() {
    let mut b = Build::default();
    let (t, x, y) = (b.d(0, &[T]), b.d(0, &[X, X]), b.d(0, &[Y, Y]));
    b.residual(&[(1.0, t), (-0.4, x), (-0.4, y)]);
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0L0"]);
    let heat = symbol(&[(&[T], 1.0), (&[X, X], -0.4), (&[Y, Y], -0.4)]);
    assert_eq!(kernel.symbol(&kernel.inputs()[0]).as_ref(), Some(&heat));
    assert_eq!(kernel.operators(), [heat]);
    assert_eq!(kernel.residuals(), 1);
    assert_eq!(kernel.sites(), 1);
}

/// u·u_x + v·u_y + p_x − ν Δu and its like for v
fn steady_flow() -> Build {
    let mut b = Build::default();
    for (field, pressure) in [(0, X), (1, Y)] {
        let (u, v) = (b.d(0, &[]), b.d(1, &[]));
        let (wx, wy, wxx, wyy) = (
            b.d(field, &[X]),
            b.d(field, &[Y]),
            b.d(field, &[X, X]),
            b.d(field, &[Y, Y]),
        );
        let (along, across) = (b.graph.mul(u, wx), b.graph.mul(v, wy));
        let p = b.d(2, &[pressure]);
        let viscosity = if field == 0 { -0.025 } else { -0.05 };
        b.residual(&[
            (1.0, along),
            (1.0, across),
            (1.0, p),
            (viscosity, wxx),
            (viscosity, wyy),
        ]);
    }
    let (ux, vy) = (b.d(0, &[X]), b.d(1, &[Y]));
    b.residual(&[(1.0, ux), (1.0, vy)]);
    b
}

#[test]
fn the_components_of_a_flow_share_the_laplacian() {
    let kernel = steady_flow().kernel().collapsed();
    assert_eq!(
        inputs(&kernel),
        [
            "0L0", "0_", "0_x", "0_y", "1L0", "1_", "1_x", "1_y", "2_x", "2_y"
        ]
    );
    assert_eq!(
        kernel.operators(),
        [symbol(&[(&[X, X], 1.0), (&[Y, Y], 1.0)])]
    );
}

#[test]
fn derivatives_that_enter_a_product_anywhere_stay() {
    let mut b = Build::default();
    let (xx, yy, u) = (b.d(0, &[X, X]), b.d(0, &[Y, Y]), b.d(0, &[]));
    b.residual(&[(1.0, xx), (1.0, yy)]);
    let product = b.graph.mul(u, xx);
    b.residual(&[(1.0, product), (2.0, yy)]);
    // u_yy is now alone in its group.
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0_", "0_xx", "0_yy"]);
    assert!(kernel.operators().is_empty());
}

#[test]
fn derivatives_within_functions_and_divisors_stay() {
    let mut b = Build::default();
    let (x, y, xx) = (b.d(0, &[X]), b.d(0, &[Y]), b.d(0, &[X, X]));
    let sine = b.graph.apply(Function::Sin, x);
    let quotient = b.graph.div(sine, y);
    b.residual(&[(1.0, quotient), (2.0, x), (3.0, y), (1.0, xx)]);
    assert_eq!(inputs(&b.kernel().collapsed()), ["0_x", "0_xx", "0_y"]);
}

#[test]
fn multiples_of_one_operator_are_one() {
    let mut b = Build::default();
    let (xx, yy) = (b.d(0, &[X, X]), b.d(0, &[Y, Y]));
    b.residual(&[(1.0, xx), (2.0, yy)]);
    b.residual(&[(-3.0, xx), (-6.0, yy)]);
    // Equal to rounding, and different.
    b.residual(&[(0.1, xx), (0.1 + 0.1 + 1e-17, yy)]);
    b.residual(&[(0.3, xx), (0.2 + 0.4, yy)]);
    b.residual(&[(1.0, xx), (2.0 + 1e-9, yy)]);
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0L0", "0L1"]);
    assert_eq!(
        kernel.operators()[0],
        symbol(&[(&[X, X], 0.5), (&[Y, Y], 1.0)])
    );
}

#[test]
fn operators_whose_largest_coefficients_tie_are_recognised() {
    let mut b = Build::default();
    let (tt, xx) = (b.d(0, &[T, T]), b.d(0, &[X, X]));
    b.residual(&[(1.0, tt), (-1.0, xx)]);
    b.residual(&[(1.0, tt), (-1.0 - 2e-16, xx)]);
    b.residual(&[(-1.0 - 2e-16, tt), (1.0, xx)]);
    assert_eq!(b.kernel().collapsed().operators().len(), 1);
}

#[test]
fn coefficients_that_cancel_leave_no_term() {
    let mut b = Build::default();
    let (u, x, xx, yy) = (b.d(0, &[]), b.d(0, &[X]), b.d(0, &[X, X]), b.d(0, &[Y, Y]));
    // Exactly, and to rounding.
    b.residual(&[(1.0, u), (0.3, xx), (-0.1, xx), (1.0, x), (-0.2, xx)]);
    let sum = b.graph.add(x, yy);
    b.residual(&[(2.0, u), (1.0, sum), (-1.0, x), (-1.0, yy)]);
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0_", "0_x"]);
    assert!(kernel.operators().is_empty());
}

#[test]
fn sites_have_their_own_operators_with_one_symbol() {
    let mut b = Build::default();
    let terms: Vec<Expr> = [0, 1]
        .into_iter()
        .flat_map(|site| [[X, X], [Y, Y]].map(|along| (site, along)))
        .map(|(site, along)| b.at(0, site, &along))
        .collect();
    b.residual(&[
        (1.0, terms[0]),
        (1.0, terms[1]),
        (-1.0, terms[2]),
        (-1.0, terms[3]),
    ]);
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0'L0", "0L0"]);
    assert_eq!(kernel.operators().len(), 1);
    assert_eq!(kernel.sites(), 2);
}

#[test]
fn a_coefficient_that_is_no_number_is_left_alone() {
    let mut b = Build::default();
    let (x, y) = (b.d(0, &[X]), b.d(0, &[Y]));
    b.residual(&[(f64::INFINITY, x), (1.0, y)]);
    b.residual(&[(f64::NAN, x), (1.0, y)]);
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0_x", "0_y"]);
}

#[test]
fn values_and_coordinates_are_read_as_before() {
    let mut b = Build::default();
    let (u, x) = (b.d(0, &[]), b.graph.coordinate(1));
    let source = b.graph.apply(Function::Sin, x);
    b.residual(&[(1.0, u), (-1.0, source)]);
    let kernel = b.kernel().collapsed();
    assert_eq!(inputs(&kernel), ["0_", "x1"]);
    assert_eq!(kernel.symbols()[1..], [None]);
}

#[test]
fn fields_with_the_highest_numbers_are_left_alone() {
    let mut b = Build::default();
    let (x, y) = (b.d(u16::MAX, &[X]), b.d(u16::MAX, &[Y]));
    b.residual(&[(1.0, x), (1.0, y)]);
    assert_eq!(b.kernel().collapsed().inputs().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn equations_of_physics_keep_their_values(fields in fields()) {
        agree(&steady_flow().kernel(), &fields)?;
        macro_rules! check {
            ($($symbols:ident :: $residuals:ident)*) => {$(
                let residuals = trace($symbols::$residuals).expect("own terms");
                let residuals = residuals.nondimensionalize(&$symbols::setup()).expect("finite");
                agree(&residuals.compile::<f64>(), &fields)?;
            )*};
        }
        check!(Heat::residuals Heat::nonlinear Flow::residuals Solid::residuals Boussinesq::residuals);
    }

    /// Random sums of linear terms and products, over two fields and both sites.
    #[test]
    fn random_residuals_keep_their_values(
        residuals in prop::collection::vec(
            prop::collection::vec(
                (-2i8..=2, 0u16..2, 0u8..2, prop::collection::vec(0usize..3, 0..4), 0u8..8), 1..9,
            ),
            1..4,
        ),
        fields in fields(),
    ) {
        let mut b = Build::default();
        for terms in residuals {
            let mut sum = b.graph.constant(0.0);
            for (c, field, site, along, kind) in terms {
                let mut term = b.at(field, site, &along);
                let partner = b.at(1 - field, 0, &[]);
                let c = b.graph.constant(f64::from(c) / 3.0);
                match kind {
                    0 => term = b.graph.mul(term, partner),
                    1 => term = b.graph.apply(Function::Tanh, term),
                    // Under a common factor with what came before.
                    2 | 3 => {
                        sum = b.graph.add(sum, term);
                        sum = b.graph.mul(c, sum);
                        continue;
                    }
                    4 => {
                        sum = b.graph.sub(term, sum);
                        continue;
                    }
                    _ => {}
                }
                let term = b.graph.mul(c, term);
                sum = b.graph.add(sum, term);
            }
            b.outputs.push(sum);
        }
        agree(&b.kernel(), &fields)?;
    }
}
