//! Steady flow in a square cavity by collocation, all quantities dimensionless.

use super::lid::{Derivatives, binomial, lid};
use crate::chebyshev::Points;
use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef};

/// Newton's steps of a stage, at most.
const STEPS: usize = 30;
/// The last stage ends with a step of this size, relative to the unknowns, and those before, which only lead to it,
/// with one of that.
const CONVERGED: f64 = 1e-11;
const NEAR: f64 = 1e-2;

/// Drive of the flow in the unit square. The stream function has u = ∂ψ/∂y, v = −∂ψ/∂x.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) enum Drive {
    /// A lid y = 1 that moves as 4x(1 − x).
    Lid { reynolds: f64 },
    /// Temperatures 1 at x = 0 and 0 at x = 1, adiabatic floor and ceiling, in the Boussinesq approximation. Speeds
    /// are in units of thermal diffusivity by side.
    Heat { rayleigh: f64, prandtl: f64 },
}

impl Drive {
    /// The problem itself, after easier ones whose solutions lead there.
    fn stages(self) -> Vec<Drive> {
        // Newton's method converges from rest up to here.
        let (hardest, easy) = match self {
            Drive::Lid { reynolds } => (reynolds, 100.0),
            Drive::Heat { rayleigh, .. } => (rayleigh, 2e3),
        };
        let count = (hardest / easy).log2().ceil().max(0.0) as i32;
        let stages = (0..=count).rev().map(|k| {
            let part = 0.5f64.powi(k);
            match self {
                Drive::Lid { reynolds } => Drive::Lid {
                    reynolds: part * reynolds,
                },
                Drive::Heat { rayleigh, prandtl } => Drive::Heat {
                    rayleigh: part * rayleigh,
                    prandtl,
                },
            }
        });
        stages.collect()
    }

    /// Factors of ∇⁴ψ and of ∂T/∂x in the equation of the vorticity.
    fn factors(self) -> (f64, f64) {
        match self {
            Drive::Lid { reynolds } => (1.0 / reynolds, 0.0),
            Drive::Heat { rayleigh, prandtl } => (prandtl, rayleigh * prandtl),
        }
    }

    fn stream(self, x: f64, y: f64) -> Derivatives {
        match self {
            Drive::Lid { .. } => lid(x, y),
            Drive::Heat { .. } => Derivatives::default(),
        }
    }

    fn heated(self) -> bool {
        matches!(self, Drive::Heat { .. })
    }
}

/// A solution: ψ = ψ_lid + w(x) w(y) q with w = s(1 − s), so that the walls are met by any polynomial q that vanishes
/// there (Trefethen, *Spectral Methods in MATLAB*, program 38); and the temperature. Values at Chebyshev's points, row
/// i at xᵢ.
pub(super) struct Flow {
    drive: Drive,
    points: Points,
    /// q, ∂q/∂x, ∂q/∂y.
    q: [Mat<f64>; 3],
    temperature: Option<Mat<f64>>,
}

/// Velocity along x and y, temperature (zero without one).
pub(super) type Values = [f64; 3];

impl Flow {
    /// By (n + 1)² points: Newton's method on ν∇⁴ψ = ψ_y ∇²ψ_x − ψ_x ∇²ψ_y + B T_x and ∇²T = ψ_y T_x − ψ_x T_y.
    pub fn solve(drive: Drive, n: usize) -> Self {
        let points = Points::new(n);
        let collocation = Collocation::new(&points, drive);
        let mut unknowns = Mat::zeros(collocation.unknowns(), 1);
        for stage in drive.stages() {
            let enough = if stage == drive { CONVERGED } else { NEAR };
            for _ in 0..STEPS {
                let (jacobian, residual) = collocation.linearise(stage, unknowns.as_ref());
                let step = jacobian.partial_piv_lu().solve(&residual);
                unknowns -= &step;
                if step.norm_max() <= enough * unknowns.norm_max() {
                    break;
                }
            }
        }
        let (q, temperature) = collocation.split(unknowns.as_ref());
        let q = Mat::from_fn(n + 1, n + 1, |i, j| {
            match (1..n).contains(&i) && (1..n).contains(&j) {
                true => q[(i - 1, j - 1)],
                false => 0.0,
            }
        });
        let first = &points.derivatives[0];
        let q = [q.clone(), first * &q, &q * first.transpose()];
        Flow {
            drive,
            q,
            temperature: drive.heated().then_some(temperature),
            points,
        }
    }

    pub fn values(&self, x: f64, y: f64) -> Values {
        let (along_x, along_y) = (self.points.interpolation(x), self.points.interpolation(y));
        let value = |matrix: &Mat<f64>| -> f64 {
            let rows = along_x.iter().enumerate();
            rows.map(|(i, a)| {
                let row = along_y.iter().enumerate();
                a * row.map(|(j, b)| b * matrix[(i, j)]).sum::<f64>()
            })
            .sum()
        };
        let [q, q_x, q_y] = self.q.each_ref().map(value);
        let weight = |s: f64| (s * (1.0 - s), 1.0 - 2.0 * s);
        let ((wx, dwx), (wy, dwy)) = (weight(x), weight(y));
        let stream = self.drive.stream(x, y);
        [
            stream.at(0, 1) + wx * (dwy * q + wy * q_y),
            -stream.at(1, 0) - wy * (dwx * q + wx * q_x),
            self.temperature.as_ref().map_or(0.0, value),
        ]
    }

