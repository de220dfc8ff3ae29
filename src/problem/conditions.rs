//! Conditions: entries of the file to residuals.

use super::condition_keys::{hard, kind};
use super::exact::Exact;
use super::expression::{Component, Definitions, Value, elaborate};
use super::faces::places;
use super::located::Located;
use super::mistake::{Checked, Fault, Mistake};
use super::normal::{components, scope};
use super::quantity::{Expected, value};
use super::suggest::{list, remedy};
use super::wire::{ConditionEntry, Scalar};
use pinn_core::conditions::symbolic;
use pinn_core::statement::Condition;
use pinn_expr::{Expr, Graph, Op, PointFunction};
use pinn_geometry::domain::{Domain, Face};
use pinn_geometry::place::Place;
use pinn_geometry::row_data::RowData;
use pinn_units::{Declared, DimensionalResiduals, Dimensions, RawEquation, Unit};
use std::ops::Range;
use toml::Spanned;

/// What conditions are read against.
#[derive(Copy, Clone)]
pub(super) struct Context<'a> {
    pub declared: &'a Declared,
    pub definitions: &'a Definitions,
    /// Closed forms that the fields are made to have.
    pub exact: &'a Exact,
    pub parameters: &'a [f64],
    pub domain: &'a Domain,
    /// Units of the coordinates as written.
    pub units: &'a [Unit],
    /// Equations in the interior, without terms that are zero: they say how many derivatives a periodic condition
    /// couples.
    pub equations: &'a DimensionalResiduals,
    pub file: &'a str,
}

/// A condition with what the file says of its weight and points.
pub(super) struct Entry {
    pub condition: Condition,
    pub weight: Option<Spanned<f64>>,
    pub points: Option<Spanned<usize>>,
    /// Its name in the file.
    pub place: Range<usize>,
    /// Values that the fields take, as far as they can be computed: (field, value).
    pub known: Vec<Known>,
}

/// A field's value on a part of the boundary.
pub(super) struct Known {
    pub field: usize,
    pub place: Place,
    pub function: PointFunction,
    pub span: Range<usize>,
}

pub(super) fn conditions(
    entries: &[Spanned<ConditionEntry>],
    context: Context,
) -> Checked<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    for entry in entries {
        for one in condition(entry.get_ref(), context)? {
            let name = &one.condition.name;
            if all.iter().any(|other| other.condition.name == *name) {
                let fault = Fault::Duplicate {
                    what: "condition",
                    name: name.clone(),
                };
                let span = entry.get_ref().name.span();
                return Err(Mistake::new(fault, span).label("names of conditions must differ"));
            }
            all.push(one);
        }
    }
    Ok(all)
}

/// One entry stands for one condition on each of its places.
fn condition(entry: &ConditionEntry, context: Context) -> Checked<Vec<Entry>> {
    let kind = kind(entry)?;
    let hard = hard(entry, kind)?;
    let places = places(entry, context)?;
    let several = places.len() > 1;
    let built = places.into_iter().map(|(place, text)| {
        let components = components(&place, context);
        let mut builder = Builder {
            context,
            entry,
            place,
            components,
            normal: Vec::new(),
            graph: Graph::new(),
            equations: Vec::new(),
            known: Vec::new(),
        };
        builder.build(kind)?;
        builder.carry_normal();
        let name = match several {
            true => format!("{} ({text})", entry.name.get_ref()),
            false => entry.name.get_ref().clone(),
        };
        let known = builder.known()?;
        let mut declared = context.declared.clone();
        for axis in &builder.normal {
            let component = RowData::component(&context.declared.coordinates[*axis]);
            declared.coordinates.push(component.info);
        }
        let residuals =
            DimensionalResiduals::from_parts(declared, builder.graph, builder.equations);
        let face = builder.place.face();
        Ok(Entry {
            condition: Condition {
                name,
                residuals,
                partner: face.filter(|_| kind == "periodic").map(Face::opposite),
                place: builder.place,
                normal: builder.normal,
                hard,
            },
            weight: entry.weight.clone(),
            points: entry.points.clone(),
            place: entry.name.span(),
            known,
        })
    });
    built.collect()
}

