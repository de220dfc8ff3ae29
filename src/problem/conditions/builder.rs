//! A builder that all types of conditions share.

use super::Known;
use crate::condition_kind::ConditionKind;
use crate::context::Context;
use crate::expression::{Component, Value, elaborate};
use crate::located::Located;
use crate::mistake::{Checked, Fault, Mistake};
use crate::names::field_number;
use crate::normal::{components, scope};
use crate::quantity::{Expected, value};
use crate::wire::{ConditionEntry, Scalar};
use pinn_core::conditions::symbolic;
use pinn_core::scales::KnownValues;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use pinn_geometry::place::Place;
use pinn_geometry::row_data::RowData;
use pinn_units::{DimensionalResiduals, Dimensions, RawEquation};
use std::ops::Range;
use toml::Spanned;

/// A condition at one place while its residuals are built.
pub(super) struct Builder<'a> {
    pub(super) context: Context<'a>,
    pub(super) entry: &'a ConditionEntry,
    kind: ConditionKind,
    pub(super) place: Place,
    /// Names of the components of the normal.
    components: Vec<Component>,
    /// Coordinates along which the residuals read components of the normal.
    normal: Vec<usize>,
    pub(super) graph: Graph,
    equations: Vec<RawEquation>,
    /// Values that fields take: (field, value, its place in the file).
    known: Vec<(usize, Expr, Range<usize>)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        context: Context<'a>,
        entry: &'a ConditionEntry,
        kind: ConditionKind,
        place: Place,
    ) -> Self {
        Builder {
            components: components(&place, context),
            context,
            entry,
            kind,
            place,
            normal: Vec::new(),
            graph: Graph::new(),
            equations: Vec::new(),
            known: Vec::new(),
        }
    }

    /// The residuals of this type of condition.
    pub(super) fn build(&mut self) -> Checked<()> {
        match self.kind {
            ConditionKind::Dirichlet | ConditionKind::Initial => self.values(),
            ConditionKind::Neumann => self.neumann(),
            ConditionKind::Robin => self.robin(),
            ConditionKind::Periodic => self.periodic(),
            ConditionKind::Interface => self.interface(),
            ConditionKind::Residual => self.residual(),
        }
    }

    /// Residuals, the place at which they hold, and the coordinates along which they read the normal.
    pub(super) fn finish(self) -> (DimensionalResiduals, Place, Vec<usize>) {
        let mut declared = self.context.declared.clone();
        for axis in &self.normal {
            let component = RowData::component(&self.context.declared.coordinates[*axis]);
            declared.coordinates.push(component.info);
        }
        let residuals = DimensionalResiduals::from_parts(declared, self.graph, self.equations);
        (residuals, self.place, self.normal)
    }

    /// Adds a value that a field is known to take.
    pub(super) fn know(&mut self, field: usize, value: Expr, span: Range<usize>) {
        self.known.push((field, value, span));
    }

    pub(super) fn push(&mut self, name: String, residual: Expr, dimensions: Dimensions) {
        self.equations.push(RawEquation {
            name,
            residual,
            dimensions,
        });
    }

    pub(super) fn one_field(&self) -> Checked<usize> {
        match &self.entry.field {
            Some(name) => field_number(name, self.context.declared),
            None => Err(self.missing("field")),
        }
    }

    pub(super) fn missing(&self, key: &str) -> Box<Mistake> {
        let fault = Fault::MissingKey {
            key: key.to_string(),
        };
        let kind = self.kind.name();
        Mistake::new(fault, self.entry.name.span())
            .label(format!("a condition of type `{kind}` needs `{key}`"))
    }

    /// Coordinates that the place's normal has components along.
    fn axes(&self) -> Vec<usize> {
        let geometry = self.context.domain.geometry.as_deref();
        self.place.boundary.axes(geometry)
    }

    /// ∂f/∂n along the outward normal. On shapes rows carry its components.
    pub(super) fn normal_derivative(&mut self, field: Expr) -> Expr {
        if let Some(face) = self.place.face() {
            return symbolic::normal_derivative(&mut self.graph, field, face);
        }
        self.normal = self.axes();
        let first = self.context.declared.coordinates.len();
        symbolic::along_normal(&mut self.graph, field, &self.normal, first)
    }

    pub(super) fn slope_dimensions(&self, field: usize) -> Checked<Dimensions> {
        let declared = self.context.declared;
        let along = declared.coordinates[self.axes()[0]].dimensions;
        self.times_power(declared.fields[field].dimensions, along, -1)
    }

    pub(super) fn times(&self, a: Dimensions, b: Dimensions) -> Checked<Dimensions> {
        self.times_power(a, b, 1)
    }

    pub(super) fn times_power(
        &self,
        a: Dimensions,
        b: Dimensions,
        power: i32,
    ) -> Checked<Dimensions> {
        a.times(b, power).ok_or_else(|| {
            let message = "the exponent of a dimension is too large".to_string();
            Mistake::new(Fault::Expression { message }, self.entry.name.span())
        })
    }

    /// Rows carry the components of the normal where a residual reads one.
    pub(super) fn carry_normal(&mut self) {
        let outputs: Vec<Expr> = self.equations.iter().map(|e| e.residual).collect();
        if self.reads_normal(&outputs) {
            self.normal = self.axes();
        }
    }

    /// True if expressions read coordinates behind the declared ones.
    fn reads_normal(&self, outputs: &[Expr]) -> bool {
        let first = self.context.declared.coordinates.len();
        let mut inputs = self.graph.inputs(outputs).into_iter();
        inputs.any(|e| match self.graph.op(e) {
            Op::Coordinate { coordinate, .. } => usize::from(coordinate) >= first,
            _ => false,
        })
    }

    pub(super) fn expression(
        &mut self,
        entry: &Spanned<Scalar>,
        expected: Expected,
    ) -> Checked<Value> {
        let scope = scope(self.context, &self.components);
        value(entry, expected, scope, &mut self.graph, self.context.file)
    }

    /// An expression whose dimension decides about others.
    pub(super) fn free(&mut self, entry: &Spanned<Scalar>) -> Checked<Value> {
        match entry.get_ref() {
            Scalar::Number(_) => {
                self.expression(entry, Expected::amount("conductivity", Dimensions::NONE))
            }
            Scalar::Text(text) => self.written(Located::new(text, entry.span(), self.context.file)),
        }
    }

    /// An expression of any dimension.
    pub(super) fn written(&mut self, text: Located) -> Checked<Value> {
        let scope = scope(self.context, &self.components);
        text.locate(elaborate(text.text, scope, &mut self.graph))
    }

    /// Values of fields on this face that need nothing but coordinates.
    pub(super) fn known(&self) -> Checked<Vec<Known>> {
        let parameters = self.context.parameters;
        let functions = self.known.iter().filter_map(|(field, e, span)| {
            if self.reads_normal(&[*e]) {
                return None;
            }
            let function = PointFunction::new(&self.graph, &[*e], parameters)?;
            Some(Known {
                values: KnownValues {
                    field: *field,
                    place: self.place.clone(),
                    function,
                },
                span: span.clone(),
            })
        });
        Ok(functions.collect())
    }
}
