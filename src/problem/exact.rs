//! Manufactured solutions: fields that are made to have a closed form.
//!
//! A field with `exact = "…"` turns the problem around: the sources are those with which the closed form solves the
//! equations (P. J. Roache, *J. Fluids Eng.* 124, 2002), and conditions take their values from it.

use super::conditions::field_number;
use super::expression::{Definitions, Scope, bounded};
use super::mistake::{Checked, Fault, Mistake};
use super::quantity::{Expected, value};
use super::scales::points;
use super::wire::{ConditionEntry, Entries, Faces, FieldEntry, Scalar};
use crate::expr::{Expr, Graph, Op};
use crate::pinn::domain::Domain;
use crate::pinn::place::{Boundary, Place};
use crate::pinn::reference::PointFunction;
use crate::pinn::statement::DimensionalResiduals;
use crate::units::Declared;
use std::collections::HashMap;
use std::ops::Range;
use toml::Spanned;

/// What rounding may leave of a sum, relative to its largest term.
const ROUNDING: f64 = 1e-9;

/// Closed forms by number of the field.
pub(super) struct Exact {
    forms: Vec<Option<Spanned<Scalar>>>,
}

impl Exact {
    pub fn read(fields: &Entries<FieldEntry>, declared: &Declared) -> Checked<Self> {
        let mut forms = vec![None; declared.fields.len()];
        for (name, entry) in &fields.0 {
            let number = field_number(name, declared)?;
            forms[number] = entry.get_ref().exact.clone();
        }
        Ok(Exact { forms })
    }

    pub fn get(&self, field: usize) -> Option<&Spanned<Scalar>> {
        self.forms.get(field)?.as_ref()
    }

    /// Fields that have one.
    pub fn fields(&self) -> impl Iterator<Item = usize> {
        let forms = self.forms.iter().enumerate();
        forms.filter_map(|(number, form)| form.is_some().then_some(number))
    }

    /// As a table of references.
    pub fn table(&self, declared: &Declared) -> Option<Spanned<Entries<Scalar>>> {
        let pairs = self.fields().filter_map(|field| {
            let form = self.get(field)?;
            let name = declared.fields[field].name.clone();
            Some((Spanned::new(form.span(), name), form.clone()))
        });
        let pairs: Vec<_> = pairs.collect();
        let span = pairs.first()?.1.span();
        Some(Spanned::new(span, Entries(pairs)))
    }

    /// Subtracts from every residual its value for the closed forms, unless that is zero.
    pub fn with_sources(
        &self,
        residuals: DimensionalResiduals,
        definitions: &Definitions,
        domain: &Domain,
        parameters: &[f64],
        file: &str,
    ) -> Checked<DimensionalResiduals> {
        let Some(first) = self.fields().next() else {
            return Ok(residuals);
        };
        let declared = residuals.declared().clone();
        let mut graph = residuals.graph().clone();
        let mut equations = residuals.equations().to_vec();
        let insertion = Insertion {
            declared: &declared,
            definitions,
            file,
        };
        for equation in &mut equations {
            let form = |field: usize| self.get(field);
            match insertion.insert(&mut graph, equation.residual, form)? {
                Ok(source) => {
                    let mut parts = vec![source];
                    for term in terms(&graph, equation.residual) {
                        let part = insertion.insert(&mut graph, term, form)?;
                        parts.extend(part.ok());
                    }
                    let function = PointFunction::new(&graph, &parts, parameters);
                    if !function.is_some_and(|f| vanishes(&f.evaluate(&points(domain, None, &[]))))
                    {
                        let place = self.get(first).map_or(0..0, Spanned::span);
                        bounded(&graph, source, place)?;
                        equation.residual = graph.sub(equation.residual, source);
                    }
                }
                Err(Lacking(field)) => {
                    let key = "exact".to_string();
                    let span = self.get(first).map_or(0..0, Spanned::span);
                    let name = &declared.fields[field].name;
                    return Err(Mistake::new(Fault::MissingKey { key }, span)
                        .label("one field is given here")
                        .help(format!(
                            "give `{name}` too: the equation `{}` reads it",
                            equation.name
                        )));
                }
            }
        }
        Ok(DimensionalResiduals::from_parts(declared, graph, equations))
    }

