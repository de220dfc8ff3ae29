//! Distance of a network from the reference.

use super::Problem;
use pinn_core::accuracy::field_error;
use pinn_core::session::{AnySession, SessionError};

impl Problem {
    /// Relative L2 error, each field measured from its scale's reference value, mean over the fields that the
    /// problem's reference gives, on an equally spaced grid with so many `points` along every coordinate. `None`
    /// without a reference.
    pub fn relative_error(
        &self,
        session: &mut dyn AnySession,
        points: usize,
    ) -> Result<Option<f64>, SessionError> {
        let Some(reference) = &self.reference else {
            return Ok(None);
        };
        let grid = self.grid(points.max(2));
        let found = session.evaluate(&grid)?;
        let lives = self.statement.lives(&grid);
        let fields = reference.fields();
        let known = fields.iter().zip(reference.evaluate(&grid));
        let errors = known.map(|(field, values)| {
            let affine = self.statement.scales.fields[*field];
            let lives = &lives[*field];
            let within = |values: &[f64]| -> Vec<f64> {
                let pairs = values.iter().zip(lives);
                pairs.filter_map(|(v, lives)| lives.then_some(*v)).collect()
            };
            let (found, values) = (within(&found[*field]), within(&values));
            field_error(&found, &values, affine.reference, affine.scale, 0.0).relative_l2
        });
        Ok(Some(errors.sum::<f64>() / fields.len() as f64))
    }

    /// All points of an equally spaced grid that lie in the region, one column per coordinate.
    fn grid(&self, points: usize) -> Vec<Vec<f64>> {
        let intervals = &self.statement.domain.intervals;
        let all = points.pow(intervals.len() as u32);
        let columns = intervals.iter().enumerate().map(|(c, interval)| {
            let at = |i: usize| {
                let step = i / points.pow(c as u32) % points;
                interval.lower + interval.length() * step as f64 / (points - 1) as f64
            };
            (0..all).map(at).collect()
        });
        let mut columns: Vec<Vec<f64>> = columns.collect();
        let inside = self.statement.domain.inside(&columns);
        for column in &mut columns {
            let mut inside = inside.iter();
            column.retain(|_| inside.next() == Some(&true));
        }
        columns
    }
}
