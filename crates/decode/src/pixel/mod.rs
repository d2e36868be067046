//! The one pixel layout of the framebuffer, and how pixels lie on the wire.

mod format;
mod wire;

pub use format::PixelFormat;
pub use wire::{PixelReader, WireFormat};

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

/// Copies R, G, B and a byte without meaning for each pixel into a row. The shorter of the two decides how many.
pub fn copy_rgbx(row: &mut [Pixel], bytes: &[u8]) {
    let (chunks, _) = bytes.as_chunks::<4>();
    for (pixel, bytes) in row.iter_mut().zip(chunks) {
        *pixel = u32::from_ne_bytes(*bytes) | OPAQUE;
    }
}

/// Copies R, G, B for each pixel into a row. The shorter of the two decides how many.
pub fn copy_rgb(row: &mut [Pixel], bytes: &[u8]) {
    let (chunks, _) = bytes.as_chunks::<3>();
    for (pixel, &[r, g, b]) in row.iter_mut().zip(chunks) {
        *pixel = rgb(r, g, b);
    }
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
}
