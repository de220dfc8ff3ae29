//! Steady laminar flow around a cylinder in a channel and the heat that it carries, by finite elements of high degree.
//! All quantities are dimensionless: lengths by the height of the channel, speeds by the fastest of the inflow,
//! pressures by density times its square, temperatures 0 at the inlet and 1 on the cylinder.

use super::basis::{Basis, gauss_legendre};
use super::mesh::{Edge, Mesh, Shape};
use super::system::System;
use faer::Mat;

/// Newton's steps, at most; from rest, so that the first gives the creeping flow.
const STEPS: usize = 20;
/// Newton's method ends with a step of this size.
const CONVERGED: f64 = 1e-10;

/// Equations ∇·v = 0, v·∇v + ∇p = ∇²v / Re, v·∇T = ∇²T / Pe of the flow in a channel.
///
/// The inflow is 4y(1 − y), walls and cylinder hold the fluid. At the outlet (∂v/∂n) / Re = p n, which lets a
/// developed flow pass as it is (Heywood, Rannacher & Turek, *Int. J. Numer. Methods Fluids* 22, 1996). No
/// heat is conducted through walls and outlet.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) struct Channel {
    pub shape: Shape,
    /// Speed times height by the kinematic viscosity, and by the thermal diffusivity.
    pub reynolds: f64,
    pub peclet: f64,
}

/// Velocity along x and y, pressure, temperature.
pub(super) type Values = [f64; 4];

/// A solution: polynomials of degree N on every element, for the pressure N − 1 (Taylor & Hood, *Comput. Fluids* 1,
/// 1973).
pub(super) struct Flow {
    channel: Channel,
    mesh: Mesh,
    /// Bases of degrees N and N − 1.
    bases: [Basis; 2],
    /// Nodes of both degrees, by elements.
    nodes: [Vec<Vec<usize>>; 2],
    elements: Vec<Local>,
    /// At the nodes.
    values: [Vec<f64>; 4],
}

impl Flow {
    pub fn solve(channel: Channel, degree: usize) -> Self {
        let mesh = Mesh::new(channel.shape);
        // Exact for the convective term, of degree 3N − 1 along a side, where elements are not curved.
        let rule = gauss_legendre(3 * degree / 2 + 1);
        let bases = [degree, degree - 1].map(|degree| Basis::new(degree, &rule));
        let (fine, points) = mesh.number(&bases[0].points.nodes);
        let (coarse, pressures) = mesh.number(&bases[1].points.nodes);
        let on = |edge| -> Vec<bool> { points.iter().map(|p| mesh.on(edge, *p)).collect() };
        let [walls, cylinder, inlet] = [Edge::Wall, Edge::Cylinder, Edge::Inlet].map(on);
        let either = |a: &[bool], b: &[bool]| a.iter().zip(b).map(|(a, b)| *a || *b).collect();
        let warmed: Vec<bool> = either(&cylinder, &inlet);
        let held: Vec<bool> = either(&walls, &warmed);
        let inflow = points
            .iter()
            .zip(&inlet)
            .map(|([_, y], inlet)| match inlet {
                true => 4.0 * y * (1.0 - y),
                false => 0.0,
            });
        let mut flow = Flow {
            channel,
            elements: Local::all(&mesh, &bases[0], &rule),
            nodes: [fine, coarse],
            values: [
                inflow.collect(),
                vec![0.0; points.len()],
                vec![0.0; pressures.len()],
                cylinder.iter().map(|c| f64::from(u8::from(*c))).collect(),
            ],
            mesh,
            bases,
        };
        let held = [held.clone(), held, vec![false; pressures.len()]];
        for _ in 0..STEPS {
            let step = flow.momentum(System::new(&held)).step();
            let sizes = step.iter().flatten().map(|s| s.abs());
            let largest = sizes.fold(0.0, f64::max);
            flow.add(0, &step);
            if largest <= CONVERGED {
                break;
            }
        }
        let step = flow.heat(System::new(&[warmed])).step();
        flow.add(3, &step);
        flow
    }

    fn add(&mut self, first: usize, step: &[Vec<f64>]) {
        for (values, step) in self.values[first..].iter_mut().zip(step) {
            for (value, step) in values.iter_mut().zip(step) {
                *value += step;
            }
        }
    }

