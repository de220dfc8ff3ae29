//! Vector calculus over any number of space coordinates.

use super::dimension::{DivDim, MulDim, Prod, Quot};
use super::term::{Coordinate, Term};

/// Cartesian space coordinates of one dimension.
pub struct Space<const N: usize, L: ?Sized>(pub [Coordinate<L>; N]);

/// Space of one coordinate.
pub fn space1<L: ?Sized>(x: Coordinate<L>) -> Space<1, L> {
    Space([x])
}

/// Space of two coordinates.
pub fn space2<L: ?Sized>(x: Coordinate<L>, y: Coordinate<L>) -> Space<2, L> {
    Space([x, y])
}

/// Space of three coordinates.
pub fn space3<L: ?Sized>(x: Coordinate<L>, y: Coordinate<L>, z: Coordinate<L>) -> Space<3, L> {
    Space([x, y, z])
}

/// Sum of terms of one dimension.
fn sum<D: ?Sized>(terms: impl Iterator<Item = Term<D>>) -> Term<D> {
    let exprs: Vec<_> = terms.map(Term::expr).collect();
    Term::build(|g| {
        let mut total = g.constant(0.0);
        for e in exprs {
            total = g.add(total, e);
        }
        total
    })
}

impl<const N: usize, L: ?Sized> Space<N, L> {
    /// Gradient ∇f.
    pub fn grad<D: ?Sized + DivDim<L>>(&self, f: Term<D>) -> [Term<Quot<D, L>>; N] {
        self.0.map(|c| f.d(c))
    }

    /// Divergence ∇·v.
    pub fn div<D: ?Sized + DivDim<L>>(&self, v: [Term<D>; N]) -> Term<Quot<D, L>> {
        sum((0..N).map(|i| v[i].d(self.0[i])))
    }

    /// Laplacian ∇²f.
    pub fn laplacian<D: ?Sized + DivDim<L>>(&self, f: Term<D>) -> Term<Quot<Quot<D, L>, L>>
    where
        Quot<D, L>: DivDim<L>,
    {
        self.div(self.grad(f))
    }

    /// Advection v·∇f.
    pub fn advect<V, D: ?Sized + DivDim<L>>(
        &self,
        v: [Term<V>; N],
        f: Term<D>,
    ) -> Term<Prod<V, Quot<D, L>>>
    where
        V: ?Sized + MulDim<Quot<D, L>>,
    {
        sum((0..N).map(|i| v[i] * f.d(self.0[i])))
    }
}
