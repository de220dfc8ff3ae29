//! Sizes of terms that hold functions, which their coefficients alone do not tell.
//!
//! Fields, derivatives and coordinates are of order one after scaling; exp(−E/(R T)) may be 1e-11 all the same. Terms are
//! therefore compared by coefficient × weight, where the weight is the root mean square of the functions over the ranges of
//! fields and coordinates.

use super::expand::Net;
use pinn_expr::{Columns, ColumnsMut, Expr, Graph, Op, Program, Scratch};

/// Points at which functions are evaluated.
const SAMPLES: usize = 256;
/// Functions whose root mean square lies between the inverse of this and this are of order one, as all others are.
const ORDER_ONE: f64 = 8.0;
/// Least weight: functions that vanish in f64 leave the other terms to decide.
const LEAST: f64 = f64::MIN_POSITIVE;

/// A product, split into factors that hold functions and all others.
#[derive(Copy, Clone)]
struct Split {
    negative: bool,
    functions: Expr,
    others: Expr,
}

/// Weights of terms: coefficient × weight is the size of a term.
///
/// Terms that multiply the same fields, derivatives and coordinates are taken together, since their functions may cancel:
/// (1 − tanh²) u_t. A weight is one, or else a power of two, which rounds nothing.
///
/// Functions are evaluated at `points`, one column per coordinate in dimensionless form, or anywhere if there are none.
pub(super) fn weights(graph: &Graph, nets: &[Net], points: &[Vec<f64>]) -> Vec<f64> {
    let mut weights = vec![1.0; nets.len()];
    let terms: Vec<Expr> = nets.iter().map(|net| net.expression).collect();
    if !terms.iter().any(|term| graph.has_function(*term)) {
        return weights;
    }
    // What is built here must not stay: the order of a graph decides how its sums are rounded.
    let graph = &mut graph.clone();
    let splits: Vec<Split> = terms.iter().map(|term| split(graph, *term)).collect();
    for (first, lead) in splits.iter().enumerate() {
        let alike = splits.iter().enumerate();
        let alike = alike.filter(|(_, split)| split.others == lead.others);
        let group: Vec<usize> = alike.map(|(number, _)| number).collect();
        let one = |n: &usize| graph.constant_value(splits[*n].functions) == Some(1.0);
        let largest = group.iter().map(|n| nets[*n].value.abs());
        let largest = largest.fold(0.0, f64::max);
        if group[0] != first || group.iter().all(one) || !largest.is_finite() || largest == 0.0 {
            continue;
        }
        let mut sum = graph.constant(0.0);
        for n in &group {
            let sign = if splits[*n].negative { -1.0 } else { 1.0 };
            let coefficient = graph.constant(sign * nets[*n].value / largest);
            let product = graph.mul(coefficient, splits[*n].functions);
            sum = graph.add(sum, product);
        }
        let all = root_mean_square(graph, sum, points);
        for n in group {
            let own = root_mean_square(graph, splits[n].functions, points);
            // What cancels is as large as what it leaves.
            let left = all.map(|all| all * (largest / nets[n].value.abs()));
            let size = own.into_iter().chain(left).reduce(f64::min);
            weights[n] = size.map_or(1.0, rounded);
        }
    }
    weights
}

/// The nearest power of two; one for what is of order one.
fn rounded(size: f64) -> f64 {
    match size {
        _ if (1.0 / ORDER_ONE..=ORDER_ONE).contains(&size) => 1.0,
        _ => size.max(LEAST).log2().round().exp2(),
    }
}

/// Separates the factors of a product that hold functions from those that do not.
fn split(graph: &mut Graph, e: Expr) -> Split {
    let one = graph.constant(1.0);
    let mut split = Split {
        negative: false,
        functions: one,
        others: one,
    };
    let mut stack = vec![(e, 1i32)];
    while let Some((factor, power)) = stack.pop() {
        match graph.op(factor) {
            Op::Mul(a, b) => stack.extend([(a, power), (b, power)]),
            Op::Div(a, b) => stack.extend([(a, power), (b, power.saturating_neg())]),
            Op::Powi(a, n) if power.checked_mul(n).is_some() => stack.push((a, power * n)),
            Op::Neg(a) => {
                split.negative ^= power % 2 != 0;
                stack.push((a, power));
            }
            _ => {
                let powered = graph.powi(factor, power);
                let side = match graph.has_function(factor) {
                    true => &mut split.functions,
                    false => &mut split.others,
                };
                *side = graph.mul(*side, powered);
            }
        }
    }
    split
}

/// Root mean square of an expression over the points at which it is finite. Fields, derivatives and coordinates without a column
/// take values between 0 and 1, where scaling brings them. `None` if it is finite nowhere, or reads what has no number.
fn root_mean_square(graph: &Graph, e: Expr, points: &[Vec<f64>]) -> Option<f64> {
    let inputs = graph.inputs(&[e]);
    let open = |op| matches!(op, Op::Parameter(_) | Op::Seed(_));
    if graph.postorder(e).into_iter().any(|e| open(graph.op(e))) {
        return None;
    }
    let rows = match points.first().map_or(0, Vec::len) {
        0 => SAMPLES,
        rows => rows,
    };
    // Additive recurrence of the R sequence: powers of the inverse of the root of x^(d+1) = x + 1, which fills a box evenly.
    let mut root = 2.0f64;
    for _ in 0..64 {
        root = (1.0 + root).powf(1.0 / (inputs.len() as f64 + 1.0));
    }
    let mut data = Vec::with_capacity(rows * inputs.len());
    for (number, input) in inputs.iter().enumerate() {
        let given = match graph.op(*input) {
            Op::Coordinate {
                coordinate,
                site: 0,
            } => points.get(usize::from(coordinate)),
            _ => None,
        };
        if let Some(column) = given.filter(|column| column.len() == rows) {
            data.extend_from_slice(column);
            continue;
        }
        let stride = root.powi(-(number as i32 + 1));
        data.extend((1..=rows).map(|row| (0.5 + stride * row as f64).fract()));
    }
    let mut values = vec![0.0; rows];
    Program::<f64>::new(graph, &[e], &inputs).run(
        rows,
        Columns::new(&data, rows),
        Columns::new(&[], 0),
        &mut ColumnsMut::new(&mut values, rows),
        &mut Scratch::new(),
    );
    values.retain(|v| v.is_finite());
    // Values are divided by the largest, whose square may overflow.
    let largest = values.iter().map(|v| v.abs()).reduce(f64::max)?;
    if largest == 0.0 {
        return Some(0.0);
    }
    let squares: f64 = values.iter().map(|v| (v / largest).powi(2)).sum();
    Some(largest * (squares / values.len() as f64).sqrt())
}
