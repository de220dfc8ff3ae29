//! Collocation points and their resampling.

use crate::settings::FamilySettings;
use pinn_expr::Real;
use pinn_geometry::domain::Face;
use pinn_geometry::place;
use pinn_geometry::points::Points;
use pinn_geometry::sampling::adaptive::{AdaptiveSampler, Choice, Rows};
use pinn_geometry::sampling::settings::SamplingSettings;
use pinn_geometry::sampling::{DimensionlessDomain, along_curve, repeated, sampler, set_seed};
use pinn_norm::points::{PointSet, PointWeighting};
use std::collections::BTreeMap;

/// Number of the set of points that are members of a family; conditions count from 1.
const MEMBERS: u64 = u64::MAX - 1;
/// Seeds of candidates and of the choice among them, in addition to those of sets of points.
const CANDIDATES: u64 = u64::MAX - 2;
const CHOICE: u64 = u64::MAX - 3;

/// Place of a condition.
#[derive(Clone)]
pub(super) struct Place {
    /// Number of the condition among all, including those that are not trained.
    pub condition: usize,
    pub place: place::Place,
    /// Components of the normal in the row data.
    pub normal: Vec<usize>,
    /// Face that it is coupled with.
    pub partner: Option<Face>,
}

/// Points of all tasks: the interior, then each trained condition's face or pair of faces, then the measurements.
#[derive(Clone)]
pub(super) struct Collocation<T> {
    domain: DimensionlessDomain,
    places: Vec<Place>,
    /// Given points of the last tasks.
    given: Vec<Points<T>>,
    /// Number of residuals of each task.
    residuals: Vec<usize>,
    sampling: SamplingSettings,
    family: Option<FamilySettings>,
    seed: u64,
    /// Number of earlier samplings of the points.
    epoch: usize,
    points: Vec<Points<T>>,
}

impl<T: Real> Collocation<T> {
    /// Draws the first points.
    pub fn new(
        domain: DimensionlessDomain,
        places: Vec<Place>,
        given: Vec<Points<T>>,
        residuals: Vec<usize>,
        sampling: SamplingSettings,
        family: Option<FamilySettings>,
        seed: u64,
    ) -> Self {
        let mut collocation = Collocation {
            domain: domain.graded(&sampling.graded),
            places,
            given,
            residuals,
            sampling,
            family,
            seed,
            epoch: 0,
            points: Vec::new(),
        };
        collocation.draw(0);
        collocation
    }

    /// Draws other points in the same places.
    pub fn others(&self, sampling: SamplingSettings, seed: u64) -> Self {
        Self::new(
            self.domain.clone(),
            self.places.clone(),
            self.given.clone(),
            self.residuals.clone(),
            sampling,
            self.family.clone(),
            seed,
        )
    }

    /// Number of tasks whose points are drawn, which are the first ones.
    pub fn drawn(&self) -> usize {
        1 + self.places.len()
    }

    pub fn points(&self) -> &[Points<T>] {
        &self.points
    }

    /// First task whose points repeat, with its number of distinct points.
    pub fn repeated(&self) -> Option<(usize, usize)> {
        let region = self.domain.geometry().is_some();
        (0..self.drawn()).find_map(|task| {
            let part = task.checked_sub(1).is_some_and(|c| {
                let place = &self.places[c].place;
                place.whole_face().is_none()
            });
            let found = (region || part).then(|| repeated(&self.points[task]))??;
            Some((task, found))
        })
    }

    /// Starts a weighting at these points; `time` is the time coordinate.
    pub fn begin(&self, weighting: &mut dyn PointWeighting, time: Option<usize>) {
        let sets = self.points.iter().zip(&self.residuals).enumerate();
        let sets = sets.map(|(task, (points, residuals))| PointSet {
            residuals: *residuals,
            rows: points.rows(),
            times: time.filter(|_| task == 0).map(|time| {
                let span = self.domain.intervals()[time];
                let share = |x: &T| (x.to_f64() - span.lower) / (span.upper - span.lower);
                points.column(0, time).iter().map(share).collect()
            }),
        });
        weighting.begin(&sets.collect::<Vec<_>>());
    }

