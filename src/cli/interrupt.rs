//! Ctrl-C: the first asks for a clean end, the second ends at once.

use super::exit::Code;
use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Listens to Ctrl-C and to polite requests to terminate, from now on. May be called again.
pub(super) fn listen() -> Result<(), ctrlc::Error> {
    let installed = ctrlc::try_set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(Code::Interrupted as i32);
        }
        eprintln!("\nfinishing this step and saving; Ctrl-C again ends at once and loses it");
    });
    match installed {
        Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        other => other,
    }
}

pub(super) fn requested() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
