//! A trained network as a function of physical quantities.

use crate::error::SolveError;
use crate::integral::Integral;
use crate::problem::Problem;
use pinn_core::expression::{ExpressionError, Expressions};
use pinn_core::family::Ranged;
use pinn_core::session::{AnySession, Outcome, network};
use pinn_core::settings::Settings;
use pinn_core::statement::Posed;
use pinn_network::Network;
use pinn_output::beside;
use pinn_units::{Assigned, Equations, Name, Place, Q, Quantity, Symbols, Term, trace};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::path::Path;
use uom::si::Dimension;

/// The solution of a [`Problem`]: fields, expressions and integrals as uom quantities.
///
/// ```
/// use pinn_model::{Faces, Problem, integral};
/// use pinn_units::amounts::*;
/// use pinn_units::*;
/// use uom::si::f64::*;
///
/// quantities! { struct Column {
///     coordinates { z: Length }
///     fields { p: Pressure }
///     parameters { rho: MassDensity, g: Acceleration }
/// }}
///
/// let mut problem = Problem::new(
///     |Column { z, p, rho, g }| (p.d(z) + rho * g,),
///     Column::<Case> {
///         z: over(metres(0.0), metres(10.0)),
///         p: automatic(),
///         rho: given(kg_per_m3(1000.0)),
///         g: given(m_per_s2(9.81)),
///     },
/// )
/// .condition("surface", |q| q.z.max().value(q.p, kpa(101.325)))
/// .build()?;
/// problem.settings.network.hidden = vec![8];
/// let water = problem.solve()?;
/// let bottom = water.at((metres(0.0),))?;
/// assert!((bottom.p - kpa(199.425)).value.abs() < 50.0);
/// let per_width = water.integral(|q| integral(q.p).along(q.z))?;
/// assert!((per_width.value - 1.50375e6).abs() < 500.0);
/// assert!(water.at((metres(11.0),)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Solution<S: Symbols> {
    pub(crate) posed: Posed,
    pub(crate) ranges: Vec<Ranged>,
    /// Values of the ranged parameters at which questions are answered, SI base units.
    pub(crate) member: Vec<f64>,
    pub(crate) settings: Settings,
    /// The network that was trained, or one that a hypernetwork generates.
    network: Network,
    pub(crate) session: RefCell<Box<dyn AnySession>>,
    outcome: Outcome,
    marker: PhantomData<fn() -> S>,
}

/// Estimate of a parameter from measurements.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Estimated<T> {
    /// The most likely value.
    pub value: T,
    /// The interval that holds the true value in 95 of 100 repetitions of the measurements; `None` where they do not
    /// determine it.
    pub interval: Option<(T, T)>,
}

impl<S: Symbols> Solution<S> {
    pub(crate) fn new(
        problem: &Problem<S>,
        session: Box<dyn AnySession>,
        outcome: Outcome,
    ) -> Result<Self, SolveError> {
        Ok(Solution {
            posed: problem.posed.clone(),
            ranges: problem.ranges.clone(),
            member: problem.ranges.iter().map(|range| range.middle()).collect(),
            settings: problem.settings.clone(),
            network: network(&problem.posed, &problem.settings)?,
            session: RefCell::new(session),
            outcome,
            marker: PhantomData,
        })
    }

