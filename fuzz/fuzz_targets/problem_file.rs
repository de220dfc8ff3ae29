//! Any text as a problem file: no panic, and errors that point into the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pinn::equations::registry::Registry;
use pinn::problem::Problem;
use std::sync::LazyLock;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::builtin);

fuzz_target!(|text: &str| {
    if let Err(error) = Problem::parse("fuzzed", text, &REGISTRY)
        && let Some(span) = error.span()
    {
        assert!(text.get(span.clone()).is_some(), "an error at {span:?}");
    }
});
