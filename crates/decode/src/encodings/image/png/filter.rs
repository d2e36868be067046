//! The filters of a PNG image's rows (ISO/IEC 15948, 9).

use super::bad;
use crate::error::DecodeError;

/// Undoes the filter of a row, of which `above` is the row above without its filter. Both have the same
/// length.
pub(super) fn unfilter(
    [kind]: [u8; 1],
    row: &mut [u8],
    above: &[u8],
    pixel_bytes: usize,
) -> Result<(), DecodeError> {
    match kind {
        0 => {}
        2 => {
            for (byte, above) in row.iter_mut().zip(above) {
                *byte = byte.wrapping_add(*above);
            }
        }
        1 | 3 | 4 => match pixel_bytes {
            1 => unfilter_pixels::<1>(kind, row, above),
            2 => unfilter_pixels::<2>(kind, row, above),
            3 => unfilter_pixels::<3>(kind, row, above),
            4 => unfilter_pixels::<4>(kind, row, above),
            6 => unfilter_pixels::<6>(kind, row, above),
            _ => unfilter_pixels::<8>(kind, row, above),
        },
        _ => return Err(bad("a row's filter does not exist")),
    }
    Ok(())
}

/// The filters that look at the pixel to the left.
fn unfilter_pixels<const BYTES: usize>(kind: u8, row: &mut [u8], above: &[u8]) {
    match kind {
        1 => predict::<BYTES>(row, above, |left, _, _| left),
        3 => predict::<BYTES>(row, above, |left, upper, _| left.midpoint(upper)),
        _ => predict::<BYTES>(row, above, paeth),
    }
}

/// Adds to every byte what the same byte of its left, upper and upper left pixels predicts.
fn predict<const BYTES: usize>(row: &mut [u8], above: &[u8], prediction: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut upper_left) = ([0; BYTES], [0; BYTES]);
    let pixels = row.as_chunks_mut::<BYTES>().0.iter_mut();
    for (pixel, upper) in pixels.zip(above.as_chunks::<BYTES>().0) {
        for (((byte, left), upper), upper_left) in
            pixel.iter_mut().zip(&mut left).zip(upper).zip(&mut upper_left)
        {
            *byte = byte.wrapping_add(prediction(*left, *upper, *upper_left));
            *left = *byte;
            *upper_left = *upper;
        }
    }
}

/// Whichever of the three is nearest to left + upper - upper left; of equals the first.
fn paeth(left: u8, upper: u8, upper_left: u8) -> u8 {
    let [a, b, c] = [left, upper, upper_left].map(i16::from);
    let (to_left, to_upper, to_upper_left) = ((b - c).abs(), (a - c).abs(), (a + b - c - c).abs());
    if to_left <= to_upper && to_left <= to_upper_left {
        left
    } else if to_upper <= to_upper_left {
        upper
    } else {
        upper_left
    }
}
