//! ZYWRLE's wavelet transform, backwards.
//!
//! There is no text that specifies it. This is after what its author's encoder does, which LibVNCServer, QEMU and
//! UltraVNC have: colours as in JPEG 2000's reversible transform, shortened to 8 bits; then, one to three times, a
//! piecewise-linear Haar transform (Senecal et al., "An Improved N-Bit to N-Bit Reversible Haar-Like Transform",
//! 2004) of rows and columns, whose results stay where their samples were; then all coefficients of a kind together.

use super::Context;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::pixel::{self, Pixel};

/// What has to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transform {
    /// How many times it was transformed.
    levels: u32,
    /// The bits of R, G and B that are on the wire.
    masks: [u8; 3],
    /// Blue, and not red, is in the highest bits of a pixel: there is what follows from red minus green otherwise.
    is_blue_high: bool,
}

impl Transform {
    /// As servers do it for the quality and the pixel format that they have been asked for. None with 8 bits per
    /// pixel: then a raw tile is raw.
    pub(super) fn new(context: &Context<'_>) -> Option<Self> {
        let format = context.format.format();
        if format.bits_per_pixel == 8 || !format.true_colour {
            return None;
        }
        let levels = match context.jpeg_quality {
            Some(0..=2) => 3,
            Some(3..=5) => 2,
            _ => 1,
        };
        let [red, _, blue] = format.shift;
        Some(Self {
            levels,
            masks: format.max.map(|max| !(0xFF_u32 >> max.count_ones()) as u8),
            is_blue_high: blue > red,
        })
    }

    /// Turns the coefficients in a tile into pixels.
    pub(super) fn apply(self, tile: Rect, framebuffer: &mut Framebuffer) {
        let [width, height] = [tile.width, tile.height].map(usize::from);
        let mut pixels = Vec::with_capacity(tile.area());
        for y in tile.y..tile.y + tile.height {
            pixels.extend_from_slice(framebuffer.row_mut(tile.x, y, tile.width));
        }
        self.synthesize(&mut pixels, width, height);
        for (y, row) in (tile.y..).zip(pixels.chunks_exact(width)) {
            framebuffer.row_mut(tile.x, y, tile.width).copy_from_slice(row);
        }
    }

    /// What does not fill a whole square of the last level, at the right and lower edge, was not transformed; it
    /// comes after all coefficients.
    fn synthesize(self, pixels: &mut [Pixel], width: usize, height: usize) {
        let whole = |side: usize| side >> self.levels << self.levels;
        let (across, down) = (whole(width), whole(height));
        if across == 0 || down == 0 {
            return;
        }
        // The pixels are read while others are written.
        let wire = pixels.to_vec();
        let mut wire = wire.iter().copied();
        let mut coefficients = vec![[0; 3]; across * down];
        for place in order(self.levels, across, down) {
            if let (Some(to), Some(pixel)) = (coefficients.get_mut(place), wire.next()) {
                *to = self.coefficients(pixel);
            }
        }
        for level in (0..self.levels).rev() {
            let side = 1 << level;
            for x in (0..across).step_by(side) {
                undo_haar(&mut coefficients, x, down, across, level);
            }
            for y in (0..down).step_by(side) {
                undo_haar(&mut coefficients, y * across, across, 1, level);
            }
        }
        let at = |x: usize, y: usize| y * width + x;
        for (number, values) in coefficients.into_iter().enumerate() {
            if let Some(pixel) = pixels.get_mut(at(number % across, number / across)) {
                *pixel = self.pixel(values);
            }
        }
        let right = (0..down).flat_map(|y| (across..width).map(move |x| (x, y)));
        let lower = (down..height).flat_map(|y| (0..across).map(move |x| (x, y)));
        let corner = (down..height).flat_map(|y| (across..width).map(move |x| (x, y)));
        for ((x, y), value) in right.chain(lower).chain(corner).zip(wire) {
            if let Some(pixel) = pixels.get_mut(at(x, y)) {
                *pixel = value;
            }
        }
    }

    /// U, Y and V, as they stand in a pixel from its lowest bits on.
    fn coefficients(self, pixel: Pixel) -> [i8; 3] {
        let [r, g, b, _] = pixel.to_ne_bytes();
        let [r_mask, g_mask, b_mask] = self.masks;
        let [r, g, b] = [r & r_mask, g & g_mask, b & b_mask].map(|part| part as i8);
        if self.is_blue_high { [r, g, b] } else { [b, g, r] }
    }

    fn pixel(self, [u, y, v]: [i8; 3]) -> Pixel {
        let (y, u, v) = (i32::from(y) + 128, i32::from(u) << 1, i32::from(v) << 1);
        let green = y - ((u + v) >> 2);
        let [low, g, high] = [u + green, green, v + green].map(|part| part.clamp(0, 255) as u8);
        let [r, b] = if self.is_blue_high {
            [low, high]
        } else {
            [high, low]
        };
        let [r_mask, g_mask, b_mask] = self.masks;
        pixel::rgb(scaled(r, r_mask), scaled(g, g_mask), scaled(b, b_mask))
    }
}

