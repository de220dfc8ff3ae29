//! Automatic dimensionless form.
//!
//! Every field is replaced by `reference + scale · f̂` and every coordinate by `reference + scale · x̂`; the
//! residual is expanded into (monomial in scales and parameters) × (dimensionless expression), terms with
//! equal expressions are summed, and all is divided by the largest net coefficient. Summing *first* lets
//! offsets cancel: `T − T_ref` must not be judged by the size of `T_ref`.

use super::dimensions::{Declared, Dimensions};
use super::residuals::RawEquation;
use super::scale::Scales;
use crate::expr::{Expr, Graph, Names, Op};
use std::collections::{BTreeMap, HashMap};

/// Beyond this many terms a product is evaluated as it stands instead of being expanded.
const MAX_TERMS: usize = 256;

/// What a residual is divided by.
pub(super) enum Reference {
    LargestTerm,
    Given(Vec<f64>),
}

/// Why a residual has no dimensionless form.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NondimensionalError {
    #[error(
        "expected a scale for every coordinate and field and a value for every parameter ({expected} in all), found {found}"
    )]
    WrongCount { expected: usize, found: usize },
    #[error("the {what} `{name}` is {value}; it must be finite{}", if *.nonzero { " and not zero" } else { "" })]
    BadScale {
        what: &'static str,
        name: String,
        value: f64,
        nonzero: bool,
    },
    #[error("residual `{name}` vanishes at the characteristic values: every coefficient is zero")]
    Vanishes { name: String },
    #[error("residual `{name}` has no finite size at the characteristic values (found {value})")]
    NotFinite { name: String, value: f64 },
}

/// One coefficient of a dimensionless residual.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// In symbols: `k t_scale/(rho c_p x_scale^2)`.
    pub symbolic: String,
    pub value: f64,
    /// The dimensionless expression that it multiplies.
    pub expression: String,
}

/// How one residual was brought into dimensionless form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub name: String,
    pub dimensions: Dimensions,
    /// What the residual was divided by, SI base units: physical residual = reference · dimensionless one.
    pub reference: f64,
    pub reference_symbolic: String,
    pub coefficients: Vec<Coefficient>,
    /// The whole dimensionless residual.
    pub expression: String,
}

/// Values that monomials are made of: parameters, then scales, then references.
struct SymbolTable {
    names: Vec<String>,
    values: Vec<f64>,
}

/// c · Π symbol^power
#[derive(Clone, Debug, PartialEq)]
struct Monomial {
    factor: f64,
    powers: BTreeMap<u16, i32>,
}

impl Monomial {
    fn constant(factor: f64) -> Self {
        Monomial {
            factor,
            powers: BTreeMap::new(),
        }
    }

    fn times(&self, other: &Monomial, power: i32) -> Self {
        let mut product = self.clone();
        product.factor *= other.factor.powi(power);
        for (symbol, exponent) in &other.powers {
            let sum = product.powers.entry(*symbol).or_insert(0);
            *sum += exponent * power;
            if *sum == 0 {
                product.powers.remove(symbol);
            }
        }
        product
    }

    fn value(&self, table: &SymbolTable) -> f64 {
        let powers = self
            .powers
            .iter()
            .map(|(symbol, n)| table.values[*symbol as usize].powi(*n));
        powers.product::<f64>() * self.factor
    }

    fn show(&self, table: &SymbolTable) -> String {
        let side = |sign: i32| -> Vec<String> {
            let symbols = self.powers.iter().filter(|(_, n)| **n * sign > 0);
            symbols
                .map(|(symbol, n)| {
                    let name = &table.names[*symbol as usize];
                    match n.abs() {
                        1 => name.clone(),
                        n => format!("{name}^{n}"),
                    }
                })
                .collect()
        };
        let (above, below) = (side(1), side(-1));
        let size = self.factor.abs();
        let above = match (size == 1.0, above.is_empty()) {
            (true, true) => "1".to_string(),
            (true, false) => above.join(" "),
            (false, true) => format!("{size}"),
            (false, false) => format!("{size} {}", above.join(" ")),
        };
        let sign = if self.factor < 0.0 { "-" } else { "" };
        match below.len() {
            0 => format!("{sign}{above}"),
            1 => format!("{sign}{above}/{}", below[0]),
            _ => format!("{sign}{above}/({})", below.join(" ")),
        }
    }
}

