//! Adam on the device: the kernels of a step, and runs of many steps.

use super::{Argument, GeneratedEngine, Growing, Launch, Machine, buffer, expect, number, read};
use crate::EngineError;
use crate::resident::{AdamRun, Record, Resident, StepLog};
use bytemuck::Pod;
use pinn_expr::Real;
use pinn_geometry::points::Points;
use std::ops::Range;

/// Arguments of the kernels.
mod argument {
    /// `survey`: the gradient, and sums of its squares, one per block.
    pub const SURVEY: [usize; 2] = [0, 1];

    pub const PARAMETERS: usize = 0;
    pub const GRADIENT: usize = 1;
    pub const FIRST: usize = 2;
    pub const SECOND: usize = 3;
    /// Parameters before the last step that was taken.
    pub const PREVIOUS: usize = 4;
    /// β₁, β₂, 1 − β₁, 1 − β₂, ε, and two numbers for every step.
    pub const TABLE: usize = 5;
    /// Sums of squares of the gradient, and their number.
    pub const SQUARES: usize = 6;
    pub const BLOCKS: usize = 7;
    /// Sums of squared residuals.
    pub const TOTALS: usize = 8;
    /// One row per step.
    pub const LOG: usize = 9;
    pub const STEP: usize = 10;
    /// First parameter in the log, and their number.
    pub const WATCHED: usize = 11;
    pub const WATCHED_COUNT: usize = 12;
    pub const COUNT: usize = 13;
}

/// Number of entries of the table before those of the first step.
const FIXED: usize = 5;

/// Number of blocks that survey the gradient; every thread of the step sums their results.
const SURVEYORS: usize = 32;

/// Source of the kernels `survey` and `adam`, for a number of parameters.
///
/// The formula has the operations of `Adam` in `pinn_core`, in their order.
pub(super) fn source(parameters: usize) -> String {
    let [from, to] = argument::SURVEY;
    format!(
        "KERNEL survey(Arguments arguments) {{\n\
         SHARED(memory);\ndouble *sums = (double *)memory;\n\
         const T *gradient = POINTER(const T, {from});\ndouble *to = POINTER(double, {to});\n\
         double sum = 0;\n\
         for (long i = GLOBAL; i < {parameters}; i += GLOBALS) sum += (double)gradient[i] * (double)gradient[i];\n\
         sums[THREAD] = sum;\nBARRIER();\n\
         if (LANE == 0) for (int i = 1; i < 32; i++) sums[THREAD] += sums[THREAD + i];\nBARRIER();\n\
         if (THREAD == 0) {{\nfor (int i = 1; i < WARPS; i++) sums[0] += sums[32 * i];\nto[BLOCK] = sums[0];\n}}\n}}\n\n\
         KERNEL adam(Arguments arguments) {{\n\
         T *parameters = POINTER(T, {p}), *first = POINTER(T, {first}), *second = POINTER(T, {second});\n\
         T *previous = POINTER(T, {previous});\n\
         const T *gradient = POINTER(const T, {gradient}), *table = POINTER(const T, {table});\n\
         const double *squares = POINTER(const double, {squares}), *totals = POINTER(const double, {totals});\n\
         const long step = INTEGER({step}), watched = INTEGER({watched}), count = INTEGER({watched_count});\n\
         double *log = POINTER(double, {log}) + step * (2 + 2 * LOSSES + count);\n\
         double square = 0;\n\
         for (int b = 0; b < INTEGER({blocks}); b++) square += squares[b];\n\
         int finite = square - square == 0;\n\
         for (int l = 0; l < LOSSES; l++) finite = finite && totals[2 * l + 1] - totals[2 * l + 1] == 0;\n\
         const T rate = table[{FIXED} + 2 * step], root_scale = table[{FIXED} + 2 * step + 1];\n\
         for (long i = GLOBAL; i < {parameters}; i += GLOBALS) {{\n\
         T p = parameters[i];\n\
         if (finite) {{\n\
         const T g = gradient[i], m = table[0] * first[i] + table[2] * g, v = table[1] * second[i] + table[3] * g * g;\n\
         previous[i] = p;\nfirst[i] = m;\nsecond[i] = v;\n\
         p -= rate * m / (SQRT(v) * root_scale + table[4]);\nparameters[i] = p;\n}}\n\
         if (i >= watched && i < watched + count) log[2 + 2 * LOSSES + i - watched] = p;\n}}\n\
         if (BLOCK == 0) {{\n\
         if (THREAD == 0) {{\nlog[0] = finite;\nlog[1] = square;\n}}\n\
         for (int l = THREAD; l < 2 * LOSSES; l += THREADS) log[2 + l] = totals[l];\n}}\n}}\n\n",
        p = argument::PARAMETERS,
        gradient = argument::GRADIENT,
        first = argument::FIRST,
        second = argument::SECOND,
        previous = argument::PREVIOUS,
        table = argument::TABLE,
        squares = argument::SQUARES,
        blocks = argument::BLOCKS,
        totals = argument::TOTALS,
        log = argument::LOG,
        step = argument::STEP,
        watched = argument::WATCHED,
        watched_count = argument::WATCHED_COUNT,
    )
}

/// Buffers of the steps other than parameters and gradient.
pub(super) struct Moments<B> {
    first: Growing<B>,
    second: Growing<B>,
    previous: Growing<B>,
    table: Growing<B>,
    squares: Growing<B>,
    log: Growing<B>,
}

impl<B: Send> Moments<B> {
    pub fn new() -> Self {
        let [first, second, previous, table, squares, log] =
            std::array::from_fn(|_| Growing::new());
        Moments {
            first,
            second,
            previous,
            table,
            squares,
            log,
        }
    }
}

