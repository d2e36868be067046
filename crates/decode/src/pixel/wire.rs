//! The pixels of a connection as they come over the wire, in any format.

use super::{Pixel, PixelFormat, copy_rgb, copy_rgbx, rgb};

/// How the pixels of a connection lie on the wire, and what colours they are.
#[derive(Debug)]
pub struct WireFormat {
    format: PixelFormat,
    /// `PIXEL`, `CPIXEL` (RFC 6143, 7.7.5) and `TPIXEL` (rfbproto, "Tight Encoding").
    pixel: Layout,
    cpixel: Layout,
    tpixel: Layout,
    colours: Colours,
}

/// The bytes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// R, G, B and a byte without meaning.
    Rgbx,
    /// R, G, B.
    Rgb,
    /// A number, whose lowest bit is the pixel's bit `shift`.
    Number { bytes: u8, big_endian: bool, shift: u8 },
}

/// Which colour a number is.
#[derive(Debug)]
enum Colours {
    /// Of a map, or computed beforehand: of all numbers of up to 16 bits.
    Table(Vec<Pixel>),
    /// Red, green and blue, each somewhere in the number.
    Parts { max: [u16; 3], shift: [u8; 3] },
    /// Red in the lowest byte, green, blue and alpha, which stays.
    Alpha,
}

impl Default for WireFormat {
    fn default() -> Self {
        Self::new(PixelFormat::RGB888)
    }
}

impl WireFormat {
    /// The pixels of a format that has been checked.
    pub fn new(format: PixelFormat) -> Self {
        let PixelFormat {
            big_endian,
            max,
            shift,
            ..
        } = format;
        let bytes = format.bits_per_pixel / 8;
        let number = |bytes, shift| Layout::Number {
            bytes,
            big_endian,
            shift,
        };
        let has_bytes = format.true_colour && bytes == 4 && max == [255; 3];
        let in_order = if big_endian { [24, 16, 8] } else { [0, 8, 16] };
        let (pixel, cpixel) = if has_bytes && shift == in_order {
            (Layout::Rgbx, Layout::Rgb)
        } else {
            (number(bytes, 0), compact(&format))
        };
        let tpixel = if has_bytes && format.depth == 24 {
            Layout::Rgb
        } else {
            pixel
        };
        let parts = Colours::Parts { max, shift };
        let colours = match (bytes, format.true_colour) {
            (4, _) => parts,
            (_, true) => Colours::Table((0..1 << (8 * bytes)).map(|value| parts.get(value)).collect()),
            (_, false) => Colours::Table(vec![rgb(0, 0, 0); 1 << (8 * bytes)]),
        };
        Self {
            format,
            pixel,
            cpixel,
            tpixel,
            colours,
        }
    }

    /// Pixels of R, G, B and alpha, a byte each, in every encoding.
    pub fn with_alpha() -> Self {
        let format = PixelFormat {
            depth: 32,
            ..PixelFormat::RGB888
        };
        let number = Layout::Number {
            bytes: 4,
            big_endian: false,
            shift: 0,
        };
        Self {
            format,
            pixel: number,
            cpixel: number,
            tpixel: number,
            colours: Colours::Alpha,
        }
    }

    /// The format.
    pub fn format(&self) -> &PixelFormat {
        &self.format
    }

    /// Reads a `PIXEL`.
    pub fn pixel(&self) -> PixelReader<'_> {
        self.reader(self.pixel)
    }

    /// Reads a `CPIXEL`.
    pub fn cpixel(&self) -> PixelReader<'_> {
        self.reader(self.cpixel)
    }

    /// Reads a `TPIXEL`.
    pub fn tpixel(&self) -> PixelReader<'_> {
        self.reader(self.tpixel)
    }

    fn reader(&self, layout: Layout) -> PixelReader<'_> {
        PixelReader {
            layout,
            colours: &self.colours,
        }
    }

    /// Takes an entry of the server's colour map. Says whether pixels are indices into one.
    pub fn set_colour(&mut self, index: u16, [r, g, b]: [u16; 3]) -> bool {
        match &mut self.colours {
            Colours::Table(colours) if !self.format.true_colour => {
                if let Some(colour) = colours.get_mut(usize::from(index)) {
                    let [r, g, b] = [r, g, b].map(|part| (part >> 8) as u8);
                    *colour = rgb(r, g, b);
                }
                true
            }
            _ => false,
        }
    }
}

