//! Dimensionless form of one residual, for reports.

use super::expand::Net;
use super::monomial::{Monomial, SymbolTable};
use crate::dimensions::{Declared, Dimensions};
use crate::groups::Powers;
use crate::named_groups::{Named, named};
use crate::scale::Scales;
use pinn_expr::{Expr, Graph, Names, Op, show_number};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::RangeInclusive;

/// Comfortable range of coefficients. Coefficients outside make a residual stiff: its terms differ by more
/// than four orders of magnitude.
pub const COMFORTABLE: RangeInclusive<f64> = 1e-2..=1e2;

/// Terms of functions below this size are zero up to rounding.
const VANISHING: f64 = 1e-10;

/// Coefficient of a dimensionless residual.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// Coefficient in symbols: `k t_scale/(rho c_p x_scale^2)`.
    pub symbolic: String,
    /// Coefficient in conventional groups, without its sign, if they form it: `Fo`, `1/Re`, `Br/Pe`.
    pub group: Option<String>,
    /// Value with its sign.
    pub value: f64,
    /// Order of magnitude of the functions that it multiplies, a power of two: exp(−25) makes a term small whose coefficient is
    /// large.
    pub weight: f64,
    /// Dimensionless expression that it multiplies.
    pub expression: String,
}

impl Coefficient {
    /// Magnitude of the term: coefficient × size of the functions that it multiplies.
    pub fn size(&self) -> f64 {
        self.value.abs() * self.weight
    }

    /// Returns true if the term is so large or small that training will be hard.
    pub fn is_extreme(&self) -> bool {
        // sin(π x) vanishes on the face x = 0 at every scale.
        let vanishes = self.weight != 1.0 && self.size() < VANISHING;
        !COMFORTABLE.contains(&self.size()) && !vanishes
    }
}

/// Report on how one residual was brought into dimensionless form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Name of the residual.
    pub name: String,
    /// Dimensions of the residual before.
    pub dimensions: Dimensions,
    /// Divisor of the residual, in SI base units: physical residual = reference · dimensionless residual.
    pub reference: f64,
    /// Divisor in symbols, or `given`.
    pub reference_symbolic: String,
    /// Coefficients of all terms, in order.
    pub coefficients: Vec<Coefficient>,
    /// Dimensionless residual as text.
    pub expression: String,
}

impl Form {
    /// Prints one line: `heat: [1] T_t - [Fo = 0.42] T_xx`.
    pub fn show(&self) -> String {
        let mut line = format!("{}:", self.name);
        for (number, coefficient) in self.coefficients.iter().enumerate() {
            let sign = match (number, coefficient.value < 0.0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => "+ ",
                (_, true) => "- ",
            };
            let size = coefficient.value.abs();
            let symbolic = coefficient.symbolic.trim_start_matches('-');
            let label = match &coefficient.group {
                _ if size == 1.0 => "1".to_string(),
                Some(group) => format!("{group} = {}", show_number(size)),
                None if symbolic.parse::<f64>().is_ok() => show_number(size),
                None => format!("{symbolic} = {}", show_number(size)),
            };
            // Writing to a string does not fail.
            let _ = write!(line, " {sign}[{label}]");
            let e = &coefficient.expression;
            if e.contains(" + ") || e.contains(" - ") {
                let _ = write!(line, " ({e})");
            } else if e != "1" {
                let _ = write!(line, " {e}");
            }
        }
        line
    }
}

/// Terms with one coefficient, and their sum.
pub(super) struct Term {
    pub value: f64,
    pub monomials: Vec<Monomial>,
    pub expression: Expr,
    /// Size of the functions in the expression ([`weights`](super::magnitude::weights)).
    pub weight: f64,
}

impl Term {
    pub fn size(&self) -> f64 {
        self.value.abs() * self.weight
    }
}

/// Collects terms with the same coefficient, up to sign, and weight, `k` (T_xx + T_yy); constants stand alone and last.
pub(super) fn collect(graph: &mut Graph, nets: Vec<Net>, weights: &[f64]) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let mut constants = Vec::new();
    let mut numbers = HashMap::new();
    for (net, &weight) in nets.into_iter().zip(weights) {
        if graph.constant_value(net.expression).is_some() {
            constants.push(Term {
                value: net.value,
                monomials: net.monomials,
                expression: net.expression,
                weight,
            });
            continue;
        }
        // A net coefficient that is not zero has at least one monomial.
        let sign = net.monomials[0].factor.signum();
        let monomials: Vec<(u64, Vec<(u16, i32)>)> = (net.monomials.iter())
            .map(|m| {
                (
                    (m.factor * sign).to_bits(),
                    m.powers.clone().into_iter().collect(),
                )
            })
            .collect();
        let key = (weight.to_bits(), monomials);
        match numbers.get(&key) {
            Some(&number) => {
                let term: &mut Term = &mut terms[number];
                term.expression = if (net.value < 0.0) == (term.value < 0.0) {
                    graph.add(term.expression, net.expression)
                } else {
                    graph.sub(term.expression, net.expression)
                };
            }
            None => {
                numbers.insert(key, terms.len());
                terms.push(Term {
                    value: net.value,
                    monomials: net.monomials,
                    expression: net.expression,
                    weight,
                });
            }
        }
    }
    terms.extend(constants);
    terms
}

