//! Memory of a step.

use crate::comparison::report::{Row, Target};
use crate::comparison::training::Training;
use crate::comparison::workload::heat;
use pinn::engine::EngineError;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes that are allocated, and the most that were at any time since the mark was set.
struct Counting;
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does all the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = ALLOCATED.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Relaxed);
        // SAFETY: passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// A million points of W1, single precision, 2 threads: engine, optimiser and two steps, without the points.
pub fn row() -> Result<Row, EngineError> {
    const POINTS: usize = 1_000_000;
    let workload = heat(vec![64; 4], [POINTS, 0, 0]);
    let before = ALLOCATED.load(Relaxed);
    let mut training = Training::<f32>::fused(&workload, 2);
    // Drawing points took more than they do; what is there now counts from here.
    let points = POINTS * workload.lower.len() * size_of::<f32>();
    PEAK.store(ALLOCATED.load(Relaxed), Relaxed);
    training.burst(2)?;
    Ok(Row {
        name: "memory".to_string(),
        value: (PEAK.load(Relaxed) - before - points) as f64 / 1e6,
        unit: "MB beside 10⁶ points",
        target: Some(Target::AtMost(200.0)),
        measured: Vec::new(),
        others: 0.0,
    })
}
