//! The problems that are timed, one file each, and their points and start values.
//!
//! All scales are one and no residual is divided by anything, so that the equations that are trained are the
//! ones that are written.

mod heat_1d;
mod heat_2d;
mod kovasznay;
mod poisson;

use pinn::expr::Real;
use pinn::geometry::points::Points;
use pinn::geometry::sampling::{Sampler, Sobol};
use pinn::network::activation::Activation;
use pinn::network::{InputMap, Network};
use pinn::norm::layer::NormLayers;
use pinn::units::{
    Absent, BaseScales, CoveredBy, Equations, Kernel, Nondimensional, NondimensionalResiduals,
    Present, Symbols, trace,
};
use uom::si::f64::{Length, Time};
use uom::si::{length::meter, time::second};

/// A problem, the network that solves it and the numbers of points.
pub struct Workload {
    /// What rows of the table and the peers call it.
    pub name: &'static str,
    pub lower: &'static [f64],
    pub upper: &'static [f64],
    /// The last coordinate is time, whose ends are no boundary.
    pub transient: bool,
    pub hidden: Vec<usize>,
    pub norm: Option<NormLayers>,
    pub outputs: usize,
    /// First derivatives of the fields that the equations need beside one linear operator of second order:
    /// what a hand-written program carries.
    pub first_derivatives: usize,
    pub tasks: Vec<Task>,
}

/// Residuals at some points.
pub struct Task {
    pub residuals: NondimensionalResiduals,
    pub place: Place,
    pub rows: usize,
    /// Factor of the mean square of each residual.
    pub weight: f64,
}

/// One metre and one second.
type Ones = BaseScales<Present, Absent, Present, Absent>;

impl Task {
    /// Residuals of a typed function, all weighted with one.
    pub fn new<S: Symbols, R: Equations + CoveredBy<Ones>>(
        place: Place,
        rows: usize,
        setup: &S::Setup,
        function: impl FnOnce(S) -> R,
    ) -> Self {
        let ones = BaseScales::new()
            .length(Length::new::<meter>(1.0))
            .time(Time::new::<second>(1.0));
        let residuals = trace(function).expect("no term is foreign");
        let residuals = residuals.nondimensionalize_by_base(setup, &ones);
        Task {
            residuals: residuals.expect("all scales are finite").erase(),
            place,
            rows,
            weight: 1.0,
        }
    }

    pub fn weighted(self, weight: f64) -> Self {
        Task { weight, ..self }
    }
}

#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Place {
    Interior,
    /// The faces of the domain in turn, those of time left out.
    Boundary,
    /// Where the last coordinate is lowest.
    Initial,
}

/// Steps are timed on these.
pub fn stepped() -> [Workload; 3] {
    [
        heat_1d::workload(),
        heat_2d::workload(),
        kovasznay::workload(),
    ]
}

/// L-BFGS is timed on this.
pub fn minimised() -> Workload {
    poisson::workload()
}

/// The one-dimensional heat equation in other sizes: hidden layers, points in the interior, at the boundary
/// and at the start.
pub fn heat(hidden: Vec<usize>, rows: [usize; 3]) -> Workload {
    let mut workload = heat_1d::workload();
    workload.hidden = hidden;
    for (task, rows) in workload.tasks.iter_mut().zip(rows) {
        task.rows = rows;
    }
    workload.tasks.retain(|task| task.rows > 0);
    workload
}

impl Workload {
    /// With so many points in the interior, and in proportion elsewhere.
    pub fn scaled(mut self, interior: usize) -> Self {
        let [now, _] = self.rows();
        for task in &mut self.tasks {
            task.rows = (task.rows * interior / now).max(1);
        }
        self
    }

    pub fn network(&self) -> Network {
        let map = InputMap {
            scale: 1.0,
            shift: 0.0,
        };
        let maps = vec![map; self.lower.len()];
        Network {
            norms: self.norm.iter().cloned().collect(),
            ..Network::mlp(maps, self.hidden.clone(), Activation::Tanh, self.outputs)
        }
    }

    pub fn kernels<T: Real>(&self) -> Vec<Kernel<T, Nondimensional>> {
        let tasks = self.tasks.iter();
        tasks.map(|task| task.residuals.compile()).collect()
    }

    /// One weight per residual.
    pub fn weights(&self) -> Vec<f64> {
        let tasks = self.tasks.iter();
        tasks
            .flat_map(|task| vec![task.weight; task.residuals.equations().len()])
            .collect()
    }

    /// The same points in every precision, up to rounding.
    pub fn points<T: Real>(&self) -> Vec<Points<T>> {
        let tasks = self.tasks.iter().zip(1..);
        tasks.map(|(task, seed)| self.place(task, seed)).collect()
    }

    fn place<T: Real>(&self, task: &Task, seed: u64) -> Points<T> {
        let dimensions = self.lower.len();
        let mut unit = vec![0.0; dimensions * task.rows];
        Sobol.fill(seed, dimensions, task.rows, &mut unit);
        let faces = 2 * (dimensions - usize::from(self.transient));
        let mut points = Points::new(1, dimensions, task.rows);
        for (coordinate, unit) in unit.chunks_exact(task.rows).enumerate() {
            let (lower, upper) = (self.lower[coordinate], self.upper[coordinate]);
            let last = coordinate + 1 == dimensions;
            for (row, x) in points.column_mut(0, coordinate).iter_mut().enumerate() {
                let face = row % faces;
                let u = match task.place {
                    Place::Boundary if face / 2 == coordinate => (face % 2) as f64,
                    Place::Initial if last => 0.0,
                    _ => unit[row],
                };
                *x = T::from_f64(lower + (upper - lower) * u);
            }
        }
        points
    }

    /// Number of points in some place.
    pub fn rows_at(&self, place: Place) -> usize {
        let tasks = self.tasks.iter().filter(|task| task.place == place);
        tasks.map(|task| task.rows).sum()
    }

    /// Numbers of points in the interior, and at the boundary and the start together.
    pub fn rows(&self) -> [usize; 2] {
        let side = [Place::Boundary, Place::Initial].map(|place| self.rows_at(place));
        [self.rows_at(Place::Interior), side.iter().sum()]
    }
}
