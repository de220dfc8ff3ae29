//! Grading of points towards a face.

/// Stretching of one coordinate of the unit cube: as graded meshes are where solutions behave like a root of
/// the distance (Babuška, Kellogg & Pitkäranta, *Direct and inverse error estimates for finite elements with
/// mesh refinements*, Numer. Math. 33, 1979).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Grading {
    /// True if points lie closer towards the lower end.
    pub lower: bool,
    /// True if points lie closer towards the upper end.
    pub upper: bool,
}

/// Points per length grow like distance^(1/3 − 1): the third power of evenly spread numbers. Two thirds of the points
/// lie within three tenths of the coordinate, one in ten within a thousandth.
const EXPONENT: i32 = 3;

impl Grading {
    /// Image in [0, 1] of the point `unit` of [0, 1).
    pub fn place(self, unit: f64) -> f64 {
        match (self.lower, self.upper) {
            (false, false) => unit,
            (true, false) => unit.powi(EXPONENT),
            (false, true) => 1.0 - (1.0 - unit).powi(EXPONENT),
            (true, true) if unit < 0.5 => 0.5 * (2.0 * unit).powi(EXPONENT),
            (true, true) => 1.0 - 0.5 * (2.0 - 2.0 * unit).powi(EXPONENT),
        }
    }

    /// Reciprocal of the density of points around `place`: the slope of [`Grading::place`] there. Its mean
    /// over placed points is one.
    pub fn measure(self, place: f64) -> f64 {
        let exponent = f64::from(EXPONENT);
        let slope = |distance: f64| exponent * distance.powf(1.0 - 1.0 / exponent);
        match (self.lower, self.upper) {
            (false, false) => 1.0,
            (true, false) => slope(place),
            (false, true) => slope(1.0 - place),
            (true, true) => slope(1.0 - (2.0 * place - 1.0).abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn points_stay_in_order_and_measures_are_slopes(u in 1e-3f64..0.999, lower: bool, upper: bool) {
            let grading = Grading { lower, upper };
            const STEP: f64 = 1e-6;
            let (before, after) = (grading.place(u - STEP), grading.place(u + STEP));
            let slope = (after - before) / (2.0 * STEP);
            prop_assert!(before < after && (0.0..=1.0).contains(&grading.place(u)));
            let measure = grading.measure(grading.place(u));
            prop_assert!((slope - measure).abs() <= 1e-4 * measure + 1e-9, "{slope} {measure}");
        }
    }

    #[test]
    fn ends_stay_and_points_gather_there() {
        for (lower, upper) in [(true, false), (false, true), (true, true)] {
            let grading = Grading { lower, upper };
            assert_eq!((grading.place(0.0), grading.place(1.0)), (0.0, 1.0));
            assert_eq!(grading.place(0.1) < 0.01, lower);
            assert_eq!(grading.place(0.9) > 0.99, upper);
        }
    }
}
