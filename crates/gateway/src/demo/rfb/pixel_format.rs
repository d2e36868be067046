//! PIXEL_FORMAT (RFC 6143, 7.4): how the client wants its pixels.

use super::Error;

/// A true-colour pixel format, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PixelFormat {
    bytes_per_pixel: usize,
    depth: u8,
    big_endian: bool,
    red: Channel,
    green: Channel,
    blue: Channel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Channel {
    max: u16,
    shift: u8,
}

impl Channel {
    /// The top bit this channel reaches, counted from 0.
    fn top(self) -> u32 {
        u32::from(self.shift) + (u16::BITS - self.max.leading_zeros()).saturating_sub(1)
    }

    fn place(self, value: u32) -> u32 {
        let max = u32::from(self.max);
        ((value * max + 127) / 255) << self.shift
    }
}

/// The bytes of a pixel that ZRLE sends (RFC 6143, 7.7.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CPixel {
    Whole,
    LeastSignificantThree,
    MostSignificantThree,
}

impl PixelFormat {
    /// What the server announces: 32 bits per pixel, little-endian, 0x00RRGGBB.
    pub(crate) const SERVER: Self = Self {
        bytes_per_pixel: 4,
        depth: 24,
        big_endian: false,
        red: Channel { max: 255, shift: 16 },
        green: Channel { max: 255, shift: 8 },
        blue: Channel { max: 255, shift: 0 },
    };

    /// Reads the sixteen bytes of a PIXEL_FORMAT.
    ///
    /// # Errors
    /// Colour maps, pixels of other than 8, 16 or 32 bits, and channels outside the pixel.
    pub(crate) fn parse(bytes: &[u8; 16]) -> Result<Self, Error> {
        let [
            bits,
            depth,
            big_endian,
            true_colour,
            r1,
            r0,
            g1,
            g0,
            b1,
            b0,
            red,
            green,
            blue,
            ..,
        ] = *bytes;
        if true_colour == 0 {
            return Err(Error::PixelFormat("colour maps are not supported"));
        }
        if !matches!(bits, 8 | 16 | 32) {
            return Err(Error::PixelFormat("bits per pixel must be 8, 16 or 32"));
        }
        let channel = |high, low, shift| Channel {
            max: u16::from_be_bytes([high, low]),
            shift,
        };
        let format = Self {
            bytes_per_pixel: usize::from(bits / 8),
            depth,
            big_endian: big_endian != 0,
            red: channel(r1, r0, red),
            green: channel(g1, g0, green),
            blue: channel(b1, b0, blue),
        };
        if [format.red, format.green, format.blue]
            .iter()
            .any(|channel| channel.top() >= u32::from(bits))
        {
            return Err(Error::PixelFormat("a channel lies outside the pixel"));
        }
        Ok(format)
    }

