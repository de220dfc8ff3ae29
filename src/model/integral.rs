//! Integrals of expressions over coordinates.

use crate::error::SolveError;
use crate::face::Face;
use pinn_geometry::domain::{Domain, Side};
use pinn_units::{
    Coordinate, Dim, Equations, IntoEquation, MulDim, Prod, Q, QuantityInfo, RawEquation, Term,
    ValueFits,
};
use std::marker::PhantomData;
use uom::si::Dimension;

/// Nodes of Gauss–Legendre quadrature on [−1, 1] with eight points, and their weights (Abramowitz & Stegun, *Handbook of
/// Mathematical Functions*, table 25.4). The rule is exact for polynomials of degree 15.
const NODES: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];
/// Panels along a coordinate, by the number of coordinates that are integrated over.
const PANELS: [usize; 7] = [1, 32, 16, 5, 2, 1, 1];

/// An expression that is integrated; made by [`integral`], its dimension in its type.
pub struct Integral<D: ?Sized> {
    integrand: RawEquation,
    along: Vec<usize>,
    fixed: Vec<(usize, At)>,
    marker: PhantomData<*const D>,
}

#[derive(Copy, Clone)]
enum At {
    Value(f64),
    Side(Side),
}

/// The integral of a term, over the coordinates that [`Integral::along`] names.
pub fn integral<D: ?Sized + Dimension>(term: Term<D>) -> Integral<D> {
    Integral {
        integrand: term.into_raw(0),
        along: Vec::new(),
        fixed: Vec::new(),
        marker: PhantomData,
    }
}

impl<D: ?Sized> Integral<D> {
    /// Integrates over the whole extent of a coordinate.
    pub fn along<C: ?Sized>(mut self, coordinate: Coordinate<C>) -> Integral<Prod<D, C>>
    where
        D: MulDim<C>,
    {
        self.along.push(coordinate.index());
        Integral {
            integrand: self.integrand,
            along: self.along,
            fixed: self.fixed,
            marker: PhantomData,
        }
    }

    /// Fixes a coordinate at a value.
    #[must_use]
    pub fn at<C: ?Sized + Dim, V: ?Sized + Dim + Dimension>(
        mut self,
        coordinate: Coordinate<C>,
        value: Q<V>,
    ) -> Self
    where
        V::Shown: ValueFits<C::Shown>,
    {
        self.fixed
            .push((coordinate.index(), At::Value(value.value)));
        self
    }

    /// Stays on a face, where its coordinate is fixed.
    #[must_use]
    pub fn on<C: ?Sized>(mut self, face: Face<C>) -> Self {
        let face = face.number();
        self.fixed.push((face.coordinate, At::Side(face.side)));
        self
    }

    pub(crate) fn plan(&self) -> Plan {
        Plan {
            along: self.along.clone(),
            fixed: self.fixed.clone(),
        }
    }
}

impl<D: ?Sized> Equations for Integral<D> {
    fn into_raw(self) -> Vec<RawEquation> {
        vec![self.integrand]
    }
}

/// Domain of an integral.
pub(crate) struct Plan {
    along: Vec<usize>,
    fixed: Vec<(usize, At)>,
}

/// Points in SI base units, one column per coordinate, and the weight of each.
pub(crate) struct Quadrature {
    pub coordinates: Vec<Vec<f64>>,
    pub weights: Vec<f64>,
}

impl Plan {
    /// Composite Gauss–Legendre quadrature over the box of the domain.
    pub(crate) fn quadrature(
        &self,
        coordinates: &[QuantityInfo],
        domain: &Domain,
    ) -> Result<Quadrature, SolveError> {
        let panels = PANELS.get(self.along.len()).copied().unwrap_or(1);
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut weights = vec![1.0];
        for (number, info) in coordinates.iter().enumerate() {
            let name = || info.name.clone();
            let interval = domain.intervals[number];
            let fixed = self.fixed.iter().filter(|(c, _)| *c == number);
            let times = fixed.clone().count() + self.along.iter().filter(|c| **c == number).count();
            if times > 1 {
                return Err(SolveError::Twice(name()));
            }
            let fixed = fixed.clone().next().map(|(_, at)| match at {
                At::Value(value) => *value,
                At::Side(Side::Lower) => interval.lower,
                At::Side(Side::Upper) => interval.upper,
            });
            let nodes: Vec<(f64, f64)> = match fixed {
                Some(value) if value < interval.lower || value > interval.upper => {
                    return Err(SolveError::Outside {
                        name: name(),
                        found: value,
                        lower: interval.lower,
                        upper: interval.upper,
                    });
                }
                Some(value) => vec![(value, 1.0)],
                None if times == 0 => return Err(SolveError::Open(name())),
                None => rule(interval.lower, interval.upper, panels),
            };
            for column in &mut columns {
                *column = column.iter().flat_map(|x| vec![*x; nodes.len()]).collect();
            }
            columns.push(
                (0..weights.len())
                    .flat_map(|_| nodes.iter().map(|node| node.0))
                    .collect(),
            );
            weights = weights
                .iter()
                .flat_map(|w| nodes.iter().map(move |node| w * node.1))
                .collect();
        }
        Ok(Quadrature {
            coordinates: columns,
            weights,
        })
    }
}

/// Nodes and weights on an interval.
fn rule(lower: f64, upper: f64, panels: usize) -> Vec<(f64, f64)> {
    let width = (upper - lower) / panels as f64;
    let panel = |number: usize| {
        let middle = lower + width * (number as f64 + 0.5);
        NODES
            .iter()
            .flat_map(move |(x, w)| [-x, *x].map(|x| (middle + 0.5 * width * x, 0.5 * width * w)))
    };
    (0..panels).flat_map(panel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_of_degree_15_are_exact() {
        for panels in [1, 3] {
            let rule = rule(-1.0, 2.0, panels);
            for degree in 0..16 {
                let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(degree)).sum();
                let n = f64::from(degree) + 1.0;
                let exact = (2.0_f64.powf(n) - (-1.0_f64).powi(degree + 1)) / n;
                assert!(
                    (sum - exact).abs() < 1e-12 * exact.abs().max(1.0),
                    "{degree}: {sum} {exact}"
                );
            }
        }
    }
}
