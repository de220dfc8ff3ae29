//! Independent work side by side.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Results for all items, in their order, from so many threads at a time; 0 for as many as there are cores.
///
/// These are plain threads: one of a pool that waits for the pool of an engine would take up the next item meanwhile,
/// inside of the one that it has not finished, and so on without a bound.
pub fn map<T: Sync, R: Send>(jobs: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = if jobs == 0 { cores } else { jobs }.min(items.len());
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            match items.get(number) {
                Some(item) => done.push((number, work(item))),
                None => return done,
            }
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(worker)).collect();
        let finished = threads.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        finished.flatten().collect()
    });
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_and_no_more_work_is_under_way_than_asked_for() {
        let items: Vec<usize> = (0..50).collect();
        let inner = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let inner = inner.unwrap();
        let (under_way, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |i: &usize| {
            most.fetch_max(
                1 + under_way.fetch_add(1, Ordering::SeqCst),
                Ordering::SeqCst,
            );
            // As an engine does.
            let square = inner.install(|| i * i);
            under_way.fetch_sub(1, Ordering::SeqCst);
            square
        };
        let squares: Vec<usize> = items.iter().map(|i| i * i).collect();
        for jobs in [0, 1, 3, 100] {
            assert_eq!(map(jobs, &items, work), squares, "{jobs}");
        }
        most.store(0, Ordering::SeqCst);
        map(2, &items, work);
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert!(map(2, &[], |_: &usize| 1).is_empty());
    }
}
