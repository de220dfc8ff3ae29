//! Manufactured solutions: fields that are made to have a closed form.
//!
//! A field with `exact = "…"` turns the problem around: the sources are those with which the closed form solves the
//! equations (P. J. Roache, *J. Fluids Eng.* 124, 2002), and conditions take their values from it.

use super::condition_kind::ConditionKind;
use super::expression::{Definitions, Scope, bounded};
use super::mistake::{Checked, Fault, Mistake};
use super::names::field_number;
use super::quantity::{Expected, value};
use super::wire::{ConditionEntry, Entries, Faces, FieldEntry, Scalar};
use pinn_core::scales::points;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use pinn_geometry::domain::Domain;
use pinn_geometry::place::{Boundary, Place};
use pinn_units::{Declared, DimensionalResiduals};
use std::collections::HashMap;
use std::ops::Range;
use toml::Spanned;

/// Largest remainder of a sum that counts as rounding, relative to its largest term.
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
            if let FieldEntry::Table(table) = entry.get_ref() {
                forms[number] = table.exact.clone();
            }
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

    /// The closed forms as a table of references.
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

    /// Subtracts from every residual its value for the closed forms, unless that is zero for all of some values of the
    /// parameters.
    pub fn with_sources(
        &self,
        residuals: DimensionalResiduals,
        definitions: &Definitions,
        domain: &Domain,
        parameters: &[Vec<f64>],
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
        let points = points(domain, None, &[]);
        for equation in &mut equations {
            let form = |field: usize| self.get(field);
            match insertion.insert(&mut graph, equation.residual, form)? {
                Ok(source) => {
                    let mut parts = vec![source];
                    for term in terms(&graph, equation.residual) {
                        let part = insertion.insert(&mut graph, term, form)?;
                        parts.extend(part.ok());
                    }
                    let zero = parameters.iter().all(|values| {
                        let function = PointFunction::new(&graph, &parts, values);
                        function.is_some_and(|f| vanishes(&f.evaluate(&points)))
                    });
                    if !zero {
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
        // What is held, where (a name and its faces), how many derivatives there are across it, and how many need no slope.
        let mut places = Vec::new();
        let region = domain.geometry.as_deref();
        for (number, coordinate) in declared.coordinates.iter().enumerate() {
            // What bounds a region is named by its shapes, below.
            if region.is_some_and(|region| region.axes().contains(&number)) {
                continue;
            }
            let along = &coordinate.name;
            let (ends, enough): (&[&str], _) = match domain.time == Some(number) {
                true => (&["min"], 1),
                false => (&["min", "max"], 2),
            };
            let faces: Vec<String> = ends.iter().map(|end| format!("{along} = {end}")).collect();
            places.push((along, faces, vec![number], enough));
        }
        let shapes = region.map_or(&[][..], |region| region.shapes());
        for (number, shape) in shapes.iter().enumerate() {
            let place = Place {
                boundary: Boundary::Shape(number),
                within: Vec::new(),
            };
            if !points(domain, Some(&place), &[])[0].is_empty() {
                places.push((&shape.name, vec![shape.name.clone()], shape.axes.clone(), 2));
            }
        }
        let mut entries = Vec::new();
        for field in self.fields() {
            let name = &declared.fields[field].name;
            for (place, faces, axes, enough) in &places {
                let order = axes.iter().map(|axis| order(field, *axis)).max();
                let order = order.unwrap_or(0);
                let kinds = [
                    (ConditionKind::Dirichlet, "", 1),
                    (ConditionKind::Neumann, " slope", enough + 1),
                ];
                for (kind, what, least) in kinds {
                    if order < least {
                        continue;
                    }
                    let faces = faces.iter().cloned();
                    let faces = faces.map(|face| Spanned::new(span.clone(), face)).collect();
                    let condition = format!("{name}{what} on {place}");
                    let entry = derived(&span, condition, kind, name, faces);
                    entries.push(Spanned::new(span.clone(), entry));
                }
            }
        }
        entries
    }
}

/// The terms that a residual is the sum of.
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

/// True if the first column is nothing but the rounding of the others.
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
    kind: ConditionKind,
    field: &str,
    faces: Vec<Spanned<String>>,
) -> ConditionEntry {
    let at = |text: String| Spanned::new(span.clone(), text);
    ConditionEntry {
        name: at(name),
        on: Some(Spanned::new(span.clone(), Faces::Several(faces))),
        kind: at(kind.name().to_string()),
        field: Some(at(field.to_string())),
        value: None,
        values: None,
        gradient: None,
        flux: None,
        conductivity: None,
        transfer: None,
        ambient: None,
        residual: None,
        between: None,
        conductivities: None,
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
