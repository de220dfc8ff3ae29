//! Uncertainty of the unknowns of a problem, given its measurements.
//!
//! Training minimises χ² = ‖r‖²/δ² with the rows r of [`measurements`](super::measurements): measurements in units of
//! their noise, and equations in units of their tolerance. The Gauss–Newton approximation of its second derivative at
//! the solution is JᵀJ/δ², and the unknowns are estimated by generalised least squares, in which the network's own
//! parameters w are nuisance parameters: they are *profiled*, that is, χ² is minimised over them for every value of the
//! unknowns θ, and the covariance of θ is the inverse of the Schur complement of w (Seber & Wild, *Nonlinear
//! Regression*, 1989, §2.3 and §5.9; Bell & Burke 2008, *Algorithmic differentiation of implicit functions and optimal
//! values*):
//!
//! δ² (R₂₂ᵀ R₂₂)⁻¹, J = Q [R₁₁ R₁₂; 0 R₂₂], the columns of w first, and R₂₂ᵀ R₂₂ = ZᵀZ,
//!
//! where Z is the remainder of the columns of θ after subtracting their projections on those of w.
//!
//! Rows of Z that belong to equations and conditions are residuals that the network cannot remove when θ changes, because
//! it is too small or because the tolerance permits them. The true solution has none, so that they are no evidence about
//! θ, and only the rows Z₁ of the measurements are counted:
//!
//! cov θ = δ² (Z₁ᵀ Z₁)⁻¹.
//!
//! This covariance is never less than the one above, and infinite if the measurements contain no information.
//! [`Estimate::unfollowed`] reports the difference of the two; if it is large, a larger network is needed.
//!
//! If equations and conditions determine the solution for a given θ, changing w against them is so expensive that the
//! remainder of a column of θ is the sensitivity of the measurements along the solutions of the equations. Otherwise (an
//! unknown field, a missing initial condition), the measurements have to determine the rest too, and intervals widen
//! accordingly. There is no prior on w. A network has far more parameters than it has independent functions: columns
//! that depend on others to rounding are removed by pivoting (Golub & Van Loan, *Matrix Computations*, 4th ed., §5.4.2),
//! which does not change the functions that the others can express. Orthogonal transformations keep the condition number
//! of J, whose square would exceed the digits of a double.

use super::optimiser::gauss_newton::fold;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{ColMut, Mat, Par};
use nalgebra::DMatrix;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Columns whose remainder is less than this part of the longest are rounding: residuals have second derivatives, which
/// lose three to four of sixteen digits.
const DEPENDENT_F64: f64 = 1e-11;
/// Relative size of rounding errors if the Jacobian has seven digits.
const DEPENDENT_F32: f64 = 1e-4;
/// An unknown is not determined if less than this part of its column remains: the remainder is a difference of numbers
/// that agree in half of all digits.
const UNDETERMINED: f64 = 1e-8;
/// Share of all repetitions of the measurement whose interval contains the true value.
pub const CONFIDENCE: f64 = 0.95;

/// Rows of a Jacobian, folded into the triangle of its QR factorisation.
pub(crate) struct Rows {
    columns: usize,
    triangle: Mat<f64>,
    waiting: Vec<f64>,
}

impl Rows {
    /// Starts without rows, for this number of columns.
    pub fn new(columns: usize) -> Self {
        Rows {
            columns,
            triangle: Mat::zeros(0, columns),
            waiting: Vec::new(),
        }
    }

    /// Adds whole rows, one after the other.
    pub fn add(&mut self, rows: impl Iterator<Item = f64>) {
        self.waiting.extend(rows);
        // Many rows at once cost less: the triangle passes through every transformation.
        if self.waiting.len() >= 2 * self.columns * self.columns {
            self.fold();
        }
    }

    fn fold(&mut self) {
        let (rows, n) = (std::mem::take(&mut self.waiting), self.columns);
        if !rows.is_empty() {
            self.triangle = fold(self.triangle.as_ref(), rows.len() / n, |i, j| {
                rows[i * n + j]
            });
        }
    }

    /// Profiles all columns but the last `unknowns`, which are those of the unknowns. `exact` is true if entries have
    /// sixteen digits, and false if they have seven.
    pub fn profile(mut self, unknowns: usize, exact: bool) -> Profile {
        self.fold();
        let triangle = self.triangle;
        let own = self.columns - unknowns;
        let lengths: Vec<f64> = (0..own).map(|j| triangle.col(j).norm_l2()).collect();
        // Units of parameters are arbitrary; a column of zeros stays one.
        let unit = |length: f64| if length > 0.0 { length } else { 1.0 };
        let scaled = Mat::from_fn(triangle.nrows(), own, |i, j| {
            triangle[(i, j)] / unit(lengths[j])
        });
        let pivoted = scaled.col_piv_qr();
        let (order, _) = pivoted.P().arrays();
        let diagonal = pivoted.thin_R();
        let size = |i: usize| diagonal[(i, i)].abs();
        let least = match exact {
            true => DEPENDENT_F64,
            false => DEPENDENT_F32,
        };
        let ranks = 0..own.min(diagonal.nrows());
        let rank = ranks.take_while(|i| size(*i) > least * size(0)).count();
        let mut columns: Vec<usize> = order[..rank].to_vec();
        columns.extend(own..self.columns);
        let chosen = Mat::from_fn(
            triangle.nrows().max(columns.len()),
            columns.len(),
            |i, j| match i < triangle.nrows() {
                true => triangle[(i, columns[j])],
                false => 0.0,
            },
        );
        let factor = chosen.qr().thin_R().to_owned();
        Profile {
            columns,
            factor,
            unknowns,
        }
    }
}

