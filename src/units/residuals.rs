//! The typestate: residuals are dimensional until they have been nondimensionalised.

use super::ansatz::Ansatz;
use super::base_scales::{Base, CoveredBy, DimensionCoveredBy};
use super::dimensions::{Declared, Dimensions};
use super::kernel::Kernel;
use super::nondimensional::{self, Form, NondimensionalError, Reference};
use super::quantities::Symbols;
use super::scale::Scales;
use super::shown::{Dim, ReferenceFits, ResidualFits};
use super::term::{Quantity, Term, Tracing, swap_tracing};
use pinn_expr::{Expr, Graph, Op, Real};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use uom::si::Dimension;

/// Residuals still in physical units.
#[derive(Debug, Clone, Copy)]
pub enum Dimensional {}
/// Residuals in dimensionless form.
#[derive(Debug, Clone, Copy)]
pub enum Nondimensional {}
/// Stands for the types of symbols or residuals that are known at run time only.
#[derive(Debug, Clone, Copy)]
pub enum Erased {}

/// One named residual with its dimension.
pub struct Equation<D: ?Sized> {
    name: &'static str,
    residual: Term<D>,
}

/// Names a residual and states its dimension with a uom quantity: `equation::<Pressure, _>("…", …)`.
pub fn equation<T: Quantity, D: ?Sized + Dim>(
    name: &'static str,
    residual: Term<D>,
) -> Equation<T::Dim>
where
    T::Dim: Dim,
    D::Shown: ResidualFits<<T::Dim as Dim>::Shown>,
{
    Equation {
        name,
        residual: residual.cast(),
    }
}

/// A residual without its types.
#[derive(Clone, Debug, PartialEq)]
pub struct RawEquation {
    /// Unique among the residuals of an equation; for people and reports.
    pub name: String,
    /// Zero where the equation holds.
    pub residual: Expr,
    /// Dimensions of the residual.
    pub dimensions: Dimensions,
}

/// A term or a named term.
pub trait IntoEquation {
    /// Dimension of the residual.
    type Dim: ?Sized + Dimension;
    /// Forgets the type; `number` names what has no name.
    fn into_raw(self, number: usize) -> RawEquation;
}
impl<D: ?Sized + Dimension> IntoEquation for Equation<D> {
    type Dim = D;
    fn into_raw(self, _: usize) -> RawEquation {
        RawEquation {
            name: self.name.to_string(),
            residual: self.residual.expr(),
            dimensions: Dimensions::of::<D>(),
        }
    }
}
impl<D: ?Sized + Dimension> IntoEquation for Term<D> {
    type Dim = D;
    fn into_raw(self, number: usize) -> RawEquation {
        RawEquation {
            name: format!("residual {number}"),
            residual: self.expr(),
            dimensions: Dimensions::of::<D>(),
        }
    }
}

/// A tuple of residuals of any dimensions.
pub trait Equations {
    /// Forgets the types.
    fn into_raw(self) -> Vec<RawEquation>;
}

/// A tuple of residuals for which `By`, a tuple of quantities, has one of each residual's dimension.
pub trait References<By> {
    /// The quantities' values in SI base units.
    fn values(by: By) -> Vec<f64>;
}

macro_rules! tuples {
    ($(($($T:ident $By:ident $i:tt),+))*) => {$(
        impl<$($T: IntoEquation),+> Equations for ($($T,)+) {
            fn into_raw(self) -> Vec<RawEquation> { vec![$(self.$i.into_raw($i)),+] }
        }
        impl<$($T: IntoEquation, $By: Quantity),+> References<($($By,)+)> for ($($T,)+)
        where
            $($T::Dim: Dim, $By::Dim: Dim,
            <$By::Dim as Dim>::Shown: ReferenceFits<<$T::Dim as Dim>::Shown>),+
        {
            fn values(by: ($($By,)+)) -> Vec<f64> { vec![$(by.$i.si()),+] }
        }
        impl<Base, $($T: IntoEquation),+> CoveredBy<Base> for ($($T,)+)
        where $($T::Dim: DimensionCoveredBy<Base>),+ {}
    )*};
}
tuples!((A RA 0)(A RA 0, B RB 1)(A RA 0, B RB 1, C RC 2)(A RA 0, B RB 1, C RC 2, D RD 3)
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4)
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5)
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5, G RG 6)
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5, G RG 6, H RH 7));

/// Why a function could not be traced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// A term outlived the function that it was made in.
    #[error(
        "a term of another trace was used; build every term from the symbols that the function is given"
    )]
    ForeignTerm,
}

