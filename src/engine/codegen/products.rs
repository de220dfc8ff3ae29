//! Methods of multiplying matrices.

use super::machine::Limits;
use pinn_expr::Real;

/// Method of multiplying the layers' matrices with values and gradients, for f32 numbers.
///
/// Tensor cores multiply *tf32* numbers, which have the range of f32 and 11 significant bits, and add the
/// products as f32. A product whose depth or width is less than the eight of a fragment is plain: tensor
/// cores would multiply zeros, and the coordinates, which the first layer multiplies, keep their digits.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Products {
    /// Plain products in the number type.
    #[default]
    Plain,
    /// Products on tensor cores, with factors rounded to 11 bits.
    Tf32,
    /// Products on tensor cores, with every factor split into two parts of 11 bits: small · large + large ·
    /// small + large · large.
    ///
    /// Markidis et al., *NVIDIA tensor core programmability, performance & precision*, 2018, do this for half
    /// precision; the product of the small parts is left out (Ootomo & Yokota, *Recovering single precision
    /// accuracy from tensor cores*, 2022).
    Tf32Split,
}

/// Rows and columns of a fragment of a result, and the depth that one instruction takes.
const ROWS: usize = 16;
const COLUMNS: usize = 8;
const DEPTH: usize = 8;

/// Numbers of fragments of a result per warp, down and across, for which there is code.
const SIZES: [(usize, usize); 6] = [(1, 4), (2, 4), (3, 4), (1, 2), (2, 2), (3, 2)];

impl Products {
    /// Method in effect on this machine: without tensor cores, or for other numbers than f32, products are
    /// plain.
    pub fn on<T: Real>(self, limits: Limits) -> Products {
        match limits.tensor_cores && T::NAME == "f32" {
            true => self,
            false => Products::Plain,
        }
    }

    /// Source of such products, after the prelude.
    pub fn source(self) -> String {
        let split = match self {
            Products::Plain => return String::new(),
            Products::Tf32 => 0,
            Products::Tf32Split => 1,
        };
        format!(
            "#define SPLIT {split}\n{}\n",
            include_str!("tensor_cores.c")
        )
    }

    /// Fragments, down and across, that each of `warps` warps takes of a product on tensor cores; `None` if it is plain.
    ///
    /// The fastest choice is taken. The cost of a warp's turn is its products and its reads of shared memory, which are
    /// four for a row of fragments and two for a column, at about the same rate.
    pub fn fragments(
        self,
        [rows, depth, columns]: [usize; 3],
        warps: usize,
    ) -> Option<(usize, usize)> {
        if self == Products::Plain || depth < DEPTH || columns < COLUMNS || rows < COLUMNS {
            return None;
        }
        let cost = |(down, across): &(usize, usize)| {
            let parts = rows.div_ceil(ROWS * down) * columns.div_ceil(COLUMNS * across);
            parts.div_ceil(warps) * (down * across + 4 * down + 2 * across)
        };
        SIZES.into_iter().min_by_key(cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_warps_have_work_where_there_is_enough() {
        let fragments = |shape| Products::Tf32.fragments(shape, 8);
        // Four by two gives one turn for each warp.
        assert_eq!(fragments([192, 64, 64]), Some((3, 4)));
        assert_eq!(fragments([64, 192, 64]), Some((1, 4)));
        assert_eq!(fragments([32, 192, 32]), Some((1, 2)));
        assert_eq!(fragments([256, 192, 256]), Some((2, 4)));
    }

    #[test]
    fn what_is_narrower_than_a_fragment_is_plain() {
        for shape in [[192, 2, 64], [192, 64, 1], [1, 192, 64]] {
            assert_eq!(Products::Tf32Split.fragments(shape, 8), None);
        }
        assert_eq!(Products::Plain.fragments([192, 64, 64], 8), None);
    }

    #[test]
    fn only_f32_is_multiplied_by_units_where_there_are_some() {
        let limits = |tensor_cores| Limits {
            threads: 64,
            shared: 0,
            reserved: 0,
            blocks: 1,
            tensor_cores,
        };
        assert_eq!(Products::Tf32.on::<f32>(limits(true)), Products::Tf32);
        assert_eq!(Products::Tf32.on::<f32>(limits(false)), Products::Plain);
        assert_eq!(Products::Tf32.on::<f64>(limits(true)), Products::Plain);
    }
}