pub(super) fn nondimensionalize(
    mut graph: Graph,
    equations: &[RawEquation],
    declared: &Declared,
    scales: &Scales,
    reference: Reference,
) -> Result<(Graph, Vec<RawEquation>, Vec<Form>), NondimensionalError> {
    check(declared, scales)?;
    let substitution = Substitution::new(declared, scales);
    let names = declared.names();
    let mut memo = HashMap::new();
    let mut dimensionless = Vec::new();
    let mut forms = Vec::new();
    for (number, equation) in equations.iter().enumerate() {
        let mut leaf = |graph: &mut Graph, op| substitution.leaf(graph, op);
        let scaled = graph.substitute(equation.residual, &mut leaf, &mut memo);
        let divisor = match &reference {
            Reference::LargestTerm => None,
            Reference::Given(values) => Some(values[number]),
        };
        let (residual, form) = one_form(
            &mut graph,
            equation,
            scaled,
            &substitution.table,
            divisor,
            &names,
        )?;
        forms.push(form);
        dimensionless.push(RawEquation {
            name: equation.name.clone(),
            residual,
            dimensions: Dimensions::NONE,
        });
    }
    Ok((graph, dimensionless, forms))
}

fn check(declared: &Declared, scales: &Scales) -> Result<(), NondimensionalError> {
    if !scales.fits(declared) {
        return Err(NondimensionalError::WrongCount {
            expected: declared.coordinates.len()
                + declared.fields.len()
                + declared.parameters.len(),
            found: scales.coordinates.len() + scales.fields.len() + scales.parameters.len(),
        });
    }
    let affines = scales.coordinates.iter().chain(&scales.fields);
    for (info, affine) in declared
        .coordinates
        .iter()
        .chain(&declared.fields)
        .zip(affines)
    {
        for (what, value, nonzero) in [
            ("scale of", affine.scale, true),
            ("reference of", affine.reference, false),
        ] {
            if !value.is_finite() || (nonzero && value == 0.0) {
                return Err(NondimensionalError::BadScale {
                    what,
                    name: info.name.clone(),
                    value,
                    nonzero,
                });
            }
        }
    }
    for (info, value) in declared.parameters.iter().zip(&scales.parameters) {
        if !value.is_finite() {
            return Err(NondimensionalError::BadScale {
                what: "value of",
                name: info.name.clone(),
                value: *value,
                nonzero: false,
            });
        }
    }
    Ok(())
}

/// Numbers of the symbols that stand for scales and references.
struct Substitution {
    table: SymbolTable,
    coordinate_scale: u16,
    field_scale: u16,
    coordinate_reference: Vec<Option<u16>>,
    field_reference: Vec<Option<u16>>,
}

impl Substitution {
    fn new(declared: &Declared, scales: &Scales) -> Self {
        let mut table = SymbolTable {
            names: declared.parameters.iter().map(|p| p.name.clone()).collect(),
            values: scales.parameters.clone(),
        };
        let mut push = |name: String, value: f64| {
            table.names.push(name);
            table.values.push(value);
            (table.names.len() - 1) as u16
        };
        let coordinate_scale = declared.parameters.len() as u16;
        for (info, affine) in declared.coordinates.iter().zip(&scales.coordinates) {
            push(format!("{}_scale", info.name), affine.scale);
        }
        let field_scale = coordinate_scale + declared.coordinates.len() as u16;
        for (info, affine) in declared.fields.iter().zip(&scales.fields) {
            push(format!("{}_scale", info.name), affine.scale);
        }
        let mut reference = |infos: &[super::QuantityInfo], affines: &[super::Affine]| {
            let pairs = infos.iter().zip(affines);
            pairs
                .map(|(info, affine)| {
                    (affine.reference != 0.0)
                        .then(|| push(format!("{}_ref", info.name), affine.reference))
                })
                .collect::<Vec<_>>()
        };
        let coordinate_reference = reference(&declared.coordinates, &scales.coordinates);
        let field_reference = reference(&declared.fields, &scales.fields);
        Substitution {
            table,
            coordinate_scale,
            field_scale,
            coordinate_reference,
            field_reference,
        }
    }

