//! The points in use, and when they are drawn anew.

use crate::expr::Real;
use crate::norm::points::{PointSet, PointWeighting};
use crate::pinn::domain::Face;
use crate::pinn::points::Points;
use crate::pinn::sampling::{DimensionlessDomain, sampler, set_seed};
use crate::pinn::settings::{FamilySettings, SamplingSettings};

/// The set of points that are members of a family; conditions count from 1.
const MEMBERS: u64 = u64::MAX - 1;

/// Where a condition holds.
#[derive(Clone)]
pub(super) struct Place {
    /// Number of the condition among all, also those that are not trained.
    pub condition: usize,
    pub face: Face,
    /// The face that it is coupled with.
    pub partner: Option<Face>,
}

/// Points of all tasks: the interior, then each trained condition's face or pair of faces.
pub(super) struct Collocation<T> {
    domain: DimensionlessDomain,
    places: Vec<Place>,
    sampling: SamplingSettings,
    family: Option<FamilySettings>,
    seed: u64,
    /// How often the points were drawn before.
    epoch: usize,
    points: Vec<Points<T>>,
}

impl<T: Real> Collocation<T> {
    /// With the first points drawn.
    pub fn new(
        domain: DimensionlessDomain,
        places: Vec<Place>,
        sampling: SamplingSettings,
        family: Option<FamilySettings>,
        seed: u64,
    ) -> Self {
        let mut collocation = Collocation {
            domain,
            places,
            sampling,
            family,
            seed,
            epoch: 0,
            points: Vec::new(),
        };
        collocation.draw(0);
        collocation
    }

    /// Others in the same places.
    pub fn others(&self, sampling: SamplingSettings, seed: u64) -> Self {
        Self::new(
            self.domain.clone(),
            self.places.clone(),
            sampling,
            self.family.clone(),
            seed,
        )
    }

    pub fn points(&self) -> &[Points<T>] {
        &self.points
    }

    /// Begins a weighting at these points; `residuals` of each task, and the coordinate that is time.
    pub fn begin(
        &self,
        weighting: &mut dyn PointWeighting,
        residuals: &[usize],
        time: Option<usize>,
    ) {
        let sets = self.points.iter().zip(residuals).enumerate();
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

    /// Puts a weighting's weights at the points.
    pub fn weigh(&mut self, weighting: &dyn PointWeighting) {
        for (points, weights) in self.points.iter_mut().zip(weighting.weights()) {
            points.weigh(weights.iter().map(|w| T::from_f64(*w)));
        }
    }

    /// Draws the points that are due after so many steps that allow it; whether they are others than before.
    /// What is due depends on that number alone, so that a continued run meets the same points.
    pub fn update(&mut self, steps: usize) -> bool {
        let changed = self.is_due(steps);
        if changed {
            self.draw(self.epoch_after(steps));
        }
        changed
    }

    /// Whether the next update draws points.
    pub fn is_due(&self, steps: usize) -> bool {
        self.epoch_after(steps) != self.epoch
    }

    fn epoch_after(&self, steps: usize) -> usize {
        let every = self.sampling.resample_every;
        every.map_or(0, |every| steps / every.max(1))
    }

    fn draw(&mut self, epoch: usize) {
        self.epoch = epoch;
        let sampler = sampler(self.sampling.method);
        let seed = |set: usize| set_seed(self.seed, set as u64, epoch as u64);
        let domain = &self.domain;
        let members = self.family.as_ref().map_or(1, |family| family.values);
        let interior = domain.interior(sampler, seed(0), members * self.sampling.interior);
        let conditions = self.places.iter().map(|place| {
            let seed = seed(1 + place.condition);
            let rows = members * self.sampling.conditions[place.condition];
            match place.partner {
                None => domain.face(sampler, seed, rows, place.face),
                Some(partner) => domain.pair(sampler, seed, rows, place.face, partner),
            }
        });
        self.points = std::iter::once(interior).chain(conditions).collect();
        self.assign(epoch);
    }

    /// Of a family whose network is generated: equal blocks of rows get the values of one member each.
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
}
