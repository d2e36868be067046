//! The inverse discrete cosine transform (ITU-T T.81, A.3.3), by the method of Loeffler, Ligtenberg and Moschytz.

use std::num::Wrapping;

/// Wraps, since the coefficients of a hostile image may be anything.
type Fixed = Wrapping<i32>;

/// The bits behind the point in the factors.
const FACTOR_BITS: usize = 13;
/// The bits behind the point between the two passes.
const PASS_BITS: usize = 2;

/// A factor with [`FACTOR_BITS`] behind the point.
const fn factor(value: f64) -> Fixed {
    Wrapping((value * (1 << FACTOR_BITS) as f64 + if value < 0.0 { -0.5 } else { 0.5 }) as i32)
}

/// The 8x8 samples of a block's coefficients, row by row.
pub(super) fn inverse(coefficients: &[i32; 64]) -> [u8; 64] {
    let mut block = coefficients.map(Wrapping);
    columns(&mut block, FACTOR_BITS - PASS_BITS);
    block = transposed(&block);
    // Each pass makes values eight times the root of eight as large as the definition.
    columns(&mut block, FACTOR_BITS + PASS_BITS + 3);
    transposed(&block).map(|sample| (sample.0.saturating_add(128)).clamp(0, 255) as u8)
}

/// The samples of a block that has no coefficient but the first.
pub(super) fn flat(first: i32) -> u8 {
    ((first.saturating_add(4) >> 3).saturating_add(128)).clamp(0, 255) as u8
}

/// Transforms each column. The columns are independent, so the compiler does several at once.
fn columns(block: &mut [Fixed; 64], shift: usize) {
    let half = Wrapping(1 << (shift - 1));
    for x in 0..8 {
        let at = |y: usize| block[y * 8 + x];
        let rotated = (at(2) + at(6)) * factor(0.541_196_100);
        let low = rotated - at(6) * factor(1.847_759_065);
        let high = rotated + at(2) * factor(0.765_366_865);
        let sum = ((at(0) + at(4)) << FACTOR_BITS) + half;
        let difference = ((at(0) - at(4)) << FACTOR_BITS) + half;
        let even = [sum + high, difference + low, difference - low, sum - high];

        let (one, three, five, seven) = (at(1), at(3), at(5), at(7));
        let outer = (one + seven) * factor(-0.899_976_223);
        let inner = (three + five) * factor(-2.562_915_447);
        let all = (one + three + five + seven) * factor(1.175_875_602);
        let first = (three + seven) * factor(-1.961_570_560) + all;
        let second = (one + five) * factor(-0.390_180_644) + all;
        let odd = [
            one * factor(1.501_321_110) + outer + second,
            three * factor(3.072_711_026) + inner + first,
            five * factor(2.053_119_869) + inner + second,
            seven * factor(0.298_631_336) + outer + first,
        ];
        for y in 0..4 {
            block[y * 8 + x] = (even[y] + odd[y]) >> shift;
            block[(7 - y) * 8 + x] = (even[y] - odd[y]) >> shift;
        }
    }
}

fn transposed(block: &[Fixed; 64]) -> [Fixed; 64] {
    let mut to = [Wrapping(0); 64];
    for y in 0..8 {
        for x in 0..8 {
            to[x * 8 + y] = block[y * 8 + x];
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The definition, in floating point.
    fn defined(coefficients: &[i32; 64]) -> [u8; 64] {
        let scale = |index: usize| if index == 0 { 0.5_f64.sqrt() } else { 1.0 };
        std::array::from_fn(|at| {
            let (x, y) = ((at % 8) as f64, (at / 8) as f64);
            let mut sum = 0.0;
            for (index, coefficient) in coefficients.iter().enumerate() {
                let (u, v) = (index % 8, index / 8);
                let wave =
                    |place: f64, frequency: usize| ((2.0 * place + 1.0) * frequency as f64 * PI / 16.0).cos();
                sum += scale(u) * scale(v) * f64::from(*coefficient) * wave(x, u) * wave(y, v);
            }
            (sum / 4.0 + 128.0).round().clamp(0.0, 255.0) as u8
        })
    }

    #[test]
    fn it_is_within_one_of_the_definition() {
        let mut state = 7_u32;
        for amplitude in [3, 40, 300, 1500] {
            for _ in 0..200 {
                let coefficients = std::array::from_fn(|index| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let value = (state >> 8) as i32 % (2 * amplitude + 1) - amplitude;
                    if index > 20 { value / 8 } else { value }
                });
                for (is, expected) in inverse(&coefficients).into_iter().zip(defined(&coefficients)) {
                    assert!(is.abs_diff(expected) <= 1, "{is} for {expected}");
                }
            }
        }
    }

    #[test]
    fn a_flat_block_is_what_the_transform_makes_of_it() {
        for first in [-3000, -1024, -9, 0, 4, 1016, 3000] {
            let mut coefficients = [0; 64];
            coefficients[0] = first;
            assert_eq!(inverse(&coefficients), [flat(first); 64], "{first}");
        }
    }

    #[test]
    fn absurd_coefficients_do_not_panic() {
        inverse(&[i32::MAX; 64]);
        inverse(&[i32::MIN; 64]);
        assert_eq!(flat(i32::MAX), 255);
    }
}