    fn leaf(&self, graph: &mut Graph, op: Op) -> Option<Expr> {
        match op {
            Op::Field { field, order, .. } => {
                let hat = graph.intern(op);
                let scale = graph.parameter(self.field_scale + field);
                let mut e = graph.mul(scale, hat);
                for (k, n) in order.iter().enumerate() {
                    for _ in 0..*n {
                        let scale = graph.parameter(self.coordinate_scale + k as u16);
                        e = graph.div(e, scale);
                    }
                }
                if order.iter().all(|n| *n == 0)
                    && let Some(symbol) = self.field_reference[field as usize]
                {
                    let reference = graph.parameter(symbol);
                    e = graph.add(reference, e);
                }
                Some(e)
            }
            Op::Coordinate { coordinate, .. } => {
                let hat = graph.intern(op);
                let scale = graph.parameter(self.coordinate_scale + u16::from(coordinate));
                let mut e = graph.mul(scale, hat);
                if let Some(symbol) = self.coordinate_reference[coordinate as usize] {
                    let reference = graph.parameter(symbol);
                    e = graph.add(reference, e);
                }
                Some(e)
            }
            _ => None,
        }
    }
}

fn one_form(
    graph: &mut Graph,
    equation: &RawEquation,
    scaled: Expr,
    table: &SymbolTable,
    divisor: Option<f64>,
    names: &Names,
) -> Result<(Expr, Form), NondimensionalError> {
    // Terms with the same monomial up to sign become one term.
    let mut groups: Vec<(Monomial, Expr)> = Vec::new();
    for (monomial, e) in expand(graph, scaled, table) {
        let same = |other: &Monomial| {
            other.powers == monomial.powers && other.factor.abs() == monomial.factor.abs()
        };
        match groups.iter_mut().find(|(other, _)| same(other)) {
            Some((other, sum)) if other.factor == monomial.factor => *sum = graph.add(*sum, e),
            Some((_, sum)) => *sum = graph.sub(*sum, e),
            None => groups.push((monomial, e)),
        }
    }
    // Net coefficient of every distinct expression, with the monomial that contributes most to it.
    let mut net: Vec<(f64, Expr, Monomial)> = Vec::new();
    for (monomial, e) in groups {
        let value = monomial.value(table);
        match net.iter_mut().find(|(_, other, _)| *other == e) {
            Some((sum, _, largest)) => {
                *sum += value;
                if value.abs() > largest.value(table).abs() {
                    *largest = monomial;
                }
            }
            None => net.push((value, e, monomial)),
        }
    }
    let largest = net
        .iter()
        .filter(|(_, e, _)| graph.constant_value(*e) != Some(0.0))
        .map(|(value, ..)| value.abs())
        .fold(0.0, |a: f64, b| if b.is_nan() { b } else { a.max(b) });
    let (reference, monomial) = match divisor {
        Some(value) => (value, None),
        None => {
            // Relative tolerance: equal terms must elect the same reference however they were rounded.
            let first = net
                .iter()
                .find(|(value, ..)| value.abs() >= largest * (1.0 - 1e-12));
            let monomial = first
                .filter(|(value, _, m)| (m.value(table) - value).abs() <= 1e-12 * value.abs())
                .map(|(.., m)| Monomial {
                    factor: m.factor.abs(),
                    powers: m.powers.clone(),
                });
            (largest, monomial)
        }
    };
    if !reference.is_finite() {
        return Err(NondimensionalError::NotFinite {
            name: equation.name.clone(),
            value: reference,
        });
    }
    if reference == 0.0 {
        return Err(NondimensionalError::Vanishes {
            name: equation.name.clone(),
        });
    }
    let mut residual = graph.constant(0.0);
    let mut coefficients = Vec::new();
    for (value, e, largest) in net {
        let mut coefficient = value / reference;
        // Offsets that cancel leave rounding behind; the reference term itself is exactly one.
        if coefficient.abs() < 1e-14 || graph.constant_value(e) == Some(0.0) {
            continue;
        }
        if (coefficient.abs() - 1.0).abs() < 1e-14 {
            coefficient = coefficient.signum();
        }
        let symbolic = match &monomial {
            Some(reference) => largest.times(reference, -1).show(table),
            None => format!("({})/reference", largest.show(table)),
        };
        coefficients.push(Coefficient {
            symbolic,
            value: coefficient,
            expression: graph.show(e, names),
        });
        let c = graph.constant(coefficient);
        let term = graph.mul(c, e);
        residual = graph.add(residual, term);
    }
    let form = Form {
        name: equation.name.clone(),
        dimensions: equation.dimensions,
        reference,
        reference_symbolic: monomial.map_or_else(|| "given".to_string(), |m| m.show(table)),
        coefficients,
        expression: graph.show(residual, names),
    };
    Ok((residual, form))
}

