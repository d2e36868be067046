//! `PIXEL_FORMAT` (RFC 6143, 7.4): what a server's and a client's pixels look like.

use crate::error::MessageError;
use crate::input::u16_at;

/// How a pixel is a number: of how many bits, in which byte order, and where in it its colours are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PixelFormat {
    /// 8, 16 or 32.
    pub bits_per_pixel: u8,
    /// How many of the bits have a meaning.
    pub depth: u8,
    /// Whether the first byte of a pixel is its highest.
    pub big_endian: bool,
    /// Whether a pixel is a colour. Else it is an index into a map of them, which the server sends.
    pub true_colour: bool,
    /// The greatest value of red, green and blue: one less than a power of two.
    pub max: [u16; 3],
    /// Where in the pixel red, green and blue begin, in bits from the lowest.
    pub shift: [u8; 3],
}

impl PixelFormat {
    /// Bytes of a `PIXEL_FORMAT` on the wire.
    pub const LENGTH: usize = 16;

    /// 24 bits of true colour in 32, whose bytes are R, G, B and one without meaning: what the framebuffer has.
    pub const RGB888: Self = Self::little_endian(32, 24, [255, 255, 255], [0, 8, 16]);
    /// 16 bits of true colour: 5 of red, 6 of green, 5 of blue.
    pub const RGB565: Self = Self::little_endian(16, 16, [31, 63, 31], [11, 5, 0]);
    /// 8 bits of true colour: 2 of blue, 3 of green, 3 of red.
    pub const BGR233: Self = Self::little_endian(8, 8, [7, 7, 3], [0, 3, 6]);

    const fn little_endian(bits_per_pixel: u8, depth: u8, max: [u16; 3], shift: [u8; 3]) -> Self {
        Self {
            bits_per_pixel,
            depth,
            big_endian: false,
            true_colour: true,
            max,
            shift,
        }
    }

    /// As a server describes it in `ServerInit`.
    pub fn from_wire(bytes: &[u8; Self::LENGTH]) -> Self {
        let [
            bits_per_pixel,
            depth,
            big_endian,
            true_colour,
            ..,
            r,
            g,
            b,
            _,
            _,
            _,
        ] = *bytes;
        Self {
            bits_per_pixel,
            depth,
            big_endian: big_endian != 0,
            true_colour: true_colour != 0,
            max: [u16_at(bytes, 4), u16_at(bytes, 6), u16_at(bytes, 8)],
            shift: [r, g, b],
        }
    }

    /// As a client asks for it in `SetPixelFormat`.
    pub fn to_wire(self) -> [u8; Self::LENGTH] {
        let [[r0, r1], [g0, g1], [b0, b1]] = self.max.map(u16::to_be_bytes);
        let [r, g, b] = self.shift;
        let flags = [self.big_endian, self.true_colour].map(u8::from);
        let [big_endian, true_colour] = flags;
        [
            self.bits_per_pixel,
            self.depth,
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

    /// Finds what no pixel can be like.
    pub fn check(&self) -> Result<(), MessageError> {
        let meaningless = |what, value: u32| Err(MessageError::Meaningless { what, value });
        let bits = u32::from(self.bits_per_pixel);
        match (bits, self.true_colour) {
            (8 | 16, _) | (32, true) => {}
            _ => return meaningless("the number of bits per pixel", bits),
        }
        if !self.true_colour {
            return Ok(());
        }
        for (max, shift) in self.max.into_iter().zip(self.shift) {
            let (max, shift) = (u32::from(max), u32::from(shift));
            if max == 0 || !(max + 1).is_power_of_two() {
                return meaningless("the greatest value of a colour", max);
            }
            if shift + max.count_ones() > bits {
                return meaningless("the shift of a colour", shift);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_survives_the_wire() {
        let odd = PixelFormat {
            bits_per_pixel: 16,
            depth: 12,
            big_endian: true,
            true_colour: false,
            max: [1, 0x1234, 65_535],
            shift: [1, 2, 3],
        };
        for format in [PixelFormat::RGB888, PixelFormat::RGB565, PixelFormat::BGR233, odd] {
            assert_eq!(PixelFormat::from_wire(&format.to_wire()), format);
        }
        assert_eq!(
            PixelFormat::RGB888.to_wire(),
            [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0]
        );
    }

    #[test]
    fn what_no_pixel_can_be_like_is_named() {
        let good = PixelFormat::RGB565;
        assert_eq!(good.check(), Ok(()));
        for (format, what, value) in [
            (
                PixelFormat {
                    bits_per_pixel: 24,
                    ..good
                },
                "the number of bits per pixel",
                24,
            ),
            (
                PixelFormat {
                    bits_per_pixel: 32,
                    true_colour: false,
                    ..good
                },
                "the number of bits per pixel",
                32,
            ),
            (
                PixelFormat {
                    max: [31, 0, 31],
                    ..good
                },
                "the greatest value of a colour",
                0,
            ),
            (
                PixelFormat {
                    max: [31, 62, 31],
                    ..good
                },
                "the greatest value of a colour",
                62,
            ),
            (
                PixelFormat {
                    shift: [12, 5, 0],
                    ..good
                },
                "the shift of a colour",
                12,
            ),
        ] {
            assert_eq!(format.check(), Err(MessageError::Meaningless { what, value }));
        }
        let map = PixelFormat {
            true_colour: false,
            max: [0; 3],
            ..PixelFormat::BGR233
        };
        assert_eq!(map.check(), Ok(()));
    }
}
