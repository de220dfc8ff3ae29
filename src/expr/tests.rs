use super::*;
use proptest::prelude::*;
use std::collections::HashMap;

/// An expression of one coordinate x and the fields u(x) = sin(x + 0.3), v(x) = exp(x/2), written as a tree.
#[derive(Clone, Debug)]
enum Tree {
    Constant(f64),
    X,
    /// Field and order of its derivative.
    Field(u16, u8),
    Neg(Box<Tree>),
    Powi(Box<Tree>, i32),
    Apply(Function, Box<Tree>),
    /// `<` is atan2.
    Binary(char, Box<Tree>, Box<Tree>),
}

fn field(number: u16, order: u8, x: f64) -> f64 {
    match (number, order % 4) {
        (0, 0) => (x + 0.3).sin(),
        (0, 1) => (x + 0.3).cos(),
        (0, 2) => -(x + 0.3).sin(),
        (0, _) => -(x + 0.3).cos(),
        (_, _) => 0.5f64.powi(order.into()) * (x / 2.0).exp(),
    }
}

impl Tree {
    /// Value, without any graph; fields and x may be shifted, to differentiate by them. It is no number if anything on the
    /// way is infinite: tanh and atan2 lead back to numbers, of the sign that a zero had which simplification has lost.
    fn value(&self, x: f64, shift: &dyn Fn(&Tree) -> f64) -> f64 {
        let leaf = |value: f64| value + shift(self);
        let value = match self {
            Tree::Constant(c) => *c,
            Tree::X => leaf(x),
            Tree::Field(number, order) => leaf(field(*number, *order, x)),
            Tree::Neg(a) => -a.value(x, shift),
            Tree::Powi(a, n) => a.value(x, shift).powi(*n),
            Tree::Apply(f, a) => f.apply(a.value(x, shift)),
            Tree::Binary(op, a, b) => {
                let (a, b) = (a.value(x, shift), b.value(x, shift));
                match op {
                    '+' => a + b,
                    '-' => a - b,
                    '*' => a * b,
                    '<' => Real::atan2(a, b),
                    _ => a / b,
                }
            }
        };
        if value.is_finite() { value } else { f64::NAN }
    }

