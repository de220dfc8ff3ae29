//! Engine on the hypernetwork's parameters.

use super::{Hypernetwork, Space};
use pinn_engine::fused::own;
use pinn_engine::shapes::expect;
use pinn_engine::simd::{Element, InstructionSet};
use pinn_engine::{Engine, EngineError, Linearised};
use pinn_geometry::points::Points;
use pinn_network::Network;
use pinn_units::{Batch, Nondimensional};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::ops::Range;
use std::sync::Mutex;

/// Engine for the losses of a whole family by the parameters of its hypernetwork.
///
/// Points have the coordinates of the network, followed by the ranged parameters, which are constant over blocks of
/// rows: a block is a member of the family. In [`Engine::loss`], all sets of points have the same members in the same
/// order, and equally many points for each. Members are spread over the threads and summed in their order, so that
/// results do not depend on the number of threads.
pub struct FamilyEngine<T: Element> {
    pub(super) hyper: Hypernetwork,
    network: Network,
    losses: usize,
    set: InstructionSet,
    pool: Option<ThreadPool>,
    /// Engines of single members, one per thread.
    pub(super) engines: Vec<Mutex<Box<dyn Linearised<T>>>>,
    pub(super) space: Space<T>,
    /// Ranged parameters by member.
    pub(super) values: Vec<T>,
    members: Vec<Member<T>>,
    /// Gradients by θ, by member.
    pub(super) by_theta: Vec<T>,
}

/// Points of one member, with the results of the engine.
struct Member<T> {
    points: Vec<Points<T>>,
    losses: Vec<f64>,
    value: Result<f64, EngineError>,
}

impl<T: Element> FamilyEngine<T> {
    /// Creates the engine. `member` creates an engine for the generated network, one for each thread; 0 threads means
    /// one per core.
    ///
    /// # Errors
    /// Errors of `member`, and [`EngineError::Threads`].
    pub fn new(
        hyper: Hypernetwork,
        member: impl Fn() -> Result<Box<dyn Linearised<T>>, EngineError>,
        threads: usize,
    ) -> Result<Self, EngineError> {
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
            n => n,
        };
        let first = member()?;
        let pool = match threads {
            1 => None,
            n => Some(
                ThreadPoolBuilder::new()
                    .num_threads(n)
                    .thread_name(|i| format!("family engine {i}"))
                    .build()
                    .map_err(|error| EngineError::Threads(error.to_string()))?,
            ),
        };
        let (network, losses) = (first.network().clone(), first.losses());
        let mut engines = vec![Mutex::new(first)];
        for _ in 1..threads {
            engines.push(Mutex::new(member()?));
        }
        Ok(FamilyEngine {
            losses,
            network,
            hyper,
            set: InstructionSet::fastest(),
            pool,
            engines,
            space: Space::default(),
            values: Vec::new(),
            members: Vec::new(),
            by_theta: Vec::new(),
        })
    }

    /// Hypernetwork whose parameters the engine uses.
    pub fn hypernetwork(&self) -> &Hypernetwork {
        &self.hyper
    }

    pub(super) fn expect_parameters(&self, found: usize) -> Result<(), EngineError> {
        expect("parameters", self.hyper.parameters(), found)
    }

    /// Rows of each member: successive rows with equal ranged parameters.
    pub(super) fn blocks(&self, points: &Points<T>) -> Result<Vec<Range<usize>>, EngineError> {
        let first = self.network.inputs();
        let coordinates = first + self.hyper.inputs();
        expect("coordinates", coordinates, points.coordinates())?;
        let same = |a: usize, b: usize| {
            (first..coordinates).all(|c| points.column(0, c)[a] == points.column(0, c)[b])
        };
        let mut blocks: Vec<Range<usize>> = Vec::new();
        for row in 0..points.rows() {
            match blocks.last_mut() {
                Some(block) if same(block.start, row) => block.end = row + 1,
                _ => blocks.push(row..row + 1),
            }
        }
        match blocks.is_empty() {
            true => expect("rows", 1, 0).map(|()| blocks),
            false => Ok(blocks),
        }
    }

    /// Writes the ranged parameters of the blocks to [`FamilyEngine::values`].
    pub(super) fn read_values(&mut self, points: &Points<T>, blocks: &[Range<usize>]) {
        let first = self.network.inputs();
        self.values.clear();
        for block in blocks {
            let columns = first..first + self.hyper.inputs();
            self.values
                .extend(columns.map(|c| points.column(0, c)[block.start]));
        }
    }

    /// Generates θ of every block.
    pub(super) fn generate(
        &mut self,
        parameters: &[T],
        points: &Points<T>,
        blocks: &[Range<usize>],
    ) {
        self.read_values(points, blocks);
        self.hyper
            .forward(self.set, parameters, &self.values, &mut self.space);
    }

    pub(super) fn pull_back(&mut self, parameters: &[T], gradient: &mut [T]) {
        let (set, space) = (self.set, &mut self.space);
        self.hyper
            .backward(set, parameters, &self.by_theta, space, gradient);
    }

    /// Propagates the gradient of one member back.
    pub(super) fn pull_back_of(
        &mut self,
        parameters: &[T],
        member: usize,
        by_theta: &[T],
        gradient: &mut [T],
    ) {
        let members = member..member + 1;
        let (set, space) = (self.set, &mut self.space);
        self.hyper
            .backward_of(set, parameters, members, by_theta, space, gradient);
    }

    /// Splits points by member, in existing memory; returns the values of the members.
    fn split(&mut self, points: &[Points<T>]) -> Result<(), EngineError> {
        let mut count = None;
        for (task, points) in points.iter().enumerate() {
            let blocks = self.blocks(points)?;
            let members = *count.get_or_insert(blocks.len());
            expect("members of the family", members, blocks.len())?;
            for block in &blocks {
                expect("points per member", points.rows() / members, block.len())?;
            }
            let expected = std::mem::take(&mut self.values);
            self.read_values(points, &blocks);
            if task > 0 && expected != self.values {
                return Err(EngineError::Members);
            }
            while self.members.len() < members {
                self.members.push(Member {
                    points: Vec::new(),
                    losses: vec![0.0; self.losses],
                    value: Ok(0.0),
                });
            }
            self.members.truncate(members);
            for (member, block) in self.members.iter_mut().zip(blocks) {
                while member.points.len() <= task {
                    member.points.push(Points::new(1, 1, 0));
                }
                member.points[task].copy_rows(points, block);
            }
        }
        Ok(())
    }

    pub(super) fn theta(&self, member: usize) -> &[T] {
        let length = self.hyper.generated();
        &self.space.theta[member * length..][..length]
    }
}

