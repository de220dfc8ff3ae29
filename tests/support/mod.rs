//! Helpers of tests that read problem files.

use miette::{GraphicalReportHandler, GraphicalTheme};
use pinn::problem::ProblemError;

/// Renders a mistake as a terminal without colours shows it.
pub fn render(error: &ProblemError) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(110);
    let mut text = String::new();
    handler.render_report(&mut text, error).unwrap();
    text
}