    /// The equations of momentum and mass, linearised, for u, v and p.
    fn momentum(&self, mut system: System) -> System {
        let viscosity = 1.0 / self.channel.reynolds;
        let [basis, pressure] = &self.bases;
        for (number, local) in self.elements.iter().enumerate() {
            let [fine, coarse] = self.nodes.each_ref().map(|nodes| nodes[number].as_slice());
            let at = |field: usize, nodes: &[usize]| {
                Mat::from_fn(nodes.len(), 1, |i, _| self.values[field][nodes[i]])
            };
            let velocity = [at(0, fine), at(1, fine)];
            let [u, v] = velocity.each_ref().map(|w| &basis.value * w);
            // slopes[i][c]: ∂vᵢ/∂x_c
            let slopes = velocity
                .each_ref()
                .map(|w| local.slope.each_ref().map(|d| d * w));
            let p = &pressure.value * at(2, coarse);
            let carried = local.carried(&u, &v);
            let spread = local.spread(viscosity);
            for i in 0..2 {
                let [x, y] = &slopes[i];
                let convection = local.weighed(&basis.value).transpose()
                    * Mat::from_fn(u.nrows(), 1, |q, _| {
                        u[(q, 0)] * x[(q, 0)] + v[(q, 0)] * y[(q, 0)]
                    });
                let friction = &spread * &velocity[i];
                let push = local.weighed(&local.slope[i]).transpose() * &p;
                let residual = friction + convection - push;
                system.add_residual((i, fine), residual.as_ref());
                for (j, slope) in slopes[i].iter().enumerate() {
                    let mut part = local.product(&basis.value, slope, &basis.value);
                    if i == j {
                        part += &spread + basis.value.transpose() * &carried;
                    }
                    system.add((i, fine), (j, fine), part.as_ref());
                }
                let gradient = local.weighed(&local.slope[i]).transpose() * &pressure.value * -1.0;
                system.add((i, fine), (2, coarse), gradient.as_ref());
                system.add((2, coarse), (i, fine), gradient.transpose());
                let divergence = gradient.transpose() * &velocity[i];
                system.add_residual((2, coarse), divergence.as_ref());
            }
        }
        system
    }

    /// The equation of energy, for the temperature.
    fn heat(&self, mut system: System) -> System {
        let basis = &self.bases[0];
        for (local, nodes) in self.elements.iter().zip(&self.nodes[0]) {
            let at =
                |field: usize| Mat::from_fn(nodes.len(), 1, |i, _| self.values[field][nodes[i]]);
            let [u, v] = [0, 1].map(|field| &basis.value * at(field));
            let part = local.spread(1.0 / self.channel.peclet)
                + basis.value.transpose() * local.carried(&u, &v);
            system.add((0, nodes), (0, nodes), part.as_ref());
            system.add_residual((0, nodes), (&part * at(3)).as_ref());
        }
        system
    }

    /// Values at a point, the origin below the axis of the cylinder.
    pub fn values(&self, point: [f64; 2]) -> Values {
        let (number, place) = self.mesh.locate(point);
        let factors = self
            .bases
            .each_ref()
            .map(|basis| basis.interpolation(place));
        std::array::from_fn(|field| {
            let basis = usize::from(field == 2);
            let terms = factors[basis].iter().zip(&self.nodes[basis][number]);
            terms
                .map(|(factor, node)| factor * self.values[field][*node])
                .sum()
        })
    }
}

/// An element at the points of the quadrature.
struct Local {
    /// Weights of the quadrature, times the area of the element relative to the unit square.
    weights: Vec<f64>,
    /// Derivatives of the basis along x and y.
    slope: [Mat<f64>; 2],
}