    fn build(&self, g: &mut Graph) -> Expr {
        match self {
            Tree::Constant(c) => g.constant(*c),
            Tree::X => g.coordinate(0),
            Tree::Field(number, order) => {
                let mut e = g.field(*number);
                for _ in 0..*order {
                    e = g.differentiate(e, 0);
                }
                e
            }
            Tree::Neg(a) => {
                let a = a.build(g);
                g.neg(a)
            }
            Tree::Powi(a, n) => {
                let a = a.build(g);
                g.powi(a, *n)
            }
            Tree::Apply(f, a) => {
                let a = a.build(g);
                g.apply(*f, a)
            }
            Tree::Binary(op, a, b) => {
                let (a, b) = (a.build(g), b.build(g));
                match op {
                    '+' => g.add(a, b),
                    '-' => g.sub(a, b),
                    '*' => g.mul(a, b),
                    '<' => g.atan2(a, b),
                    _ => g.div(a, b),
                }
            }
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let constants = prop_oneof![Just(0.0), Just(1.0), Just(-1.0), Just(2.0), -3.0..3.0];
    let leaf = prop_oneof![
        constants.prop_map(Tree::Constant),
        Just(Tree::X),
        (0u16..2, 0u8..3).prop_map(|(number, order)| Tree::Field(number, order)),
    ];
    leaf.prop_recursive(6, 40, 2, |inner| {
        let boxed = inner.prop_map(Box::new).boxed();
        let operators = prop::sample::select(vec!['+', '-', '*', '/', '<']);
        let functions = prop::sample::select(Function::ALL.to_vec());
        prop_oneof![
            1 => boxed.clone().prop_map(Tree::Neg),
            1 => (boxed.clone(), -3i32..=4).prop_map(|(a, n)| Tree::Powi(a, n)),
            2 => (functions, boxed.clone()).prop_map(|(f, a)| Tree::Apply(f, a)),
            6 => (operators, boxed.clone(), boxed).prop_map(|(op, a, b)| Tree::Binary(op, a, b)),
        ]
    })
}

/// Values of expressions at x through lowering and interpreter.
fn run(graph: &Graph, outputs: &[Expr], seeds: &[f64], x: f64) -> Vec<f64> {
    let inputs = graph.inputs(outputs);
    let columns: Vec<f64> = inputs
        .iter()
        .map(|e| match graph.op(*e) {
            Op::Field {
                field: f, order, ..
            } => field(f, order[0], x),
            _ => x,
        })
        .collect();
    let program = Program::<f64>::new(graph, outputs, &inputs);
    let mut values = vec![f64::NAN; outputs.len()];
    program.run(
        1,
        Columns::new(&columns, 1),
        Columns::new(seeds, 1),
        &mut ColumnsMut::new(&mut values, 1),
        &mut Scratch::new(),
    );
    values
}

/// Central difference with Richardson's extrapolation; `None` where the function is too rough or large to
/// judge by differences.
fn difference(f: impl Fn(f64) -> f64) -> Option<f64> {
    let central = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    let (coarse, middle, fine) = (central(4e-4), central(2e-4), central(1e-4));
    let (one, two) = ((4.0 * middle - coarse) / 3.0, (4.0 * fine - middle) / 3.0);
    let steady = (one - two).abs() <= 1e-7 * (1.0 + two.abs());
    // At the jump of an angle values may have a kink.
    let h = 1e-5;
    let sides = [(f(h) - f(0.0)) / h, (f(0.0) - f(-h)) / h];
    let smooth = (sides[0] - sides[1]).abs() <= 1e-4 * (1.0 + two.abs());
    (steady && smooth && f(0.0).abs() < 1e4 && two.is_finite()).then_some(two)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn simplification_keeps_the_value(tree in trees(), x in -2.0f64..2.0) {
        let expected = tree.value(x, &|_| 0.0);
        // A singularity on the way may cancel in the simplified form only.
        prop_assume!(expected.is_finite() && expected.abs() < 1e6);
        let mut graph = Graph::new();
        let e = tree.build(&mut graph);
        let found = run(&graph, &[e], &[], x)[0];
        // Ill-conditioned trees amplify the rounding of a reordered sum.
        let wobble = tree.value(x + 1e-12, &|_| 0.0) - expected;
        prop_assume!(wobble.abs() < 1e-8);
        prop_assert!(close(found, expected, 1e-8), "{} {}", found, expected);
    }

    #[test]
    fn derivatives_agree_with_differences(tree in trees(), x in -2.0f64..2.0) {
        let Some(expected) = difference(|h| tree.value(x + h, &|_| 0.0)) else {
            return Ok(());
        };
        let mut graph = Graph::new();
        let e = tree.build(&mut graph);
        let derivative = graph.differentiate(e, 0);
        let found = run(&graph, &[derivative], &[], x)[0];
        prop_assume!(found.is_finite());
        prop_assert!(close(found, expected, 1e-5), "{} {}", found, expected);
    }

    #[test]
    fn adjoints_agree_with_differences(one in trees(), two in trees(), x in -2.0f64..2.0, seeds in prop::array::uniform2(-2.0f64..2.0)) {
        let mut graph = Graph::new();
        let outputs = [one.build(&mut graph), two.build(&mut graph)];
        let inputs = graph.inputs(&outputs);
        let adjoint = graph.adjoint(&outputs, &inputs);
        let found = run(&graph, &adjoint, &seeds, x);
        for (input, found) in inputs.iter().zip(found) {
            let is_input = |tree: &Tree| match (graph.op(*input), tree) {
                (Op::Coordinate { .. }, Tree::X) => true,
                (Op::Field { field, order, .. }, Tree::Field(number, n)) => {
                    field == *number && order[0] == *n
                }
                _ => false,
            };
            let shifted = |h: f64| {
                let shift = |tree: &Tree| if is_input(tree) { h } else { 0.0 };
                seeds[0] * one.value(x, &shift) + seeds[1] * two.value(x, &shift)
            };
            if let Some(expected) = difference(shifted)
                && found.is_finite()
            {
                prop_assert!(close(found, expected, 1e-5), "{} {}", found, expected);
            }
        }
    }

    /// Printing and lowering take any graph.
    #[test]
    fn any_tree_is_shown(tree in trees()) {
        let mut graph = Graph::new();
        let e = tree.build(&mut graph);
        let names = Names { coordinates: vec!["x".into()], fields: vec!["u".into()], parameters: vec![] };
        let text = graph.show(e, &names);
        prop_assert_eq!(text.matches('(').count(), text.matches(')').count(), "{}", text);
        prop_assert!(!text.contains("--") && !text.contains("+ -"), "{}", text);
    }
}

#[test]
fn outputs_may_repeat_be_constant_or_be_inputs() {
    let mut g = Graph::new();
    let (u, x) = (g.field(0), g.coordinate(0));
    let product = g.mul(u, x);
    let sum = g.add(product, u);
    let seven = g.constant(7.0);
    let outputs = [product, product, seven, u, sum, u, sum, seven];
    let at = 0.4;
    let f = field(0, 0, at);
    let expected = [f * at, f * at, 7.0, f, f * at + f, f, f * at + f, 7.0];
    assert_eq!(run(&g, &outputs, &[], at), expected);
}

#[test]
fn programs_run_over_more_points_than_a_chunk() {
    let mut g = Graph::new();
    let (u, x) = (g.field(0), g.coordinate(0));
    let s = g.apply(Function::Sin, x);
    let e = g.mul(u, s);
    let inputs = g.inputs(&[e]);
    let program = Program::<f64>::new(&g, &[e], &inputs);
    let n = 1000;
    // Columns further apart than they are long.
    let stride = n + 7;
    let mut columns = vec![0.0; 2 * stride];
    for i in 0..n {
        for (column, input) in inputs.iter().enumerate() {
            let value = i as f64 * if *input == x { 1e-3 } else { 1.0 };
            columns[column * stride + i] = value;
        }
    }
    let mut values = vec![0.0; n];
    let mut scratch = Scratch::new();
    for _ in 0..2 {
        program.run(
            n,
            Columns::new(&columns, stride),
            Columns::new(&[], 0),
            &mut ColumnsMut::new(&mut values, n),
            &mut scratch,
        );
    }
    for (i, value) in values.iter().enumerate() {
        assert_eq!(*value, i as f64 * (i as f64 * 1e-3).sin());
    }
}

/// 10⁵ levels: derivative, adjoint, substitution, lowering and printing, without a stack per level and without
/// quadratic work.
#[test]
fn large_graphs_are_fine() {
    let mut g = Graph::new();
    let (u, x) = (g.field(0), g.coordinate(0));
    let mut e = u;
    for i in 0..100_000 {
        e = match i % 3 {
            0 => g.apply(Function::Sin, e),
            1 => g.add(e, x),
            _ => g.mul(e, u),
        };
    }
    let derivative = g.differentiate(e, 0);
    let outputs = [e, derivative];
    let inputs = g.inputs(&outputs);
    let adjoint = g.adjoint(&outputs, &inputs);
    assert!(run(&g, &outputs, &[], 0.2).iter().all(|v| v.is_finite()));
    assert!(
        run(&g, &adjoint, &[1.0, 1.0], 0.2)
            .iter()
            .all(|v| v.is_finite())
    );
    let copy = g.substitute(e, &mut |_, _| None, &mut HashMap::new());
    assert_eq!(copy, e);
    let text = g.show(e, &Names::default());
    assert!(text.ends_with('…') && text.len() < 5000);
}

/// Long sums take two registers, whichever way their brackets are set.
#[test]
fn sums_need_few_registers() {
    for reversed in [false, true] {
        let mut g = Graph::new();
        let x = g.coordinate(0);
        let mut terms: Vec<Expr> = (0..1000)
            .map(|i| {
                let c = g.constant(f64::from(i) + 0.5);
                let shifted = g.add(x, c);
                g.apply(Function::Sin, shifted)
            })
            .collect();
        if reversed {
            terms.reverse();
        }
        let mut sum = terms[0];
        for term in &terms[1..] {
            sum = g.add(sum, *term);
        }
        let program = Program::<f64>::new(&g, &[sum], &[x]);
        assert!(program.registers <= 3, "{}", program.registers);
        let expected: f64 = (0..1000).map(|i| (0.2 + f64::from(i) + 0.5).sin()).sum();
        assert!(close(run(&g, &[sum], &[], 0.2)[0], expected, 1e-10));
    }
}

#[test]
fn texts_read_well() {
    let mut g = Graph::new();
    let names = Names {
        coordinates: vec!["t".into(), "x".into()],
        fields: vec!["T".into(), "u".into()],
        parameters: vec!["k".into()],
    };
    let (t, u, k, x) = (g.field(0), g.field(1), g.parameter(0), g.coordinate(1));
    let rate = g.differentiate(t, 0);
    let slope = g.differentiate(t, 1);
    let curvature = g.differentiate(slope, 1);
    let half = g.constant(-0.5);
    let small = g.constant(1.2345678e-7);
    let diffusion = g.mul(half, curvature);
    let heat = g.add(rate, diffusion);
    assert_eq!(g.show(heat, &names), "T_t - 0.5*T_xx");
    let difference = g.sub(t, u);
    let product = g.mul(k, difference);
    assert_eq!(g.show(product, &names), "k*(T - u)");
    let quotient = g.div(product, product);
    assert_eq!(g.show(quotient, &names), "1");
    let ratio = g.div(x, product);
    assert_eq!(g.show(ratio, &names), "x/(k*(T - u))");
    let cube = g.powi(difference, 3);
    let negative = g.neg(cube);
    assert_eq!(g.show(negative, &names), "-(T - u)^3");
    let root = g.apply(Function::Sqrt, small);
    let sum = g.add(root, x);
    assert_eq!(g.show(small, &names), "1.235e-7");
    assert_eq!(g.show(sum, &names), "x + 3.514e-4");
    let angle = g.atan2(difference, x);
    assert_eq!(g.show(angle, &names), "atan2(T - u, x)");
    let partner = g.at_partner(slope);
    assert_eq!(g.show(partner, &names), "T'_x");
}
