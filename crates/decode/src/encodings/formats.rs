//! Tests of every decoder in every kind of pixel format.

use flate2::{Compress, Compression};

use super::testing::{Numbers, Setting, deflate, size, with_length};
use super::*;
use crate::pixel::{Pixel, PixelFormat, rgb};

/// A format, its three kinds of pixel of two colours, and what those colours are.
struct Case {
    format: PixelFormat,
    pixel: [&'static [u8]; 2],
    cpixel: [&'static [u8]; 2],
    tpixel: [&'static [u8]; 2],
    colours: [Pixel; 2],
}

fn cases() -> Vec<Case> {
    let same = |format, pixel, colours| Case {
        format,
        pixel,
        cpixel: pixel,
        tpixel: pixel,
        colours,
    };
    let bgr = PixelFormat {
        shift: [16, 8, 0],
        ..PixelFormat::RGB888
    };
    let colours = [rgb(1, 2, 3), rgb(40, 50, 60)];
    vec![
        Case {
            format: PixelFormat::RGB888,
            pixel: [&[1, 2, 3, 7], &[40, 50, 60, 7]],
            cpixel: [&[1, 2, 3], &[40, 50, 60]],
            tpixel: [&[1, 2, 3], &[40, 50, 60]],
            colours,
        },
        Case {
            format: bgr,
            pixel: [&[3, 2, 1, 7], &[60, 50, 40, 7]],
            cpixel: [&[3, 2, 1], &[60, 50, 40]],
            tpixel: [&[1, 2, 3], &[40, 50, 60]],
            colours,
        },
        Case {
            format: PixelFormat {
                big_endian: true,
                ..bgr
            },
            pixel: [&[7, 1, 2, 3], &[7, 40, 50, 60]],
            cpixel: [&[1, 2, 3], &[40, 50, 60]],
            tpixel: [&[1, 2, 3], &[40, 50, 60]],
            colours,
        },
        same(
            PixelFormat {
                depth: 30,
                max: [1023; 3],
                shift: [20, 10, 0],
                ..bgr
            },
            // 0, 0, 1023 and 1023, 512, 0
            [&[0xFF, 0x03, 0x00, 0x00], &[0x00, 0x00, 0xF8, 0x3F]],
            [rgb(0, 0, 255), rgb(255, 128, 0)],
        ),
        same(
            PixelFormat::RGB565,
            [&[0x1F, 0x00], &[0x00, 0xF8]],
            [rgb(0, 0, 255), rgb(255, 0, 0)],
        ),
        same(
            PixelFormat {
                big_endian: true,
                ..PixelFormat::RGB565
            },
            [&[0x00, 0x1F], &[0xF8, 0x00]],
            [rgb(0, 0, 255), rgb(255, 0, 0)],
        ),
        same(
            PixelFormat::BGR233,
            [&[0x07], &[0xC0]],
            [rgb(255, 0, 0), rgb(0, 0, 255)],
        ),
        same(
            PixelFormat {
                true_colour: false,
                ..PixelFormat::BGR233
            },
            [&[5], &[200]],
            [rgb(9, 8, 7), rgb(6, 5, 4)],
        ),
    ]
}

impl Case {
    fn setting(&self) -> Setting {
        let mut setting = Setting::with_format(self.format);
        if !self.format.true_colour {
            setting.format.set_colour(5, [0x0900, 0x08FF, 0x0780]);
            setting.format.set_colour(200, [0x0600, 0x0500, 0x0400]);
        }
        setting
    }

    /// Decodes a row of four pixels, which must be of the two colours in turns.
    fn check<D: Decoder + Default>(&self, encoding: &str, wire: &[u8]) {
        let [a, b] = self.colours;
        let pixels = self
            .setting()
            .decode::<D>(size(4, 1), &[(Rect::new(0, 0, 4, 1), wire)]);
        assert_eq!(pixels, Ok(vec![a, b, a, b]), "{encoding}, {:?}", self.format);
    }
}

fn stream() -> Compress {
    Compress::new(Compression::new(6), true)
}

#[test]
fn raw_and_zlib_are_read_in_every_format() {
    for case in cases() {
        let pixels = case.pixel.concat().repeat(2);
        case.check::<raw::Raw>("Raw", &pixels);
        case.check::<zlib::Zlib>("Zlib", &with_length(&mut stream(), &pixels));
    }
}

#[test]
fn rectangles_on_a_background_are_read_in_every_format() {
    for case in cases() {
        let [a, b] = case.pixel;
        let places = [[1, 0, 1, 1], [3, 0, 1, 1]];
        let [rre, corre] = [true, false].map(|is_wide| {
            let mut wire = [&[0, 0, 0, 2], a].concat();
            for place in places {
                wire.extend_from_slice(b);
                for number in place {
                    wire.extend_from_slice(if is_wide { &[0] } else { &[] });
                    wire.push(number);
                }
            }
            wire
        });
        case.check::<rre::Rre>("RRE", &rre);
        case.check::<rre::CoRre>("CoRRE", &corre);
    }
}

#[test]
fn hextile_and_zlib_hex_are_read_in_every_format() {
    for case in cases() {
        let [a, b] = case.pixel;
        let raw = [&[1][..], &case.pixel.concat().repeat(2)].concat();
        let coloured = [&[2 | 8 | 16], a, &[2], b, &[0x10, 0], b, &[0x30, 0]].concat();
        let foreground = [&[2 | 4 | 8], a, b, &[2, 0x10, 0, 0x30, 0]].concat();
        for tile in [raw, coloured, foreground] {
            case.check::<hextile::Hextile>("Hextile", &tile);
            case.check::<zlib_hex::ZlibHex>("ZlibHex", &tile);
            let data = deflate(&mut stream(), &tile[1..]);
            let head = [64 | tile[0], 0, data.len() as u8];
            case.check::<zlib_hex::ZlibHex>("ZlibHex", &[&head, &data[..]].concat());
        }
    }
}

#[test]
fn tiles_with_palettes_and_runs_are_read_in_every_format() {
    for case in cases() {
        let [a, b] = case.cpixel;
        let raw = [&[0][..], &case.cpixel.concat().repeat(2)].concat();
        let packed = [&[2], a, b, &[0b0101_0000]].concat();
        let runs = [&[128], a, &[0], b, &[0], a, &[0], b, &[0]].concat();
        let palette_runs = [&[130], a, b, &[0, 1, 0, 1]].concat();
        for tile in [raw, packed, runs, palette_runs] {
            case.check::<trle::Trle>("TRLE", &tile);
            case.check::<zrle::Zrle>("ZRLE", &with_length(&mut stream(), &tile));
        }
    }
}

#[test]
fn tights_filters_are_read_in_every_format() {
    for case in cases() {
        let [a, b] = case.tpixel;
        let palette = [&[0x40, 1, 1], a, b, &[0b0101_0000]].concat();
        case.check::<tight::Tight>("Tight palette", &palette);
        let pixels = case.tpixel.concat().repeat(2);
        let mut plain = pixels.clone();
        if pixels.len() >= 12 {
            plain.insert(0, pixels.len() as u8);
        }
        case.check::<tight::Tight>("Tight without zlib", &[&[0xA0][..], &plain].concat());
    }
}

/// What a pixel of these parts is on the wire in Tight.
fn tight_pixel(format: PixelFormat, parts: [u16; 3]) -> Vec<u8> {
    if format.bits_per_pixel == 32 && format.depth == 24 {
        return parts.map(|part| part as u8).to_vec();
    }
    let number = (0..3).fold(0, |number, part| {
        number | u32::from(parts[part]) << format.shift[part]
    });
    let bytes = usize::from(format.bits_per_pixel / 8);
    if format.big_endian {
        number.to_be_bytes()[4 - bytes..].to_vec()
    } else {
        number.to_le_bytes()[..bytes].to_vec()
    }
}

#[test]
fn tights_gradient_is_read_in_every_format() {
    let (width, height) = (7, 4);
    for case in cases().into_iter().filter(|case| case.format.true_colour) {
        let mut numbers = Numbers(3);
        let max = case.format.max;
        let picture: Vec<[u16; 3]> = (0..width * height)
            .map(|_| max.map(|max| numbers.below(u32::from(max) + 1) as u16))
            .collect();
        let at = |x: usize, y: usize, part: usize| match (x, y) {
            (0, _) | (_, 0) => 0,
            _ => i32::from(picture[(y - 1) * width + x - 1][part]),
        };
        let mut wire = vec![];
        for (y, x) in (1..=height).flat_map(|y| (1..=width).map(move |x| (y, x))) {
            let difference = [0, 1, 2].map(|part| {
                let max = i32::from(max[part]);
                let predicted = at(x - 1, y, part) + at(x, y - 1, part) - at(x - 1, y - 1, part);
                ((at(x, y, part) - predicted.clamp(0, max)) & max) as u16
            });
            wire.extend(tight_pixel(case.format, difference));
        }
        let setting = case.setting();
        let reader = setting.format.tpixel();
        let expected: Vec<Pixel> = picture
            .iter()
            .map(|&parts| reader.read(&tight_pixel(case.format, parts)))
            .collect();
        let wire = [&[0xE0, 2, wire.len() as u8][..], &wire].concat();
        let rect = Rect::new(0, 0, width as u16, height as u16);
        let pixels = setting.decode::<tight::Tight>(rect.size(), &[(rect, &wire)]);
        assert_eq!(pixels, Ok(expected), "{:?}", case.format);
    }
}
