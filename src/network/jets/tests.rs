//! Both kinds of plan on functions whose derivatives are known.

use super::*;
use pinn_expr::MultiIndex;
use proptest::prelude::*;

type Plan = fn(&[Option<Symbol>]) -> Result<Planned, JetError>;
const PLANS: [Plan; 2] = [JetPlan::series, JetPlan::collapsed];

/// Symbol at the exponent, which is the operator's value on exp(a·x) at 0.
fn at(symbol: &[(MultiIndex, f64)], a: &[f64]) -> f64 {
    let powers = |order: &MultiIndex| -> f64 {
        let pairs = order.iter().zip(a);
        pairs.map(|(n, a)| a.powi(i32::from(*n))).product()
    };
    symbol.iter().map(|(order, c)| c * powers(order)).sum()
}

/// Symbol at the exponent with absolute values, the reference for rounding errors.
fn magnitude(symbol: &[(MultiIndex, f64)], a: &[f64]) -> f64 {
    let a: Vec<f64> = a.iter().map(|a| a.abs()).collect();
    let symbol: Vec<_> = symbol.iter().map(|(order, c)| (*order, c.abs())).collect();
    at(&symbol, &a)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Streams of exp(a·x) at 0, by the definitions of streams and not by the polynomials of the planner.
fn streams_of_exponential(plan: &JetPlan, a: &[f64]) -> Vec<f64> {
    let along = |d: usize| dot(&plan.directions[d].vector, a);
    let mut streams = vec![1.0];
    for (d, direction) in plan.directions.iter().enumerate() {
        streams.extend((1..=direction.order).map(|k| along(d).powi(k as i32)));
    }
    for operator in &plan.operators {
        let second = operator
            .second
            .iter()
            .map(|(i, j, c)| c * along(*i) * along(*j));
        let third = operator.third.iter().map(|(d, c)| c * along(*d).powi(3));
        let fourth = operator.fourth.iter().map(|(d, c)| c * along(*d).powi(4));
        streams.push(
            dot(&operator.slope, a)
                + second.sum::<f64>()
                + third.sum::<f64>()
                + fourth.sum::<f64>(),
        );
    }
    streams
}

/// Streams of σ∘z from those of z and the derivatives 0..=4 of σ: Faà di Bruno's formula along directions, and
/// the rule of [`Operator`].
fn compose(plan: &JetPlan, z: &[f64], s: [f64; 5]) -> Vec<f64> {
    let mut streams = vec![s[0]];
    for (d, direction) in plan.directions.iter().enumerate() {
        let z: Vec<f64> = (1..=direction.order)
            .map(|k| z[plan.stream(d, k)])
            .collect();
        for k in 1..=direction.order {
            streams.push(match k {
                1 => s[1] * z[0],
                2 => s[1] * z[1] + s[2] * z[0].powi(2),
                3 => s[1] * z[2] + 3.0 * s[2] * z[0] * z[1] + s[3] * z[0].powi(3),
                _ => {
                    s[1] * z[3]
                        + s[2] * (4.0 * z[0] * z[2] + 3.0 * z[1].powi(2))
                        + 6.0 * s[3] * z[0].powi(2) * z[1]
                        + s[4] * z[0].powi(4)
                }
            });
        }
    }
    for (number, operator) in plan.operators.iter().enumerate() {
        let mut sum = s[1] * z[plan.first_operator() + number];
        for (i, j, c) in &operator.second {
            assert!(i <= j);
            sum += c * s[2] * z[plan.stream(*i, 1)] * z[plan.stream(*j, 1)];
        }
        for (d, c) in &operator.third {
            assert!(plan.directions[*d].order >= 2);
            let [a, b] = [1, 2].map(|k| z[plan.stream(*d, k)]);
            sum += c * (3.0 * s[2] * a * b + s[3] * a.powi(3));
        }
        for (d, c) in &operator.fourth {
            assert!(plan.directions[*d].order >= 3);
            let [a, b, e] = [1, 2, 3].map(|k| z[plan.stream(*d, k)]);
            sum += c
                * (s[2] * (4.0 * a * e + 3.0 * b.powi(2))
                    + 6.0 * s[3] * a.powi(2) * b
                    + s[4] * a.powi(4));
        }
        streams.push(sum);
    }
    streams
}

fn apply(recipe: &Option<Recipe>, streams: &[f64]) -> f64 {
    let terms = recipe.iter().flat_map(|recipe| &recipe.terms);
    terms.map(|(stream, c)| c * streams[*stream]).sum()
}

fn order(text: &str) -> MultiIndex {
    let mut order = [0; MAX_COORDINATES];
    for c in text.bytes() {
        order[b"txyzvw".iter().position(|d| *d == c).unwrap()] += 1;
    }
    order
}

/// `xx+2*yy` and the like; `u` alone is the value.
fn symbol(text: &str) -> Option<Symbol> {
    let term = |term: &str| match term.split_once('*') {
        Some((c, of)) => (order(of), c.parse().unwrap()),
        None => (order(term.trim_start_matches('u')), 1.0),
    };
    Some(text.split('+').map(term).collect())
}

fn symbols(texts: &[&str]) -> Vec<Option<Symbol>> {
    texts.iter().map(|text| symbol(text)).collect()
}

/// Symbols as collapsed kernels read them, with the numbers of streams of both plans.
const EXPECTED: &[(&str, &[&str], usize, usize)] = &[
    ("values", &["u"], 1, 1),
    ("heat 1D", &["t+-0.4*xx"], 3, 4),
    ("heat 2D", &["t+-0.4*xx+-0.4*yy"], 4, 6),
    ("heat 3D", &["t+-0.4*xx+-0.4*yy+-0.4*zz"], 5, 8),
    ("transport", &["t+0.5*x"], 2, 3),
    ("Navier-Stokes 2D, steady", &["u", "x", "y", "xx+yy"], 4, 5),
    (
        "Navier-Stokes 2D",
        &["u", "x", "y", "t+-0.01*xx+-0.01*yy"],
        4,
        6,
    ),
    ("Burgers", &["u", "x", "t+-0.003*xx"], 3, 4),
    ("Poisson 2D", &["xx+yy"], 4, 5),
    ("Korteweg-de Vries", &["u", "x", "t+0.0025*xxx"], 4, 5),
    ("Kuramoto-Sivashinsky", &["u", "x", "t+xx+xxxx"], 5, 6),
    ("wave", &["tt+-4*xx"], 4, 5),
    (
        "elasticity 2D",
        &["2.3*xx+0.7*yy", "xy", "0.7*xx+2.3*yy"],
        6,
        7,
    ),
    ("biharmonic 2D", &["xxxx+2*xxyy+yyyy"], 11, 21),
    (
        "biharmonic 2D, stretched",
        &["xxxx+0.5*xxyy+0.0625*yyyy"],
        11,
        21,
    ),
    (
        "biharmonic 3D",
        &["xxxx+yyyy+zzzz+2*xxyy+2*xxzz+2*yyzz"],
        20,
        49,
    ),
    ("orthotropic plate", &["xxxx+3*xxyy+0.5*yyyy"], 11, 21),
    ("a degenerate form", &["xx+2*xy+yy"], 3, 7),
    ("mixed derivative", &["xy"], 4, 7),
    ("three of two", &["x+y", "x+2*y", "x+3*y"], 3, 3),
    (
        "two diffusivities",
        &["t+-0.1*xx", "t+-0.2*xx", "t+-0.3*xx"],
        4,
        4,
    ),
    ("a multiple", &["xx+yy", "-3*xx+-3*yy"], 4, 5),
    (
        "a small second derivative",
        &["t", "t+-0.0000000000001*xx+-0.0000000000001*yy"],
        5,
        6,
    ),
    ("nothing", &[], 1, 1),
    ("Zakharov-Kuznetsov", &["u", "x", "t+xxx+xyy"], 6, 14),
    (
        "a cubic form that needs three powers",
        &["xxx+-1*xyy"],
        8,
        13,
    ),
    (
        "a quartic form that needs four",
        &["xxxx+yyyy+-6*xxyy"],
        14,
        21,
    ),
];

#[test]
fn as_few_streams_as_the_equations_of_physics_need() {
    for (name, texts, collapsed, series) in EXPECTED {
        let symbols = symbols(texts);
        assert_eq!(
            JetPlan::series(&symbols).unwrap().0.streams(),
            *series,
            "{name}"
        );
        let (plan, recipes) = JetPlan::collapsed(&symbols).unwrap();
        assert_eq!(plan.streams(), *collapsed, "{name}: {plan:?}");
        assert_eq!(recipes.len(), symbols.len());
        assert_eq!(JetPlan::collapsed(&symbols).unwrap(), (plan, recipes));
    }
}

/// Every symbol of `symbols` at 0 on exp(a·x), on sin(a·x + c) and (a·x + c)⁴, and on (exp(a·x) + 0.5·exp(b·x))⁴.
fn check(symbols: &[Option<Symbol>], a: &[f64], b: &[f64]) -> Result<(), TestCaseError> {
    for plan in PLANS {
        let (plan, recipes) = plan(symbols).unwrap();
        prop_assert_eq!(symbols.len(), recipes.len());
        let exponential = streams_of_exponential(&plan, a);
        let value = dot(a, b);
        let inner_linear: Vec<f64> = {
            // a·x + c has only first derivatives.
            let mut z = vec![0.0; plan.streams()];
            z[0] = value;
            for (d, direction) in plan.directions.iter().enumerate() {
                z[plan.stream(d, 1)] = dot(&direction.vector, a);
            }
            for (number, operator) in plan.operators.iter().enumerate() {
                z[plan.first_operator() + number] = dot(&operator.slope, a);
            }
            z
        };
        let (sin, cos) = value.sin_cos();
        let power = |v: f64| [v.powi(4), 4.0 * v.powi(3), 12.0 * v.powi(2), 24.0 * v, 24.0];
        let outer = [[sin, cos, -sin, -cos, sin], power(value)];
        let composed = outer.map(|tower| compose(&plan, &inner_linear, tower));
        let other = streams_of_exponential(&plan, b);
        let z: Vec<f64> = exponential
            .iter()
            .zip(&other)
            .map(|(p, q)| p + 0.5 * q)
            .collect();
        let fourth_power = compose(&plan, &z, power(z[0]));
        for (symbol, recipe) in symbols.iter().zip(&recipes) {
            let Some(symbol) = symbol else {
                prop_assert!(recipe.is_none());
                continue;
            };
            let bound: Vec<f64> = a
                .iter()
                .zip(b)
                .map(|(a, b)| 4.0 * a.abs().max(b.abs()))
                .collect();
            let scale = 1.0 + magnitude(symbol, &bound);
            let near = |found: f64, exact: f64| (found - exact).abs() <= 1e-10 * scale;
            let (found, exact) = (apply(recipe, &exponential), at(symbol, a));
            prop_assert!(
                near(found, exact),
                "exp: {found} {exact} {symbol:?} {plan:?}"
            );
            // The k-th derivatives of σ(a·x + c) are those of exp(a·x), times the k-th derivative of σ at c.
            for (tower, streams) in outer.iter().zip(&composed) {
                let terms = symbol.iter().map(|term| {
                    let total: usize = term.0.iter().map(|n| usize::from(*n)).sum();
                    tower[total] * at(&[*term], a)
                });
                let (found, exact) = (apply(recipe, streams), terms.sum::<f64>());
                let near = (found - exact).abs() <= 1e-10 * scale * (1.0 + value.powi(4));
                prop_assert!(near, "composed: {found} {exact} {symbol:?} {plan:?}");
            }
            let found = apply(recipe, &fourth_power);
            let exact: f64 = [1.0, 4.0, 6.0, 4.0, 1.0]
                .iter()
                .enumerate()
                .map(|(m, binomial)| {
                    let sum: Vec<f64> = a
                        .iter()
                        .zip(b)
                        .map(|(a, b)| (4 - m) as f64 * a + m as f64 * b)
                        .collect();
                    binomial * 0.5f64.powi(m as i32) * at(symbol, &sum)
                })
                .sum();
            prop_assert!(
                near(found, exact),
                "power: {found} {exact} {symbol:?} {plan:?}"
            );
        }
    }
    Ok(())
}

fn a_symbol() -> impl Strategy<Value = Option<Symbol>> {
    let order = prop::collection::vec(0..3usize, 0..=MAX_ORDER).prop_map(|along| {
        let mut order = [0; MAX_COORDINATES];
        for k in along {
            order[k] += 1;
        }
        order
    });
    let coefficient = prop_oneof![
        prop::sample::select(vec![1.0, -1.0, 2.0, 0.5, 1e-6, 0.0]),
        -2.0..2.0f64,
    ];
    prop::option::weighted(0.9, prop::collection::vec((order, coefficient), 0..4))
}

fn point() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1.5..1.5f64, MAX_COORDINATES)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn recipes_give_every_symbol(
        symbols in prop::collection::vec(a_symbol(), 0..5), a in point(), b in point(),
    ) {
        check(&symbols, &a, &b)?;
        let streams = |plan: Plan| plan(&symbols).map(|planned| planned.0.streams());
        prop_assert!(streams(JetPlan::collapsed)? <= streams(JetPlan::series)?);
    }

    #[test]
    fn recipes_give_the_equations_of_physics(
        case in 0..EXPECTED.len(), a in point(), b in point(),
    ) {
        check(&symbols(EXPECTED[case].1), &a, &b)?;
    }
}

