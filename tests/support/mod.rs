//! What several tests of problem files need.

use miette::{GraphicalReportHandler, GraphicalTheme};
use pinn::problem::ProblemError;

/// What a person reads of a mistake, in a terminal without colours.
pub fn render(error: &ProblemError) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(110);
    let mut text = String::new();
    handler.render_report(&mut text, error).unwrap();
    text
}