/// The bits of a colour that the pixel format has, as a colour of 8 bits like all others of that format: what is
/// white beside the tile is white in it.
fn scaled(part: u8, mask: u8) -> u8 {
    let missing = mask.trailing_zeros();
    let (part, max) = (u32::from(part) >> missing, 0xFF >> missing);
    ((part * 255 + max / 2) / max) as u8
}

/// Where the coefficients on the wire belong. From level to level those of what differs in both directions, then of
/// what differs down, then across; at last what is left of the picture.
fn order(levels: u32, across: usize, down: usize) -> impl Iterator<Item = usize> {
    let details = (0..levels).flat_map(|level| [(level, 1, 1), (level, 0, 1), (level, 1, 0)]);
    let all = details.chain([(levels - 1, 0, 0)]);
    all.flat_map(move |(level, x, y)| {
        let (half, step) = (1 << level, 2 << level);
        let rows = (y * half..down).step_by(step);
        rows.flat_map(move |row| {
            (x * half..across)
                .step_by(step)
                .map(move |column| row * across + column)
        })
    })
}

/// Undoes one level in one row or column: `length` values, `stride` apart from the one at `start` on.
fn undo_haar(coefficients: &mut [[i8; 3]], start: usize, length: usize, stride: usize, level: u32) {
    let half = stride << level;
    for pair in 0..length >> (level + 1) {
        let at = start + pair * 2 * half;
        let Ok([low, high]) = coefficients.get_disjoint_mut([at, at + half]) else {
            return;
        };
        for (low, high) in low.iter_mut().zip(high) {
            (*low, *high) = haar(*low, *high);
        }
    }
}

