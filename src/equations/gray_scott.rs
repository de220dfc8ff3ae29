//! The Gray–Scott reaction in a plane.

use crate::registry::Pde;
use pinn_units::{Equations, equation, space2};
use uom::si::f64::*;

pinn_units::quantities! {
    /// Fractions of a feed `a` and of a catalyst `b` that makes more of itself.
    pub struct GrayScottQuantities {
        coordinates { t: Time, x: Length, y: Length }
        fields { a: Ratio, b: Ratio }
        parameters {
            D_a: DiffusionCoefficient, D_b: DiffusionCoefficient, rate: Frequency, feed: Frequency, kill: Frequency
        }
    }
}

/// ∂a/∂t = D_a ∇²a − r a b² + F (1 − a) and ∂b/∂t = D_b ∇²b + r a b² − (F + K) b (Pearson, *Science* 261, 1993, eq. 1).
pub struct GrayScott;

impl Pde for GrayScott {
    const NAME: &'static str = "gray-scott";
    const SUMMARY: &'static str = "patterns of a self-catalysed reaction, a + 2 b -> 3 b";
    type Quantities = GrayScottQuantities;

    fn residuals(s: GrayScottQuantities) -> impl Equations {
        let (a, b) = (s.a, s.b);
        let space = space2(s.x, s.y);
        let reaction = s.rate * a * b * b;
        let fed = a.d(s.t) - s.D_a * space.laplacian(a) + reaction - s.feed * (1.0 - a);
        let made = b.d(s.t) - s.D_b * space.laplacian(b) - reaction + (s.feed + s.kill) * b;
        (
            equation::<Frequency, _>("feed", fed),
            equation::<Frequency, _>("catalyst", made),
        )
    }
}
