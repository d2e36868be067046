//! The inverse discrete cosine transform (ITU-T T.81, A.3.3): four columns at once, as products of pairs of 16 bits, of
//! which every processor adds two in one step. That makes it cheaper to multiply by the whole matrix than by the fewer factors
//! of a fast transform, in 32 bits. What is too large for it is wrong in the picture and nowhere else.

use bytemuck::cast;
use wide::{f32x4, i16x8, i32x4, i32x8, u8x16};

/// Of four columns the frequencies 0 and 2, 1 and 3, 4 and 6, 5 and 7, both of a column side by side.
type Pairs = [i16x8; 4];

/// The bits behind the point in the factors.
const FACTOR_BITS: i32 = 14;
/// The bits behind the point between the two passes.
const PASS_BITS: i32 = 1;

/// The root of 2 times the cosines of 0 to 7 sixteenths of half a turn, but for the first: 1.
const COSINES: [i16; 8] = [16384, 22725, 21407, 19266, 16384, 12873, 8867, 4520];

/// Set in the [`place`] of a frequency that is not one of the lower four: across, and down.
pub(super) const HIGH: usize = 32 | 8;

/// Where the coefficient of a frequency across and one down stands, so that nothing has to be moved before it is multiplied.
pub(super) const fn place(across: usize, down: usize) -> usize {
    pair_of(across) * 16 + pair_of(down) * 4 + (down >> 1 & 1) * 2 + (across >> 1 & 1)
}

/// Which of the four [`Pairs`] a frequency is in.
const fn pair_of(frequency: usize) -> usize {
    (frequency >> 2) * 2 + (frequency & 1)
}

/// What a frequency and the one two above it are multiplied by in each of a column's upper four samples.
const fn factors(frequency: usize) -> [[i16; 8]; 4] {
    let mut factors = [[0; 8]; 4];
    let mut at = 0;
    while at < 32 {
        factors[at / 8][at % 8] = factor(at / 8, frequency + at % 2 * 2);
        at += 1;
    }
    factors
}

const fn factor(sample: usize, frequency: usize) -> i16 {
    let angle = (2 * sample + 1) * frequency % 32;
    match angle {
        0..=7 => COSINES[angle],
        9..=16 => -COSINES[16 - angle],
        17..=23 => -COSINES[angle - 16],
        25..=31 => COSINES[32 - angle],
        // A quarter of a turn, or three.
        _ => 0,
    }
}

/// The 8x8 samples, row by row, of a block's coefficients, each at its [`place`]. Where `is_smooth`, none is [`HIGH`].
pub(super) fn inverse(coefficients: &[i16; 64], is_smooth: bool) -> [u8; 64] {
    if is_smooth {
        inverse_of::<true>(coefficients)
    } else {
        inverse_of::<false>(coefficients)
    }
}

#[inline(always)]
fn inverse_of<const IS_SMOOTH: bool>(coefficients: &[i16; 64]) -> [u8; 64] {
    let pairs: [[i16x8; 2]; 4] = cast(*coefficients);
    let low = columns::<IS_SMOOTH>(pairs.map(|[low, _]| low), FACTOR_BITS - PASS_BITS);
    let high = if IS_SMOOTH {
        [i32x4::ZERO; 8]
    } else {
        columns::<IS_SMOOTH>(pairs.map(|[_, high]| high), FACTOR_BITS - PASS_BITS)
    };
    // Each pass makes values the root of eight times as large as the definition.
    let [left, right] = [0, 4].map(|at| {
        let rows = std::array::from_fn(|x| i16x8::from_i32x8_saturate(cast([low[at + x], high[at + x]])));
        columns::<IS_SMOOTH>(transposed(rows), FACTOR_BITS + PASS_BITS + 3)
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
pub(super) fn flat(first: i16) -> u8 {
    (((i32::from(first) + 4) >> 3) + 128).clamp(0, 255) as u8
}

/// Transforms each column.
#[inline(always)]
fn columns<const IS_SMOOTH: bool>(pairs: Pairs, shift: i32) -> [i32x4; 8] {
    const FACTORS: [[[i16; 8]; 4]; 4] = [factors(0), factors(1), factors(4), factors(5)];
    let product = |pair: usize, sample: usize| pairs[pair].dot(i16x8::new(FACTORS[pair][sample]));
    let sum = |pair: usize, sample: usize| {
        if IS_SMOOTH {
            product(pair, sample)
        } else {
            product(pair, sample) + product(pair + 2, sample)
        }
    };
    let half = i32x4::splat(1 << (shift - 1));
    // The odd frequencies are the other way round in the lower half.
    let even: [i32x4; 4] = std::array::from_fn(|sample| sum(0, sample) + half);
    let odd: [i32x4; 4] = std::array::from_fn(|sample| sum(1, sample));
    std::array::from_fn(|y| match y {
        0..4 => (even[y] + odd[y]) >> shift,
        _ => (even[7 - y] - odd[7 - y]) >> shift,
    })
}

/// From rows with the pairs of all frequencies to the pairs with all rows. The library has it made of shuffles for floats only;
/// nothing is computed with them.
fn transposed(rows: Pairs) -> Pairs {
    cast(f32x4::transpose(cast(rows)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The definition, in floating point.
    fn defined(coefficients: &[i16; 64]) -> [u8; 64] {
        let scale = |index: usize| if index == 0 { 0.5_f64.sqrt() } else { 1.0 };
        std::array::from_fn(|at| {
            let (x, y) = ((at % 8) as f64, (at / 8) as f64);
            let mut sum = 0.0;
            for (u, v) in frequencies() {
                let wave = |sample: f64, frequency: usize| {
                    ((2.0 * sample + 1.0) * frequency as f64 * PI / 16.0).cos()
                };
                sum += scale(u) * scale(v) * f64::from(coefficients[place(u, v)]) * wave(x, u) * wave(y, v);
            }
            (sum / 4.0 + 128.0).round().clamp(0.0, 255.0) as u8
        })
    }

    /// Across and down.
    fn frequencies() -> impl Iterator<Item = (usize, usize)> {
        (0..64).map(|index| (index / 8, index % 8))
    }

    #[test]
    fn each_coefficient_has_a_place_of_its_own_and_high_ones_are_known_by_it() {
        let mut places: Vec<usize> = frequencies().map(|(u, v)| place(u, v)).collect();
        for ((u, v), place) in frequencies().zip(&places) {
            assert_eq!(place & HIGH != 0, u >= 4 || v >= 4, "{u}, {v}");
        }
        places.sort_unstable();
        assert_eq!(places, Vec::from_iter(0..64));
    }

    #[test]
    fn it_is_within_one_of_the_definition() {
        let mut state = 7_u32;
        for amplitude in [3, 40, 300, 1500] {
            for round in 0..200 {
                let is_smooth = round % 2 == 0;
                let mut coefficients = [0; 64];
                for (u, v) in frequencies() {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let value = ((state >> 8) as i32 % (2 * amplitude + 1) - amplitude) as i16;
                    coefficients[place(u, v)] = match (u, v) {
                        (4.., _) | (_, 4..) if is_smooth => 0,
                        (3.., _) => value / 8,
                        _ => value,
                    };
                }
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
        inverse(&[i16::MAX; 64], false);
        inverse(&[i16::MIN; 64], true);
        assert_eq!(flat(i16::MAX), 255);
    }
}
