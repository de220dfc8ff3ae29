//! Files of a run: one file per format behind one trait.
//!
//! [`RunFolder`] owns the place and the names, `Writer` is a format, and [`write_all`] writes every format
//! atomically. [`read_results`] reads back exactly what was written, so that pictures can be drawn again.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod atomic;
mod error;
#[cfg(test)]
mod example;
mod fit_csv;
mod metrics;
mod null;
mod on_grid;
mod picture;
mod quality;
mod report;
mod run_folder;
mod sampled;
mod solution_csv;
mod spaced;
mod summary;
#[cfg(test)]
mod tests;
mod unit_symbol;
mod vti;
mod writer;
mod xml;

pub use atomic::write_atomically;
pub use error::OutputError;
use fit_csv::FitCsv;
pub use metrics::{Metric, MetricsWriter, read_metrics};
pub use on_grid::{OnGrid, beside, blank, shown};
pub use picture::{Chart, Scatter, ScatterPoint};
use picture::{FieldPicture, LossPicture, PictureFormat, WeightPicture};
pub use quality::unsolved;
pub use report::{
    AxisReport, CoefficientReport, ErrorReport, EstimateReport, FamilyErrorReport, FamilyReport,
    FormReport, GridReport, GroupReport, InverseReport, LossReport, MeasurementsReport,
    OutcomeReport, PhaseReport, QuantityReport, RangeReport, Report, Role, SampledFieldReport,
    ScaleReport, ShownMeasurements, ShownUnknown, Solved, TimeReport, UnknownReport, Versions,
    WeightReport, optimiser_name,
};
pub use run_folder::RunFolder;
pub use sampled::{Axis, Sampled, SampledField, SampledMeasurements};
use solution_csv::SolutionCsv;
pub use spaced::{grid, spaced};
pub use summary::{SummaryStyle, summary};
pub use unit_symbol::{interval_unit, unit_symbol};
use vti::vtk_files;
pub use writer::{Options, Stored, read_report, read_results, write_all, write_report};
use writer::{Results, Writer};
