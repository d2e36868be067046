#![allow(clippy::unwrap_used, reason = "tests")]

use flate2::{Compress, Compression};

use super::super::testing::{BEFORE, Numbers, Setting, decode, deflate, jpeg_image, size};
use super::*;
use crate::pixel::{Pixel, PixelFormat, rgb};

const EXPLICIT_FILTER: u8 = 0x40;

/// The four streams of a server.
struct Server([Compress; 4]);

impl Server {
    fn new() -> Self {
        Self([0; 4].map(|_| Compress::new(Compression::new(6), true)))
    }

    /// What basic compression puts on the wire: `head` up to the pixels, then those, through a stream if they
    /// are long enough.
    fn rectangle(&mut self, stream: usize, head: &[u8], filtered: &[u8]) -> Vec<u8> {
        let mut wire = head.to_vec();
        if filtered.len() < 12 {
            wire.extend_from_slice(filtered);
        } else {
            let data = deflate(&mut self.0[stream], filtered);
            wire.extend(compact(data.len()));
            wire.extend(data);
        }
        wire
    }
}

fn compact(length: usize) -> Vec<u8> {
    let [low, middle, high] = [length & 0x7F, length >> 7 & 0x7F, length >> 14].map(|it| it as u8);
    match length {
        0..=0x7F => vec![low],
        0x80..=0x3FFF => vec![low | 0x80, middle],
        _ => vec![low | 0x80, middle | 0x80, high],
    }
}

fn decode_one(width: u16, height: u16, wire: &[u8]) -> Result<Vec<Pixel>, DecodeError> {
    decode::<Tight>(size(width, height), &[(Rect::new(0, 0, width, height), wire)])
}

fn pixels(wire: &[u8]) -> Vec<Pixel> {
    wire.chunks(3).map(|it| rgb(it[0], it[1], it[2])).collect()
}

/// What the gradient filter makes of a picture, pixel by pixel as the specification has it.
fn gradient(picture: &[u8], width: usize) -> Vec<u8> {
    let at = |x: isize, y: isize, channel: usize| {
        if x < 0 || y < 0 {
            return 0;
        }
        i32::from(picture[(y as usize * width + x as usize) * 3 + channel])
    };
    (0..picture.len())
        .map(|number| {
            let (pixel, channel) = (number / 3, number % 3);
            let (x, y) = ((pixel % width) as isize, (pixel / width) as isize);
            let predicted = at(x - 1, y, channel) + at(x, y - 1, channel) - at(x - 1, y - 1, channel);
            (at(x, y, channel) - predicted.clamp(0, 255)) as u8
        })
        .collect()
}

#[test]
fn a_fill_is_one_colour() {
    assert_eq!(decode_one(3, 2, &[0x80, 1, 2, 3]), Ok(vec![rgb(1, 2, 3); 6]));
}

