//! A solution sampled on a regular grid, in the units that people asked for.

/// One coordinate of the grid.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    pub name: String,
    /// Display unit as written in the problem file, such as `mm`; empty if dimensionless.
    pub unit: String,
    /// Strictly increasing, in the display unit.
    pub values: Vec<f64>,
    pub is_time: bool,
}

/// One field on the grid, in its display unit.
#[derive(Clone, PartialEq, Debug)]
pub struct SampledField {
    pub name: String,
    pub unit: String,
    /// One value per grid point; the last axis varies fastest.
    pub values: Vec<f64>,
    /// The reference on the same points, where there is one.
    pub reference: Option<Vec<f64>>,
}

/// Fields on a tensor grid; axes in the order of declaration of the coordinates.
#[derive(Clone, PartialEq, Debug)]
pub struct Sampled {
    /// Title of the problem, for pictures.
    pub title: String,
    pub axes: Vec<Axis>,
    pub fields: Vec<SampledField>,
}

impl Sampled {
    /// Number of grid points.
    pub fn points(&self) -> usize {
        self.axes.iter().map(|a| a.values.len()).product()
    }
}
