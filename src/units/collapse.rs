//! Gathering the linear parts of residuals into differential operators.

use super::kernel::Symbol;
use pinn_expr::{Expr, Graph, MAX_COORDINATES, MultiIndex, Op, Summand};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Operators whose coefficients differ by less than this, relatively and up to a common factor, are one.
const ROUNDING: f64 = 1e-13;

/// Operators of a kernel. In its graph the value of an operator that is applied to a field is a further field.
#[derive(Clone, Debug, Default)]
pub(super) struct Operators {
    symbols: Vec<Symbol>,
    /// Further field to (field, operator).
    applied: BTreeMap<u16, (u16, u16)>,
}

impl Operators {
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// Field and operator behind a field of the graph; `None` for a field proper.
    pub fn applied(&self, field: u16) -> Option<(u16, u16)> {
        self.applied.get(&field).copied()
    }

    /// The operator that `symbol` is a multiple of, added if there is none yet, and the factor. `symbol` has
    /// terms, in increasing order, with coefficients that are finite and not zero. `None` if numbers run out.
    fn multiple_of(&mut self, symbol: &Symbol) -> Option<(u16, f64)> {
        let pivot =
            (0..symbol.len()).reduce(|best, i| match symbol[i].1.abs() > symbol[best].1.abs() {
                true => i,
                false => best,
            })?;
        for (number, known) in self.symbols.iter().enumerate() {
            if known.len() != symbol.len() {
                continue;
            }
            // The factor that fits the largest coefficient: all others are judged relative to their own size.
            let factor = symbol[pivot].1 / known[pivot].1;
            let same = known
                .iter()
                .zip(symbol)
                .all(|((a, x), (b, y))| a == b && (factor * x - y).abs() <= ROUNDING * y.abs());
            if same {
                return Some((u16::try_from(number).ok()?, factor));
            }
        }
        let number = u16::try_from(self.symbols.len()).ok()?;
        let factor = symbol[pivot].1;
        let scaled = symbol.iter().map(|(order, c)| (*order, c / factor));
        self.symbols.push(scaled.collect());
        Some((number, factor))
    }

    /// Number of the further field that holds `operator` applied to `field`; `first_free` is above all fields
    /// of the graph.
    fn further_field(&mut self, field: u16, operator: u16, first_free: u16) -> Option<u16> {
        let known = self
            .applied
            .iter()
            .find(|(_, of)| **of == (field, operator));
        if let Some((further, _)) = known {
            return Some(*further);
        }
        let after = self
            .applied
            .keys()
            .next_back()
            .map(|last| last.checked_add(1));
        let further = after.unwrap_or(Some(first_free))?.max(first_free);
        self.applied.insert(further, (field, operator));
        Some(further)
    }
}

/// A derivative of a field proper.
fn is_derivative(op: Op, operators: &Operators) -> Option<(u16, u8, MultiIndex)> {
    match op {
        Op::Field { field, site, order }
            if order.iter().any(|n| *n > 0) && operators.applied(field).is_none() =>
        {
            Some((field, site, order))
        }
        _ => None,
    }
}

/// Rebuilds `outputs` on operators; see [`super::Kernel::collapsed`].
pub(super) fn collapse(
    graph: &mut Graph,
    outputs: &[Expr],
    operators: &mut Operators,
) -> Vec<Expr> {
    let summands: Vec<Vec<Summand>> = outputs.iter().map(|e| graph.summands(*e)).collect();
    let others: Vec<Expr> = summands
        .iter()
        .flatten()
        .map(|summand| summand.term)
        .filter(|term| is_derivative(graph.op(*term), operators).is_none())
        .collect();
    // Expressions that enter a residual other than as a summand.
    let bound: HashSet<Expr> = graph.reachable(&others).into_iter().collect();
    let fields = graph
        .inputs(outputs)
        .into_iter()
        .filter_map(|e| match graph.op(e) {
            Op::Field { field, .. } => Some(field),
            _ => None,
        });
    let Some(first_free) = fields.max().map_or(Some(0), |last| last.checked_add(1)) else {
        return outputs.to_vec();
    };
    let mut rebuilt = Vec::with_capacity(outputs.len());
    for (output, summands) in outputs.iter().zip(&summands) {
        let mut groups: BTreeMap<(u16, u8), BTreeMap<MultiIndex, Summand>> = BTreeMap::new();
        for summand in summands.iter().filter(|s| !bound.contains(&s.term)) {
            if let Some((field, site, order)) = is_derivative(graph.op(summand.term), operators) {
                let group = groups.entry((field, site)).or_default();
                group.insert(order, *summand);
            }
        }
        let mut gone: HashSet<Expr> = HashSet::new();
        let mut gathered = Vec::new();
        for ((field, site), group) in groups {
            if group.values().any(|s| !s.magnitude.is_finite()) {
                continue;
            }
            let remaining = group.iter().filter(|(_, s)| !s.vanishes());
            let symbol: Symbol = remaining
                .map(|(order, s)| (*order, s.coefficient))
                .collect();
            if symbol.len() < 2 {
                gone.extend(group.values().filter(|s| s.vanishes()).map(|s| s.term));
                continue;
            }
            let Some((operator, factor)) = operators.multiple_of(&symbol) else {
                continue;
            };
            let Some(further) = operators.further_field(field, operator, first_free) else {
                continue;
            };
            gone.extend(group.values().map(|s| s.term));
            gathered.push((factor, further, site));
        }
        rebuilt.push(rebuild(graph, *output, &gone, &gathered));
    }
    rebuilt
}

/// `output` without the summands in `gone`, plus Σ factor · further field at site. The summands stand
/// nowhere else, so that they may be replaced by zero wherever they are met.
fn rebuild(
    graph: &mut Graph,
    output: Expr,
    gone: &HashSet<Expr>,
    gathered: &[(f64, u16, u8)],
) -> Expr {
    let gone: HashSet<Op> = gone.iter().map(|e| graph.op(*e)).collect();
    let mut leaf = |graph: &mut Graph, op| gone.contains(&op).then(|| graph.constant(0.0));
    let mut sum = graph.substitute(output, &mut leaf, &mut HashMap::new());
    for (factor, field, site) in gathered {
        let factor = graph.constant(*factor);
        let value = graph.intern(Op::Field {
            field: *field,
            site: *site,
            order: [0; MAX_COORDINATES],
        });
        let term = graph.mul(factor, value);
        sum = graph.add(sum, term);
    }
    sum
}

#[cfg(test)]
mod tests;