/// All orders of four coordinates up to the highest total.
fn all_orders() -> Vec<MultiIndex> {
    let range = 0..=MAX_ORDER as u8;
    let mut orders = Vec::new();
    for a in range.clone() {
        for b in range.clone() {
            for c in range.clone() {
                for d in range.clone() {
                    if (a + b + c + d) as usize <= MAX_ORDER {
                        orders.push([a, b, c, 0, d, 0]);
                    }
                }
            }
        }
    }
    orders
}

#[test]
fn recipes_give_all_derivatives_at_once() {
    let symbols: Vec<Option<Symbol>> = all_orders()
        .into_iter()
        .map(|o| Some(vec![(o, 1.0)]))
        .collect();
    check(
        &symbols,
        &[0.7, -1.1, 0.4, 0.0, 1.3, 0.0],
        &[-0.2, 0.9, 1.2, 0.0, -0.6, 0.0],
    )
    .unwrap();
}

#[test]
fn streams_are_the_value_and_the_orders_along_each_direction() {
    let mut symbols = symbols(&["t", "xx", "x"]);
    symbols.insert(1, None);
    let (plan, recipes) = JetPlan::series(&symbols).unwrap();
    assert_eq!(plan.streams(), 4);
    assert_eq!(plan.order(), 2);
    let terms = |n: usize| recipes[n].as_ref().map(|recipe| recipe.terms.clone());
    assert_eq!(terms(0), Some(vec![(1, 1.0)]));
    assert_eq!(terms(1), None);
    assert_eq!(terms(2), Some(vec![(3, 1.0)]));
    assert_eq!(terms(3), Some(vec![(2, 1.0)]));
}

