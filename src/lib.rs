pub mod expr;
pub mod units;
pub mod pinn;
