//! Ctrl-C: the first asks for a clean end, the second ends at once.

use super::exit::Code;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens to Ctrl-C and to polite requests to terminate, from now on. May be called again.
pub(super) fn listen() -> Result<(), ctrlc::Error> {
    let installed = ctrlc::try_set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(Code::Interrupted as i32);
        }
        eprintln!(
            "\nfinishing this step and saving; press Ctrl-C again to quit at once without saving"
        );
    });
    match installed {
        Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        other => other,
    }
}

/// Runs something with a flag that is set once an end was asked for.
pub(super) fn heeded<T>(run: impl FnOnce(&AtomicBool) -> T) -> T {
    let (stop, done) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if requested() {
                    stop.store(true, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        // The listener must end also if `run` panics, or the scope would never end.
        let ended = Ended(&done);
        let result = run(&stop);
        drop(ended);
        result
    })
}

struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(super) fn requested() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
