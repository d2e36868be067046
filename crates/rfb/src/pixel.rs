//! The one pixel layout of the framebuffer, and the pixel format that makes the server send it.

/// One pixel whose bytes in memory are R, G, B, 255: what a canvas takes. The fourth byte is always 255,
/// since a canvas would read it as alpha.
pub(crate) type Pixel = u32;

/// `PIXEL_FORMAT` (RFC 6143, 7.4): 32 bits per pixel, depth 24, little-endian, true colour, maxima of 255,
/// shifts R 0, G 8, B 16. On the wire a pixel is then R, G, B and a byte without meaning.
pub(crate) const PIXEL_FORMAT: [u8; 16] = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0];

/// Bytes of a pixel on the wire.
pub(crate) const BYTES: usize = 4;

/// Bytes of a CPIXEL (ZRLE) or TPIXEL (Tight) on the wire: R, G, B.
pub(crate) const COMPACT_BYTES: usize = 3;

const OPAQUE: Pixel = u32::from_ne_bytes([0, 0, 0, 255]);

/// The pixel of a colour.
pub(crate) const fn rgb(r: u8, g: u8, b: u8) -> Pixel {
    u32::from_ne_bytes([r, g, b, 255])
}

/// A pixel from its four bytes on the wire.
pub(crate) const fn from_wire(bytes: [u8; BYTES]) -> Pixel {
    u32::from_ne_bytes(bytes) | OPAQUE
}

/// Copies pixels of the wire, four bytes each, into a row. The shorter of the two decides how many.
pub(crate) fn copy_wire(row: &mut [Pixel], wire: &[u8]) {
    let (chunks, _) = wire.as_chunks::<BYTES>();
    for (pixel, bytes) in row.iter_mut().zip(chunks) {
        *pixel = from_wire(*bytes);
    }
}

/// Copies compact pixels of the wire, three bytes each, into a row. The shorter of the two decides how many.
pub(crate) fn copy_compact(row: &mut [Pixel], wire: &[u8]) {
    let (chunks, _) = wire.as_chunks::<COMPACT_BYTES>();
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
        assert_eq!(from_wire([1, 2, 3, 0]), rgb(1, 2, 3));
        let mut row = [0; 2];
        copy_wire(&mut row, &[1, 2, 3, 0, 4, 5, 6, 9]);
        assert_eq!(row, [rgb(1, 2, 3), rgb(4, 5, 6)]);
        copy_compact(&mut row, &[7, 8, 9, 10, 11, 12]);
        assert_eq!(row, [rgb(7, 8, 9), rgb(10, 11, 12)]);
    }
}