    /// Mean Nusselt number of the hot wall, −∫∂T/∂x dy at x = 0 by the quadrature of Clenshaw and Curtis; 0 without
    /// temperature.
    #[cfg(test)]
    pub fn nusselt(&self) -> f64 {
        let Some(temperature) = &self.temperature else {
            return 0.0;
        };
        let n = self.points.nodes.len() - 1;
        let slopes = &self.points.derivatives[0] * temperature;
        // ∫ of the polynomial through values at the points: the antiderivative that vanishes at 0, by collocation.
        let first = &self.points.derivatives[0];
        let inner = first.submatrix(1, 1, n, n);
        let values = Mat::from_fn(n, 1, |i, _| -slopes[(0, i + 1)]);
        let antiderivative = inner.partial_piv_lu().solve(&values);
        antiderivative[(n - 1, 0)]
    }
}

/// Matrices at the inner points, and the equations there.
struct Collocation<'a> {
    points: &'a Points,
    /// Derivatives 0 to 4 of w·q at inner points, from q at inner points.
    weighted: [Mat<f64>; 5],
    /// ψ_lid at inner points, by rows.
    stream: Vec<Derivatives>,
    heated: bool,
}

impl<'a> Collocation<'a> {
    fn new(points: &'a Points, drive: Drive) -> Self {
        let n = points.nodes.len() - 1;
        let weighted = [0, 1, 2, 3, 4].map(|order| {
            Mat::from_fn(n - 1, n - 1, |i, j| {
                let s = points.nodes[i + 1];
                let weight = [s * (1.0 - s), 1.0 - 2.0 * s, -2.0];
                let term = |k: usize| {
                    let derivative = match order - k {
                        0 => f64::from(u8::from(i == j)),
                        d => points.derivatives[d - 1][(i + 1, j + 1)],
                    };
                    binomial(order, k) * weight[k] * derivative
                };
                (0..=order.min(2)).map(term).sum()
            })
        });
        let inner = &points.nodes[1..n];
        let stream = inner
            .iter()
            .flat_map(|x| inner.iter().map(|y| drive.stream(*x, *y)))
            .collect();
        Collocation {
            points,
            weighted,
            stream,
            heated: drive.heated(),
        }
    }

    /// Inner points along a coordinate.
    fn inner(&self) -> usize {
        self.points.nodes.len() - 2
    }

    /// q at inner points, then the temperature's part that vanishes at hot and cold wall, at all y.
    fn unknowns(&self) -> usize {
        let m = self.inner();
        m * m + if self.heated { m * (m + 2) } else { 0 }
    }

    /// q at inner points, temperature at all.
    fn split(&self, unknowns: MatRef<'_, f64>) -> (Mat<f64>, Mat<f64>) {
        let m = self.inner();
        let q = Mat::from_fn(m, m, |i, j| unknowns[(i * m + j, 0)]);
        let temperature = Mat::from_fn(m + 2, m + 2, |i, j| {
            let conducted = 1.0 - self.points.nodes[i];
            match self.heated && (1..=m).contains(&i) {
                true => conducted + unknowns[(m * m + (i - 1) * (m + 2) + j, 0)],
                false => conducted,
            }
        });
        (q, temperature)
    }

