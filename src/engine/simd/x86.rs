//! AVX-512, and AVX2 with FMA.
//!
//! Methods of these types are safe to call because the types cannot be reached without their instruction
//! set (see the parent module).

use super::Operation;
use super::vector::{MOST_LANES, Vector};
use std::arch::x86_64::*;
use std::ops::{Add, Div, Mul, Neg, Sub};

pub fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && has_avx2()
}

pub fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

/// # Safety
/// [`has_avx512`] must be true.
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
pub unsafe fn with_avx512<V: Vector, O: Operation<V::Element>>(operation: O) -> O::Output {
    operation.run::<V>()
}

/// # Safety
/// [`has_avx2`] must be true.
#[target_feature(enable = "avx2,fma")]
pub unsafe fn with_avx2<V: Vector, O: Operation<V::Element>>(operation: O) -> O::Output {
    operation.run::<V>()
}

#[derive(Copy, Clone)]
pub struct F32x16(__m512);
#[derive(Copy, Clone)]
pub struct F64x8(__m512d);
#[derive(Copy, Clone)]
pub struct F32x8(__m256);
#[derive(Copy, Clone)]
pub struct F64x4(__m256d);

macro_rules! operators {
    ($vector:ident $element:ident: $add:ident $sub:ident $mul:ident $div:ident) => {
        operators!($vector Add add $add);
        operators!($vector Sub sub $sub);
        operators!($vector Mul mul $mul);
        operators!($vector Div div $div);
        impl Neg for $vector {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                Self::splat(-0.0 as $element) - self
            }
        }
    };
    ($vector:ident $trait:ident $method:ident $intrinsic:ident) => {
        impl $trait for $vector {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: the type implies its instruction set.
                $vector(unsafe { $intrinsic(self.0, other.0) })
            }
        }
    };
}
operators!(F32x16 f32: _mm512_add_ps _mm512_sub_ps _mm512_mul_ps _mm512_div_ps);
operators!(F64x8 f64: _mm512_add_pd _mm512_sub_pd _mm512_mul_pd _mm512_div_pd);
operators!(F32x8 f32: _mm256_add_ps _mm256_sub_ps _mm256_mul_ps _mm256_div_ps);
operators!(F64x4 f64: _mm256_add_pd _mm256_sub_pd _mm256_mul_pd _mm256_div_pd);

/// The methods that differ in names only.
macro_rules! common {
    ($element:ident, $lanes:literal, $columns:literal, $set1:ident $load:ident $store:ident $fmadd:ident $fnmadd:ident $min:ident $max:ident $sqrt:ident) => {
        type Element = $element;
        const LANES: usize = $lanes;
        const TILE_COLUMNS: usize = $columns;
        #[inline(always)]
        fn splat(x: $element) -> Self {
            // SAFETY: the type implies its instruction set; so for all methods.
            Self(unsafe { $set1(x) })
        }
        #[inline(always)]
        unsafe fn load_from(from: *const $element) -> Self {
            Self(unsafe { $load(from) })
        }
        #[inline(always)]
        unsafe fn store_to(self, to: *mut $element) {
            unsafe { $store(to, self.0) }
        }
        #[inline(always)]
        fn mul_add(self, factor: Self, term: Self) -> Self {
            Self(unsafe { $fmadd(self.0, factor.0, term.0) })
        }
        #[inline(always)]
        fn neg_mul_add(self, factor: Self, term: Self) -> Self {
            Self(unsafe { $fnmadd(self.0, factor.0, term.0) })
        }
        #[inline(always)]
        fn min(self, other: Self) -> Self {
            Self(unsafe { $min(self.0, other.0) })
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            Self(unsafe { $max(self.0, other.0) })
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            Self(unsafe { $sqrt(self.0) })
        }
    };
}

const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

