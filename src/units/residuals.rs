//! The typestate: residuals are dimensional until they have been nondimensionalized.

use super::ansatz::Ansatz;
use super::base_scales::{Base, CoveredBy, DimensionCoveredBy};
use super::dimensions::{Declared, Dimensions};
use super::kernel::Kernel;
use super::nondimensional::{self, Form, NondimensionalError, Reference};
use super::quantities::Symbols;
use super::scale::Scales;
use super::shown::{Dim, ReferenceFits, ResidualFits};
use super::term::{Quantity, Term, Tracing, swap_tracing};
use pinn_expr::{Degree, Expr, Graph, Op, Real};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use uom::si::Dimension;

/// State of residuals in physical units.
#[derive(Debug, Clone, Copy)]
pub enum Dimensional {}
/// State of residuals in dimensionless form.
#[derive(Debug, Clone, Copy)]
pub enum Nondimensional {}
/// Placeholder for the types of symbols or residuals that are known only at run time.
#[derive(Debug, Clone, Copy)]
pub enum Erased {}

/// Named residual with its dimension.
pub struct Equation<D: ?Sized> {
    name: &'static str,
    residual: Term<D>,
}

/// Names a residual and declares its dimension with a uom quantity: `equation::<Pressure, _>("…", …)`.
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

/// Residual without its types.
#[derive(Clone, Debug, PartialEq)]
pub struct RawEquation {
    /// Name in messages and reports, unique among the residuals of an equation.
    pub name: String,
    /// Expression that is zero where the equation holds.
    pub residual: Expr,
    /// Dimensions of the residual.
    pub dimensions: Dimensions,
}

/// Term or named term.
pub trait IntoEquation {
    /// Dimension of the residual.
    type Dim: ?Sized + Dimension;
    /// Forgets the type. A residual without a name is called after `number`.
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

/// Tuple of residuals of any dimensions.
pub trait Equations {
    /// Forgets the types.
    fn into_raw(self) -> Vec<RawEquation>;
}

/// Tuple of residuals for which `By`, a tuple of quantities, has one of each residual's dimension.
pub trait References<By> {
    /// Values of the quantities, in SI base units.
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

/// Reason why a function could not be traced.
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
///
/// ```
/// use pinn_units::{Equations, Setup, equation, given, quantities, scale, trace};
/// use uom::si::{f64::*, length::millimeter, temperature_interval::kelvin};
/// use uom::si::thermal_conductivity::watt_per_meter_kelvin;
/// use uom::si::volumetric_power_density::watt_per_cubic_meter;
///
/// quantities! { pub struct Wall {
///     coordinates { x: Length }
///     fields { T: ThermodynamicTemperature }
///     parameters { k: ThermalConductivity, q: VolumetricPowerDensity }
/// }}
///
/// fn conduction(Wall { x, T, k, q }: Wall) -> impl Equations {
///     (equation::<VolumetricPowerDensity, _>("heat", k * T.d(x).d(x) + q),)
/// }
///
/// let residuals = trace(conduction)?;
/// assert_eq!(residuals.show(), ["heat: q + k*T_xx"]);
///
/// let dimensionless = residuals.nondimensionalize(&Wall::<Setup> {
///     x: scale(Length::new::<millimeter>(10.0)),
///     T: scale(TemperatureInterval::new::<kelvin>(100.0)),
///     k: given(ThermalConductivity::new::<watt_per_meter_kelvin>(40.0)),
///     q: given(VolumetricPowerDensity::new::<watt_per_cubic_meter>(2e7)),
/// })?;
/// assert_eq!(dimensionless.show(), ["heat: T_xx + 0.5"]);
/// assert_eq!(dimensionless.compile::<f64>().residuals(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Residuals<S, R, State> {
    declared: Declared,
    graph: Graph,
    equations: Vec<RawEquation>,
    forms: Vec<Form>,
    marker: Promises<S, R, State>,
}

/// Residuals in physical units whose types are known only at run time.
pub type DimensionalResiduals = Residuals<Erased, Erased, Dimensional>;
/// Dimensionless residuals whose types are known only at run time.
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

/// Runs a typed function once, on symbols, and returns its residuals.
///
/// # Errors
/// If the function uses a term of another trace.
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

    /// Declared quantities that the residuals may read.
    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Graph that holds the residuals.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Residuals, in order.
    pub fn equations(&self) -> &[RawEquation] {
        &self.equations
    }

    /// Prints one line per residual: name and expression.
    pub fn show(&self) -> Vec<String> {
        let names = self.declared.names();
        self.equations
            .iter()
            .map(|e| format!("{}: {}", e.name, self.graph.show(e.residual, &names)))
            .collect()
    }