/// Sum of monomial × dimensionless expression.
fn expand(graph: &mut Graph, e: Expr, table: &SymbolTable) -> Vec<(Monomial, Expr)> {
    let one = graph.constant(1.0);
    let negated = |terms: Vec<(Monomial, Expr)>| {
        terms.into_iter().map(|(mut m, e)| {
            m.factor = -m.factor;
            (m, e)
        })
    };
    match graph.op(e) {
        Op::Constant(bits) => vec![(Monomial::constant(f64::from_bits(bits)), one)],
        Op::Parameter(p) => vec![(
            Monomial {
                factor: 1.0,
                powers: [(p, 1)].into(),
            },
            one,
        )],
        Op::Add(a, b) => {
            let mut terms = expand(graph, a, table);
            terms.extend(expand(graph, b, table));
            terms
        }
        Op::Sub(a, b) => {
            let mut terms = expand(graph, a, table);
            terms.extend(negated(expand(graph, b, table)));
            terms
        }
        Op::Neg(a) => negated(expand(graph, a, table)).collect(),
        Op::Mul(a, b) => {
            let (left, right) = (expand(graph, a, table), expand(graph, b, table));
            if left.len() * right.len() > MAX_TERMS {
                return vec![(Monomial::constant(1.0), numeric(graph, e, table))];
            }
            let mut terms = Vec::with_capacity(left.len() * right.len());
            for (m, p) in &left {
                for (n, q) in &right {
                    terms.push((m.times(n, 1), graph.mul(*p, *q)));
                }
            }
            terms
        }
        Op::Div(a, b) => match expand(graph, b, table).as_slice() {
            [(n, q)] => {
                let left = expand(graph, a, table);
                left.into_iter()
                    .map(|(m, p)| (m.times(n, -1), graph.div(p, *q)))
                    .collect()
            }
            _ => vec![(Monomial::constant(1.0), numeric(graph, e, table))],
        },
        Op::Powi(a, n) => match expand(graph, a, table).as_slice() {
            [(m, p)] => vec![(Monomial::constant(1.0).times(m, n), graph.powi(*p, n))],
            _ => vec![(Monomial::constant(1.0), numeric(graph, e, table))],
        },
        Op::Field { .. } | Op::Coordinate { .. } => vec![(Monomial::constant(1.0), e)],
        Op::Apply(..) | Op::Seed(_) => vec![(Monomial::constant(1.0), numeric(graph, e, table))],
    }
}

/// The subexpression with numbers in place of symbols.
fn numeric(graph: &mut Graph, e: Expr, table: &SymbolTable) -> Expr {
    let mut leaf = |graph: &mut Graph, op| match op {
        Op::Parameter(p) => Some(graph.constant(table.values[p as usize])),
        _ => None,
    };
    graph.substitute(e, &mut leaf, &mut HashMap::new())
}