// SAFETY: loads and stores are of one whole register; so for the three below.
unsafe impl Vector for F32x16 {
    common!(f32, 16, 4, _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_fnmadd_ps _mm512_min_ps _mm512_max_ps _mm512_sqrt_ps);
    #[inline(always)]
    fn abs(self) -> Self {
        Self(unsafe { _mm512_abs_ps(self.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        unsafe {
            let mask = _mm512_set1_ps(-0.0);
            Self(_mm512_or_ps(
                _mm512_andnot_ps(mask, self.0),
                _mm512_and_ps(mask, sign.0),
            ))
        }
    }
    #[inline(always)]
    fn round(self) -> Self {
        Self(unsafe { _mm512_roundscale_ps::<NEAREST>(self.0) })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        Self(unsafe { _mm512_scalef_ps(self.0, n.0) })
    }
    #[inline(always)]
    fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self {
        unsafe {
            let mask = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a.0, b.0);
            Self(_mm512_mask_blend_ps(mask, no.0, yes.0))
        }
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        unsafe { _mm512_reduce_add_ps(self.0) }
    }
    #[inline(always)]
    fn sums(rows: &[Self; MOST_LANES]) -> Self {
        let mut four = [Self::zero(); 4];
        unsafe {
            // Each quarter of a register has four numbers: one part of the sum of each of four rows.
            for (four, rows) in four.iter_mut().zip(rows.chunks_exact(4)) {
                let [a, b, c, d] = [rows[0].0, rows[1].0, rows[2].0, rows[3].0];
                let ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
                let cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
                let (ab, cd) = (_mm512_castps_pd(ab), _mm512_castps_pd(cd));
                let low = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
                let high = _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd));
                four.0 = _mm512_add_ps(low, high);
            }
            // Not by a closure: that would not have the instruction set.
            let [a, b, c, d] = [four[0].0, four[1].0, four[2].0, four[3].0];
            let even = _mm512_shuffle_f32x4::<0x88>(a, b);
            let ab = _mm512_add_ps(even, _mm512_shuffle_f32x4::<0xdd>(a, b));
            let even = _mm512_shuffle_f32x4::<0x88>(c, d);
            let cd = _mm512_add_ps(even, _mm512_shuffle_f32x4::<0xdd>(c, d));
            let even = _mm512_shuffle_f32x4::<0x88>(ab, cd);
            Self(_mm512_add_ps(even, _mm512_shuffle_f32x4::<0xdd>(ab, cd)))
        }
    }
}

