//! Training steps beside other ways to do the same work: workloads, what trains them, other programs as child
//! processes, rounds in which all run in turns, and rows of a table.

// Every benchmark uses a part of it.
#![allow(dead_code)]

mod load;
pub mod peer;
pub mod report;
pub mod timing;
pub mod training;
pub mod work;
pub mod workload;
