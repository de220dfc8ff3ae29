//! Norm-placement search: the best norm and its place for a problem. "None" is a possible answer.
//!
//! A [`Space`] lists configurations of norms. Trainings of a network with one of them are [`Unit`]s. Each is
//! a pure function of its configuration, length and seed, which an [`Evaluator`] runs, in parallel, and
//! records in a [`Journal`]. [`search`] decides which units to request: a gate on initial statistics,
//! successive halving, and a comparison of the finalists with the network without norms on common seeds.
//! Decisions depend only on results, never on times or the number of jobs, so that an interrupted search
//! continues exactly by requesting the same units again.
//!
//! Three [`Objectives`] are minimised: the held-out unweighted dimensionless residual, the unsteadiness of
//! the gradients, and the operations of a step. Errors against a reference are reported, but do not influence
//! the choice.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod cost;
mod error;
mod evaluator;
mod files;
mod finals;
mod gate;
mod halving;
mod journal;
mod objectives;
mod pareto;
mod proposal;
mod report;
mod search;
mod space;
mod trial;

pub use cost::operations;
pub use error::SearchError;
pub use evaluator::{Evaluator, Event, LocalEvaluator, Stage};
pub use files::{WINNER, write};
pub use finals::{Contestant, Finals};
pub use gate::{Gate, Judged, Probe};
pub use halving::{Rung, Schedule, Survivor, halve};
pub use journal::{Header, Journal};
pub use objectives::Objectives;
pub use pareto::{Normalised, front, hypervolume, select};
pub use proposal::{Proposer, proposer};
pub use report::{Agreement, SearchReport, kendall};
pub use search::{Plan, Search, search};
pub use space::{Configuration, Space, SpaceError};
pub use trial::{Ending, Trial, Unit, measure};
