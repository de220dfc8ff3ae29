//! Periodic problems u_t = L u + N(u) by Fourier series in space and exponential time differencing.

mod periodic;
mod transport;

pub use periodic::{AllenCahnPeriodic, KortewegDeVriesPeriodic};
pub use transport::TransportPeriodic;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

type C = Complex<f64>;

/// Points on the circle around each hL on which the coefficients are averaged (Kassam & Trefethen, §2).
const CIRCLE: usize = 32;

/// An equation on a circle of length `length`, by Fourier modes.
#[derive(Copy, Clone)]
pub(super) struct Equation {
    pub length: f64,
    /// Symbol of the linear part at wave number k.
    pub linear: fn(parameters: [f64; 3], k: f64) -> C,
    /// Pointwise value, of which the modes are multiplied by `outer` at k: the nonlinear part.
    pub pointwise: fn(parameters: [f64; 3], u: f64) -> f64,
    pub outer: fn(k: f64) -> C,
    pub parameters: [f64; 3],
}

/// A solution at equal times, as modes of u and of its time derivative.
#[derive(Clone)]
pub(super) struct Trajectory {
    length: f64,
    duration: f64,
    modes: usize,
    snapshots: Vec<(Vec<C>, Vec<C>)>,
}

/// Wave number of mode `j` of `n`; the highest, which has no sign, counts as zero.
fn wave_number(j: usize, n: usize, length: f64) -> f64 {
    let signed = match j {
        _ if j < n / 2 => j as f64,
        _ if j == n / 2 => 0.0,
        _ => j as f64 - n as f64,
    };
    2.0 * PI * signed / length
}

/// One step of ETDRK4 (Cox & Matthews, *J. Comput. Phys.* 176, 2002, eqs. 26–29), its coefficients by contour
/// integrals (Kassam & Trefethen, *SIAM J. Sci. Comput.* 26, 2005, eqs. 2.5 and §3).
struct Stepper {
    forward: Arc<dyn Fft<f64>>,
    /// Without the division by the number of modes.
    backward: Arc<dyn Fft<f64>>,
    equation: Equation,
    /// exp(hL) and exp(hL/2)
    full: Vec<C>,
    half: Vec<C>,
    /// Q of the paper, and its f₁, f₂, f₃.
    q: Vec<C>,
    f: [Vec<C>; 3],
    outer: Vec<C>,
    linear: Vec<C>,
}

impl Stepper {
    fn new(equation: Equation, n: usize, h: f64) -> Self {
        let numbers: Vec<f64> = (0..n).map(|j| wave_number(j, n, equation.length)).collect();
        let linear: Vec<C> = numbers
            .iter()
            .map(|k| (equation.linear)(equation.parameters, *k))
            .collect();
        let mut planner = FftPlanner::new();
        let mut stepper = Stepper {
            forward: planner.plan_fft_forward(n),
            backward: planner.plan_fft_inverse(n),
            equation,
            full: linear.iter().map(|l| (l * h).exp()).collect(),
            half: linear.iter().map(|l| (l * (0.5 * h)).exp()).collect(),
            q: Vec::new(),
            f: Default::default(),
            outer: numbers.iter().map(|k| (equation.outer)(*k)).collect(),
            linear,
        };
        for l in &stepper.linear {
            let mut sums = [C::new(0.0, 0.0); 4];
            for m in 0..CIRCLE {
                let angle = 2.0 * PI * (m as f64 + 0.5) / CIRCLE as f64;
                let z = l * h + C::from_polar(1.0, angle);
                let (e, cube) = (z.exp(), z * z * z);
                sums[0] += ((z * 0.5).exp() - 1.0) / z;
                sums[1] += (-z - 4.0 + e * (z * z - z * 3.0 + 4.0)) / cube;
                sums[2] += (z + 2.0 + e * (z - 2.0)) / cube;
                sums[3] += (-z * z - z * 3.0 - 4.0 + e * (-z + 4.0)) / cube;
            }
            let mean = sums.map(|s| s * (h / CIRCLE as f64));
            stepper.q.push(mean[0]);
            for (f, m) in stepper.f.iter_mut().zip(&mean[1..]) {
                f.push(*m);
            }
        }
        stepper
    }

    /// Modes of N(u); the upper third is cut off, where products of modes would alias (Orszag's rule).
    fn nonlinear(&self, modes: &[C]) -> Vec<C> {
        let n = modes.len();
        let mut values = modes.to_vec();
        self.backward.process(&mut values);
        for v in &mut values {
            *v = C::new(
                (self.equation.pointwise)(self.equation.parameters, v.re / n as f64),
                0.0,
            );
        }
        self.forward.process(&mut values);
        for (j, (v, outer)) in values.iter_mut().zip(&self.outer).enumerate() {
            let kept = j.min(n - j) <= n / 3;
            *v = if kept { *v * outer } else { C::new(0.0, 0.0) };
        }
        values
    }

