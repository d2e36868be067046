//! From rows of samples to pixels: chroma brought to the image's width, and YCbCr to RGB (ITU-T T.871, 7).

use crate::pixel::{self, Pixel};

/// The bits behind the point in the factors.
const BITS: u32 = 14;

/// A factor with [`BITS`] behind the point.
const fn factor(value: f64) -> i32 {
    (value * (1 << BITS) as f64 + 0.5) as i32
}

/// Repeats each sample `times`. Decoders that blend neighbours look smoother; on a desktop's text the difference is
/// the fringe that subsampling has left already, and this is the cheaper by half.
pub(super) fn widen(samples: &[u8], times: usize, wide: &mut [u8]) {
    match times {
        1 => wide
            .iter_mut()
            .zip(samples)
            .for_each(|(to, sample)| *to = *sample),
        2 => {
            for (to, sample) in wide.chunks_mut(2).zip(samples) {
                to.fill(*sample);
            }
        }
        _ => {
            for (to, sample) in wide.chunks_mut(times).zip(samples) {
                to.fill(*sample);
            }
        }
    }
}

/// A row of grey.
pub(super) fn grey(luma: &[u8], row: &mut [Pixel]) {
    for (to, y) in row.iter_mut().zip(luma) {
        *to = pixel::rgb(*y, *y, *y);
    }
}

/// A row whose three components are red, green and blue.
pub(super) fn rgb([red, green, blue]: [&[u8]; 3], row: &mut [Pixel]) {
    for (((to, r), g), b) in row.iter_mut().zip(red).zip(green).zip(blue) {
        *to = pixel::rgb(*r, *g, *b);
    }
}

/// A row of luma and two chroma components.
pub(super) fn ycbcr([luma, blue, red]: [&[u8]; 3], row: &mut [Pixel]) {
    for (((to, y), cb), cr) in row.iter_mut().zip(luma).zip(blue).zip(red) {
        let y = (i32::from(*y) << BITS) + (1 << (BITS - 1));
        let (cb, cr) = (i32::from(*cb) - 128, i32::from(*cr) - 128);
        let byte = |value: i32| (value >> BITS).clamp(0, 255) as u8;
        *to = pixel::rgb(
            byte(y + factor(1.402) * cr),
            byte(y - factor(0.344_136) * cb - factor(0.714_136) * cr),
            byte(y + factor(1.772) * cb),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primaries_come_out_of_their_components() {
        let mut row = [0; 4];
        ycbcr(
            [&[76, 150, 29, 255], &[85, 44, 255, 128], &[255, 21, 107, 128]],
            &mut row,
        );
        let expected = [[254, 0, 0, 255], [0, 255, 1, 255], [0, 0, 254, 255], [255; 4]];
        let row = row.map(u32::to_ne_bytes);
        for (is, expected) in row.as_flattened().iter().zip(expected.as_flattened()) {
            assert!(is.abs_diff(*expected) <= 1, "{row:?}");
        }
    }

    #[test]
    fn samples_are_repeated_up_to_the_width() {
        let mut wide = [0; 5];
        widen(&[1, 2, 3], 2, &mut wide);
        assert_eq!(wide, [1, 1, 2, 2, 3]);
    }
}
