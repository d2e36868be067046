//! The one pixel layout of the framebuffer, and how pixels lie on the wire.

mod format;
mod wire;

pub use format::PixelFormat;
pub use wire::{PixelReader, WireFormat};

use wide::u8x16;

/// One pixel whose bytes in memory are R, G, B, 255: what a canvas takes. The fourth byte is always 255,
/// since a canvas would read it as alpha.
pub type Pixel = u32;

/// Bytes of a pixel in memory.
pub const BYTES: usize = 4;

const OPAQUE: Pixel = u32::from_ne_bytes([0, 0, 0, 255]);

/// The pixel of a colour.
pub const fn rgb(r: u8, g: u8, b: u8) -> Pixel {
    u32::from_ne_bytes([r, g, b, 255])
}

/// Whether there is an instruction that shuffles bytes. Plain x86-64 has none, and what stands in for it is slower than
/// to go without; but tests, which are run there, are to go the way that pixels go in a browser.
pub const CAN_SHUFFLE: bool = cfg!(any(
    debug_assertions,
    target_feature = "simd128",
    target_feature = "ssse3",
    target_arch = "aarch64"
));

/// Copies R, G, B and a byte without meaning for each pixel into a row. The shorter of the two decides how many.
pub fn copy_rgbx(row: &mut [Pixel], bytes: &[u8]) {
    let (chunks, _) = bytes.as_chunks::<4>();
    for (pixel, bytes) in row.iter_mut().zip(chunks) {
        *pixel = u32::from_ne_bytes(*bytes) | OPAQUE;
    }
}

/// Copies R, G, B for each pixel into a row. The shorter of the two decides how many.
pub fn copy_rgb(row: &mut [Pixel], bytes: &[u8]) {
    // In sixteens, as far as both reach.
    let count = if CAN_SHUFFLE {
        row.len().min(bytes.len() / 3) / 16 * 16
    } else {
        0
    };
    let (sixteens, pixels) = row.split_at_mut(count);
    let (bytes, rest) = bytes.split_at(count * 3);
    for (these, rgb) in sixteens.as_chunks_mut().0.iter_mut().zip(bytes.as_chunks().0) {
        *these = expanded(rgb);
    }
    for (pixel, &[r, g, b]) in pixels.iter_mut().zip(rest.as_chunks::<3>().0) {
        *pixel = rgb(r, g, b);
    }
}

/// Sixteen pixels from their R, G, B. The compiler copies byte by byte: half the speed of Tight without a palette.
fn expanded(rgb: &[u8; 48]) -> [Pixel; 16] {
    // Of 16 bytes the first twelve make four pixels; at the end the last twelve, lest anything beyond is read.
    let quads = [(0, 0), (12, 0), (24, 0), (32, 4)].map(|(from, first)| {
        let order = std::array::from_fn(|at| match at % 4 {
            3 => u8::MAX,
            part => first + (at / 4 * 3 + part) as u8,
        });
        let bytes = rgb.get(from..).and_then(<[u8]>::first_chunk);
        let shuffled = u8x16::new(bytes.copied().unwrap_or_default()).shuffle_zeroing(u8x16::new(order));
        shuffled | bytemuck::cast::<[Pixel; 4], u8x16>([OPAQUE; 4])
    });
    bytemuck::cast(quads)
}

/// Sixteen pixels from their colours.
pub fn interleaved([r, g, b]: [u8x16; 3]) -> [Pixel; 16] {
    let opaque = u8x16::splat(255);
    let (low, high) = (u8x16::unpack_low, u8x16::unpack_high);
    let (rb, ga) = ([low(r, b), high(r, b)], [low(g, opaque), high(g, opaque)]);
    bytemuck::cast([
        low(rb[0], ga[0]),
        high(rb[0], ga[0]),
        low(rb[1], ga[1]),
        high(rb[1], ga[1]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_lies_in_memory_as_red_green_blue_and_opaque() {
        assert_eq!(rgb(1, 2, 3).to_ne_bytes(), [1, 2, 3, 255]);
        let mut row = [0; 2];
        copy_rgbx(&mut row, &[1, 2, 3, 0, 4, 5, 6, 9]);
        assert_eq!(row, [rgb(1, 2, 3), rgb(4, 5, 6)]);
        copy_rgb(&mut row, &[7, 8, 9, 10, 11, 12]);
        assert_eq!(row, [rgb(7, 8, 9), rgb(10, 11, 12)]);
    }

    #[test]
    fn a_row_of_any_length_is_copied_to_its_end() {
        let bytes: Vec<u8> = (0..150).collect();
        let expected: Vec<Pixel> = bytes
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[r, g, b]| rgb(r, g, b))
            .collect();
        for (pixels, given) in [
            (1, 50),
            (15, 50),
            (16, 50),
            (17, 50),
            (50, 50),
            (50, 40),
            (50, 16),
        ] {
            let mut row = vec![0; pixels];
            copy_rgb(&mut row, &bytes[..given * 3]);
            let count = pixels.min(given);
            assert_eq!(row[..count], expected[..count], "{pixels} pixels of {given}");
            assert!(
                row[count..].iter().all(|pixel| *pixel == 0),
                "{pixels} pixels of {given}"
            );
        }
    }

    #[test]
    fn sixteen_pixels_at_once_are_the_same_as_one_by_one() {
        let bytes = std::array::from_fn(|at| at as u8);
        let pixels = bytes.as_chunks::<3>().0.iter().map(|&[r, g, b]| rgb(r, g, b));
        assert!(expanded(&bytes).into_iter().eq(pixels));
    }
}