    /// The conditions of a file that has none: values on all faces and at the first instant, and where an equation
    /// has more than two derivatives along a coordinate (along time more than one), slopes.
    pub fn conditions(
        &self,
        order: impl Fn(usize, usize) -> usize,
        declared: &Declared,
        domain: &Domain,
    ) -> Vec<Spanned<ConditionEntry>> {
        let Some(span) = self.table(declared).map(|table| table.span()) else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        for field in self.fields() {
            let name = &declared.fields[field].name;
            for (number, coordinate) in declared.coordinates.iter().enumerate() {
                let along = &coordinate.name;
                let order = order(field, number);
                let time = domain.time == Some(number);
                let sides: &[&str] = if time { &["min"] } else { &["min", "max"] };
                // What bounds a region is named by its shapes, below.
                let of_region = domain
                    .geometry
                    .as_ref()
                    .is_some_and(|g| g.axes().contains(&number));
                let kinds: &[&str] = match order {
                    _ if of_region => &[],
                    0 => &[],
                    1 if time => &["dirichlet"],
                    1 | 2 if !time => &["dirichlet"],
                    _ => &["dirichlet", "neumann"],
                };
                for kind in kinds {
                    let what = if *kind == "dirichlet" { "" } else { " slope" };
                    let name_of = format!("{name}{what} on {along}");
                    let faces = sides.iter().map(|side| format!("{along} = {side}"));
                    let faces = faces.map(|face| Spanned::new(span.clone(), face));
                    let entry = derived(&span, name_of, kind, name, faces.collect());
                    entries.push(Spanned::new(span.clone(), entry));
                }
            }
            let Some(geometry) = &domain.geometry else {
                continue;
            };
            for (number, shape) in geometry.shapes().iter().enumerate() {
                let orders = shape.axes.iter().map(|axis| order(field, *axis));
                let kinds: &[&str] = match orders.max().unwrap_or(0) {
                    0 => &[],
                    1 | 2 => &["dirichlet"],
                    _ => &["dirichlet", "neumann"],
                };
                let place = Place {
                    boundary: Boundary::Shape(number),
                    within: Vec::new(),
                };
                if points(domain, Some(&place), &[])[0].is_empty() {
                    continue;
                }
                for kind in kinds {
                    let what = if *kind == "dirichlet" { "" } else { " slope" };
                    let name_of = format!("{name}{what} on {}", shape.name);
                    let on = vec![Spanned::new(span.clone(), shape.name.clone())];
                    let entry = derived(&span, name_of, kind, name, on);
                    entries.push(Spanned::new(span.clone(), entry));
                }
            }
        }
        entries
    }
}

/// What a residual is the sum of.
fn terms(graph: &Graph, residual: Expr) -> Vec<Expr> {
    let (mut open, mut terms) = (vec![residual], Vec::new());
    while let Some(e) = open.pop() {
        match graph.op(e) {
            Op::Add(a, b) | Op::Sub(a, b) => open.extend([a, b]),
            Op::Neg(a) => open.push(a),
            _ => terms.push(e),
        }
    }
    terms
}

/// Whether the first column is nothing but the rounding of the others.
fn vanishes(columns: &[Vec<f64>]) -> bool {
    let largest = |column: &[f64]| {
        let finite = column.iter().filter(|v| v.is_finite());
        finite.fold(0.0, |a: f64, v| a.max(v.abs()))
    };
    let [sum, parts @ ..] = columns else {
        return false;
    };
    let scale = parts.iter().map(|part| largest(part)).fold(0.0, f64::max);
    largest(sum) <= ROUNDING * scale
}

fn derived(
    span: &Range<usize>,
    name: String,
    kind: &str,
    field: &str,
    faces: Vec<Spanned<String>>,
) -> ConditionEntry {
    let at = |text: String| Spanned::new(span.clone(), text);
    ConditionEntry {
        name: at(name),
        on: Some(Spanned::new(span.clone(), Faces::Several(faces))),
        kind: at(kind.to_string()),
        field: Some(at(field.to_string())),
        value: None,
        values: None,
        gradient: None,
        flux: None,
        conductivity: None,
        transfer: None,
        ambient: None,
        residual: None,
        weight: None,
        points: None,
        hard: None,
    }
}

/// A field that has no closed form.
pub(super) struct Lacking(pub usize);

/// Puts closed forms in the place of fields.
pub(super) struct Insertion<'a> {
    pub declared: &'a Declared,
    pub definitions: &'a Definitions,
    pub file: &'a str,
}

impl Insertion<'_> {
    /// The residual with `form` of every field in its place, differentiated as the field was.
    pub fn insert<'f>(
        &self,
        graph: &mut Graph,
        residual: Expr,
        form: impl Fn(usize) -> Option<&'f Spanned<Scalar>>,
    ) -> Checked<Result<Expr, Lacking>> {
        let mut memo = HashMap::new();
        let scope = Scope::points(self.declared, self.definitions);
        for node in graph.inputs(&[residual]) {
            let Op::Field { field, order, .. } = graph.op(node) else {
                continue;
            };
            let field = usize::from(field);
            let Some(entry) = form(field) else {
                return Ok(Err(Lacking(field)));
            };
            let info = &self.declared.fields[field];
            let expected = Expected::of(&info.name, info);
            let mut e = value(entry, expected, scope, graph, self.file)?.expr;
            for (coordinate, n) in order.iter().enumerate() {
                for _ in 0..*n {
                    e = graph.differentiate(e, coordinate as u8);
                }
            }
            memo.insert(node, e);
        }
        Ok(Ok(graph.substitute(residual, &mut |_, _| None, &mut memo)))
    }
}
