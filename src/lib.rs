pub mod expr;
pub mod output;
pub mod pinn;
pub mod problem;
pub mod units;
