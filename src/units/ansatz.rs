//! An ansatz: fields as expressions of a network's output.
//!
//! û = g(x) + ℓ(x)·ŵ, with the network's output ŵ, a function g that has the prescribed values and a function ℓ
//! that vanishes where they are prescribed, satisfies the values exactly and for every network (Lagaris, Likas &
//! Fotiadis, *Artificial neural networks for solving ordinary and partial differential equations*, IEEE Trans.
//! Neural Netw. 9, 1998; Sukumar & Srivastava, *Exact imposition of boundary conditions with distance functions
//! in physics-informed deep neural networks*, CMAME 389, 2022).
//!
//! The expression takes the place of the field in the residual graph before derivatives are evaluated, so that
//! all derivatives of g and ℓ are symbolic and an engine never knows.

use super::dimensions::Declared;
use super::kernel::Kernel;
use super::nondimensional::{NondimensionalError, nondimensionalize_values};
use super::quantities::Symbols;
use super::residuals::{Dimensional, Erased, Nondimensional, TraceError, replaced, traced};
use super::scale::Scales;
use super::shown::{AnsatzFits, Dim};
use super::term::Term;
use pinn_expr::{Expr, Graph, MAX_COORDINATES, Op, Real};
use std::collections::HashMap;
use std::marker::PhantomData;

/// A field and its expression, without their types; made by [`constrain`].
#[derive(Copy, Clone, Debug)]
pub struct Constrained {
    field: Expr,
    by: Expr,
}

/// Writes a field as an expression of the same dimension. In the expression, every field stands for the
/// network's output.
pub fn constrain<D: ?Sized + Dim, E: ?Sized + Dim>(field: Term<D>, by: Term<E>) -> Constrained
where
    E::Shown: AnsatzFits<D::Shown>,
{
    Constrained {
        field: field.expr(),
        by: by.expr(),
    }
}

/// Reason why fields cannot be written as an ansatz.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnsatzError {
    /// The function could not be traced.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The left side is no field.
    #[error("an ansatz is for a field; expected one of the fields themselves, found `{found}`")]
    NotAField {
        /// Left side as text.
        found: String,
    },
    /// A field has two expressions.
    #[error("the field `{field}` is written in two ways; give one expression per field")]
    Twice {
        /// Name of the field.
        field: String,
    },
    /// An expression reads a derivative or another point.
    #[error(
        "the ansatz for `{field}` reads `{found}`; it may read coordinates, parameters and the fields themselves, no derivatives and no other points"
    )]
    Derivative {
        /// Name of the field.
        field: String,
        /// Forbidden part of the expression.
        found: String,
    },
}

/// Types that are promises about a value and no part of it.
type Promises<S, State> = PhantomData<fn() -> (S, State)>;

/// Expressions of some fields over coordinates, parameters and the network's outputs, in state `State`
/// ([`Dimensional`] or [`Nondimensional`]). Fields without an expression are the network's outputs.
pub struct Ansatz<S, State> {
    pub(super) declared: Declared,
    pub(super) graph: Graph,
    /// By number of the field, no field twice.
    pub(super) fields: Vec<(u16, Expr)>,
    marker: Promises<S, State>,
}

impl<S, State> Clone for Ansatz<S, State> {
    fn clone(&self) -> Self {
        Ansatz::new(
            self.declared.clone(),
            self.graph.clone(),
            self.fields.clone(),
        )
    }
}

/// Runs a typed function once, on symbols.
///
/// ```
/// use pinn_units::{ansatz, constrain, quantities};
/// use uom::si::{f64::*, length::meter, thermodynamic_temperature};
///
/// quantities! { pub struct Rod {
///     coordinates { t: Time, x: Length }
///     fields { T: ThermodynamicTemperature }
///     parameters {}
/// }}
///
/// // 20 °C on x = 0.
/// let wall = ThermodynamicTemperature::new::<thermodynamic_temperature::degree_celsius>(20.0);
/// let ansatz = ansatz(|s: Rod| {
///     [constrain(s.T, s.x.term() / Length::new::<meter>(0.01) * (s.T - wall) + wall)]
/// })?;
/// assert_eq!(ansatz.show(), ["T = 293.1 + 100*x*(T - 293.1)"]);
/// # Ok::<(), pinn_units::AnsatzError>(())
/// ```
///
/// # Errors
/// If a left side is not one of the fields, a field appears twice, or a right side reads a derivative.
pub fn ansatz<S: Symbols, I: IntoIterator<Item = Constrained>>(
    function: impl FnOnce(S) -> I,
) -> Result<Ansatz<S, Dimensional>, AnsatzError> {
    let all = |symbols| function(symbols).into_iter().collect::<Vec<_>>();
    let (graph, constrained) = traced(all)?;
    let declared = S::declared();
    let show = |e| graph.show(e, &declared.names());
    let mut fields: Vec<(u16, Expr)> = Vec::new();
    for Constrained { field, by } in constrained {
        let number =
            plain_field(&graph, field).ok_or(AnsatzError::NotAField { found: show(field) })?;
        let name = declared.fields[usize::from(number)].name.clone();
        if fields.iter().any(|(known, _)| *known == number) {
            return Err(AnsatzError::Twice { field: name });
        }
        for input in graph.inputs(&[by]) {
            let foreign = match graph.op(input) {
                Op::Field { .. } => plain_field(&graph, input).is_none(),
                Op::Coordinate { site, .. } => site != 0,
                _ => false,
            };
            if foreign {
                return Err(AnsatzError::Derivative {
                    field: name,
                    found: show(input),
                });
            }
        }
        fields.push((number, by));
    }
    Ok(Ansatz::new(declared, graph, fields))
}

