//! From rows of samples to pixels: chroma brought to the image's width, and YCbCr to RGB (ITU-T T.871, 7).

use wide::{i16x8, u8x16};

use crate::pixel::{self, Pixel};

/// So many pixels are made at once. Lines of samples have room for a multiple of it.
pub(super) const AT_ONCE: usize = 16;

/// Repeats each sample `times`. Decoders that blend neighbours look smoother; on a desktop's text the difference is
/// the fringe that subsampling has left already, and this is the cheaper by half.
pub(super) fn widen(samples: &[u8], times: usize, wide: &mut [u8]) {
    if times == 2 {
        // Both bytes of a number at once: byte by byte it is not vectorised.
        let (pairs, last) = wide.as_chunks_mut::<2>();
        for (to, sample) in pairs.iter_mut().zip(samples) {
            *to = (u16::from(*sample) * 0x0101).to_ne_bytes();
        }
        if let (Some(to), Some(sample)) = (last.first_mut(), samples.get(pairs.len())) {
            *to = *sample;
        }
        return;
    }
    for (to, sample) in wide.chunks_mut(times).zip(samples) {
        to.fill(*sample);
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

/// What a line of chroma adds to luma in red, green and blue: several lines of luma may have the same.
#[derive(Debug, Default)]
pub(super) struct Chroma {
    sums: Vec<[[i16x8; 2]; 3]>,
}

impl Chroma {
    /// From a line's two components.
    pub(super) fn set(&mut self, blue: &[u8], red: &[u8]) {
        let pairs = blue
            .as_chunks::<AT_ONCE>()
            .0
            .iter()
            .zip(red.as_chunks::<AT_ONCE>().0);
        self.sums.clear();
        self.sums.extend(pairs.map(|(cb, cr)| {
            let [cb, cr] = [cb, cr].map(|samples| widened(*samples).map(|half| half - i16x8::splat(128)));
            let [first, second] = [(cb[0], cr[0]), (cb[1], cr[1])].map(|(cb, cr)| sums(cb, cr));
            [0, 1, 2].map(|colour| [first[colour], second[colour]])
        }));
    }
}

/// 1.402 red, -0.344136 blue - 0.714136 red, and 1.772 blue. The whole parts are added as they are, so that the products
/// of what is left have room in 16 bits: no colour is off by more than one.
fn sums(blue: i16x8, red: i16x8) -> [i16x8; 3] {
    let part = |products: i16x8, bits: i32| (products + i16x8::splat(1 << (bits - 1))) >> bits;
    [
        red + part(red * i16x8::splat(206), 9),
        part(red * i16x8::splat(73) - blue * i16x8::splat(88), 8) - red,
        blue + blue - part(blue * i16x8::splat(233), 10),
    ]
}

fn widened(samples: [u8; AT_ONCE]) -> [i16x8; 2] {
    let samples = u8x16::new(samples);
    [i16x8::from_u8x16_low(samples), i16x8::from_u8x16_high(samples)]
}

/// A row of luma with its chroma.
pub(super) fn ycbcr(luma: &[u8], chroma: &Chroma, row: &mut [Pixel]) {
    let pairs = luma.as_chunks().0.iter().zip(&chroma.sums);
    let mut pixels = pairs.map(|(luma, sums)| {
        let luma = widened(*luma);
        let colours = sums.map(|sums| u8x16::narrow_i16x8(luma[0] + sums[0], luma[1] + sums[1]));
        pixel::interleaved(colours)
    });
    // Apart from the rest: where both were one copy of a length that is known late, it took a fifth of all the time.
    let (whole, rest) = row.as_chunks_mut();
    for (to, pixels) in whole.iter_mut().zip(&mut pixels) {
        *to = pixels;
    }
    if let Some(last) = pixels.next() {
        rest.copy_from_slice(last.get(..rest.len()).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primaries_come_out_of_their_components() {
        let line = |samples: [u8; 4]| samples.repeat(AT_ONCE / 2);
        let mut row = [0; AT_ONCE + 4];
        let mut chroma = Chroma::default();
        chroma.set(&line([85, 44, 255, 128]), &line([255, 21, 107, 128]));
        ycbcr(&line([76, 150, 29, 255]), &chroma, &mut row);
        let expected = [[254, 0, 0, 255], [0, 255, 1, 255], [0, 0, 254, 255], [255; 4]];
        let row = row.map(u32::to_ne_bytes);
        for (is, expected) in row
            .as_flattened()
            .iter()
            .zip(expected.as_flattened().iter().cycle())
        {
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
