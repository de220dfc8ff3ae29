//! Problems as programs in Rust.

mod examples;
mod typed;