    /// Sets the weights of the points.
    pub fn weigh(&mut self, weighting: &dyn PointWeighting) {
        for (points, weights) in self.points.iter_mut().zip(weighting.weights()) {
            points.weigh(weights.iter().map(|w| T::from_f64(*w)));
        }
    }

    /// Draws dense candidates of a task, in an order along a curve; `epoch` counts the choices.
    pub fn candidates(&self, task: usize, candidates: usize, epoch: usize) -> Points<T> {
        let seed = set_seed(self.seed, CANDIDATES, epoch as u64);
        let seed = set_seed(seed, self.set(task), 0);
        let rows = candidates.saturating_mul(self.first_rows(task));
        let points = self.draw_task(task, rows, seed);
        points.select(&along_curve(&points))
    }

    /// Chooses points of a task among candidates by the sizes of their residuals; returns true if the points changed.
    pub fn adapt(
        &mut self,
        task: usize,
        method: &dyn AdaptiveSampler,
        candidates: &Points<T>,
        sizes: &[f64],
        epoch: usize,
    ) -> bool {
        let rows = Rows {
            // The face of an interval is one point.
            first: self.first_rows(task).min(candidates.rows()),
            present: self.points[task].rows(),
        };
        let seed = set_seed(self.seed, CHOICE, epoch as u64);
        let Choice {
            keep,
            rows,
            weights,
        } = method.choose(sizes, rows, set_seed(seed, self.set(task), 0));
        if rows.is_empty() {
            return false;
        }
        let chosen = candidates.select(&rows);
        let mut measure = self.measure(task, &chosen);
        if !weights.is_empty() {
            let graded = |i: usize| measure.get(i).map_or(1.0, |m| m.to_f64());
            let both = weights.iter().enumerate().map(|(i, w)| graded(i) * w);
            measure = both.map(T::from_f64).collect();
        }
        let points = &mut self.points[task];
        match keep {
            true => {
                let before = points.measure().unwrap_or(&[]);
                measure = [before, &measure].concat();
                *points = points.join(&chosen);
            }
            false => *points = chosen,
        }
        points.spread(measure, self.residuals[task]);
        true
    }

    /// Points that cannot be drawn again because they depend on earlier parameters, and their measure.
    pub fn adapted(&self) -> BTreeMap<String, Vec<T>> {
        let mut adapted = BTreeMap::new();
        if self.sampling.adaptive.is_some() {
            for (task, points) in self.points[..self.drawn()].iter().enumerate() {
                let measure = points.measure().unwrap_or(&[]);
                adapted.insert(format!("points {task}"), points.values().to_vec());
                adapted.insert(format!("measure {task}"), measure.to_vec());
            }
        }
        adapted
    }

    /// Restores the collocation of a run after this number of steps that allow resampling, with the points of
    /// [`Collocation::adapted`]. The error names the numbers that do not fit, and their expected and found count.
    pub fn continued(
        &self,
        steps: usize,
        adapted: &BTreeMap<String, Vec<T>>,
    ) -> Result<Self, (String, usize, usize)> {
        let mut collocation = self.clone();
        collocation.draw(self.epoch_after(steps));
        if self.sampling.adaptive.is_none() {
            return Ok(collocation);
        }
        for task in 0..self.drawn() {
            let none = Vec::new();
            let numbers = |what: &str| {
                let name = format!("{what} {task}");
                let found = adapted.get(&name).unwrap_or(&none);
                (found, name)
            };
            let (values, name) = numbers("points");
            let points = &mut collocation.points[task];
            let (drawn, found) = (points.values().len(), values.len());
            *points = points.with_values(values).ok_or((name, drawn, found))?;
            let rows = points.rows();
            let (measure, name) = numbers("measure");
            if !measure.is_empty() && measure.len() != rows {
                return Err((name, rows, measure.len()));
            }
            points.spread(measure.clone(), self.residuals[task]);
        }
        Ok(collocation)
    }

    /// Draws the points that are due after this number of steps that allow resampling; returns true if they changed. The
    /// points depend only on that number, so that a continued run has the same ones.
    pub fn update(&mut self, steps: usize) -> bool {
        let changed = self.is_due(steps);
        if changed {
            self.draw(self.epoch_after(steps));
        }
        changed
    }