/// Triangle of the independent columns, those of the unknowns last.
pub(crate) struct Profile {
    /// Numbers of the independent columns.
    columns: Vec<usize>,
    factor: Mat<f64>,
    unknowns: usize,
}

impl Profile {
    /// Number of independent directions among the profiled columns.
    pub fn rank(&self) -> usize {
        self.columns.len() - self.unknowns
    }

    /// Computes the information in one row j of J.
    pub fn row(&self, row: &[f64]) -> Told {
        let (rank, n) = (self.rank(), self.unknowns);
        let mut solved: Vec<f64> = self.columns.iter().map(|c| row[*c]).collect();
        let mut column = ColMut::from_slice_mut(&mut solved);
        solve_lower_triangular_in_place(
            self.factor.transpose(),
            column.as_mut().as_mat_mut(),
            Par::Seq,
        );
        let corner = self.factor.as_ref().submatrix(rank, rank, n, n);
        let last = &solved[rank..];
        let left = (0..n).map(|j| (0..=j).map(|i| last[i] * corner[(i, j)]).sum());
        Told {
            left: left.collect(),
            leverage: solved.iter().map(|x| x * x).sum(),
        }
    }

    /// (R₂₂ᵀR₂₂)⁻¹ if all rows count, row by row; `None` if they do not determine every unknown.
    pub fn covariance(&self) -> Option<Vec<Vec<f64>>> {
        let (rank, n) = (self.rank(), self.unknowns);
        let corner = self.factor.as_ref().submatrix(rank, rank, n, n);
        let information = DMatrix::from_fn(n, n, |i, j| {
            (0..=i.min(j))
                .map(|k| corner[(k, i)] * corner[(k, j)])
                .sum()
        });
        self.inverse(information)
    }

    /// (Z₁ᵀZ₁)⁻¹ of those rows whose [`Told::left`] are given, row by row; `None` if they do not determine every unknown.
    pub fn covariance_of(&self, left: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
        let n = self.unknowns;
        let information = DMatrix::from_fn(n, n, |i, j| left.iter().map(|z| z[i] * z[j]).sum());
        self.inverse(information)
    }

    fn inverse(&self, information: DMatrix<f64>) -> Option<Vec<Vec<f64>>> {
        let (rank, n) = (self.rank(), self.unknowns);
        // The remainder of a column relative to the column: parameters have no units of their own.
        let length = |j: usize| self.factor.as_ref().col(rank + j).norm_l2();
        let part = DMatrix::from_fn(n, n, |i, j| information[(i, j)] / (length(i) * length(j)));
        let least = UNDETERMINED * UNDETERMINED;
        let factor = part.cholesky()?;
        let sound = |i: usize| factor.l_dirty()[(i, i)].powi(2) > least;
        if !(0..n).all(sound) {
            return None;
        }
        let inverse = factor.inverse();
        let rows = (0..n).map(|i| {
            let row = (0..n).map(|j| inverse[(i, j)] / (length(i) * length(j)));
            row.collect()
        });
        Some(rows.collect())
    }
}

/// Information of a row on the unknowns when the other columns are profiled.
pub(crate) struct Told {
    /// Remainder of its entries in the columns of the unknowns: a row of Z, with ZᵀZ = R₂₂ᵀR₂₂.
    pub left: Vec<f64>,
    /// Leverage j (JᵀJ)⁻¹ jᵀ: the share of its own measurement that the fit follows, between 0 and 1.
    pub leverage: f64,
}

/// Half the width of the interval in standard errors: by the normal distribution if the noise is known, otherwise by
/// Student's t distribution with the degrees of freedom of its estimate. `None` if these are less than one.
pub(crate) fn half_width(degrees: Option<f64>) -> Option<f64> {
    let quantile = 0.5 + 0.5 * CONFIDENCE;
    match degrees {
        None => Some(Normal::standard().inverse_cdf(quantile)),
        Some(degrees) if degrees >= 1.0 => {
            let student = StudentsT::new(0.0, 1.0, degrees).ok()?;
            Some(student.inverse_cdf(quantile))
        }
        Some(_) => None,
    }
}

