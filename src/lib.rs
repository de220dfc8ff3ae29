pub mod expr;
pub mod norm;
pub mod output;
pub mod pinn;
pub mod problem;
pub mod units;