/// Number of the field with a name.
pub(super) fn field_number(name: &Spanned<String>, declared: &Declared) -> Checked<usize> {
    declared.field(name.get_ref()).ok_or_else(|| {
        let known: Vec<&str> = declared.fields.iter().map(|f| f.name.as_str()).collect();
        let fault = Fault::UnknownName {
            what: "field",
            name: name.get_ref().clone(),
        };
        Mistake::new(fault, name.span())
            .label(format!("expected one of {}", list(&known)))
            .help(remedy(name.get_ref(), "field", &known))
    })
}

pub(super) struct Builder<'a> {
    pub(super) context: Context<'a>,
    pub(super) entry: &'a ConditionEntry,
    place: Place,
    /// Names of the components of the normal.
    components: Vec<Component>,
    /// Coordinates along which the residuals read components of the normal.
    normal: Vec<usize>,
    pub(super) graph: Graph,
    equations: Vec<RawEquation>,
    known: Vec<(usize, Expr, Range<usize>)>,
}

impl<'a> Builder<'a> {
    fn build(&mut self, kind: &str) -> Checked<()> {
        match kind {
            "neumann" => self.neumann(),
            "robin" => self.robin(),
            "periodic" => self.periodic(),
            "interface" => self.interface(),
            "residual" => self.residual(),
            _ => self.values(),
        }
    }

    fn values(&mut self) -> Checked<()> {
        let entry = self.entry;
        match (&entry.field, &entry.value, &entry.values) {
            (Some(field), Some(value), None) => {
                self.fixed(field_number(field, self.context.declared)?, value)
            }
            (None, None, Some(values)) if !values.get_ref().0.is_empty() => {
                for (name, value) in &values.get_ref().0 {
                    self.fixed(field_number(name, self.context.declared)?, value)?;
                }
                Ok(())
            }
            (Some(field), None, None) => {
                let field = field_number(field, self.context.declared)?;
                match self.context.exact.get(field) {
                    Some(exact) => self.fixed(field, exact),
                    None => Err(self.missing("value")),
                }
            }
            (None, None, None) if self.context.exact.fields().next().is_some() => {
                let exact = self.context.exact;
                for field in exact.fields() {
                    if let Some(form) = exact.get(field) {
                        self.fixed(field, form)?;
                    }
                }
                Ok(())
            }
            (None, Some(_), None) => Err(self.missing("field")),
            _ => Err(self.missing("value").help(
                "give `field` and `value`, or `values = { T = \"20 degC\" }` for several fields",
            )),
        }
    }

    fn fixed(&mut self, field: usize, entry: &Spanned<Scalar>) -> Checked<()> {
        let info = &self.context.declared.fields[field];
        let wanted = self.expression(entry, Expected::of(&info.name, info))?;
        let unknown = self.graph.field(field as u16);
        let residual = symbolic::dirichlet(&mut self.graph, unknown, wanted.expr);
        self.push(info.name.clone(), residual, info.dimensions);
        self.known.push((field, wanted.expr, entry.span()));
        Ok(())
    }

    fn neumann(&mut self) -> Checked<()> {
        let entry = self.entry;
        let field = self.one_field()?;
        let info = &self.context.declared.fields[field];
        let slope = self.slope_dimensions(field)?;
        let unknown = self.graph.field(field as u16);
        let exact = self.context.exact.get(field);
        match (&entry.gradient, &entry.flux, &entry.conductivity) {
            (None, None, None) if let Some(exact) = exact => {
                let form = self.expression(exact, Expected::of(&info.name, info))?;
                let gradient = self.normal_derivative(form.expr);
                let along_normal = self.normal_derivative(unknown);
                let residual = symbolic::neumann(&mut self.graph, along_normal, gradient);
                self.push(info.name.clone(), residual, slope);
                Ok(())
            }
            (Some(gradient), None, None) => {
                let gradient = self.expression(gradient, Expected::amount("gradient", slope))?;
                let along_normal = self.normal_derivative(unknown);
                let residual = symbolic::neumann(&mut self.graph, along_normal, gradient.expr);
                self.push(info.name.clone(), residual, slope);
                Ok(())
            }
            (None, Some(flux), Some(conductivity)) => {
                let conductivity = self.free(conductivity)?;
                let dimensions = self.times(conductivity.dimensions, slope)?;
                let flux = self.expression(flux, Expected::amount("flux", dimensions))?;
                let along_normal = self.normal_derivative(unknown);
                let residual = symbolic::flux(
                    &mut self.graph,
                    along_normal,
                    conductivity.expr,
                    flux.expr,
                );
                self.push(info.name.clone(), residual, dimensions);
                Ok(())
            }
            (None, Some(_), None) => Err(self.missing("conductivity")),
            _ => Err(self
                .missing("gradient")
                .help("give `gradient` (along the outward normal), or `flux` (leaving the domain) and `conductivity`")),
        }
    }

