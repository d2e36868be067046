//! Simple encoders: what they give is as a server's, if not as small.

use flate2::{Compress, Compression, FlushCompress};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::pictures::Picture;
use crate::receiver::{HEIGHT, WIDTH};

type Colour = [u8; 3];

/// Rectangles by x, y, width and height, with what is on the wire after their headers.
pub(crate) type Rectangles = Vec<([usize; 4], Vec<u8>)>;

/// A part of the picture.
struct Part {
    place: [usize; 4],
    pixels: Picture,
    /// Its colours in the order of their first pixels, as far as 257 of them.
    colours: Picture,
}

impl Part {
    fn rows(&self) -> impl Iterator<Item = &[Colour]> {
        self.pixels.chunks(self.place[2])
    }

    fn index(&self, colour: &Colour) -> u8 {
        self.colours
            .iter()
            .position(|it| it == colour)
            .unwrap_or_default() as u8
    }

    fn palette(&self) -> Vec<u8> {
        self.colours.concat()
    }

    fn bytes(&self) -> Vec<u8> {
        self.pixels.concat()
    }
}

fn part(picture: &Picture, place: [usize; 4]) -> Part {
    let [x, y, width, height] = place;
    let rows = picture.chunks(WIDTH).skip(y).take(height);
    let pixels: Picture = rows.flat_map(|row| row[x..x + width].iter().copied()).collect();
    let mut colours = Vec::new();
    for pixel in &pixels {
        if colours.last() != Some(pixel) && !colours.contains(pixel) {
            colours.push(*pixel);
            if colours.len() > 256 {
                break;
            }
        }
    }
    Part {
        place,
        pixels,
        colours,
    }
}

/// The picture in parts, row by row.
fn parts(picture: &Picture, width: usize, height: usize) -> impl Iterator<Item = Part> {
    let corners = (0..HEIGHT)
        .step_by(height)
        .flat_map(move |y| (0..WIDTH).step_by(width).map(move |x| (x, y)));
    corners.map(move |(x, y)| part(picture, [x, y, width.min(WIDTH - x), height.min(HEIGHT - y)]))
}

fn whole(content: Vec<u8>) -> Rectangles {
    vec![([0, 0, WIDTH, HEIGHT], content)]
}

fn wire_pixel([r, g, b]: Colour) -> [u8; 4] {
    [r, g, b, 0]
}

fn wire_pixels(pixels: &[Colour]) -> Vec<u8> {
    pixels.iter().copied().flat_map(wire_pixel).collect()
}

/// A zlib stream of its own, so that the same update can be received again and again.
fn deflate(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut wire = Vec::with_capacity(bytes.len() * 2 + 1000);
    Compress::new(Compression::new(6), true)
        .compress_vec(bytes, &mut wire, flush)
        .expect("zlib data");
    wire
}

fn with_length(content: Vec<u8>) -> Vec<u8> {
    let data = deflate(&content, FlushCompress::Finish);
    [&(data.len() as u32).to_be_bytes()[..], &data].concat()
}

pub(crate) fn raw(picture: &Picture) -> Rectangles {
    whole(wire_pixels(picture))
}

/// Scrolls up by a line of text.
pub(crate) fn copy_rect(_: &Picture) -> Rectangles {
    vec![([0, 0, WIDTH, HEIGHT - 16], vec![0, 0, 0, 16])]
}

pub(crate) fn zlib(picture: &Picture) -> Rectangles {
    whole(with_length(wire_pixels(picture)))
}

/// The runs of one colour in a row: column, width and colour.
fn runs(row: &[Colour]) -> Vec<(usize, usize, Colour)> {
    let mut column = 0;
    row.chunk_by(PartialEq::eq)
        .map(|run| {
            let start = column;
            column += run.len();
            (start, run.len(), run[0])
        })
        .collect()
}

pub(crate) fn rre(picture: &Picture) -> Rectangles {
    parts(picture, 64, 64)
        .map(|part| {
            let background = part.colours[0];
            let mut content = Vec::new();
            let mut count = 0_u32;
            for (y, row) in part.rows().enumerate() {
                for (x, width, colour) in runs(row) {
                    if colour != background {
                        count += 1;
                        content.extend(wire_pixel(colour));
                        for number in [x, y, width, 1] {
                            content.extend((number as u16).to_be_bytes());
                        }
                    }
                }
            }
            let head = [count.to_be_bytes(), wire_pixel(background)].concat();
            (part.place, [head, content].concat())
        })
        .collect()
}

pub(crate) fn hextile(picture: &Picture) -> Rectangles {
    let mut content = Vec::new();
    for part in parts(picture, 16, 16) {
        let background = part.colours[0];
        let mut tile = Vec::new();
        let mut count = 0;
        for (y, row) in part.rows().enumerate() {
            for (x, width, colour) in runs(row) {
                if colour != background {
                    count += 1;
                    tile.extend(wire_pixel(colour));
                    tile.extend([(x << 4 | y) as u8, ((width - 1) << 4) as u8]);
                }
            }
        }
        if tile.len() >= part.pixels.len() * 4 || count > 255 {
            content.push(1);
            content.extend(wire_pixels(&part.pixels));
        } else {
            content.push(if count == 0 { 2 } else { 2 | 8 | 16 });
            content.extend(wire_pixel(background));
            if count > 0 {
                content.push(count as u8);
                content.extend(tile);
            }
        }
    }
    whole(content)
}