impl<T: Element> Engine<T> for FamilyEngine<T> {
    fn network(&self) -> &Network {
        &self.network
    }

    fn losses(&self) -> usize {
        self.losses
    }

    fn pool(&self) -> Option<&ThreadPool> {
        self.pool.as_ref()
    }

    fn loss(
        &mut self,
        parameters: &[T],
        points: &[Points<T>],
        weights: &[f64],
        losses: &mut [f64],
        gradient: Option<&mut [T]>,
    ) -> Result<f64, EngineError> {
        self.expect_parameters(parameters.len())?;
        expect("losses", self.losses, losses.len())?;
        if let Some(gradient) = &gradient {
            expect(
                "elements of the gradient",
                self.hyper.parameters(),
                gradient.len(),
            )?;
        }
        self.split(points)?;
        self.hyper
            .forward(self.set, parameters, &self.values, &mut self.space);
        let length = self.hyper.generated();
        let wanted = gradient.is_some();
        self.by_theta.resize(self.members.len() * length, T::ZERO);
        let (engines, pool) = (&self.engines, &self.pool);
        let one = |((member, theta), by_theta): ((&mut Member<T>, &[T]), &mut [T])| {
            let mut engine = own(engines, pool.is_some());
            let gradient = wanted.then_some(by_theta);
            member.value =
                engine.loss(theta, &member.points, weights, &mut member.losses, gradient);
        };
        let (members, theta) = (&mut self.members, &self.space.theta);
        match pool {
            Some(pool) => pool.install(|| {
                let members = members.par_iter_mut().with_max_len(1);
                let members = members.zip(theta.par_chunks_exact(length));
                let members = members.zip(self.by_theta.par_chunks_exact_mut(length));
                members.for_each(one);
            }),
            None => {
                let members = members.iter_mut().zip(theta.chunks_exact(length));
                let members = members.zip(self.by_theta.chunks_exact_mut(length));
                members.for_each(one);
            }
        }
        let share = 1.0 / self.members.len() as f64;
        losses.fill(0.0);
        let mut value = 0.0;
        for member in &self.members {
            value += share * member.value.clone()?;
            for (sum, loss) in losses.iter_mut().zip(&member.losses) {
                *sum += share * loss;
            }
        }
        if let Some(gradient) = gradient {
            let share = T::from_f64(share);
            for g in &mut self.by_theta {
                *g *= share;
            }
            self.pull_back(parameters, gradient);
        }
        Ok(value)
    }

    fn residuals(
        &mut self,
        parameters: &[T],
        task: usize,
        points: &Points<T>,
    ) -> Result<Batch<T, Nondimensional>, EngineError> {
        self.expect_parameters(parameters.len())?;
        let blocks = self.blocks(points)?;
        self.generate(parameters, points, &blocks);
        let rows = points.rows();
        let mut data = Vec::new();
        let mut of_member = None;
        for (member, block) in blocks.iter().enumerate() {
            let mut engine = own(&self.engines, false);
            let batch = engine.residuals(self.theta(member), task, &points.range(block.clone()))?;
            data.resize(batch.residuals() * rows, T::ZERO);
            for r in 0..batch.residuals() {
                data[r * rows..][block.clone()].copy_from_slice(batch.column(r));
            }
            of_member = Some(batch);
        }
        let of_member: Batch<T, Nondimensional> = of_member.ok_or(EngineError::Members)?;
        Ok(of_member.like(data, rows))
    }

    fn fields(&mut self, parameters: &[T], points: &Points<T>) -> Result<Vec<T>, EngineError> {
        self.expect_parameters(parameters.len())?;
        let blocks = self.blocks(points)?;
        self.generate(parameters, points, &blocks);
        let rows = points.rows();
        let mut fields = vec![T::ZERO; self.network.outputs * rows];
        for (member, block) in blocks.iter().enumerate() {
            let mut engine = own(&self.engines, false);
            let found = engine.fields(self.theta(member), &points.range(block.clone()))?;
            for (to, from) in fields
                .chunks_exact_mut(rows)
                .zip(found.chunks_exact(block.len()))
            {
                to[block.clone()].copy_from_slice(from);
            }
        }
        Ok(fields)
    }

    fn linearised(&mut self) -> Option<&mut dyn Linearised<T>> {
        Some(self)
    }
}
