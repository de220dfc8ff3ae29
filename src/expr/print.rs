//! Infix notation of expressions.

use super::graph::{Expr, Graph, Op};
use std::borrow::Cow;

/// Longer texts end in `…`: shared parts may make a text exponentially longer than its graph.
const MAX_BYTES: usize = 4096;

/// Names of the symbols that a graph refers to by number.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Names of the coordinates, by number.
    pub coordinates: Vec<String>,
    /// Names of the fields, by number.
    pub fields: Vec<String>,
    /// Names of the parameters, by number.
    pub parameters: Vec<String>,
}

impl Names {
    fn of(list: &[String], number: usize, kind: &str) -> String {
        let name = list.get(number).cloned();
        name.unwrap_or_else(|| format!("{kind}{number}"))
    }
}

/// Parts still to be written, last in first out. The traversal is iterative, so that depth costs no stack.
enum Piece {
    Text(Cow<'static, str>),
    /// A node, in brackets if it binds less than this.
    Node(Expr, u8),
    /// A negative summand without its sign.
    Magnitude(Expr, u8),
}

impl Graph {
    /// Prints in infix notation, with derivatives as subscripts (`T_xx`) and partner points with a prime. The
    /// text is cut off at 4 KiB.
    pub fn show(&self, e: Expr, names: &Names) -> String {
        let mut text = String::new();
        let mut pieces = vec![Piece::Node(e, 0)];
        while let Some(piece) = pieces.pop() {
            if text.len() > MAX_BYTES {
                text.push('…');
                break;
            }
            let (inner, parts, outer) = match piece {
                Piece::Text(symbol) => {
                    text.push_str(&symbol);
                    continue;
                }
                Piece::Node(e, outer) => {
                    let (inner, parts) = self.parts(e, names);
                    (inner, parts, outer)
                }
                Piece::Magnitude(e, outer) => {
                    let (inner, parts) = self.magnitude(e, names);
                    (inner, parts, outer)
                }
            };
            if inner < outer {
                text.push('(');
                pieces.push(Piece::Text(")".into()));
            }
            pieces.extend(parts.into_iter().rev());
        }
        text
    }

    /// Binding strength of a node (sum 1, product 2, power 4, atom 5), and its parts from first to last.
    fn parts(&self, e: Expr, names: &Names) -> (u8, Vec<Piece>) {
        use Piece::{Magnitude, Node};
        let text = |text: &'static str| Piece::Text(text.into());
        // No sign behind an operator.
        let right = |e, strength| match self.starts_with_minus(e) {
            true => Node(e, 3),
            false => Node(e, strength),
        };
        match self.op(e) {
            // The positive summand first: `T_t - 0.5*T_xx`.
            Op::Add(a, b) if self.is_negative(a) && !self.is_negative(b) => {
                (1, vec![Node(b, 1), text(" - "), Magnitude(a, 2)])
            }
            Op::Add(a, b) if self.is_negative(b) => {
                (1, vec![Node(a, 1), text(" - "), Magnitude(b, 2)])
            }
            Op::Sub(a, b) if self.is_negative(b) => {
                (1, vec![Node(a, 1), text(" + "), Magnitude(b, 2)])
            }
            Op::Add(a, b) => (1, vec![Node(a, 1), text(" + "), right(b, 1)]),
            Op::Sub(a, b) => (1, vec![Node(a, 1), text(" - "), right(b, 2)]),
            Op::Mul(a, b) => (2, vec![Node(a, 2), text("*"), right(b, 2)]),
            Op::Div(a, b) => (2, vec![Node(a, 2), text("/"), Node(b, 3)]),
            Op::Neg(a) => (2, vec![text("-"), Node(a, 3)]),
            Op::Powi(a, n) => (4, vec![Node(a, 5), Piece::Text(format!("^{n}").into())]),
            Op::Apply(f, a) => (5, vec![text(f.name()), text("("), Node(a, 0), text(")")]),
            Op::Atan2(y, x) => {
                let (y, x) = (Node(y, 0), Node(x, 0));
                (5, vec![text("atan2("), y, text(", "), x, text(")")])
            }
            Op::Constant(bits) => {
                let value = f64::from_bits(bits);
                let strength = if value < 0.0 { 2 } else { 5 };
                (strength, vec![Piece::Text(show_number(value).into())])
            }
            Op::Field { field, site, order } => {
                let mut name = Names::of(&names.fields, field.into(), "field");
                name.extend(std::iter::repeat_n('\'', site.into()));
                let derivatives = order.iter().enumerate();
                let subscripts: String = derivatives
                    .map(|(k, n)| Names::of(&names.coordinates, k, "x").repeat((*n).into()))
                    .collect();
                if !subscripts.is_empty() {
                    name.push('_');
                    name.push_str(&subscripts);
                }
                (5, vec![Piece::Text(name.into())])
            }
            Op::Coordinate { coordinate, site } => {
                let mut name = Names::of(&names.coordinates, coordinate.into(), "x");
                name.extend(std::iter::repeat_n('\'', site.into()));
                (5, vec![Piece::Text(name.into())])
            }
            Op::Parameter(p) => {
                let name = Names::of(&names.parameters, p.into(), "parameter");
                (5, vec![Piece::Text(name.into())])
            }
            Op::Seed(r) => (5, vec![Piece::Text(format!("seed{r}").into())]),
        }
    }

    /// Parts of the negative of a node that [`is_negative`](Self::is_negative).
    fn magnitude(&self, e: Expr, names: &Names) -> (u8, Vec<Piece>) {
        match self.op(e) {
            Op::Mul(a, b) => {
                let factor = self.magnitude(a, names).1;
                let rest = [Piece::Text("*".into()), Piece::Node(b, 2)];
                (2, factor.into_iter().chain(rest).collect())
            }
            Op::Constant(bits) => {
                let text = show_number(f64::from_bits(bits).abs());
                (5, vec![Piece::Text(text.into())])
            }
            _ => self.parts(e, names),
        }
    }

    /// Returns true if the text of a summand begins with a sign.
    fn starts_with_minus(&self, mut e: Expr) -> bool {
        loop {
            e = match self.op(e) {
                Op::Neg(_) => return true,
                Op::Constant(_) => return self.is_negative(e),
                Op::Add(a, b) if self.is_negative(a) && !self.is_negative(b) => b,
                Op::Add(a, _) | Op::Sub(a, _) => a,
                // Sums within products are in brackets.
                Op::Mul(a, _) | Op::Div(a, _)
                    if !matches!(self.op(a), Op::Add(..) | Op::Sub(..)) =>
                {
                    a
                }
                _ => return false,
            };
        }
    }

    /// A negative number or a product with one.
    fn is_negative(&self, e: Expr) -> bool {
        let factor = match self.op(e) {
            Op::Mul(a, _) => a,
            _ => e,
        };
        self.constant_value(factor).is_some_and(|value| value < 0.0)
    }
}

/// Prints four significant digits, in scientific notation outside [1e-3, 1e5).
pub fn show_number(x: f64) -> String {
    if x != 0.0 && !(1e-3..1e5).contains(&x.abs()) {
        return if x.is_finite() {
            format!("{x:.3e}")
        } else {
            x.to_string()
        };
    }
    let magnitude = if x == 0.0 {
        0.0
    } else {
        x.abs().log10().floor()
    };
    let digits = (3 - magnitude as i32).max(0) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        let short = text.trim_end_matches('0').trim_end_matches('.');
        short.to_string()
    } else {
        text
    }
}
