//! Pixel formats of every kind (RFC 6143, 7.4).

use porthole_rfb::PixelFormat;

/// True colour: by bits, byte order, what of the bits has a meaning and where it lies.
pub(crate) const TRUE_COLOUR: [PixelFormat; 20] = [
    true_colour(32, 24, false, [255; 3], [0, 8, 16]),
    true_colour(32, 24, false, [255; 3], [16, 8, 0]),
    true_colour(32, 24, true, [255; 3], [16, 8, 0]),
    true_colour(32, 24, false, [255; 3], [8, 16, 24]),
    true_colour(32, 24, true, [255; 3], [24, 16, 8]),
    true_colour(32, 24, true, [255; 3], [8, 24, 16]),
    // All four bytes have a meaning.
    true_colour(32, 24, false, [255; 3], [0, 12, 24]),
    // What some servers say of 24 bits.
    true_colour(32, 32, false, [255; 3], [16, 8, 0]),
    true_colour(32, 30, false, [1023; 3], [20, 10, 0]),
    true_colour(32, 30, true, [1023; 3], [0, 10, 20]),
    // The corner case: few bits in 32.
    true_colour(32, 16, false, [31, 63, 31], [11, 5, 0]),
    true_colour(32, 15, true, [31; 3], [25, 20, 15]),
    true_colour(32, 12, false, [15; 3], [8, 12, 16]),
    true_colour(16, 16, false, [31, 63, 31], [11, 5, 0]),
    true_colour(16, 16, true, [31, 63, 31], [11, 5, 0]),
    true_colour(16, 15, false, [31; 3], [10, 5, 0]),
    true_colour(16, 15, true, [31; 3], [0, 5, 10]),
    true_colour(8, 8, false, [7, 7, 3], [0, 3, 6]),
    true_colour(8, 8, false, [7, 7, 3], [5, 2, 0]),
    true_colour(8, 6, false, [3; 3], [4, 2, 0]),
];

/// Indices into a map of colours.
pub(crate) const MAPS: [PixelFormat; 3] = [map(8, false), map(16, false), map(16, true)];

const fn true_colour(
    bits_per_pixel: u8,
    depth: u8,
    big_endian: bool,
    max: [u16; 3],
    shift: [u8; 3],
) -> PixelFormat {
    PixelFormat {
        bits_per_pixel,
        depth,
        big_endian,
        true_colour: true,
        max,
        shift,
    }
}

const fn map(bits_per_pixel: u8, big_endian: bool) -> PixelFormat {
    PixelFormat {
        true_colour: false,
        ..true_colour(bits_per_pixel, bits_per_pixel, big_endian, [0; 3], [0; 3])
    }
}

/// The 16 bytes of a `PIXEL_FORMAT`.
pub(crate) fn bytes(format: PixelFormat) -> [u8; 16] {
    let [[r0, r1], [g0, g1], [b0, b1]] = format.max.map(u16::to_be_bytes);
    let [r, g, b] = format.shift;
    let (big_endian, true_colour) = (format.big_endian.into(), format.true_colour.into());
    let (bits, depth) = (format.bits_per_pixel, format.depth);
    [
        bits,
        depth,
        big_endian,
        true_colour,
        r0,
        r1,
        g0,
        g1,
        b0,
        b1,
        r,
        g,
        b,
        0,
        0,
        0,
    ]
}
