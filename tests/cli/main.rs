//! The program as people run it.

mod bad_input;
mod commands;
mod device;
mod families;
mod inverse;
mod readme;
mod search;
mod solve;
mod study;
mod support;