    fn robin(&mut self) -> Checked<()> {
        let entry = self.entry;
        let field = self.one_field()?;
        let info = &self.context.declared.fields[field];
        let slope = self.slope_dimensions(field)?;
        let (Some(conductivity), Some(transfer), Some(ambient)) =
            (&entry.conductivity, &entry.transfer, &entry.ambient)
        else {
            let key = match (&entry.conductivity, &entry.transfer) {
                (None, _) => "conductivity",
                (_, None) => "transfer",
                _ => "ambient",
            };
            return Err(self.missing(key));
        };
        let conductivity = self.free(conductivity)?;
        let dimensions = self.times(conductivity.dimensions, slope)?;
        let per_field = dimensions.times(info.dimensions, -1).unwrap_or_default();
        let transfer = self.expression(transfer, Expected::amount("transfer", per_field))?;
        let surroundings = self.expression(ambient, Expected::of("ambient", info))?;
        let unknown = self.graph.field(field as u16);
        let along_normal = self.normal_derivative(unknown);
        let residual = symbolic::robin(
            &mut self.graph,
            unknown,
            along_normal,
            conductivity.expr,
            transfer.expr,
            surroundings.expr,
        );
        self.push(info.name.clone(), residual, dimensions);
        self.known.push((field, surroundings.expr, ambient.span()));
        Ok(())
    }

    /// Any expression over fields and their derivatives.
    fn residual(&mut self) -> Checked<()> {
        let Some(entry) = &self.entry.residual else {
            return Err(self.missing("residual"));
        };
        let text = Located::of(entry, self.context.file);
        let scope = scope(self.context, &self.components);
        let found = text.locate(elaborate(text.text, scope, &mut self.graph))?;
        reads_field(&self.graph, found.expr, self.context.declared, text.whole())?;
        self.push(
            self.entry.name.get_ref().clone(),
            found.expr,
            found.dimensions,
        );
        Ok(())
    }

    /// An equation of order n along the coordinate needs n couplings.
    fn periodic(&mut self) -> Checked<()> {
        let declared = self.context.declared;
        let fields = match &self.entry.field {
            Some(name) => vec![field_number(name, declared)?],
            None => (0..declared.fields.len()).collect(),
        };
        let Some(Face { coordinate, .. }) = self.place.face() else {
            return Err(self.missing("on"));
        };
        if Some(coordinate) == self.context.domain.time {
            let fault = Fault::NoFace {
                text: declared.coordinates[coordinate].name.clone(),
            };
            let span = self.entry.on.as_ref().map_or(0..0, Spanned::span);
            return Err(Mistake::new(fault, span).label("time cannot be periodic here"));
        }
        for field in fields {
            let info = &declared.fields[field];
            let order = highest_order(self.context.equations, field, coordinate);
            for n in 0..order.max(1) {
                let unknown = self.graph.field(field as u16);
                let residual = symbolic::periodic(&mut self.graph, unknown, coordinate, n);
                let along = declared.coordinates[coordinate].dimensions;
                let dimensions = self.times_power(info.dimensions, along, -(n as i32))?;
                let name = match n {
                    0 => info.name.clone(),
                    n => format!(
                        "{}_{}",
                        info.name,
                        declared.coordinates[coordinate].name.repeat(n)
                    ),
                };
                self.push(name, residual, dimensions);
            }
        }
        Ok(())
    }