/// Types that are promises about a value and no part of it.
type Promises<S, R, State> = PhantomData<fn() -> (S, R, State)>;

/// Residuals `R` over symbols `S`, in state `State` ([`Dimensional`] or [`Nondimensional`]).
pub struct Residuals<S, R, State> {
    declared: Declared,
    graph: Graph,
    equations: Vec<RawEquation>,
    forms: Vec<Form>,
    marker: Promises<S, R, State>,
}

/// Residuals in physical units, their types forgotten.
pub type DimensionalResiduals = Residuals<Erased, Erased, Dimensional>;
/// Dimensionless residuals, their types forgotten.
pub type NondimensionalResiduals = Residuals<Erased, Erased, Nondimensional>;

impl<S, R, State> Clone for Residuals<S, R, State> {
    fn clone(&self) -> Self {
        Residuals {
            declared: self.declared.clone(),
            graph: self.graph.clone(),
            equations: self.equations.clone(),
            forms: self.forms.clone(),
            marker: PhantomData,
        }
    }
}

/// The trace that was interrupted; put back when dropped.
struct Restore(Option<Tracing>);

impl Drop for Restore {
    fn drop(&mut self) {
        if let Some(outer) = self.0.take() {
            swap_tracing(outer);
        }
    }
}

/// Runs a typed function once, on symbols.
pub fn trace<S: Symbols, R: Equations>(
    function: impl FnOnce(S) -> R,
) -> Result<Residuals<S, R, Dimensional>, TraceError> {
    let (graph, equations) = traced(|symbols| function(symbols).into_raw())?;
    Ok(Residuals::new(S::declared(), graph, equations))
}

/// Runs a function on symbols; the graph that it wrote, and what it returned.
pub(super) fn traced<S: Symbols, R>(
    function: impl FnOnce(S) -> R,
) -> Result<(Graph, R), TraceError> {
    static GENERATION: AtomicU32 = AtomicU32::new(1);
    // Traces may nest: the outer one is put aside and restored, also when the function panics.
    let mut outer = Restore(Some(swap_tracing(Tracing {
        generation: GENERATION.fetch_add(1, Ordering::Relaxed),
        ..Tracing::default()
    })));
    let result = function(S::symbols());
    let inner = outer.0.take().map(swap_tracing).unwrap_or_default();
    if inner.foreign_term {
        return Err(TraceError::ForeignTerm);
    }
    Ok((inner.graph, result))
}

impl<S, R, State> Residuals<S, R, State> {
    fn new(declared: Declared, graph: Graph, equations: Vec<RawEquation>) -> Self {
        Residuals {
            declared,
            graph,
            equations,
            forms: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Quantities that the residuals are made of.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// The expressions.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The residuals, in order.
    pub fn equations(&self) -> &[RawEquation] {
        &self.equations
    }

    /// One line per residual: name and expression.
    pub fn show(&self) -> Vec<String> {
        let names = self.declared.names();
        self.equations
            .iter()
            .map(|e| format!("{}: {}", e.name, self.graph.show(e.residual, &names)))
            .collect()
    }

    /// Block program for the residuals and its adjoint. The state goes along.
    pub fn compile<T: Real>(&self) -> Kernel<T, State> {
        let outputs = self.equations.iter().map(|e| e.residual).collect();
        Kernel::new(self.graph.clone(), outputs)
    }
}

impl<S, R> Residuals<S, R, Dimensional> {
    /// Forgets the static types; what remains is checked at run time.
    pub fn erase(self) -> Residuals<Erased, Erased, Dimensional> {
        Residuals::new(self.declared, self.graph, self.equations)
    }

    pub(super) fn nondimensionalize_with<S2, R2>(
        self,
        scales: &Scales,
        reference: Reference,
    ) -> Result<Residuals<S2, R2, Nondimensional>, NondimensionalError> {
        let (graph, equations, forms) = nondimensional::nondimensionalize(
            self.graph,
            &self.equations,
            &self.declared,
            scales,
            reference,
        )?;
        Ok(Residuals {
            declared: self.declared,
            graph,
            equations,
            forms,
            marker: PhantomData,
        })
    }
}

impl<S: Symbols, R: Equations> Residuals<S, R, Dimensional> {
    /// Divides every residual by its largest net term at the characteristic values, so that all
    /// coefficients are at most one.
    pub fn nondimensionalize(
        self,
        setup: &S::Setup,
    ) -> Result<Residuals<S, R, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(&S::scales(setup), Reference::LargestTerm)
    }

    /// Divides every residual by a given quantity of its own dimension.
    pub fn nondimensionalize_by<By>(
        self,
        setup: &S::Setup,
        by: By,
    ) -> Result<Residuals<S, R, Nondimensional>, NondimensionalError>
    where
        R: References<By>,
    {
        let values = R::values(by);
        self.nondimensionalize_with(&S::scales(setup), Reference::Given(values))
    }

    /// Divides every residual by the product of powers of base scales that has its dimension. That every
    /// base scale is there which a residual needs is checked at compile time.
    pub fn nondimensionalize_by_base<B: Base>(
        self,
        setup: &S::Setup,
        base: &B,
    ) -> Result<Residuals<S, R, Nondimensional>, NondimensionalError>
    where
        R: CoveredBy<B>,
    {
        let equations = self.equations.iter();
        let values = equations.map(|e| base.factor(e.dimensions)).collect();
        self.nondimensionalize_with(&S::scales(setup), Reference::Given(values))
    }
}

impl Residuals<Erased, Erased, Dimensional> {
    /// Residuals whose dimensions were established at run time, by a checked parser.
    pub fn from_parts(declared: Declared, graph: Graph, equations: Vec<RawEquation>) -> Self {
        Residuals::new(declared, graph, equations)
    }