/// TRLE's and ZRLE's tiles, which differ in their size.
fn tiles(picture: &Picture, side: usize) -> Vec<u8> {
    let mut content = Vec::new();
    for part in parts(picture, side, side) {
        let runs: Vec<&[Colour]> = part.pixels.chunk_by(PartialEq::eq).collect();
        match part.colours.len() {
            1 => content.extend([&[1][..], &part.colours[0]].concat()),
            count @ 2..=16 if runs.len() > part.pixels.len() / 4 => {
                let bits = if count > 4 { 4 } else { count.div_ceil(2) };
                content.push(count as u8);
                content.extend(part.palette());
                for row in part.rows() {
                    for byte in row.chunks(8 / bits) {
                        let shifted = byte
                            .iter()
                            .zip(1..)
                            .map(|(it, at)| part.index(it) << (8 - bits * at));
                        content.push(shifted.sum());
                    }
                }
            }
            count @ 2..=127 if count + runs.len() < part.pixels.len() => {
                content.push(128 + count as u8);
                content.extend(part.palette());
                for run in runs {
                    let index = part.index(&run[0]);
                    if run.len() == 1 {
                        content.push(index);
                    } else {
                        content.push(index | 0x80);
                        content.extend(vec![255; (run.len() - 1) / 255]);
                        content.push(((run.len() - 1) % 255) as u8);
                    }
                }
            }
            _ => {
                content.push(0);
                content.extend(part.bytes());
            }
        }
    }
    content
}

pub(crate) fn trle(picture: &Picture) -> Rectangles {
    whole(tiles(picture, 16))
}

pub(crate) fn zrle(picture: &Picture) -> Rectangles {
    whole(with_length(tiles(picture, 64)))
}

fn compact(length: usize) -> [u8; 3] {
    [
        length as u8 | 0x80,
        (length >> 7) as u8 | 0x80,
        (length >> 14) as u8,
    ]
}

/// Basic compression by a stream that begins anew.
fn basic(filter: &[u8], pixels: &[u8]) -> Vec<u8> {
    let data = deflate(pixels, FlushCompress::Sync);
    [&[0x41], filter, &compact(data.len()), &data].concat()
}

pub(crate) fn tight_copy(picture: &Picture) -> Rectangles {
    parts(picture, 480, 128)
        .map(|part| (part.place, basic(&[0], &part.bytes())))
        .collect()
}

pub(crate) fn tight_palette(picture: &Picture) -> Rectangles {
    parts(picture, 128, 128)
        .map(|part| {
            let count = part.colours.len();
            let head = [&[1, (count - 1) as u8][..], &part.palette()].concat();
            let content = match count {
                1 => [&[0x80][..], &part.colours[0]].concat(),
                2 => {
                    let bits = |byte: &[Colour]| {
                        byte.iter()
                            .zip(0..)
                            .map(|(it, at)| part.index(it) << (7 - at))
                            .sum()
                    };
                    let rows: Vec<u8> = part.rows().flat_map(|row| row.chunks(8).map(bits)).collect();
                    basic(&head, &rows)
                }
                3..=256 => {
                    let indices: Vec<u8> = part.pixels.iter().map(|it| part.index(it)).collect();
                    basic(&head, &indices)
                }
                _ => basic(&[0], &part.bytes()),
            };
            (part.place, content)
        })
        .collect()
}

pub(crate) fn tight_gradient(picture: &Picture) -> Rectangles {
    parts(picture, 480, 128)
        .map(|part| {
            let width = part.place[2];
            let mut differences = Vec::new();
            for (number, pixel) in part.pixels.iter().enumerate() {
                let at = |dx: usize, dy: usize| {
                    let inside = number % width >= dx && number / width >= dy;
                    if inside {
                        part.pixels[number - dx - dy * width]
                    } else {
                        [0; 3]
                    }
                };
                let (left, upper, upper_left) = (at(1, 0), at(0, 1), at(1, 1));
                for channel in 0..3 {
                    let [left, upper, upper_left] =
                        [left, upper, upper_left].map(|it| i16::from(it[channel]));
                    let predicted = (left + upper - upper_left).clamp(0, 255);
                    differences.push(pixel[channel].wrapping_sub(predicted as u8));
                }
            }
            (part.place, basic(&[2], &differences))
        })
        .collect()
}

fn tight_jpeg(picture: &Picture, sampling: SamplingFactor) -> Rectangles {
    parts(picture, 256, 256)
        .map(|part| {
            let [_, _, width, height] = part.place.map(|it| it as u16);
            let mut image = Vec::new();
            let mut encoder = Encoder::new(&mut image, 80);
            encoder.set_sampling_factor(sampling);
            encoder
                .encode(&part.bytes(), width, height, ColorType::Rgb)
                .expect("a JPEG image");
            (part.place, [&[0x90][..], &compact(image.len()), &image].concat())
        })
        .collect()
}

pub(crate) fn tight_jpeg_420(picture: &Picture) -> Rectangles {
    tight_jpeg(picture, SamplingFactor::F_2_2)
}

pub(crate) fn tight_jpeg_444(picture: &Picture) -> Rectangles {
    tight_jpeg(picture, SamplingFactor::F_1_1)
}

pub(crate) fn tight_png(picture: &Picture) -> Rectangles {
    parts(picture, 256, 256)
        .map(|part| {
            let [_, _, width, height] = part.place.map(|it| it as u32);
            let mut image = Vec::new();
            let mut encoder = png::Encoder::new(&mut image, width, height);
            encoder.set_color(png::ColorType::Rgb);
            let mut writer = encoder.write_header().expect("a PNG header");
            writer.write_image_data(&part.bytes()).expect("a PNG image");
            writer.finish().expect("the end of a PNG image");
            (part.place, [&[0xA0][..], &compact(image.len()), &image].concat())
        })
        .collect()
}