#[test]
fn fewer_than_twelve_bytes_are_not_compressed() {
    let plain = [0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    assert_eq!(decode_one(3, 1, &plain), Ok(pixels(&plain[1..])));
    let explicit = [EXPLICIT_FILTER | 0x30, 0, 1, 2, 3];
    assert_eq!(decode_one(1, 1, &explicit), Ok(pixels(&explicit[2..])));
    // Twelve are.
    let twelve: Vec<u8> = (1..=12).collect();
    let wire = Server::new().rectangle(0, &[0x00], &twelve);
    assert_eq!(decode_one(2, 2, &wire), Ok(pixels(&twelve)));
}

#[test]
fn the_copy_filter_goes_through_the_stream_that_is_named() {
    let mut server = Server::new();
    let mut numbers = Numbers(1);
    let mut rectangles = Vec::new();
    let mut expected = Vec::new();
    for (row, stream) in [0, 1, 2, 3, 3, 0, 1].into_iter().enumerate() {
        let picture = numbers.bytes(10 * 3);
        let wire = server.rectangle(stream, &[(stream as u8) << 4], &picture);
        rectangles.push((Rect::new(0, row as u16, 10, 1), wire));
        expected.extend(pixels(&picture));
    }
    let rectangles: Vec<(Rect, &[u8])> = rectangles.iter().map(|(rect, wire)| (*rect, &wire[..])).collect();
    assert_eq!(decode::<Tight>(size(10, 7), &rectangles), Ok(expected));
}

#[test]
fn a_reset_begins_a_stream_anew_whatever_the_rectangle_uses() {
    let (first, second) = (Numbers(2).bytes(30), Numbers(3).bytes(30));
    let rect = Rect::new(0, 0, 10, 1);
    let before = Server::new().rectangle(2, &[0x20], &first);
    let reset_by_itself = Server::new().rectangle(2, &[0x24], &second);
    assert_eq!(
        decode::<Tight>(size(10, 1), &[(rect, &before), (rect, &reset_by_itself)]),
        Ok(pixels(&second))
    );
    let after = Server::new().rectangle(2, &[0x20], &second);
    let fill = [0x84, 1, 1, 1];
    let result = decode::<Tight>(size(10, 1), &[(rect, &before), (rect, &fill), (rect, &after)]);
    assert_eq!(result, Ok(pixels(&second)));
    let other_reset = [0x8B, 1, 1, 1];
    let result = decode::<Tight>(
        size(10, 1),
        &[(rect, &before), (rect, &other_reset), (rect, &after)],
    );
    assert_eq!(result, Err(DecodeError::CorruptZlib));
}

#[test]
fn palettes_of_every_kind_of_size() {
    for colours in [1, 2, 3, 16, 17, 255, 256_usize] {
        for (width, height) in [(1, 1), (5, 2), (8, 3), (9, 30), (70, 7)] {
            let mut numbers = Numbers((colours * 1000 + width) as u32);
            let palette = numbers.bytes(colours * 3);
            let mut filtered = Vec::new();
            let mut expected = Vec::new();
            for _ in 0..height {
                let mut row = vec![0; if colours <= 2 { width.div_ceil(8) } else { width }];
                for column in 0..width {
                    let index = numbers.below(colours as u32) as u8;
                    if colours <= 2 {
                        row[column / 8] |= index << (7 - column % 8);
                    } else {
                        row[column] = index;
                    }
                    expected.push(pixels(&palette)[usize::from(index)]);
                }
                filtered.extend(row);
            }
            let head = [&[EXPLICIT_FILTER | 0x10, 1, (colours - 1) as u8][..], &palette].concat();
            let wire = Server::new().rectangle(1, &head, &filtered);
            assert_eq!(
                decode_one(width as u16, height, &wire),
                Ok(expected),
                "{colours} {width}x{height}"
            );
        }
    }
}

#[test]
fn the_gradient_filter_is_undone() {
    for (width, height) in [(1, 1), (3, 1), (1, 9), (7, 5), (33, 20)] {
        // Noise clamps in every way; a slope is what the filter is for.
        let noise = Numbers(9).bytes(width * height * 3);
        let slope: Vec<u8> = (0..width * height * 3)
            .map(|it| (it % (width * 3) * 2) as u8)
            .collect();
        for picture in [noise, slope] {
            let wire = Server::new().rectangle(3, &[EXPLICIT_FILTER | 0x30, 2], &gradient(&picture, width));
            let rect = Rect::new(2, 1, width as u16, height as u16);
            let framebuffer = size(width as u16 + 3, height as u16 + 1);
            let result = decode::<Tight>(framebuffer, &[(rect, &wire)]).unwrap();
            for (number, pixel) in result.into_iter().enumerate() {
                let (x, y) = (number % (width + 3), number / (width + 3));
                let expected = if (2..width + 2).contains(&x) && y >= 1 {
                    pixels(&picture)[(y - 1) * width + x - 2]
                } else {
                    BEFORE
                };
                assert_eq!(pixel, expected, "{width}x{height}: {x},{y}");
            }
        }
    }
}

#[test]
fn a_row_longer_than_the_inflated_bytes_that_are_held_comes_through() {
    let width = 30_000;
    let picture = Numbers(4).bytes(width * 2 * 3);
    for (filter, filtered) in [(0, picture.clone()), (2, gradient(&picture, width))] {
        let wire = Server::new().rectangle(0, &[EXPLICIT_FILTER, filter], &filtered);
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(size(width as u16, 2));
        let mut tight = Tight::default();
        tight.begin(Rect::new(0, 0, width as u16, 2));
        let mut progress = Ok(Progress::NeedMore);
        for slice in wire.chunks(997) {
            progress = tight.decode(
                &mut Input::new(slice),
                &mut framebuffer,
                &Setting::default().context(),
            );
        }
        assert_eq!(progress, Ok(Progress::Complete));
        assert!(bytemuck::cast_slice::<_, Pixel>(framebuffer.bytes()) == pixels(&picture));
    }
}

#[test]
fn a_jpeg_image_fills_its_rectangle() {
    let (image, colour) = jpeg_image(16, 8);
    let wire = [&[0x90][..], &compact(image.len()), &image].concat();
    assert_eq!(decode_one(16, 8, &wire), Ok(vec![colour; 16 * 8]));
}

#[test]
fn controls_and_filters_without_a_meaning_are_errors() {
    for value in [0xB0, 0xC5, 0xD0, 0xF0, 0xFF] {
        let what = "compression control";
        assert_eq!(
            decode_one(1, 1, &[value]),
            Err(DecodeError::Meaningless { what, value })
        );
    }
    for value in [3, 4, 255] {
        let what = "filter";
        let wire = [EXPLICIT_FILTER, value];
        assert_eq!(
            decode_one(1, 1, &wire),
            Err(DecodeError::Meaningless { what, value })
        );
    }
}

#[test]
fn an_index_into_a_map_has_no_gradient() {
    let setting = Setting::with_format(PixelFormat {
        true_colour: false,
        ..PixelFormat::BGR233
    });
    let rectangle = (Rect::new(0, 0, 1, 1), &[EXPLICIT_FILTER, 2][..]);
    let (what, value) = ("filter", 2);
    assert_eq!(
        setting.decode::<Tight>(size(1, 1), &[rectangle]),
        Err(DecodeError::Meaningless { what, value })
    );
}

#[test]
fn pixels_may_come_without_zlib() {
    let picture = Numbers(6).bytes(5 * 3 * 3);
    let plain = [&[0xA0, 45][..], &picture].concat();
    assert_eq!(decode_one(5, 3, &plain), Ok(pixels(&picture)));
    let filtered = [&[0xE0, 2, 45][..], &gradient(&picture, 5)].concat();
    assert_eq!(decode_one(5, 3, &filtered), Ok(pixels(&picture)));
    let short = [0xAF, 1, 2, 3];
    assert_eq!(decode_one(1, 1, &short), Ok(pixels(&[1, 2, 3])));
    let bits = [0xE0, 1, 1, 0, 0, 0, 9, 9, 9, 13];
    let bits = [&bits[..], &[0xAA; 13]].concat();
    let [a, b] = [rgb(9, 9, 9), rgb(0, 0, 0)];
    assert_eq!(decode_one(1, 13, &bits), Ok(vec![a; 13]));
    assert_eq!(
        decode_one(2, 13, &[&bits[..10], &[0x40; 13]].concat()),
        Ok([b, a].repeat(13))
    );
}

#[test]
fn a_length_without_zlib_that_does_not_fit_is_an_error() {
    for length in [44, 46] {
        let expected = 45;
        assert_eq!(
            decode_one(5, 3, &[0xA0, length as u8]),
            Err(DecodeError::Length { length, expected })
        );
    }
}

#[test]
fn indices_beyond_the_palette_are_errors() {
    let wire = [EXPLICIT_FILTER, 1, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 3];
    let (index, length) = (3, 3);
    assert_eq!(
        decode_one(2, 1, &wire),
        Err(DecodeError::PaletteIndex { index, length })
    );
    let wire = [EXPLICIT_FILTER, 1, 0, 1, 1, 1, 0x40];
    let (index, length) = (1, 1);
    assert_eq!(
        decode_one(2, 1, &wire),
        Err(DecodeError::PaletteIndex { index, length })
    );
    // What fills up a row's last byte is not looked at.
    let wire = [EXPLICIT_FILTER, 1, 0, 1, 1, 1, 0x3F];
    assert_eq!(decode_one(2, 1, &wire), Ok(vec![rgb(1, 1, 1); 2]));
}

#[test]
fn too_little_too_much_and_corrupt_are_told_apart() {
    for (length, word) in [(29, "less"), (31, "more"), (33, "more")] {
        let wire = Server::new().rectangle(0, &[0], &vec![7; length]);
        assert_eq!(
            decode_one(10, 1, &wire),
            Err(DecodeError::ZlibLength(word)),
            "{length}"
        );
    }
    assert_eq!(decode_one(10, 1, &[0, 0]), Err(DecodeError::ZlibLength("less")));
    assert_eq!(decode_one(10, 1, &[0, 3, 1, 2, 3]), Err(DecodeError::CorruptZlib));
}

#[test]
fn an_image_beyond_the_limit_is_an_error() {
    let mut setting = Setting::default();
    setting.limits.image_bytes = 99;
    let mut tight = Tight::default();
    tight.begin(Rect::new(0, 0, 1, 1));
    let result = tight.decode(
        &mut Input::new(&[0x90, 100]),
        &mut Framebuffer::default(),
        &setting.context(),
    );
    let what = "an image's length";
    let (value, limit) = (100, 99);
    assert_eq!(result, Err(DecodeError::TooLarge { what, value, limit }));
}

#[test]
fn an_empty_rectangle_has_all_but_pixels() {
    let (image, _) = jpeg_image(8, 8);
    let jpeg = [&[0x90][..], &compact(image.len()), &image].concat();
    let wires: [&[u8]; 6] = [
        &[0x00],
        &[0x80, 1, 2, 3],
        &[EXPLICIT_FILTER, 0],
        &[EXPLICIT_FILTER, 1, 1, 1, 1, 1, 2, 2, 2],
        &[EXPLICIT_FILTER, 2],
        &jpeg,
    ];
    for wire in wires {
        for rect in [Rect::new(0, 0, 0, 5), Rect::new(0, 0, 2, 0)] {
            assert_eq!(decode::<Tight>(size(2, 5), &[(rect, wire)]), Ok(vec![BEFORE; 10]));
        }
    }
}