unsafe impl Vector for F64x8 {
    common!(f64, 8, 4, _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_fnmadd_pd _mm512_min_pd _mm512_max_pd _mm512_sqrt_pd);
    #[inline(always)]
    fn abs(self) -> Self {
        Self(unsafe { _mm512_abs_pd(self.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        unsafe {
            let mask = _mm512_set1_pd(-0.0);
            Self(_mm512_or_pd(
                _mm512_andnot_pd(mask, self.0),
                _mm512_and_pd(mask, sign.0),
            ))
        }
    }
    #[inline(always)]
    fn round(self) -> Self {
        Self(unsafe { _mm512_roundscale_pd::<NEAREST>(self.0) })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        Self(unsafe { _mm512_scalef_pd(self.0, n.0) })
    }
    #[inline(always)]
    fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self {
        unsafe {
            let mask = _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a.0, b.0);
            Self(_mm512_mask_blend_pd(mask, no.0, yes.0))
        }
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        unsafe { _mm512_reduce_add_pd(self.0) }
    }
    #[inline(always)]
    fn sums(rows: &[Self; MOST_LANES]) -> Self {
        let mut two = [Self::zero(); 4];
        unsafe {
            for (two, rows) in two.iter_mut().zip(rows.chunks_exact(2)) {
                let (a, b) = (rows[0].0, rows[1].0);
                two.0 = _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
            }
            // Not by a closure: that would not have the instruction set.
            let [a, b, c, d] = [two[0].0, two[1].0, two[2].0, two[3].0];
            let even = _mm512_shuffle_f64x2::<0x88>(a, b);
            let ab = _mm512_add_pd(even, _mm512_shuffle_f64x2::<0xdd>(a, b));
            let even = _mm512_shuffle_f64x2::<0x88>(c, d);
            let cd = _mm512_add_pd(even, _mm512_shuffle_f64x2::<0xdd>(c, d));
            let even = _mm512_shuffle_f64x2::<0x88>(ab, cd);
            Self(_mm512_add_pd(even, _mm512_shuffle_f64x2::<0xdd>(ab, cd)))
        }
    }
}

unsafe impl Vector for F32x8 {
    common!(f32, 8, 2, _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_fnmadd_ps _mm256_min_ps _mm256_max_ps _mm256_sqrt_ps);
    #[inline(always)]
    fn abs(self) -> Self {
        Self(unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        unsafe {
            let mask = _mm256_set1_ps(-0.0);
            Self(_mm256_or_ps(
                _mm256_andnot_ps(mask, self.0),
                _mm256_and_ps(mask, sign.0),
            ))
        }
    }
    #[inline(always)]
    fn round(self) -> Self {
        Self(unsafe { _mm256_round_ps::<NEAREST>(self.0) })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        unsafe {
            let biased = _mm256_add_epi32(_mm256_cvtps_epi32(n.0), _mm256_set1_epi32(127));
            let power = _mm256_castsi256_ps(_mm256_slli_epi32::<23>(biased));
            Self(_mm256_mul_ps(self.0, power))
        }
    }
    #[inline(always)]
    fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self {
        unsafe {
            let mask = _mm256_cmp_ps::<_CMP_LT_OQ>(a.0, b.0);
            Self(_mm256_blendv_ps(no.0, yes.0, mask))
        }
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        unsafe {
            let four = _mm_add_ps(
                _mm256_castps256_ps128(self.0),
                _mm256_extractf128_ps::<1>(self.0),
            );
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        }
    }
    #[inline(always)]
    fn sums(rows: &[Self; MOST_LANES]) -> Self {
        let mut four = [Self::zero(); 2];
        unsafe {
            for (four, rows) in four.iter_mut().zip(rows.chunks_exact(4)) {
                let ab = _mm256_hadd_ps(rows[0].0, rows[1].0);
                four.0 = _mm256_hadd_ps(ab, _mm256_hadd_ps(rows[2].0, rows[3].0));
            }
            let [a, b] = [four[0].0, four[1].0];
            let low = _mm256_permute2f128_ps::<0x20>(a, b);
            Self(_mm256_add_ps(low, _mm256_permute2f128_ps::<0x31>(a, b)))
        }
    }
}

unsafe impl Vector for F64x4 {
    common!(f64, 4, 2, _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_fnmadd_pd _mm256_min_pd _mm256_max_pd _mm256_sqrt_pd);
    #[inline(always)]
    fn abs(self) -> Self {
        Self(unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        unsafe {
            let mask = _mm256_set1_pd(-0.0);
            Self(_mm256_or_pd(
                _mm256_andnot_pd(mask, self.0),
                _mm256_and_pd(mask, sign.0),
            ))
        }
    }
    #[inline(always)]
    fn round(self) -> Self {
        Self(unsafe { _mm256_round_pd::<NEAREST>(self.0) })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        unsafe {
            // n + 1.5 · 2⁵² + bias has n + bias in its lowest bits.
            let shift = _mm256_set1_pd(6755399441055744.0 + 1023.0);
            let biased = _mm256_castpd_si256(_mm256_add_pd(n.0, shift));
            let power = _mm256_castsi256_pd(_mm256_slli_epi64::<52>(biased));
            Self(_mm256_mul_pd(self.0, power))
        }
    }
    #[inline(always)]
    fn select_less(a: Self, b: Self, yes: Self, no: Self) -> Self {
        unsafe {
            let mask = _mm256_cmp_pd::<_CMP_LT_OQ>(a.0, b.0);
            Self(_mm256_blendv_pd(no.0, yes.0, mask))
        }
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        unsafe {
            let two = _mm_add_pd(
                _mm256_castpd256_pd128(self.0),
                _mm256_extractf128_pd::<1>(self.0),
            );
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }
    #[inline(always)]
    fn sums(rows: &[Self; MOST_LANES]) -> Self {
        unsafe {
            let a = _mm256_hadd_pd(rows[0].0, rows[1].0);
            let b = _mm256_hadd_pd(rows[2].0, rows[3].0);
            let low = _mm256_permute2f128_pd::<0x20>(a, b);
            Self(_mm256_add_pd(low, _mm256_permute2f128_pd::<0x31>(a, b)))
        }
    }
}
