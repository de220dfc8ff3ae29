//! Device that an engine can move to another thread.

use dfdx::prelude::*;

/// dfdx device that belongs to one engine.
pub(super) struct Own<D: Synchronize>(D);

impl<D: Synchronize> Own<D> {
    pub(super) fn new(device: D) -> Self {
        Own(device)
    }

    pub(super) fn get(&self) -> &D {
        &self.0
    }
}

// SAFETY: dfdx's CPU device is `Send`, which the function asserts.
unsafe impl Send for Own<Cpu> {}
const _: fn() = || {
    fn is_send<D: Send>() {}
    is_send::<Cpu>();
};

// SAFETY: dfdx's `Cuda` lacks `Send` only for the bare pointer of its second stream; cudarc declares all its other
// content `Send` and `Sync`. The driver takes a stream from any thread to which its context is bound: cudarc 0.9.15
// binds it in every call that makes, copies, launches or waits, and the drop below does so before handles are given
// back.
#[cfg(feature = "cuda")]
unsafe impl Send for Own<Cuda> {}

impl<D: Synchronize> Drop for Own<D> {
    fn drop(&mut self) {
        // Binds the context to this thread. There is nobody to tell of an error.
        let _ = self.0.try_synchronize();
    }
}