impl Local {
    fn all(mesh: &Mesh, basis: &Basis, rule: &[(f64, f64)]) -> Vec<Local> {
        let pairs = rule.iter().flat_map(|a| rule.iter().map(move |b| (*a, *b)));
        let pairs: Vec<_> = pairs.collect();
        let elements = mesh.elements.iter().map(|element| {
            let images = pairs
                .iter()
                .map(|(s, t)| mesh.image(element, [s.0, t.0]).along);
            let images: Vec<_> = images.collect();
            let determinant = |[s, t]: &[[f64; 2]; 2]| s[0] * t[1] - s[1] * t[0];
            let [along_s, along_t] = &basis.along;
            let slope = |c: usize| {
                // The inverse of the 2×2 matrix of the image's derivatives, by Cramer's rule.
                let sign = if c == 0 { 1.0 } else { -1.0 };
                Mat::from_fn(pairs.len(), along_s.ncols(), |q, b| {
                    let [s, t] = &images[q];
                    let inner = along_s[(q, b)] * t[1 - c] - along_t[(q, b)] * s[1 - c];
                    sign * inner / determinant(&images[q])
                })
            };
            let weights = pairs.iter().zip(&images);
            Local {
                weights: weights
                    .map(|((s, t), image)| s.1 * t.1 * determinant(image).abs())
                    .collect(),
                slope: [slope(0), slope(1)],
            }
        });
        elements.collect()
    }

    /// Rows times their weights.
    fn weighed(&self, matrix: &Mat<f64>) -> Mat<f64> {
        Mat::from_fn(matrix.nrows(), matrix.ncols(), |q, b| {
            self.weights[q] * matrix[(q, b)]
        })
    }

    /// ∫ a f b
    fn product(&self, a: &Mat<f64>, f: &Mat<f64>, b: &Mat<f64>) -> Mat<f64> {
        let right = Mat::from_fn(b.nrows(), b.ncols(), |q, j| {
            self.weights[q] * f[(q, 0)] * b[(q, j)]
        });
        a.transpose() * right
    }

    /// Weights times v·∇ of the basis.
    fn carried(&self, u: &Mat<f64>, v: &Mat<f64>) -> Mat<f64> {
        let [x, y] = &self.slope;
        Mat::from_fn(x.nrows(), x.ncols(), |q, b| {
            self.weights[q] * (u[(q, 0)] * x[(q, b)] + v[(q, 0)] * y[(q, b)])
        })
    }

    /// `factor` · ∫ ∇a·∇b
    fn spread(&self, factor: f64) -> Mat<f64> {
        let [x, y] = &self.slope;
        (x.transpose() * self.weighed(x) + y.transpose() * self.weighed(y)) * factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steady case of Schäfer & Turek (*Notes Numer. Fluid Mech.* 52, 1996), with the drag and the difference of
    /// pressures that John & Matthies (*Int. J. Numer. Methods Fluids* 37, 2001) quote from the thesis of G. Nabh.
    #[test]
    fn the_benchmark_of_schaefer_and_turek_is_met() {
        let height = 0.41;
        let channel = Channel {
            shape: Shape {
                upstream: 0.2 / height,
                downstream: 2.0 / height,
                axis: 0.2 / height,
                radius: 0.05 / height,
            },
            reynolds: 0.3 * height / 1e-3,
            peclet: 0.3 * height / 1e-3,
        };
        let flow = Flow::solve(channel, 11);
        let pressure = |x: f64| 0.3 * 0.3 * flow.values([x / height, 0.2 / height])[2];
        let fall = pressure(-0.05) - pressure(0.05);
        assert!((fall - 0.11752016697).abs() < 3e-6, "{fall}");
        // The force on the cylinder is what the equations there are missing.
        let (_, points) = flow.mesh.number(&flow.bases[0].points.nodes);
        let free = [
            vec![false; points.len()],
            vec![false; points.len()],
            vec![false; flow.values[2].len()],
        ];
        let missing = flow.momentum(System::new(&free)).residual;
        let on = |node: &usize| flow.mesh.on(Edge::Cylinder, points[*node]);
        let force = |first: usize| -> f64 {
            (0..points.len())
                .filter(on)
                .map(|node| missing[(first + node, 0)])
                .sum()
        };
        // Coefficients are by the mean speed 0.2 m/s and the diameter 0.1 m.
        let coefficient = -2.0 * 0.3f64.powi(2) * height / (0.2f64.powi(2) * 0.1);
        let (drag, lift) = (coefficient * force(0), coefficient * force(points.len()));
        assert!((drag - 5.57953523384).abs() < 1e-4, "{drag}");
        assert!((lift - 0.010618948146).abs() < 1e-5, "{lift}");
    }
}