#[test]
fn mixed_derivatives_share_directions_with_pure_ones() {
    let (plan, recipes) = JetPlan::series(&symbols(&["xx", "xy", "yy"])).unwrap();
    // x, y and x + y, two orders each.
    assert_eq!(plan.streams(), 7);
    assert_eq!(plan.directions.len(), 3);
    assert_eq!(
        recipes[1].as_ref().map(|recipe| recipe.terms.len()),
        Some(3)
    );
}

#[test]
fn an_operator_is_its_second_derivatives_and_its_slope() {
    let (plan, recipes) = JetPlan::collapsed(&symbols(&["u", "x", "t+-0.5*xx+-0.5*yy"])).unwrap();
    assert_eq!(plan.order(), 2);
    let laplacian = Operator {
        slope: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        second: vec![(0, 0, -0.5), (1, 1, -0.5)],
        ..Operator::default()
    };
    assert_eq!(plan.operators, [laplacian]);
    let terms: Vec<_> = recipes.into_iter().flatten().map(|r| r.terms).collect();
    assert_eq!(terms, [[(0, 1.0)], [(1, 1.0)], [(3, 1.0)]]);
}

#[test]
fn what_directions_carry_already_is_left_out_of_operators() {
    // u_xx is carried for u_xxxx.
    let (plan, recipes) = JetPlan::collapsed(&symbols(&["u", "x", "t+xx+xxxx"])).unwrap();
    assert_eq!(plan.operators[0].second, []);
    assert_eq!(plan.order(), 4);
    let terms = recipes[2].as_ref().map(|recipe| recipe.terms.clone());
    assert_eq!(terms, Some(vec![(2, 1.0), (4, 1.0)]));
}

#[test]
fn orders_beyond_the_highest_are_refused() {
    for plan in PLANS {
        let result = plan(&symbols(&["x", "xxx+xxxyy"]));
        assert_eq!(result, Err(JetError::OrderTooHigh { found: 5 }));
    }
    let largest = [u8::MAX; MAX_COORDINATES];
    let result = JetPlan::collapsed(&[Some(vec![(largest, 1.0)])]);
    assert_eq!(result, Err(JetError::OrderTooHigh { found: 1530 }));
}

#[test]
fn numbers_that_are_none_are_passed_on() {
    for plan in PLANS {
        let (plan, recipes) =
            plan(&[Some(vec![(order("xx"), f64::NAN), (order("y"), 1.0)])]).unwrap();
        let streams = streams_of_exponential(&plan, &[1.0; MAX_COORDINATES]);
        assert!(apply(&recipes[0], &streams).is_nan());
    }
}