/// Estimates of the unknowns of a problem from its measurements. Values are in SI base units.
#[derive(Clone, PartialEq, Debug)]
pub struct Inference {
    /// Estimates in the order of the unknowns.
    pub estimates: Vec<Estimate>,
    /// Fits in the order of the measurements.
    pub fits: Vec<Fit>,
    /// Number of measurements minus the number of parameters that they determine.
    pub degrees: f64,
    /// χ² of the measurements divided by the degrees of freedom: about one if the noise has its stated size. If no
    /// noise is given, differences are in units of the scales of their fields, and the root of this is the estimate of
    /// the noise.
    pub reduced_chi_square: f64,
    /// True if all measurements have a noise.
    pub noise_is_given: bool,
}

/// Estimate of an unknown with its uncertainty.
#[derive(Clone, PartialEq, Debug)]
pub struct Estimate {
    /// Value in SI base units.
    pub value: f64,
    /// Error; `None` if the measurements do not determine the value.
    pub error: Option<StandardError>,
    /// Share of its apparent information that comes from residuals that the network cannot remove, between 0 and 1: small
    /// if the network is large enough.
    pub unfollowed: f64,
}

/// Standard error, and the interval that contains the true value in 95 of 100 repetitions.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct StandardError {
    /// Standard deviation of the value, SI base units.
    pub deviation: f64,
    /// Lower end of the interval, SI base units.
    pub lower: f64,
    /// Upper end of the interval, SI base units.
    pub upper: f64,
}

/// Distance between one set of measurements and the solution.
#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    /// Number of measurements.
    pub measurements: usize,
    /// Standard deviation of one measurement, stated or estimated.
    pub noise: f64,
    /// Root mean square of the differences.
    pub rms: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(rows: &[&[f64]], unknowns: usize) -> Profile {
        let mut all = Rows::new(rows[0].len());
        for row in rows {
            all.add(row.iter().copied());
        }
        all.profile(unknowns, true)
    }

    #[test]
    fn a_straight_line_has_the_variances_of_linear_regression() {
        let x = [0.0, 1.0, 2.0, 3.0, 7.0];
        let rows: Vec<[f64; 2]> = x.iter().map(|x| [1.0, *x]).collect();
        let rows: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
        let mean = x.iter().sum::<f64>() / 5.0;
        let spread: f64 = x.iter().map(|x| (x - mean) * (x - mean)).sum();
        // The slope, with a profiled intercept: 1/Σ(x − x̄)².
        let slope = profile(&rows, 1);
        let variance = slope.covariance().unwrap()[0][0];
        assert!((variance * spread - 1.0).abs() < 1e-14);
        // Both: the intercept has 1/n + x̄²/Σ(x − x̄)².
        let both = profile(&rows, 2).covariance().unwrap();
        assert!((both[0][0] - (0.2 + mean * mean / spread)).abs() < 1e-14);
        assert!((both[0][1] + mean / spread).abs() < 1e-14);
        assert!((both[1][1] - variance).abs() < 1e-15);
        // Leverages add up to the number of parameters.
        let sum: f64 = rows.iter().map(|row| slope.row(row).leverage).sum();
        assert!((sum - 2.0).abs() < 1e-14);
        // The remainders of x are its differences from the mean.
        let left: Vec<Vec<f64>> = rows.iter().map(|row| slope.row(row).left).collect();
        let same = slope.covariance_of(&left).unwrap()[0][0];
        assert!((same / variance - 1.0).abs() < 1e-14);
        for (x, z) in x.iter().zip(&left) {
            assert!((x - mean - z[0]).abs() < 1e-14);
        }
    }

    #[test]
    fn nuisance_parameters_that_say_the_same_twice_change_nothing() {
        // Columns one and two are multiples up to rounding; the third is nothing.
        let x = [0.0f64, 1.0, 2.0, 3.0, 7.0, 7.5];
        let rows: Vec<[f64; 5]> = x
            .iter()
            .map(|x| [1.0 + x.sin(), 0.1 * (1.0 + x.sin()), 0.0, 1e6 * x, x * x])
            .collect();
        let rows: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
        let redundant = profile(&rows, 1);
        assert_eq!(redundant.rank(), 2);
        let plain: Vec<[f64; 3]> = x.iter().map(|x| [1.0 + x.sin(), *x, x * x]).collect();
        let plain: Vec<&[f64]> = plain.iter().map(|r| &r[..]).collect();
        let (a, b) = (
            redundant.covariance().unwrap(),
            profile(&plain, 1).covariance().unwrap(),
        );
        assert!((a[0][0] / b[0][0] - 1.0).abs() < 1e-11, "{a:?} {b:?}");
    }

    #[test]
    fn what_is_not_determined_has_no_variance() {
        let rows: [&[f64]; 3] = [&[1.0, 2.0], &[2.0, 4.0], &[-1.0, -2.0]];
        assert_eq!(profile(&rows, 1).covariance(), None);
        let none: [&[f64]; 2] = [&[1.0, 0.0], &[2.0, 0.0]];
        assert_eq!(profile(&none, 1).covariance(), None);
    }

    #[test]
    fn half_widths_are_those_of_tables() {
        assert!((half_width(None).unwrap() - 1.959_964).abs() < 1e-6);
        assert!((half_width(Some(10.0)).unwrap() - 2.228_139).abs() < 1e-6);
        assert_eq!(half_width(Some(0.5)), None);
    }
}