    /// Returns true if the next update draws points.
    pub fn is_due(&self, steps: usize) -> bool {
        self.epoch_after(steps) != self.epoch
    }

    fn epoch_after(&self, steps: usize) -> usize {
        let every = self.sampling.resample_every;
        every.map_or(0, |every| steps / every.max(1))
    }

    fn draw(&mut self, epoch: usize) {
        self.epoch = epoch;
        let tasks = 0..self.drawn();
        let points = tasks.map(|task| {
            let rows = self.first_rows(task);
            let seed = set_seed(self.seed, self.set(task), epoch as u64);
            self.draw_task(task, rows, seed)
        });
        self.points = points.chain(self.given.iter().cloned()).collect();
        self.assign(epoch);
        for task in 0..self.drawn() {
            let measure = self.measure(task, &self.points[task]);
            self.points[task].spread(measure, self.residuals[task]);
        }
    }

    /// Assigns the values of one member to each of several equal blocks of rows, for a family whose network is generated.
    fn assign(&mut self, epoch: usize) {
        let Some(family) = self.family.as_ref().filter(|f| f.hypernetwork().is_some()) else {
            return;
        };
        let parameters = family.parameters;
        let seed = set_seed(self.seed, MEMBERS, epoch as u64);
        let sampler = sampler(self.sampling.method);
        let domain = &self.domain;
        let values = domain.parameter_values::<T>(sampler, seed, parameters, family.values);
        let first = domain.intervals().len() - parameters;
        for points in &mut self.points {
            let rows = points.rows() / family.values;
            for (site, p) in (0..points.sites()).flat_map(|s| (0..parameters).map(move |p| (s, p)))
            {
                let blocks = points.column_mut(site, first + p).chunks_exact_mut(rows);
                for (block, value) in blocks.zip(values.column(0, p)) {
                    block.fill(*value);
                }
            }
        }
    }

    fn place(&self, task: usize) -> Option<&Place> {
        self.places.get(task.checked_sub(1)?)
    }

    /// Measure of a task's points: the inverse of their density, with a mean of one.
    fn measure(&self, task: usize, points: &Points<T>) -> Vec<T> {
        let place = self.place(task).map(|place| &place.place);
        let mut measure = self.domain.measure(points, place);
        // Points of the box outside the region remove their part of the mean.
        let part = place.is_some_and(|place| place.whole_face().is_none());
        if !measure.is_empty() && (part || self.domain.geometry().is_some()) {
            let mean = self.mean_measure(task);
            measure
                .iter_mut()
                .for_each(|m| *m = T::from_f64(m.to_f64() / mean));
        }
        measure
    }

    /// Mean of the measure over many points of a task.
    fn mean_measure(&self, task: usize) -> f64 {
        const SAMPLES: usize = 8192;
        let points = self.draw_task(task, SAMPLES, 0);
        let place = self.place(task).map(|place| &place.place);
        let measure = self.domain.measure(&points, place);
        let sum: f64 = measure.iter().map(|m| m.to_f64()).sum();
        sum / measure.len() as f64
    }

    /// Number of the set of points, for seeds.
    fn set(&self, task: usize) -> u64 {
        self.place(task)
            .map_or(0, |place| 1 + place.condition as u64)
    }

    /// Points of a task at the start of the run.
    fn first_rows(&self, task: usize) -> usize {
        let members = self.family.as_ref().map_or(1, |family| family.values);
        members
            * match self.place(task) {
                None => self.sampling.interior,
                Some(place) => self.sampling.conditions[place.condition],
            }
    }

    fn draw_task(&self, task: usize, rows: usize, seed: u64) -> Points<T> {
        let sampler = sampler(self.sampling.method);
        match self.place(task) {
            None => self.domain.interior(sampler, seed, rows),
            Some(place) => match (place.partner, place.place.face()) {
                (Some(partner), Some(face)) => self.domain.pair(sampler, seed, rows, face, partner),
                _ => {
                    let (place, normal) = (&place.place, &place.normal);
                    self.domain.on(sampler, seed, rows, place, normal)
                }
            },
        }
    }
}
