//! A checked problem, and its training.

use crate::draft::Draft;
use crate::error::{PoseError, SolveError};
use crate::solution::Solution;
use pinn_core::family::Ranged;
use pinn_core::session::{AnySession, Observer, Outcome, Session, session};
use pinn_core::settings::Settings;
use pinn_core::statement::Posed;
use pinn_core::statement::Statement;
use pinn_equations::registry::Pde;
use pinn_units::{Equations, Symbols, trace};
use std::marker::PhantomData;
use std::sync::atomic::AtomicBool;

/// A problem over the quantities `S`, checked and ready to be solved.
///
/// ```
/// use pinn_model::{Faces, Problem};
/// use pinn_units::amounts::*;
/// use pinn_units::*;
/// use uom::si::f64::*;
///
/// quantities! { struct Rod {
///     coordinates { x: Length }
///     fields { T: ThermodynamicTemperature }
///     parameters { k: ThermalConductivity }
/// }}
///
/// let mut problem = Problem::new(
///     |Rod { x, T, k }| (equation::<VolumetricPowerDensity, _>("heat", k * T.d(x).d(x)),),
///     Rod::<Case> { x: over(mm(0.0), mm(10.0)), T: automatic(), k: given(w_per_m_k(40.0)) },
/// )
/// .condition("cold", |q| q.x.min().value(q.T, celsius(20.0)))
/// .condition("hot", |q| q.x.max().value(q.T, celsius(80.0)))
/// .build()?;
/// problem.settings.network.hidden = vec![8];
/// let solution = problem.solve()?;
/// let middle = solution.at((mm(5.0),))?.T;
/// assert!((middle.value - celsius(50.0).value).abs() < 0.01);
/// let flux: HeatFluxDensity = solution.value((mm(10.0),), |q| -q.k * q.T.d(q.x))?;
/// assert!((flux.value + 240e3).abs() < 500.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Problem<S: Symbols> {
    pub(crate) posed: Posed,
    pub(crate) ranges: Vec<Ranged>,
    /// Network, points, phases of training, seed and threads. [`Draft::build`] chooses
    /// them for the problem; all may be changed before [`Problem::solve`].
    pub settings: Settings,
    marker: PhantomData<fn() -> S>,
}

impl<S: Symbols> Problem<S> {
    /// Begins a problem with an equation, a function over its symbols, and a case.
    // A problem exists when it has been checked.
    #[allow(clippy::new_ret_no_self)]
    pub fn new<R: Equations>(equations: impl FnOnce(S) -> R, case: S::Case) -> Draft<S> {
        let traced = trace(equations).map(|traced| traced.erase());
        let what = "the equations".to_string();
        Draft::new(
            traced.map_err(|cause| PoseError::Trace { what, cause }),
            &case,
        )
    }

    /// Begins a problem with a ready-made equation: `Problem::of::<Heat1d>(…)`.
    pub fn of<P: Pde<Quantities = S>>(case: S::Case) -> Draft<S> {
        Self::new(P::residuals, case)
    }

    pub(crate) fn posed(
        statement: Statement,
        ranges: Vec<Ranged>,
        settings: Settings,
    ) -> Result<Self, PoseError> {
        Ok(Problem {
            posed: statement.pose()?,
            ranges,
            settings,
            marker: PhantomData,
        })
    }

    /// The checked statement, its types forgotten.
    pub fn statement(&self) -> &Statement {
        self.posed.statement()
    }

    /// One line per equation in dimensionless form, with the coefficients that remain.
    pub fn show(&self) -> Vec<String> {
        self.posed
            .dimensionless()
            .equations
            .forms()
            .iter()
            .map(|form| form.show())
            .collect()
    }

    /// Trains a network and gives the solution.
    ///
    /// # Errors
    /// If the settings are wrong, or training diverges.
    pub fn solve(&self) -> Result<Solution<S>, SolveError> {
        self.solve_with(&mut (), &AtomicBool::new(false))
    }

    /// Trains a network and reports to an observer. Setting `stop` ends training after the current step; the solution
    /// is then the state reached so far.
    ///
    /// # Errors
    /// The errors of [`Problem::solve`].
    pub fn solve_with(
        &self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Solution<S>, SolveError> {
        let session = session(&self.posed, &self.settings)?;
        self.solve_in(session, observer, stop)
    }

    /// The session that trains in f64, to be given a custom optimiser or residual norm and then to
    /// [`Problem::solve_in`].
    ///
    /// # Errors
    /// If the settings are wrong.
    pub fn session(&self) -> Result<Session<f64>, SolveError> {
        Ok(Session::new(&self.posed, &self.settings)?)
    }

    /// Trains in a session of this problem.
    ///
    /// # Errors
    /// The errors of [`Problem::solve`].
    pub fn solve_in(
        &self,
        mut session: Box<dyn AnySession>,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Solution<S>, SolveError> {
        let outcome = session.train(observer, stop)?;
        if let Outcome::Diverged(divergence) = &outcome {
            return Err(SolveError::Diverged {
                step: divergence.step,
                residual: divergence.residual.clone(),
            });
        }
        Solution::new(self, session, outcome)
    }
}