    pub(super) fn push(&mut self, name: String, residual: Expr, dimensions: Dimensions) {
        self.equations.push(RawEquation {
            name,
            residual,
            dimensions,
        });
    }

    fn one_field(&self) -> Checked<usize> {
        match &self.entry.field {
            Some(name) => field_number(name, self.context.declared),
            None => Err(self.missing("field")),
        }
    }

    pub(super) fn missing(&self, key: &str) -> Box<Mistake> {
        let fault = Fault::MissingKey {
            key: key.to_string(),
        };
        let kind = self.entry.kind.get_ref();
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

    fn times_power(&self, a: Dimensions, b: Dimensions, power: i32) -> Checked<Dimensions> {
        a.times(b, power).ok_or_else(|| {
            let message = "the exponent of a dimension is too large".to_string();
            Mistake::new(Fault::Expression { message }, self.entry.name.span())
        })
    }

    /// Rows carry the components of the normal where a residual reads one.
    fn carry_normal(&mut self) {
        let outputs: Vec<Expr> = self.equations.iter().map(|e| e.residual).collect();
        if self.reads_normal(&outputs) {
            self.normal = self.axes();
        }
    }

    /// Whether expressions read coordinates behind the declared ones.
    fn reads_normal(&self, outputs: &[Expr]) -> bool {
        let first = self.context.declared.coordinates.len();
        let mut inputs = self.graph.inputs(outputs).into_iter();
        inputs.any(|e| match self.graph.op(e) {
            Op::Coordinate { coordinate, .. } => usize::from(coordinate) >= first,
            _ => false,
        })
    }

    fn expression(&mut self, entry: &Spanned<Scalar>, expected: Expected) -> Checked<Value> {
        let scope = scope(self.context, &self.components);
        value(entry, expected, scope, &mut self.graph, self.context.file)
    }

    /// An expression whose dimension decides about others.
    pub(super) fn free(&mut self, entry: &Spanned<Scalar>) -> Checked<Value> {
        match entry.get_ref() {
            Scalar::Number(_) => {
                self.expression(entry, Expected::amount("conductivity", Dimensions::NONE))
            }
            Scalar::Text(text) => {
                let text = Located::new(text, entry.span(), self.context.file);
                let scope = scope(self.context, &self.components);
                text.locate(elaborate(text.text, scope, &mut self.graph))
            }
        }
    }

    /// Values of fields on this face that need nothing but coordinates.
    fn known(&self) -> Checked<Vec<Known>> {
        let parameters = self.context.parameters;
        let functions = self.known.iter().filter_map(|(field, e, span)| {
            if self.reads_normal(&[*e]) {
                return None;
            }
            let function = PointFunction::new(&self.graph, &[*e], parameters)?;
            Some(Known {
                field: *field,
                place: self.place.clone(),
                function,
                span: span.clone(),
            })
        });
        Ok(functions.collect())
    }
}

/// A residual without any field cannot be made zero.
pub(super) fn reads_field(
    graph: &Graph,
    residual: Expr,
    declared: &Declared,
    span: Range<usize>,
) -> Checked<()> {
    let field = |e| matches!(graph.op(e), Op::Field { .. });
    if graph.inputs(&[residual]).into_iter().any(field) {
        return Ok(());
    }
    let fields: Vec<&str> = declared.fields.iter().map(|f| f.name.as_str()).collect();
    let message = "no field is left in this residual".to_string();
    Err(Mistake::new(Fault::Expression { message }, span)
        .label(format!("expected an expression of {}", list(&fields))))
}

/// Highest derivative of a field along a coordinate.
pub(super) fn highest_order(
    residuals: &DimensionalResiduals,
    field: usize,
    coordinate: usize,
) -> usize {
    let outputs: Vec<Expr> = residuals.equations().iter().map(|e| e.residual).collect();
    let graph = residuals.graph();
    let orders = graph
        .inputs(&outputs)
        .into_iter()
        .map(|e| match graph.op(e) {
            Op::Field {
                field: f, order, ..
            } if f as usize == field => order[coordinate] as usize,
            _ => 0,
        });
    orders.max().unwrap_or(0)
}