/// Three of four bytes, where those that are left out have no meaning.
fn compact(format: &PixelFormat) -> Layout {
    let bytes = format.bits_per_pixel / 8;
    let number = |bytes, shift| Layout::Number {
        bytes,
        big_endian: format.big_endian,
        shift,
    };
    if bytes != 4 || format.depth > 24 {
        return number(bytes, 0);
    }
    let ends = format
        .max
        .iter()
        .zip(format.shift)
        .map(|(max, shift)| u32::from(shift) + max.count_ones());
    if ends.max() <= Some(24) {
        number(3, 0)
    } else if format.shift.iter().all(|shift| *shift >= 8) {
        number(3, 8)
    } else {
        number(4, 0)
    }
}

impl Colours {
    fn get(&self, value: u32) -> Pixel {
        match self {
            Self::Table(colours) => colours.get(value as usize).copied().unwrap_or(rgb(0, 0, 0)),
            Self::Alpha => Pixel::from_ne_bytes(value.to_le_bytes()),
            Self::Parts {
                max: [r, g, b],
                shift: [r_shift, g_shift, b_shift],
            } => {
                let part = |max: &u16, shift: &u8| {
                    let max = u32::from(*max);
                    let part = value >> shift & max;
                    // At most 255; rounded to the nearest.
                    ((part * 255 + max / 2) / max) as u8
                };
                rgb(part(r, r_shift), part(g, g_shift), part(b, b_shift))
            }
        }
    }
}

/// Reads pixels of one kind.
#[derive(Debug, Clone, Copy)]
pub struct PixelReader<'a> {
    layout: Layout,
    colours: &'a Colours,
}