/// The transform of a pair, which is its own reverse.
fn haar(low: i8, high: i8) -> (i8, i8) {
    let (a, b) = (i32::from(low), i32::from(high));
    let (x, y) = if (a ^ b) & 0x80 != 0 {
        let sum = a + b;
        (if (sum ^ b) & 0x80 == 0 { a - sum } else { a }, sum)
    } else {
        let difference = a - b;
        (
            difference,
            if (difference ^ a) & 0x80 == 0 {
                b + difference
            } else {
                b
            },
        )
    };
    (y as i8, x as i8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use flate2::{Compress, Compression};

    use super::super::testing::{Numbers, Setting, size, with_length};
    use super::super::zrle::Zrle;
    use super::super::{Decoder, Progress};
    use super::*;
    use crate::error::DecodeError;
    use crate::input::Input;
    use crate::pixel::PixelFormat;

    /// The decoder as it is for this encoding.
    #[derive(Debug, Default)]
    struct Zywrle(Zrle);

    impl Decoder for Zywrle {
        fn begin(&mut self, rect: Rect) {
            self.0.wavelet().begin(rect);
        }

        fn decode(
            &mut self,
            input: &mut Input<'_>,
            framebuffer: &mut Framebuffer,
            context: &Context<'_>,
        ) -> Result<Progress, DecodeError> {
            self.0.wavelet().decode(input, framebuffer, context)
        }
    }

    /// Blue less green, brightness and red less green of a pixel whose lowest byte is blue; and what they are worth.
    fn yuv([low, green, high]: [u8; 3]) -> ([i8; 3], [u8; 3]) {
        let [low, green, high] = [low, green, high].map(i32::from);
        let odd = |value: i32| value.max(-127);
        let y = odd(((low + 2 * green + high) >> 2) - 128);
        let (u, v) = (odd((low - green) >> 1), odd((high - green) >> 1));
        let green = y + 128 - ((2 * u + 2 * v) >> 2);
        let worth = [2 * u + green, green, 2 * v + green].map(|part| part.clamp(0, 255) as u8);
        ([u, y, v].map(|value| value as i8), worth)
    }

    /// Transforms a picture of `width` times `height` pixels, and gives what must come out of it again.
    fn analyse(picture: &[[u8; 3]], width: usize, levels: u32) -> (Vec<[i8; 3]>, Vec<[u8; 3]>) {
        let height = picture.len() / width;
        let whole = |side: usize| side / (1 << levels) * (1 << levels);
        let (across, down) = (whole(width), whole(height));
        let mut values = vec![[0; 3]; across * down];
        let mut expected = picture.to_vec();
        for y in 0..down {
            for x in 0..across {
                (values[y * across + x], expected[y * width + x]) = yuv(picture[y * width + x]);
            }
        }
        for level in 0..levels {
            let half = 1 << level;
            let mut pair = |a: usize, b: usize| {
                let (low, high) = (values[a], values[b]);
                let pairs: [(i8, i8); 3] = std::array::from_fn(|channel| haar(low[channel], high[channel]));
                (values[a], values[b]) = (pairs.map(|it| it.0), pairs.map(|it| it.1));
            };
            for y in (0..down).step_by(half) {
                for x in (0..across).step_by(2 * half) {
                    pair(y * across + x, y * across + x + half);
                }
            }
            for x in (0..across).step_by(half) {
                for y in (0..down).step_by(2 * half) {
                    pair(y * across + x, (y + half) * across + x);
                }
            }
        }
        let mut sent = Vec::new();
        for level in 0..levels {
            let (half, step) = (1 << level, 2 << level);
            let last = if level + 1 == levels { Some((0, 0)) } else { None };
            for (right, low) in [(1, 1), (0, 1), (1, 0)].into_iter().chain(last) {
                for y in (low * half..down).step_by(step) {
                    for x in (right * half..across).step_by(step) {
                        sent.push(values[y * across + x]);
                    }
                }
            }
        }
        let as_they_are = |pixel: &[u8; 3]| pixel.map(|part| part as i8);
        for y in 0..down {
            sent.extend(
                picture[y * width + across..(y + 1) * width]
                    .iter()
                    .map(as_they_are),
            );
        }
        for y in down..height {
            sent.extend(picture[y * width..y * width + across].iter().map(as_they_are));
        }
        for y in down..height {
            sent.extend(
                picture[y * width + across..(y + 1) * width]
                    .iter()
                    .map(as_they_are),
            );
        }
        (sent, expected)
    }

    fn picture(seed: u32, width: usize, height: usize) -> Vec<[u8; 3]> {
        let mut numbers = Numbers(seed);
        let noise = numbers.bytes(width * height * 3);
        (0..width * height)
            .map(|at| {
                let (x, y) = (at % width, at / width);
                [0, 1, 2].map(|channel| (x * 3 + y * (channel + 1)) as u8 ^ (noise[at * 3 + channel] & 15))
            })
            .collect()
    }

    fn decode(setting: &Setting, width: u16, height: u16, tile: &[u8]) -> Vec<Pixel> {
        let wire = with_length(&mut Compress::new(Compression::new(6), true), tile);
        setting
            .decode::<Zywrle>(size(width, height), &[(Rect::new(0, 0, width, height), &wire)])
            .unwrap()
    }

    #[test]
    fn a_picture_comes_out_as_its_own_shortened_colours() {
        for (quality, levels) in [(None, 1), (Some(9), 1), (Some(5), 2), (Some(0), 3)] {
            for (width, height) in [(64, 64), (17, 9), (8, 30), (63, 8)] {
                let (sent, expected) = analyse(&picture(9, width, height), width, levels);
                let setting = Setting {
                    jpeg_quality: quality,
                    ..Setting::default()
                };
                let pixels: Vec<u8> = sent.as_flattened().iter().map(|part| *part as u8).collect();
                // A raw tile in a raw tile.
                let tile = [&[0, 0][..], &pixels].concat();
                let expected: Vec<Pixel> = expected.iter().map(|&[r, g, b]| pixel::rgb(r, g, b)).collect();
                assert!(
                    decode(&setting, width as u16, height as u16, &tile) == expected,
                    "{width}x{height}, {levels} levels"
                );
            }
        }
    }

    #[test]
    fn a_tile_that_is_not_raw_or_too_small_is_not_transformed() {
        let setting = Setting::default();
        assert_eq!(decode(&setting, 4, 4, &[1, 9, 8, 7]), [pixel::rgb(9, 8, 7); 16]);
        assert_eq!(decode(&setting, 1, 4, &[0, 1, 9, 8, 7]), [pixel::rgb(9, 8, 7); 4]);
    }

    #[test]
    fn a_transformed_tile_may_be_of_any_kind() {
        // All details are 0 and the rest is a grey: 128 more than the coefficient.
        let tile = [&[0, 130, 0, 0, 0, 0, 10, 0][..], &[0x80, 11, 0x81, 3]].concat();
        assert_eq!(
            decode(&Setting::default(), 4, 4, &tile),
            [pixel::rgb(138, 138, 138); 16]
        );
    }

    #[test]
    fn sixteen_bits_have_fewer_bits_of_coefficients_and_eight_have_none() {
        let setting = Setting::with_format(PixelFormat::RGB565);
        // Brightness 8, in green; red less green 16 and so blue less green 0.
        let value: u16 = 2 << 11 | 2 << 5;
        let tile = [&[0, 130][..], &[0, 0], &value.to_le_bytes(), &[0x80, 11, 0x81, 3]].concat();
        // 160, 128 and 128, of which 20 of 31, 32 of 63 and 16 of 31 are in a pixel.
        assert_eq!(decode(&setting, 4, 4, &tile), [pixel::rgb(165, 130, 132); 16]);
        let setting = Setting::with_format(PixelFormat::BGR233);
        assert_eq!(
            decode(&setting, 1, 2, &[0, 7, 0]),
            [pixel::rgb(255, 0, 0), pixel::rgb(0, 0, 0)]
        );
    }
}