/// Number of a field without derivatives at the row's own point.
fn plain_field(graph: &Graph, e: Expr) -> Option<u16> {
    match graph.op(e) {
        Op::Field {
            field,
            site: 0,
            order,
        } if order == [0; MAX_COORDINATES] => Some(field),
        _ => None,
    }
}

impl<S, State> Ansatz<S, State> {
    fn new(declared: Declared, graph: Graph, fields: Vec<(u16, Expr)>) -> Self {
        Ansatz {
            declared,
            graph,
            fields,
            marker: PhantomData,
        }
    }

    /// Forgets the static types of the symbols, but not the state.
    pub fn erase(self) -> Ansatz<Erased, State> {
        Ansatz::new(self.declared, self.graph, self.fields)
    }

    /// Declared quantities that the expressions may read.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Graph that holds the expressions.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Expression of a field; `None` if the field is the network's output itself.
    pub fn field(&self, field: usize) -> Option<Expr> {
        let mut fields = self.fields.iter();
        fields
            .find(|(f, _)| usize::from(*f) == field)
            .map(|(_, e)| *e)
    }

    /// Prints one line per field: name and expression.
    pub fn show(&self) -> Vec<String> {
        let names = self.declared.names();
        let lines = self.fields.iter().map(|(field, e)| {
            let name = &self.declared.fields[usize::from(*field)].name;
            format!("{name} = {}", self.graph.show(*e, &names))
        });
        lines.collect()
    }
}

impl<State> Ansatz<Erased, State> {
    /// Builds an ansatz from expressions whose dimensions (or lack of them) were established at run time.
    ///
    /// At most one expression per field is allowed, without derivatives of fields.
    pub fn from_parts(declared: Declared, graph: Graph, fields: Vec<(u16, Expr)>) -> Self {
        Ansatz::new(declared, graph, fields)
    }
}

impl<S: Symbols> Ansatz<S, Dimensional> {
    /// Rewrites the ansatz in dimensionless fields and coordinates.
    ///
    /// # Errors
    /// If a scale is zero or not finite.
    pub fn nondimensionalize(
        self,
        setup: &S::Setup,
    ) -> Result<Ansatz<S, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(&S::scales(setup))
    }
}

impl Ansatz<Erased, Dimensional> {
    /// Turns some parameters, by number, into further coordinates, like
    /// [`Residuals::over_parameters`](super::Residuals::over_parameters).
    #[must_use]
    pub fn over_parameters(self, parameters: &[usize]) -> Self {
        let first = self.declared.coordinates.len();
        let leaf = replaced(parameters, |graph, place| {
            graph.coordinate((first + place) as u8)
        });
        let mut ansatz = self.with_leaves(leaf);
        ansatz.declared = ansatz.declared.over_parameters(parameters);
        ansatz
    }

    /// Turns some parameters, by number, into further fields, like
    /// [`Residuals::with_unknowns`](super::Residuals::with_unknowns).
    #[must_use]
    pub fn with_unknowns(self, parameters: &[usize]) -> Self {
        let first = self.declared.fields.len();
        let leaf = replaced(parameters, |graph, place| {
            graph.field((first + place) as u16)
        });
        let mut ansatz = self.with_leaves(leaf);
        ansatz.declared = ansatz.declared.with_unknowns(parameters);
        ansatz
    }

    /// Replaces leaves.
    fn with_leaves(mut self, mut leaf: impl FnMut(&mut Graph, Op) -> Option<Expr>) -> Self {
        let mut memo = HashMap::new();
        for (_, e) in &mut self.fields {
            *e = self.graph.substitute(*e, &mut leaf, &mut memo);
        }
        self
    }

    /// Rewrites the ansatz in dimensionless fields and coordinates, with scales known at run time.
    ///
    /// # Errors
    /// If the scales do not fit the declared quantities, or a scale is zero or not finite.
    pub fn nondimensionalize(
        self,
        scales: &Scales,
    ) -> Result<Ansatz<Erased, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(scales)
    }
}

impl<S> Ansatz<S, Dimensional> {
    fn nondimensionalize_with(
        mut self,
        scales: &Scales,
    ) -> Result<Ansatz<S, Nondimensional>, NondimensionalError> {
        let graph = &mut self.graph;
        let values = nondimensionalize_values(graph, &self.fields, &self.declared, scales)?;
        let fields = self.fields.iter().zip(values).map(|((f, _), e)| (*f, e));
        let fields = fields.collect();
        Ok(Ansatz::new(self.declared, self.graph, fields))
    }
}

impl<S> Ansatz<S, Nondimensional> {
    /// Lowers the values of all fields, in order, to a block program.
    pub fn compile<T: Real>(&self) -> Kernel<T, Nondimensional> {
        let mut graph = self.graph.clone();
        let fields = (0..self.declared.fields.len()).map(|field| match self.field(field) {
            Some(e) => e,
            None => graph.field(field as u16),
        });
        let fields = fields.collect();
        Kernel::new(graph, fields)
    }

    /// `residual`, a node of `graph`, with the expressions in place of the fields.
    pub(super) fn insert(&self, graph: &mut Graph, residual: Expr) -> Expr {
        let mut memo = HashMap::new();
        for node in graph.inputs(&[residual]) {
            let Op::Field { field, site, order } = graph.op(node) else {
                continue;
            };
            let Some(e) = self.field(usize::from(field)) else {
                continue;
            };
            let mut e = graph.import(&self.graph, e);
            for (along, n) in order.iter().enumerate() {
                for _ in 0..*n {
                    e = graph.differentiate(e, along as u8);
                }
            }
            if site != 0 {
                e = graph.at_partner(e);
            }
            memo.insert(node, e);
        }
        graph.substitute(residual, &mut |_, _| None, &mut memo)
    }
}