    /// The same residuals with some parameters, by number, as further coordinates behind the declared ones. The
    /// parameters stay declared, and nothing reads them any more.
    #[must_use]
    pub fn over_parameters(self, parameters: &[usize]) -> Self {
        let first = self.declared.coordinates.len();
        let leaf = replaced(parameters, |graph, place| {
            graph.coordinate((first + place) as u8)
        });
        let mut residuals = self.with_leaves(leaf);
        residuals.declared = residuals.declared.over_parameters(parameters);
        residuals
    }

    /// The same residuals with some parameters, by number, as further fields behind the declared ones. The parameters
    /// stay declared, and nothing reads them any more.
    #[must_use]
    pub fn with_unknowns(self, parameters: &[usize]) -> Self {
        let first = self.declared.fields.len();
        let leaf = replaced(parameters, |graph, place| {
            graph.field((first + place) as u16)
        });
        let mut residuals = self.with_leaves(leaf);
        residuals.declared = residuals.declared.with_unknowns(parameters);
        residuals
    }

    /// The same residuals without the terms that these parameters, by number, multiply: what is left where they are
    /// zero.
    #[must_use]
    pub fn without_terms(self, zero: &[usize]) -> Self {
        self.with_leaves(replaced(zero, |graph, _| graph.constant(0.0)))
    }

    /// Puts something else in the place of leaves.
    fn with_leaves(mut self, mut leaf: impl FnMut(&mut Graph, Op) -> Option<Expr>) -> Self {
        let mut memo = HashMap::new();
        for equation in &mut self.equations {
            let graph = &mut self.graph;
            equation.residual = graph.substitute(equation.residual, &mut leaf, &mut memo);
        }
        self
    }

    /// As for typed residuals, with scales known at run time.
    pub fn nondimensionalize(
        self,
        scales: &Scales,
    ) -> Result<Residuals<Erased, Erased, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(scales, Reference::LargestTerm)
    }
}

/// A leaf for [`Graph::substitute`] that replaces some parameters, given their place among `parameters`.
pub(super) fn replaced(
    parameters: &[usize],
    by: impl Fn(&mut Graph, usize) -> Expr,
) -> impl FnMut(&mut Graph, Op) -> Option<Expr> {
    move |graph, op| match op {
        Op::Parameter(number) => {
            let mut parameters = parameters.iter();
            let place = parameters.position(|p| *p == usize::from(number))?;
            Some(by(graph, place))
        }
        _ => None,
    }
}

impl<S, R> Residuals<S, R, Nondimensional> {
    /// How each residual was brought into dimensionless form.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// The same residuals with an ansatz in the place of the fields, differentiated symbolically: what they
    /// read of a field is from now on the network's output for it. The forms stay those of the fields.
    #[must_use]
    pub fn constrained(mut self, ansatz: &Ansatz<S, Nondimensional>) -> Self {
        for equation in &mut self.equations {
            equation.residual = ansatz.insert(&mut self.graph, equation.residual);
        }
        self
    }

    /// Forgets the static types of symbols and residuals, not the state.
    pub fn erase(self) -> Residuals<Erased, Erased, Nondimensional> {
        Residuals {
            declared: self.declared,
            graph: self.graph,
            equations: self.equations,
            forms: self.forms,
            marker: PhantomData,
        }
    }
}