impl<T: Real + Pod, M: Machine> GeneratedEngine<T, M> {
    /// Copies the state to the device and takes the first `count` steps of a run whose points are there.
    fn take(
        &mut self,
        run: &AdamRun<'_, T>,
        points: &[Points<T>],
        blocks: usize,
        watched: &Range<usize>,
        count: usize,
    ) -> Result<(), EngineError> {
        self.parameters.hold(&self.machine, run.parameters)?;
        self.moments.first.hold(&self.machine, run.first)?;
        self.moments.second.hold(&self.machine, run.second)?;
        let survey = Launch {
            blocks: self
                .layout
                .parameters
                .div_ceil(self.limits.threads)
                .clamp(1, SURVEYORS),
            shared: self.limits.threads * size_of::<f64>(),
            ..self.over(number::SURVEY, 1)
        };
        let adam = self.over(number::ADAM, self.layout.parameters);
        for step in 0..count {
            self.prepare()?;
            self.pass(points, blocks, true)?;
            self.reduce(blocks, true, true)?;
            self.collect(false, 1)?;
            let [from, to] = argument::SURVEY;
            let mut arguments = super::arguments(2);
            arguments[from] = buffer(&self.flat);
            arguments[to] = buffer(&self.moments.squares);
            self.machine.launch(survey, &arguments)?;
            let mut arguments = super::arguments(argument::COUNT);
            arguments[argument::PARAMETERS] = buffer(&self.parameters);
            arguments[argument::GRADIENT] = buffer(&self.flat);
            arguments[argument::FIRST] = buffer(&self.moments.first);
            arguments[argument::SECOND] = buffer(&self.moments.second);
            arguments[argument::PREVIOUS] = buffer(&self.moments.previous);
            arguments[argument::TABLE] = buffer(&self.moments.table);
            arguments[argument::SQUARES] = buffer(&self.moments.squares);
            arguments[argument::BLOCKS] = Argument::Integer(survey.blocks as u64);
            arguments[argument::TOTALS] = buffer(&self.totals);
            arguments[argument::LOG] = buffer(&self.moments.log);
            arguments[argument::STEP] = Argument::Integer(step as u64);
            arguments[argument::WATCHED] = Argument::Integer(watched.start as u64);
            arguments[argument::WATCHED_COUNT] = Argument::Integer(watched.len() as u64);
            self.machine.launch(adam, &arguments)?;
        }
        Ok(())
    }

    /// Reads the log of a number of steps.
    fn log(
        &self,
        points: &[Points<T>],
        watched: usize,
        steps: usize,
    ) -> Result<StepLog, EngineError> {
        let width = 2 + 2 * self.losses + watched;
        let mut numbers = vec![0.0; steps * width];
        read(&self.machine, &self.moments.log, &mut numbers)?;
        let mut log = StepLog::new(self.losses, watched);
        for row in numbers.chunks_exact(width) {
            let (totals, watched) = row[2..].split_at(2 * self.losses);
            let sums = self.sums(totals, points);
            let losses: Vec<f64> = sums.map(|[plain, _, count]| plain / count).collect();
            log.push(Record {
                taken: row[0] != 0.0,
                gradient_norm: row[1].sqrt(),
                losses: &losses,
                watched,
            });
        }
        Ok(log)
    }
}

impl<T: Real + Pod, M: Machine> Resident<T> for GeneratedEngine<T, M> {
    fn adam(
        &mut self,
        run: AdamRun<'_, T>,
        points: &[Points<T>],
        weights: &[f64],
        watched: Range<usize>,
        keep: &mut dyn FnMut(&StepLog) -> usize,
    ) -> Result<usize, EngineError> {
        let parameters = self.layout.parameters;
        for (what, vector) in [
            ("parameters", &run.parameters),
            ("first moments", &run.first),
            ("second moments", &run.second),
            ("previous parameters", &run.previous),
        ] {
            expect(what, parameters, vector.len())?;
        }
        expect("sets of points", self.tasks.len(), points.len())?;
        expect("weights", self.losses, weights.len())?;
        let watched = watched.start.min(parameters)..watched.end.min(parameters);
        let blocks = self.stage(points, weights, true)?;
        let numbers = [run.beta1, run.beta2].map(T::from_f64);
        let mut table = vec![
            numbers[0],
            numbers[1],
            T::ONE - numbers[0],
            T::ONE - numbers[1],
            T::from_f64(run.epsilon),
        ];
        debug_assert_eq!(table.len(), FIXED);
        let pairs = run
            .steps
            .iter()
            .flat_map(|step| [step.rate, step.root_scale]);
        table.extend(pairs.map(T::from_f64));
        let steps = run.steps.len();
        let row = 2 + 2 * self.losses + watched.len();
        let moments = &mut self.moments;
        moments.table.hold(&self.machine, &table)?;
        moments
            .log
            .at_least(&self.machine, steps * row * size_of::<f64>())?;
        moments
            .squares
            .at_least(&self.machine, SURVEYORS * size_of::<f64>())?;
        moments
            .previous
            .at_least(&self.machine, parameters * size_of::<T>())?;
        self.take(&run, points, blocks, &watched, steps)?;
        let log = self.log(points, watched.len(), steps)?;
        let kept = keep(&log).min(steps);
        if kept == 0 {
            return Ok(0);
        }
        if kept < steps {
            // Steps beyond are undone by a new start: every step gives the same bits.
            self.take(&run, points, blocks, &watched, kept)?;
        }
        read(&self.machine, &self.parameters, run.parameters)?;
        read(&self.machine, &self.moments.first, run.first)?;
        read(&self.machine, &self.moments.second, run.second)?;
        read(&self.machine, &self.moments.previous, run.previous)?;
        Ok(kept)
    }
}