impl PixelReader<'_> {
    /// How many bytes a pixel has.
    pub fn bytes(self) -> usize {
        match self.layout {
            Layout::Rgbx => 4,
            Layout::Rgb => 3,
            Layout::Number { bytes, .. } => usize::from(bytes),
        }
    }

    /// Whether it reads R, G, B, a byte each.
    pub fn is_rgb(self) -> bool {
        self.layout == Layout::Rgb
    }

    /// The pixel that these bytes begin with.
    pub fn read(self, bytes: &[u8]) -> Pixel {
        match self.layout {
            Layout::Rgbx | Layout::Rgb => match bytes.first_chunk() {
                Some(&[r, g, b]) => rgb(r, g, b),
                None => rgb(0, 0, 0),
            },
            Layout::Number { .. } => self.colours.get(self.number(bytes)),
        }
    }

    /// The number that these bytes begin with.
    pub fn number(self, bytes: &[u8]) -> u32 {
        let (big_endian, shift) = match self.layout {
            Layout::Number {
                big_endian, shift, ..
            } => (big_endian, shift),
            Layout::Rgbx | Layout::Rgb => (false, 0),
        };
        let bytes = bytes.iter().take(self.bytes()).map(|byte| u32::from(*byte));
        let number = if big_endian {
            bytes.fold(0, |number, byte| number << 8 | byte)
        } else {
            bytes.rev().fold(0, |number, byte| number << 8 | byte)
        };
        number << shift
    }

    /// The colour that a number is.
    pub fn colour(self, number: u32) -> Pixel {
        self.colours.get(number)
    }

    /// Reads a row. The shorter of the two decides how many pixels.
    pub fn copy(self, row: &mut [Pixel], bytes: &[u8]) {
        match self.layout {
            Layout::Rgbx => copy_rgbx(row, bytes),
            Layout::Rgb => copy_rgb(row, bytes),
            Layout::Number { .. } => {
                for (pixel, bytes) in row.iter_mut().zip(bytes.chunks_exact(self.bytes())) {
                    *pixel = self.read(bytes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pixel of all three kinds, from what each has on the wire.
    fn read(format: PixelFormat, [pixel, cpixel, tpixel]: [&[u8]; 3]) -> Pixel {
        let wire = WireFormat::new(format);
        let readers = [
            (wire.pixel(), pixel),
            (wire.cpixel(), cpixel),
            (wire.tpixel(), tpixel),
        ];
        let mut pixels = readers.map(|(reader, bytes)| {
            assert_eq!(reader.bytes(), bytes.len());
            let mut row = [0; 2];
            reader.copy(&mut row, &bytes.repeat(2));
            assert_eq!(row, [reader.read(bytes); 2]);
            row[0]
        });
        pixels.sort_unstable();
        assert_eq!(pixels[0], pixels[2], "{format:?}");
        pixels[0]
    }

    #[test]
    fn the_framebuffers_own_format_is_bytes_in_order() {
        let pixel = read(PixelFormat::RGB888, [&[1, 2, 3, 9], &[1, 2, 3], &[1, 2, 3]]);
        assert_eq!(pixel, rgb(1, 2, 3));
        let big_endian = PixelFormat {
            big_endian: true,
            shift: [24, 16, 8],
            ..PixelFormat::RGB888
        };
        assert_eq!(
            read(big_endian, [&[1, 2, 3, 9], &[1, 2, 3], &[1, 2, 3]]),
            rgb(1, 2, 3)
        );
    }

    #[test]
    fn other_shifts_and_byte_orders_are_numbers_but_for_tight() {
        let bgr = PixelFormat {
            shift: [16, 8, 0],
            ..PixelFormat::RGB888
        };
        assert_eq!(read(bgr, [&[3, 2, 1, 9], &[3, 2, 1], &[1, 2, 3]]), rgb(1, 2, 3));
        let big_endian = PixelFormat {
            big_endian: true,
            ..bgr
        };
        assert_eq!(
            read(big_endian, [&[9, 1, 2, 3], &[1, 2, 3], &[1, 2, 3]]),
            rgb(1, 2, 3)
        );
        let high = PixelFormat {
            shift: [8, 16, 24],
            ..PixelFormat::RGB888
        };
        assert_eq!(read(high, [&[9, 1, 2, 3], &[1, 2, 3], &[1, 2, 3]]), rgb(1, 2, 3));
        let deep = PixelFormat { depth: 32, ..bgr };
        assert_eq!(
            read(deep, [&[3, 2, 1, 9], &[3, 2, 1, 9], &[3, 2, 1, 9]]),
            rgb(1, 2, 3)
        );
        let apart = PixelFormat {
            shift: [0, 12, 24],
            ..bgr
        };
        assert_eq!(
            read(apart, [&[1, 0x20, 0, 3], &[1, 0x20, 0, 3], &[1, 2, 3]]),
            rgb(1, 2, 3)
        );
    }

    #[test]
    fn fewer_bits_are_scaled_to_all_of_a_byte() {
        let wire = [&[0x1F, 0xF8][..]; 3];
        assert_eq!(read(PixelFormat::RGB565, wire), rgb(255, 0, 255));
        assert_eq!(read(PixelFormat::RGB565, [&[0x00, 0x0C][..]; 3]), rgb(8, 130, 0));
        let big_endian = PixelFormat {
            big_endian: true,
            ..PixelFormat::RGB565
        };
        assert_eq!(read(big_endian, [&[0xF8, 0x1F][..]; 3]), rgb(255, 0, 255));
        assert_eq!(
            read(PixelFormat::BGR233, [&[0b10_011_001][..]; 3]),
            rgb(36, 109, 170)
        );
        let ten = PixelFormat {
            depth: 30,
            max: [1023; 3],
            shift: [20, 10, 0],
            ..PixelFormat::RGB888
        };
        assert_eq!(read(ten, [&[0xFF, 0x03, 0, 0x20][..]; 3]), rgb(128, 0, 255));
    }

    #[test]
    fn alpha_stays_where_it_has_a_meaning() {
        let wire = WireFormat::with_alpha();
        for reader in [wire.pixel(), wire.cpixel(), wire.tpixel()] {
            assert_eq!((reader.bytes(), reader.is_rgb()), (4, false));
            let mut row = [0; 2];
            reader.copy(&mut row, &[1, 2, 3, 4, 5, 6, 7, 0]);
            assert_eq!(row.map(u32::to_ne_bytes), [[1, 2, 3, 4], [5, 6, 7, 0]]);
        }
    }

    #[test]
    fn an_index_is_what_the_map_says() {
        let map = PixelFormat {
            true_colour: false,
            ..PixelFormat::BGR233
        };
        let mut wire = WireFormat::new(map);
        assert_eq!(wire.pixel().read(&[7]), rgb(0, 0, 0));
        assert!(wire.set_colour(7, [0x1234, 0xFFFF, 0x0100]));
        assert!(wire.set_colour(256, [1, 1, 1]));
        assert_eq!(wire.tpixel().read(&[7]), rgb(0x12, 0xFF, 1));
        assert!(!WireFormat::new(PixelFormat::BGR233).set_colour(7, [0; 3]));
    }
}
