//! Parallel maps over independent items.

use std::convert::Infallible;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Maps all items, in their order, on this number of threads; 0 stands for one per core.
///
/// These are plain threads. A thread of a pool that waits for the pool of an engine would start the next item inside the
/// unfinished one, to an unbounded depth.
pub fn map<T: Sync, R: Send>(jobs: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let always = |item: &T| Ok::<R, Infallible>(work(item));
    match try_map(jobs, items, always) {
        Ok(results) => results,
        Err(never) => match never {},
    }
}

/// Maps all items by a function that may fail.
///
/// After a failure no more items are started. Of several errors, that of the first item is returned.
pub fn try_map<T: Sync, R: Send, E: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = if jobs == 0 { cores } else { jobs }.min(items.len());
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let worker = || {
        let mut done = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else {
                break;
            };
            let result = work(item);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            done.push((number, result));
        }
        done
    };
    let mut results: Vec<(usize, Result<R, E>)> = std::thread::scope(|scope| {
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

    #[test]
    fn nothing_is_begun_after_an_error() {
        let items: Vec<usize> = (0..50).collect();
        let begun = AtomicUsize::new(0);
        let work = |i: &usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            if *i == 3 { Err(*i) } else { Ok(*i) }
        };
        assert_eq!(try_map(1, &items, work), Err(3));
        assert_eq!(begun.load(Ordering::SeqCst), 4);
        assert_eq!(try_map(4, &items[..3], work), Ok(vec![0, 1, 2]));
    }
}