    fn derivative(&self, modes: &[C]) -> Vec<C> {
        let nonlinear = self.nonlinear(modes);
        let terms = modes.iter().zip(&self.linear).zip(nonlinear);
        terms.map(|((u, l), n)| u * l + n).collect()
    }

    fn step(&self, u: &mut [C]) {
        let stage = |base: &[C], factor: &[C], slope: &dyn Fn(usize) -> C| -> Vec<C> {
            let terms = base.iter().zip(factor).zip(&self.q).enumerate();
            terms.map(|(j, ((b, e), q))| b * e + q * slope(j)).collect()
        };
        let n_u = self.nonlinear(u);
        let a = stage(u, &self.half, &|j| n_u[j]);
        let n_a = self.nonlinear(&a);
        let b = stage(u, &self.half, &|j| n_a[j]);
        let n_b = self.nonlinear(&b);
        let c = stage(&a, &self.half, &|j| n_b[j] * 2.0 - n_u[j]);
        let n_c = self.nonlinear(&c);
        for (j, u) in u.iter_mut().enumerate() {
            *u = *u * self.full[j]
                + n_u[j] * self.f[0][j]
                + (n_a[j] + n_b[j]) * self.f[1][j] * 2.0
                + n_c[j] * self.f[2][j];
        }
    }
}

impl Equation {
    /// Integrates from `start` with `n` modes, `steps` steps between each of `snapshots`.
    pub fn solve(
        &self,
        start: impl Fn(f64) -> f64,
        duration: f64,
        n: usize,
        snapshots: usize,
        steps: usize,
    ) -> Trajectory {
        let h = duration / (snapshots * steps) as f64;
        let stepper = Stepper::new(*self, n, h);
        let place = |j: usize| C::new(start(self.length * j as f64 / n as f64), 0.0);
        let mut modes: Vec<C> = (0..n).map(place).collect();
        stepper.forward.process(&mut modes);
        let mut taken = vec![(modes.clone(), stepper.derivative(&modes))];
        for _ in 0..snapshots {
            for _ in 0..steps {
                stepper.step(&mut modes);
            }
            taken.push((modes.clone(), stepper.derivative(&modes)));
        }
        Trajectory {
            length: self.length,
            duration,
            modes: n,
            snapshots: taken,
        }
    }
}

impl Trajectory {
    /// Value at the distance `x` from the start of the circle: cubic Hermite interpolation in time, the Fourier
    /// series in space.
    pub fn value(&self, x: f64, t: f64) -> f64 {
        let intervals = self.snapshots.len() - 1;
        let position = (t / self.duration).clamp(0.0, 1.0) * intervals as f64;
        let number = (position as usize).min(intervals - 1);
        let s = position - number as f64;
        let width = self.duration / intervals as f64;
        let (s2, s3) = (s * s, s * s * s);
        let weights = [
            2.0 * s3 - 3.0 * s2 + 1.0,
            (s3 - 2.0 * s2 + s) * width,
            3.0 * s2 - 2.0 * s3,
            (s3 - s2) * width,
        ];
        let (from, to) = (&self.snapshots[number], &self.snapshots[number + 1]);
        let mode = |j: usize| {
            from.0[j] * weights[0]
                + from.1[j] * weights[1]
                + to.0[j] * weights[2]
                + to.1[j] * weights[3]
        };
        let n = self.modes;
        let turn = C::from_polar(1.0, 2.0 * PI * x / self.length);
        // Real: modes of opposite sign are conjugate. Horner's scheme from the highest mode down.
        let mut sum = C::new(0.0, 0.0);
        for j in (1..n / 2).rev() {
            sum = (sum + mode(j)) * turn;
        }
        (mode(0).re + 2.0 * sum.re) / n as f64
    }

    /// Largest difference from another solution over the snapshots, and between them, relative to the largest
    /// value.
    pub fn difference(&self, other: &Trajectory) -> f64 {
        let (mut largest, mut size): (f64, f64) = (0.0, 0.0);
        for i in 1..=36 {
            let t = self.duration * f64::from(i) / 36.4;
            for j in 0..97 {
                let x = self.length * f64::from(j) / 97.0;
                let value = self.value(x, t);
                largest = largest.max((value - other.value(x, t)).abs());
                size = size.max(value.abs());
            }
        }
        largest / size
    }
}