    /// The sixteen bytes of this format.
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0] = self.bytes_per_pixel as u8 * 8;
        bytes[1] = self.depth;
        bytes[2] = u8::from(self.big_endian);
        bytes[3] = 1;
        for (index, channel) in [self.red, self.green, self.blue].into_iter().enumerate() {
            bytes[4 + 2 * index..6 + 2 * index].copy_from_slice(&channel.max.to_be_bytes());
            bytes[10 + index] = channel.shift;
        }
        bytes
    }

    /// Writes a pixel, given as 0x00RRGGBB, as Raw and Hextile send it.
    pub(crate) fn write(self, pixel: u32, out: &mut Vec<u8>) {
        if self == Self::SERVER {
            out.extend_from_slice(&pixel.to_le_bytes());
        } else if self.big_endian {
            out.extend_from_slice(&self.convert(pixel).to_be_bytes()[4 - self.bytes_per_pixel..]);
        } else {
            out.extend_from_slice(&self.convert(pixel).to_le_bytes()[..self.bytes_per_pixel]);
        }
    }

    /// The size of a pixel in Raw and Hextile.
    pub(crate) fn bytes_per_pixel(self) -> usize {
        self.bytes_per_pixel
    }

    /// Writes a pixel as ZRLE sends it, a CPIXEL.
    pub(crate) fn write_cpixel(self, pixel: u32, out: &mut Vec<u8>) {
        let three = match self.cpixel() {
            CPixel::Whole => return self.write(pixel, out),
            CPixel::LeastSignificantThree => self.convert(pixel),
            CPixel::MostSignificantThree => self.convert(pixel) >> 8,
        };
        if self.big_endian {
            out.extend_from_slice(&three.to_be_bytes()[1..]);
        } else {
            out.extend_from_slice(&three.to_le_bytes()[..3]);
        }
    }

    /// The size of a CPIXEL.
    pub(crate) fn bytes_per_cpixel(self) -> usize {
        match self.cpixel() {
            CPixel::Whole => self.bytes_per_pixel,
            CPixel::LeastSignificantThree | CPixel::MostSignificantThree => 3,
        }
    }

    fn cpixel(self) -> CPixel {
        let channels = [self.red, self.green, self.blue];
        if self.bytes_per_pixel != 4 || self.depth > 24 {
            CPixel::Whole
        } else if channels.iter().all(|channel| channel.top() < 24) {
            CPixel::LeastSignificantThree
        } else if channels.iter().all(|channel| channel.shift >= 8) {
            CPixel::MostSignificantThree
        } else {
            CPixel::Whole
        }
    }

    fn convert(self, pixel: u32) -> u32 {
        self.red.place((pixel >> 16) & 255)
            | self.green.place((pixel >> 8) & 255)
            | self.blue.place(pixel & 255)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn format(bits: u8, big: u8, max: [u16; 3], shift: [u8; 3]) -> [u8; 16] {
        let mut bytes = [
            bits, 24, big, 1, 0, 0, 0, 0, 0, 0, shift[0], shift[1], shift[2], 0, 0, 0,
        ];
        for (index, max) in max.into_iter().enumerate() {
            bytes[4 + 2 * index..6 + 2 * index].copy_from_slice(&max.to_be_bytes());
        }
        bytes
    }

    fn written(bytes: [u8; 16]) -> (Vec<u8>, Vec<u8>) {
        let format = PixelFormat::parse(&bytes).unwrap();
        assert_eq!(format.to_bytes(), bytes);
        let (mut pixel, mut cpixel) = (Vec::new(), Vec::new());
        format.write(0x0011_2233, &mut pixel);
        format.write_cpixel(0x0011_2233, &mut cpixel);
        assert_eq!(
            (pixel.len(), cpixel.len()),
            (format.bytes_per_pixel(), format.bytes_per_cpixel())
        );
        (pixel, cpixel)
    }

    #[test]
    fn pixels_follow_shifts_and_endianness() {
        let eight = [255; 3];
        assert_eq!(
            written(format(32, 0, eight, [0, 8, 16])),
            (vec![0x11, 0x22, 0x33, 0], vec![0x11, 0x22, 0x33])
        );
        assert_eq!(
            written(format(32, 1, eight, [16, 8, 0])),
            (vec![0, 0x11, 0x22, 0x33], vec![0x11, 0x22, 0x33])
        );
        assert_eq!(
            written(format(32, 0, eight, [24, 16, 8])),
            (vec![0, 0x33, 0x22, 0x11], vec![0x33, 0x22, 0x11])
        );
        assert_eq!(
            written(format(16, 0, [31, 63, 31], [11, 5, 0])).0,
            0x1106_u16.to_le_bytes()
        );
        assert_eq!(written(format(8, 0, [7, 7, 3], [0, 3, 6])).0.len(), 1);
    }

    #[test]
    fn impossible_formats_are_refused_with_a_reason() {
        let mut mapped = format(8, 0, [7, 7, 3], [0, 3, 6]);
        mapped[3] = 0;
        for bytes in [
            mapped,
            format(24, 0, [255; 3], [0, 8, 16]),
            format(32, 0, [255; 3], [0, 8, 25]),
            format(16, 0, [65535, 1, 1], [1, 0, 0]),
        ] {
            assert!(
                matches!(PixelFormat::parse(&bytes), Err(Error::PixelFormat(_))),
                "{bytes:?}"
            );
        }
    }
}
