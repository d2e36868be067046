//! The inverse discrete cosine transform (ITU-T T.81, A.3.3), by the method of Loeffler, Ligtenberg and Moschytz: four
//! columns at once, in arithmetic that wraps, since the coefficients of a hostile image may be anything.

use bytemuck::cast;
use wide::{f32x4, i16x8, i32x4, i32x8, u8x16};

/// Four columns.
type Columns = [i32x4; 8];

/// The bits behind the point in the factors.
const FACTOR_BITS: i32 = 13;
/// The bits behind the point between the two passes.
const PASS_BITS: i32 = 2;

/// A factor with [`FACTOR_BITS`] behind the point.
fn factor(value: f64) -> i32x4 {
    i32x4::splat((value * f64::from(1 << FACTOR_BITS) + if value < 0.0 { -0.5 } else { 0.5 }) as i32)
}

/// The 8x8 samples, row by row, of a block's coefficients, which stand column by column. Where `is_smooth`, none stands
/// in the lower half.
pub(super) fn inverse(coefficients: &[i32; 64], is_smooth: bool) -> [u8; 64] {
    // What is transformed first are rows: they stand across four lanes. So one transposition is enough.
    let blocks: [[i32x4; 2]; 8] = cast(*coefficients);
    let upper = columns(blocks.map(|[upper, _]| upper), FACTOR_BITS - PASS_BITS);
    let lower = if is_smooth {
        [i32x4::ZERO; 8]
    } else {
        columns(blocks.map(|[_, lower]| lower), FACTOR_BITS - PASS_BITS)
    };
    // Each pass makes values eight times the root of eight as large as the definition.
    let [left, right] = [0, 4].map(|at| {
        let [upper, lower] =
            [&upper, &lower].map(|half| transposed([half[at], half[at + 1], half[at + 2], half[at + 3]]));
        columns(cast([upper, lower]), FACTOR_BITS + PASS_BITS + 3)
    });
    let samples = std::array::from_fn::<u8x16, 4, _>(|pair| {
        let [first, second] = [2 * pair, 2 * pair + 1].map(|y| {
            let row: i32x8 = cast([left[y], right[y]]);
            i16x8::from_i32x8_saturate(row).saturating_add(i16x8::splat(128))
        });
        u8x16::narrow_i16x8(first, second)
    });
    cast(samples)
}

/// The samples of a block that has no coefficient but the first.
pub(super) fn flat(first: i32) -> u8 {
    ((first.saturating_add(4) >> 3).saturating_add(128)).clamp(0, 255) as u8
}

/// Transforms each column.
fn columns([zero, one, two, three, four, five, six, seven]: Columns, shift: i32) -> Columns {
    let half = i32x4::splat(1 << (shift - 1));
    let rotated = (two + six) * factor(0.541_196_100);
    let low = rotated - six * factor(1.847_759_065);
    let high = rotated + two * factor(0.765_366_865);
    let sum = ((zero + four) << FACTOR_BITS) + half;
    let difference = ((zero - four) << FACTOR_BITS) + half;
    let even = [sum + high, difference + low, difference - low, sum - high];

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
    std::array::from_fn(|y| match y {
        0..4 => (even[y] + odd[y]) >> shift,
        _ => (even[7 - y] - odd[7 - y]) >> shift,
    })
}

/// The library has this made of shuffles for floats only; nothing is computed with them.
fn transposed(rows: [i32x4; 4]) -> [i32x4; 4] {
    cast(f32x4::transpose(cast(rows)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The definition, in floating point, of coefficients that stand column by column.
    fn defined(coefficients: &[i32; 64]) -> [u8; 64] {
        let scale = |index: usize| if index == 0 { 0.5_f64.sqrt() } else { 1.0 };
        std::array::from_fn(|at| {
            let (x, y) = ((at % 8) as f64, (at / 8) as f64);
            let mut sum = 0.0;
            for (index, coefficient) in coefficients.iter().enumerate() {
                let (u, v) = (index / 8, index % 8);
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
            for round in 0..200 {
                let is_smooth = round % 2 == 0;
                let coefficients = std::array::from_fn(|index| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let value = (state >> 8) as i32 % (2 * amplitude + 1) - amplitude;
                    match index {
                        _ if is_smooth && index % 8 >= 4 => 0,
                        21.. => value / 8,
                        _ => value,
                    }
                });
                for (is, expected) in inverse(&coefficients, is_smooth)
                    .into_iter()
                    .zip(defined(&coefficients))
                {
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
            assert_eq!(inverse(&coefficients, true), [flat(first); 64], "{first}");
        }
    }

    #[test]
    fn absurd_coefficients_do_not_panic() {
        inverse(&[i32::MAX; 64], false);
        inverse(&[i32::MIN; 64], false);
        assert_eq!(flat(i32::MAX), 255);
    }
}