/// Writes a coefficient in symbols and in conventional groups.
pub(super) struct Labels<'a> {
    table: &'a SymbolTable,
    named: Vec<Named>,
    /// Symbols that stand for the same magnitude: both components of a velocity of one scale.
    same: Vec<usize>,
}

impl<'a> Labels<'a> {
    pub fn new(table: &'a SymbolTable, declared: &Declared, scales: &Scales) -> Self {
        let (p, c) = (declared.parameters.len(), declared.coordinates.len());
        let magnitudes = p + c + declared.fields.len();
        let infos: Vec<_> = declared
            .coordinates
            .iter()
            .chain(&declared.fields)
            .collect();
        let same = (0..magnitudes).map(|i| {
            if i < p {
                return i;
            }
            // Coordinates among coordinates, fields among fields.
            let from = if i < p + c { p } else { p + c };
            let equal = |j: &usize| {
                infos[*j - p].dimensions == infos[i - p].dimensions
                    && table.values[*j] == table.values[i]
            };
            (from..i).find(equal).unwrap_or(i)
        });
        let mut labels = Labels {
            table,
            named: named(declared, scales),
            same: same.collect(),
        };
        for i in 0..labels.named.len() {
            labels.named[i].powers = labels.canonical(&labels.named[i].powers);
        }
        labels
    }

    fn canonical(&self, powers: &[i32]) -> Powers {
        let mut canonical = vec![0; self.same.len()];
        for (i, n) in powers.iter().enumerate() {
            canonical[self.same[i]] += n;
        }
        canonical
    }

    /// The quotient of two monomials in groups.
    pub fn group(&self, monomial: &Monomial) -> Option<String> {
        let mut powers = vec![0; self.same.len()];
        for (symbol, n) in &monomial.powers {
            // Symbols beyond are references, of which no group is made.
            *powers.get_mut(*symbol as usize)? = *n;
        }
        let powers = self.canonical(&powers);
        if powers.iter().all(|n| *n == 0) {
            return None;
        }
        let (above, below) = self.factors(&powers)?;
        let size = monomial.factor.abs();
        let factor = if size == 1.0 {
            None
        } else {
            Some(show_number(size))
        };
        let above: Vec<String> = factor.into_iter().chain(above).collect();
        Some(crate::groups::show_quotient(&above, &below))
    }

    /// Groups above and below the line whose quotient has some powers: one group, or else two.
    fn factors(&self, powers: &[i32]) -> Option<(Vec<String>, Vec<String>)> {
        let text = |group: &Named| match group.root {
            true => format!("{}^2", group.symbol),
            false => group.symbol.to_string(),
        };
        let is = |combination: &dyn Fn(usize) -> i32| {
            powers.iter().enumerate().all(|(i, n)| *n == combination(i))
        };
        for g in &self.named {
            if is(&|i| g.powers[i]) {
                return Some((vec![text(g)], vec![]));
            }
            if is(&|i| -g.powers[i]) {
                return Some((vec![], vec![text(g)]));
            }
        }
        for (number, g) in self.named.iter().enumerate() {
            for h in &self.named[number + 1..] {
                let (a, b) = (text(g), text(h));
                let signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)];
                let found = signs
                    .into_iter()
                    .find(|(s, t)| is(&|i| s * g.powers[i] + t * h.powers[i]));
                match found {
                    Some((1, 1)) => return Some((vec![a, b], vec![])),
                    Some((1, _)) => return Some((vec![a], vec![b])),
                    Some((_, 1)) => return Some((vec![b], vec![a])),
                    Some(_) => return Some((vec![], vec![a, b])),
                    None => {}
                }
            }
        }
        None
    }

    /// `term` with the coefficient `value`, measured by `reference` (`None` if that was given).
    pub fn coefficient(
        &self,
        graph: &Graph,
        names: &Names,
        term: &Term,
        value: f64,
        reference: Option<&Monomial>,
    ) -> Coefficient {
        let expression = match graph.op(term.expression) {
            Op::Constant(_) => "1".to_string(),
            _ => graph.show(term.expression, names),
        };
        let quotients: Vec<Monomial> = match reference {
            Some(reference) => {
                let quotients = term.monomials.iter().map(|m| m.times(reference, -1));
                quotients.collect()
            }
            None => term.monomials.clone(),
        };
        let symbolic = match (reference, quotients.as_slice()) {
            (Some(_), _) => show_sum(&quotients, self.table),
            (None, [one]) => one.show_over(self.table, &["reference"]),
            (None, _) => format!("({})/reference", show_sum(&quotients, self.table)),
        };
        let group = match (reference, quotients.as_slice()) {
            (Some(_), [one]) => self.group(one),
            _ => None,
        };
        Coefficient {
            symbolic,
            group,
            value,
            weight: term.weight,
            expression,
        }
    }
}

/// `a + b - c`
pub(super) fn show_sum(monomials: &[Monomial], table: &SymbolTable) -> String {
    let mut sum = String::new();
    for (number, monomial) in monomials.iter().enumerate() {
        let text = monomial.show(table);
        match (number, text.strip_prefix('-')) {
            (0, _) => sum.push_str(&text),
            (_, Some(size)) => sum.extend([" - ", size]),
            (_, None) => sum.extend([" + ", &text]),
        }
    }
    sum
}
