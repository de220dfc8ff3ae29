//! Expressions as people read them.

use super::graph::{Expr, Graph, Op};

/// Names of the symbols that a graph refers to by number.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub coordinates: Vec<String>,
    pub fields: Vec<String>,
    pub parameters: Vec<String>,
}

impl Graph {
    /// Infix text; derivatives as subscripts (`T_xx`), partner points with a prime.
    pub fn show(&self, e: Expr, names: &Names) -> String {
        self.show_within(e, names, 0)
    }

    fn show_within(&self, e: Expr, names: &Names, outer: u8) -> String {
        let wrap = |inner: u8, text: String| {
            if inner < outer {
                format!("({text})")
            } else {
                text
            }
        };
        let at = |e, precedence| self.show_within(e, names, precedence);
        match self.op(e) {
            Op::Constant(bits) => show_number(f64::from_bits(bits)),
            Op::Field { field, site, order } => {
                let mut text = names.fields[field as usize].clone();
                text.extend(std::iter::repeat_n('\'', site as usize));
                if order.iter().any(|n| *n > 0) {
                    text.push('_');
                    for (k, n) in order.iter().enumerate() {
                        for _ in 0..*n {
                            text.push_str(&names.coordinates[k]);
                        }
                    }
                }
                text
            }
            Op::Coordinate { coordinate, site } => {
                let mut text = names.coordinates[coordinate as usize].clone();
                text.extend(std::iter::repeat_n('\'', site as usize));
                text
            }
            Op::Parameter(p) => names.parameters[p as usize].clone(),
            Op::Seed(r) => format!("seed{r}"),
            Op::Add(a, b) => wrap(1, format!("{} + {}", at(a, 1), at(b, 1))),
            Op::Sub(a, b) => wrap(1, format!("{} - {}", at(a, 1), at(b, 2))),
            Op::Mul(a, b) => wrap(2, format!("{}*{}", at(a, 2), at(b, 2))),
            Op::Div(a, b) => wrap(2, format!("{}/{}", at(a, 2), at(b, 3))),
            Op::Neg(a) => wrap(2, format!("-{}", at(a, 3))),
            Op::Powi(a, n) => format!("{}^{n}", at(a, 4)),
            Op::Apply(f, a) => format!("{}({})", f.name(), at(a, 0)),
        }
    }
}

/// Four significant digits, scientific outside [1e-3, 1e5).
pub fn show_number(x: f64) -> String {
    if x == 0.0 || (1e-3..1e5).contains(&x.abs()) {
        let digits = if x == 0.0 {
            0
        } else {
            (3 - x.abs().log10().floor() as i32).max(0) as usize
        };
        let text = format!("{x:.digits$}");
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            text
        }
    } else {
        format!("{x:.3e}")
    }
}