    /// Reason why training ended.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Sum of the mean squares of all dimensionless residuals, at points that training did not see.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn held_out_loss(&self) -> Result<f64, SolveError> {
        Ok(pinn_core::loss::total(
            &self.session.borrow_mut().held_out()?,
        ))
    }

    /// Seconds of training.
    pub fn seconds(&self) -> f64 {
        self.session.borrow().seconds()
    }

    /// Writes the state of training as a checkpoint, from which `pinn solve --init` can begin.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), SolveError> {
        Ok(self.session.borrow().save(path)?)
    }

    /// Chooses the member of a family that questions are about: `|q| [q.k.is(w_per_m_k(45.0))]`. Ranges that are not named
    /// keep their value, which at first is the middle.
    ///
    /// # Errors
    /// If a parameter is no range, or a value lies outside of it.
    pub fn member<V>(&mut self, values: impl FnOnce(S::Names) -> V) -> Result<&mut Self, SolveError>
    where
        V: IntoIterator<Item = Assigned>,
    {
        let mut member = self.member.clone();
        for Assigned { number, si } in values(S::names()) {
            let name = || {
                self.posed.statement().declared.parameters[number]
                    .name
                    .clone()
            };
            let place = self
                .ranges
                .iter()
                .position(|range| range.parameter == number);
            let place = place.ok_or_else(|| SolveError::NotARange(name()))?;
            let Ranged { lower, upper, .. } = self.ranges[place];
            check(si, lower, upper, name)?;
            member[place] = si;
        }
        self.member = member;
        Ok(self)
    }

    /// All quantities at a place, one value per coordinate: `solution.at((seconds(30.0), mm(5.0)))?.T`.
    ///
    /// # Errors
    /// If the place lies outside of the domain.
    pub fn at<P: Place<S::Coordinates>>(&self, place: P) -> Result<S::Values, SolveError> {
        let place = self.inside(place.si())?;
        let columns: Vec<Vec<f64>> = place.iter().chain(&self.member).map(|x| vec![*x]).collect();
        let fields = self.session.borrow_mut().evaluate(&columns)?;
        let fields: Vec<f64> = fields.iter().map(|column| column[0]).collect();
        Ok(S::values(&place, &fields, &self.parameters()))
    }

    /// The value of an expression at a place: `solution.value(place, |q| -q.k * q.T.d(q.x))`.
    ///
    /// # Errors
    /// If the place lies outside of the domain, or the expression has a derivative that networks do not give.
    pub fn value<P, D>(
        &self,
        place: P,
        expression: impl FnOnce(S) -> Term<D>,
    ) -> Result<Q<D>, SolveError>
    where
        P: Place<S::Coordinates>,
        D: ?Sized + Dimension,
    {
        let place = self.inside(place.si())?;
        let columns: Vec<Vec<f64>> = place.iter().map(|x| vec![*x]).collect();
        let values = self.evaluate(&columns, |symbols| (expression(symbols),))?;
        Ok(quantity(values[0]))
    }

    /// The value of an integral: `solution.integral(|q| integral(q.rho * q.c_p * q.T).along(q.x).at(q.t, seconds(30.0)))`.
    ///
    /// # Errors
    /// If a coordinate is neither integrated over nor fixed, or both, or fixed outside of the domain.
    pub fn integral<D>(&self, of: impl FnOnce(S) -> Integral<D>) -> Result<Q<D>, SolveError>
    where
        D: ?Sized + Dimension,
    {
        let mut plan = None;
        let traced = trace(|symbols: S| {
            let integral = of(symbols);
            plan = Some(integral.plan());
            integral
        })?;
        let Some(plan) = plan else {
            return Err(pinn_units::TraceError::ForeignTerm.into());
        };
        // The ranges of a family are the last coordinates.
        let coordinates = &self.posed.declared.coordinates;
        let own = coordinates.len() - self.ranges.len();
        let points = plan.quadrature(&coordinates[..own], &self.posed.domain)?;
        let values = self.residuals(&points.coordinates, traced.erase())?;
        let terms = values.iter().zip(&points.weights).map(|(v, w)| v * w);
        Ok(quantity(terms.sum()))
    }

    /// Estimates an unknown parameter from the measurements: `solution.unknown(|q| q.k)`.
    ///
    /// # Errors
    /// If the parameter is not an unknown.
    pub fn unknown<T: Quantity>(
        &self,
        of: impl FnOnce(S::Names) -> Name<T>,
    ) -> Result<Estimated<T>, SolveError> {
        let number = of(S::names()).number();
        let mut unknowns = self.posed.statement().unknowns.iter();
        let place = unknowns.position(|unknown| unknown.parameter == number);
        let place = place.ok_or_else(|| {
            SolveError::NotUnknown(
                self.posed.statement().declared.parameters[number]
                    .name
                    .clone(),
            )
        })?;
        let mut session = self.session.borrow_mut();
        let inference = session.inference()?;
        let error = inference.as_ref().and_then(|i| i.estimates[place].error);
        Ok(Estimated {
            value: T::from_si(session.unknowns()[place]),
            interval: error.map(|error| (T::from_si(error.lower), T::from_si(error.upper))),
        })
    }

    /// Values of all parameters: given, of the member, or found.
    fn parameters(&self) -> Vec<f64> {
        let mut parameters = self.posed.statement().scales.parameters.clone();
        for (range, value) in self.ranges.iter().zip(&self.member) {
            parameters[range.parameter] = *value;
        }
        let found = self.session.borrow().unknowns();
        for (unknown, value) in self.posed.statement().unknowns.iter().zip(found) {
            parameters[unknown.parameter] = value;
        }
        parameters
    }

    /// The place, if it lies in the domain.
    fn inside(&self, place: Vec<f64>) -> Result<Vec<f64>, SolveError> {
        let coordinates = self.posed.statement().declared.coordinates.iter();
        let intervals = &self.posed.statement().domain.intervals;
        for ((x, info), interval) in place.iter().zip(coordinates).zip(intervals) {
            check(*x, interval.lower, interval.upper, || info.name.clone())?;
        }
        Ok(place)
    }

    fn evaluate<R: Equations>(
        &self,
        coordinates: &[Vec<f64>],
        expression: impl FnOnce(S) -> R,
    ) -> Result<Vec<f64>, SolveError> {
        self.residuals(coordinates, trace(expression)?.erase())
    }

    /// Values of the first residual, in SI base units.
    fn residuals(
        &self,
        coordinates: &[Vec<f64>],
        expressions: pinn_units::DimensionalResiduals,
    ) -> Result<Vec<f64>, SolveError> {
        let ranged: Vec<usize> = self.ranges.iter().map(|range| range.parameter).collect();
        let expressions = expressions.over_parameters(&ranged);
        let mut expressions = Expressions::new(&self.posed, self.network.clone(), expressions)?;
        let session = self.session.borrow();
        let parameters = session.generated(&self.member);
        let parameters = parameters.unwrap_or_else(|| session.parameter_values());
        let mut values = expressions
            .evaluate(&parameters, &beside(coordinates, &self.member))
            .map_err(ExpressionError::from)?;
        Ok(values.swap_remove(0))
    }
}

fn quantity<D: ?Sized + Dimension>(si: f64) -> Q<D> {
    Q {
        dimension: PhantomData,
        units: PhantomData,
        value: si,
    }
}

/// Allows a rounding of one part in 10¹² beyond an end.
fn check(found: f64, lower: f64, upper: f64, name: impl Fn() -> String) -> Result<(), SolveError> {
    let rounding = 1e-12 * (upper - lower);
    if found >= lower - rounding && found <= upper + rounding {
        return Ok(());
    }
    Err(SolveError::Outside {
        name: name(),
        found,
        lower,
        upper,
    })
}