    /// Lowers the residuals and their adjoint to block programs. The kernel keeps the state.
    pub fn compile<T: Real>(&self) -> Kernel<T, State> {
        let outputs = self.equations.iter().map(|e| e.residual).collect();
        Kernel::new(self.graph.clone(), outputs)
    }
}

impl<S, R> Residuals<S, R, Dimensional> {
    /// Forgets the static types; everything from here on is checked at run time.
    pub fn erase(self) -> Residuals<Erased, Erased, Dimensional> {
        Residuals::new(self.declared, self.graph, self.equations)
    }

    pub(super) fn nondimensionalize_with<S2, R2>(
        self,
        scales: &Scales,
        reference: Reference<'_>,
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
    /// terms are about one or less.
    ///
    /// # Errors
    /// If a scale is zero or not finite, or a residual has no finite size.
    pub fn nondimensionalize(
        self,
        setup: &S::Setup,
    ) -> Result<Residuals<S, R, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(&S::scales(setup), Reference::LargestTerm(&[]))
    }

    /// Divides every residual by a given quantity of its own dimension.
    ///
    /// # Errors
    /// If a scale or quantity is zero or not finite.
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

    /// Divides every residual by the product of powers of base scales that has its dimension. The compiler
    /// checks that all base scales that a residual needs are present.
    ///
    /// # Errors
    /// If a scale is zero or not finite.
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
    /// Builds residuals whose dimensions were established at run time, by a checked parser.
    pub fn from_parts(declared: Declared, graph: Graph, equations: Vec<RawEquation>) -> Self {
        Residuals::new(declared, graph, equations)
    }

    /// Turns some parameters, by number, into further coordinates behind the declared ones. The parameters
    /// stay declared, but nothing reads them any more.
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

    /// Turns some parameters, by number, into further fields behind the declared ones. The parameters stay
    /// declared, but nothing reads them any more.
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

    /// Sets some parameters, by number, to zero, which drops the terms that they multiply.
    #[must_use]
    pub fn without_terms(self, zero: &[usize]) -> Self {
        self.with_leaves(replaced(zero, |graph, _| graph.constant(0.0)))
    }

    /// Replaces leaves.
    fn with_leaves(mut self, mut leaf: impl FnMut(&mut Graph, Op) -> Option<Expr>) -> Self {
        let mut memo = HashMap::new();
        for equation in &mut self.equations {
            let graph = &mut self.graph;
            equation.residual = graph.substitute(equation.residual, &mut leaf, &mut memo);
        }
        self
    }

    /// Divides every residual by its largest net term, with scales known at run time.
    ///
    /// # Errors
    /// If the scales do not fit the declared quantities, a scale is zero or not finite, or a residual has no
    /// finite size.
    pub fn nondimensionalize(
        self,
        scales: &Scales,
    ) -> Result<Residuals<Erased, Erased, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_at(scales, &[])
    }

    /// Divides every residual by its largest net term at points where it holds, in SI base units: one column per coordinate.
    /// They matter where terms hold functions, which may be far from one beyond the region. Without columns, coordinates run from
    /// 0 to 1 in their scales.
    ///
    /// # Errors
    /// As for [`nondimensionalize`](Self::nondimensionalize).
    pub fn nondimensionalize_at(
        self,
        scales: &Scales,
        points: &[Vec<f64>],
    ) -> Result<Residuals<Erased, Erased, Nondimensional>, NondimensionalError> {
        self.nondimensionalize_with(scales, Reference::LargestTerm(points))
    }

    /// Returns true if a residual holds functions, so that its terms may be far from their coefficients.
    pub fn has_functions(&self) -> bool {
        let mut equations = self.equations.iter();
        equations.any(|equation| self.graph.has_function(equation.residual))
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
    /// Largest degree of the residuals in the fields, or in the network's outputs where an ansatz stands for the fields.
    pub fn degree(&self) -> Degree {
        let outputs: Vec<_> = self.equations.iter().map(|e| e.residual).collect();
        self.graph.degree(&outputs)
    }

    /// Reports on how each residual was brought into dimensionless form.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// Puts an ansatz in the place of the fields, differentiated symbolically.
    ///
    /// From then on the residuals read the network's output instead of a field. The forms stay
    /// those of the fields.
    #[must_use]
    pub fn constrained(mut self, ansatz: &Ansatz<S, Nondimensional>) -> Self {
        for equation in &mut self.equations {
            equation.residual = ansatz.insert(&mut self.graph, equation.residual);
        }
        self
    }

    /// Forgets the static types of symbols and residuals, but not the state.
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