    /// Jacobian and residuals of all equations.
    fn linearise(&self, drive: Drive, unknowns: MatRef<'_, f64>) -> (Mat<f64>, Mat<f64>) {
        let m = self.inner();
        let (viscosity, buoyancy) = drive.factors();
        let (q, temperature) = self.split(unknowns);
        let a = &self.weighted;
        let [d, dd, ..] = &self.points.derivatives;
        let psi = |x: usize, y: usize| {
            let mut field = &a[x] * &q * a[y].transpose();
            for i in 0..m {
                for j in 0..m {
                    field[(i, j)] += self.stream[i * m + j].at(x, y);
                }
            }
            field
        };
        let (psi_x, psi_y) = (psi(1, 0), psi(0, 1));
        let laplacian_x = psi(3, 0) + psi(1, 2);
        let laplacian_y = psi(2, 1) + psi(0, 3);
        let biharmonic = psi(4, 0) + psi(2, 2) * 2.0 + psi(0, 4);
        let t_x = d * &temperature;
        let t_y = &temperature * d.transpose();
        let t_laplacian = dd * &temperature + &temperature * dd.transpose();

        let mut jacobian = Mat::zeros(self.unknowns(), self.unknowns());
        let mut residual = Mat::zeros(self.unknowns(), 1);
        let heat = |i: usize, j: usize| m * m + i * (m + 2) + j;
        for i in 0..m {
            for j in 0..m {
                let row = i * m + j;
                let (px, py) = (psi_x[(i, j)], psi_y[(i, j)]);
                let (lx, ly) = (laplacian_x[(i, j)], laplacian_y[(i, j)]);
                let (tx, ty) = (t_x[(i + 1, j + 1)], t_y[(i + 1, j + 1)]);
                residual[(row, 0)] =
                    viscosity * biharmonic[(i, j)] - (py * lx - px * ly) - buoyancy * tx;
                for k in 0..m {
                    for l in 0..m {
                        let x = |order: usize| a[order][(i, k)];
                        let y = |order: usize| a[order][(j, l)];
                        let column = k * m + l;
                        jacobian[(row, column)] = viscosity
                            * (x(4) * y(0) + 2.0 * x(2) * y(2) + x(0) * y(4))
                            - py * (x(3) * y(0) + x(1) * y(2))
                            - lx * x(0) * y(1)
                            + px * (x(2) * y(1) + x(0) * y(3))
                            + ly * x(1) * y(0);
                        if self.heated {
                            jacobian[(heat(i, j + 1), column)] =
                                tx * x(0) * y(1) - ty * x(1) * y(0);
                        }
                    }
                }
                if !self.heated {
                    continue;
                }
                let warm = heat(i, j + 1);
                residual[(warm, 0)] = py * tx - px * ty - t_laplacian[(i + 1, j + 1)];
                for k in 0..m {
                    jacobian[(row, heat(k, j + 1))] -= buoyancy * d[(i + 1, k + 1)];
                    jacobian[(warm, heat(k, j + 1))] += py * d[(i + 1, k + 1)] - dd[(i + 1, k + 1)];
                }
                for l in 0..m + 2 {
                    jacobian[(warm, heat(i, l))] -= px * d[(j + 1, l)] + dd[(j + 1, l)];
                }
            }
            if self.heated {
                // No heat through floor and ceiling.
                for end in [0, m + 1] {
                    residual[(heat(i, end), 0)] = t_y[(i + 1, end)];
                    for l in 0..m + 2 {
                        jacobian[(heat(i, end), heat(i, l))] = d[(end, l)];
                    }
                }
            }
        }
        (jacobian, residual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean Nusselt numbers and largest speeds along the middle lines of the benchmark solution (de Vahl Davis, *Int. J.
    /// Numer. Methods Fluids* 3, 1983, tables II–IV), which is accurate to about 0.1 %.
    #[test]
    fn natural_convection_is_that_of_the_benchmark() {
        for (rayleigh, nusselt, u, v) in [(1e3, 1.118, 3.649, 3.697), (1e4, 2.243, 16.178, 19.617)]
        {
            let drive = Drive::Heat {
                rayleigh,
                prandtl: 0.71,
            };
            let flow = Flow::solve(drive, 18);
            let found = flow.nusselt();
            assert!((found / nusselt - 1.0).abs() < 2e-3, "{rayleigh}: {found}");
            let largest = |f: &dyn Fn(f64) -> f64| {
                (0..=1000)
                    .map(|i| f(f64::from(i) / 1000.0))
                    .fold(0.0, f64::max)
            };
            let found = [
                largest(&|y| flow.values(0.5, y)[0]) / u,
                largest(&|x| flow.values(x, 0.5)[1]) / v,
            ];
            assert!(
                found.iter().all(|ratio| (ratio - 1.0).abs() < 2e-3),
                "{rayleigh}: {found:?}"
            );
        }
    }

    /// The flow is free of divergence, meets the walls, and does not depend on the number of points.
    #[test]
    fn the_lid_driven_flow_converges() {
        let drive = Drive::Lid { reynolds: 100.0 };
        let [coarse, fine] = [16, 22].map(|n| Flow::solve(drive, n));
        for (x, y) in [(0.0, 0.4), (0.7, 0.0), (1.0, 0.9)] {
            assert!(fine.values(x, y)[0].hypot(fine.values(x, y)[1]) < 1e-12);
        }
        assert!((fine.values(0.25, 1.0)[0] - 0.75).abs() < 1e-12);
        let (x, y, h) = (0.31, 0.83, 1e-5);
        let along_x = (fine.values(x + h, y)[0] - fine.values(x - h, y)[0]) / (2.0 * h);
        let along_y = (fine.values(x, y + h)[1] - fine.values(x, y - h)[1]) / (2.0 * h);
        assert!((along_x + along_y).abs() < 1e-7, "{along_x} {along_y}");
        for (x, y) in [(0.5, 0.5), (0.05, 0.95), (0.97, 0.97), (0.2, 0.1)] {
            let (a, b) = (coarse.values(x, y), fine.values(x, y));
            let difference = (a[0] - b[0]).hypot(a[1] - b[1]);
            assert!(difference < 1e-3, "{x} {y}: {difference:e}");
        }
    }
}
