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
        1 => predict(row, above, pixel_bytes, |left, _, _| left),
        3 => predict(row, above, pixel_bytes, |left, upper, _| left.midpoint(upper)),
        4 => predict(row, above, pixel_bytes, paeth),
        _ => return Err(bad("a row's filter does not exist")),
    }
    Ok(())
}

/// Adds to every byte what the same byte of its left, upper and upper left pixels predicts.
#[inline(always)]
fn predict(row: &mut [u8], above: &[u8], pixel_bytes: usize, prediction: impl Fn(u8, u8, u8) -> u8) {
    if pixel_bytes == 3 {
        return predict_pixels::<3>(row, above, prediction);
    }
    // All but R, G, B is rare. For each kind of pixel code like that was 1.3 KB of gzip.
    for at in 0..row.len().min(above.len()) {
        let (left, upper_left) = match at.checked_sub(pixel_bytes) {
            Some(left) => (row[left], above[left]),
            None => (0, 0),
        };
        row[at] = row[at].wrapping_add(prediction(left, above[at], upper_left));
    }
}

/// The same for pixels of so many bytes.
fn predict_pixels<const BYTES: usize>(row: &mut [u8], above: &[u8], prediction: impl Fn(u8, u8, u8) -> u8) {
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
