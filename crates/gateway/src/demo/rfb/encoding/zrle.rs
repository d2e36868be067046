//! ZRLE (RFC 6143, 7.7.6): tiles of 64x64, each in the smallest of five forms, through one zlib stream.

use flate2::{Compress, Compression, FlushCompress};

use super::{tile_pixels, tiles};
use crate::demo::geometry::Rect;
use crate::demo::paint::Frame;
use crate::demo::rfb::Error;
use crate::demo::rfb::pixel_format::PixelFormat;

const SOLID: u8 = 1;
const PLAIN_RLE: u8 = 128;
/// A palette RLE tile with n colours is of type 128 + n.
const MAX_PALETTE: usize = 127;
/// Beyond this a palette's indices no longer pack into bits.
const MAX_PACKED: usize = 16;

/// The encoder, with the zlib stream that all of a connection's ZRLE rectangles share.
#[derive(Debug)]
pub(super) struct Zrle {
    stream: Compress,
    tiles: Vec<u8>,
    pixels: Vec<u32>,
}

impl Zrle {
    pub(super) fn new() -> Self {
        // The tiles have lost their plain redundancy already: the fastest level is nearly as small.
        Self {
            stream: Compress::new(Compression::fast(), true),
            tiles: Vec::new(),
            pixels: Vec::new(),
        }
    }

    pub(super) fn encode(
        &mut self,
        format: PixelFormat,
        frame: &Frame,
        area: Rect,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.tiles.clear();
        for tile in tiles(area, 64) {
            tile_pixels(frame, tile, &mut self.pixels);
            encode_tile(format, &self.pixels, tile.width as usize, &mut self.tiles);
        }
        let length_at = out.len();
        out.extend([0; 4]);
        self.compress(out)?;
        let length = (out.len() - length_at - 4) as u32;
        out[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    /// Compresses the tiles so that the client can inflate all of them now.
    fn compress(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let start = self.stream.total_in();
        loop {
            let done = (self.stream.total_in() - start) as usize;
            out.reserve((self.tiles.len() - done) / 2 + 256);
            self.stream
                .compress_vec(&self.tiles[done..], out, FlushCompress::Sync)?;
            // A flush is complete once it leaves room in the output.
            if out.len() < out.capacity() && (self.stream.total_in() - start) as usize == self.tiles.len() {
                return Ok(());
            }
        }
    }
}

fn encode_tile(format: PixelFormat, pixels: &[u32], width: usize, out: &mut Vec<u8>) {
    let cpixel = format.bytes_per_cpixel();
    let mut runs = 0;
    let mut run_lengths = 0;
    let mut single = 0;
    let mut palette = Palette::default();
    for run in pixels.chunk_by(|left, right| left == right) {
        runs += 1;
        run_lengths += run_length_bytes(run.len());
        single += usize::from(run.len() == 1);
        palette.add(run[0]);
    }
    if runs == 1 {
        out.push(SOLID);
        format.write_cpixel(pixels[0], out);
        return;
    }

    let raw = pixels.len() * cpixel;
    let plain_rle = runs * cpixel + run_lengths;
    let (packed, palette_rle) = match palette.colours() {
        Some(colours) => {
            let header = colours.len() * cpixel;
            let packed = packed_bits(colours.len()).map_or(usize::MAX, |bits| {
                header + (width * bits).div_ceil(8) * (pixels.len() / width)
            });
            // A run of one pixel has no length.
            (packed, header + runs + run_lengths - single)
        }
        None => (usize::MAX, usize::MAX),
    };
    let smallest = raw.min(plain_rle).min(packed).min(palette_rle);
    if smallest == packed {
        packed_palette(format, &palette, pixels, width, out);
    } else if smallest == palette_rle {
        palette_runs(format, &palette, pixels, out);
    } else if smallest == plain_rle {
        out.push(PLAIN_RLE);
        for run in pixels.chunk_by(|left, right| left == right) {
            format.write_cpixel(run[0], out);
            write_run_length(run.len(), out);
        }
    } else {
        out.push(0);
        for pixel in pixels {
            format.write_cpixel(*pixel, out);
        }
    }
}

fn packed_palette(format: PixelFormat, palette: &Palette, pixels: &[u32], width: usize, out: &mut Vec<u8>) {
    let colours = &palette.colours;
    let Some(bits) = packed_bits(colours.len()) else {
        return;
    };
    out.push(colours.len() as u8);
    for colour in colours {
        format.write_cpixel(*colour, out);
    }
    for row in pixels.chunks(width) {
        // The leftmost pixel is in the most significant bits, and each row starts a byte.
        for group in row.chunks(8 / bits) {
            let packed = group.iter().enumerate().fold(0, |byte, (index, pixel)| {
                byte | (palette.index(*pixel) << (8 - bits * (index + 1)))
            });
            out.push(packed);
        }
    }
}

fn palette_runs(format: PixelFormat, palette: &Palette, pixels: &[u32], out: &mut Vec<u8>) {
    out.push(PLAIN_RLE + palette.colours.len() as u8);
    for colour in &palette.colours {
        format.write_cpixel(*colour, out);
    }
    for run in pixels.chunk_by(|left, right| left == right) {
        let index = palette.index(run[0]);
        if run.len() == 1 {
            out.push(index);
        } else {
            out.push(index | 128);
            write_run_length(run.len(), out);
        }
    }
}

/// The bits of an index into a palette of that many colours, when the palette is small enough.
fn packed_bits(colours: usize) -> Option<usize> {
    match colours {
        2 => Some(1),
        3..=4 => Some(2),
        5..=MAX_PACKED => Some(4),
        _ => None,
    }
}

/// A length is its bytes' sum plus one; all bytes but the last are 255.
fn write_run_length(length: usize, out: &mut Vec<u8>) {
    let rest = length - 1;
    out.resize(out.len() + rest / 255, 255);
    out.push((rest % 255) as u8);
}

fn run_length_bytes(length: usize) -> usize {
    (length - 1) / 255 + 1
}

/// The colours of a tile in the order they appear, as long as they are few.
#[derive(Debug, Default)]
struct Palette {
    colours: Vec<u32>,
    overflowed: bool,
}

impl Palette {
    fn add(&mut self, pixel: u32) {
        if !self.overflowed && !self.colours.contains(&pixel) {
            self.overflowed = self.colours.len() == MAX_PALETTE;
            if !self.overflowed {
                self.colours.push(pixel);
            }
        }
    }

    fn colours(&self) -> Option<&[u32]> {
        (!self.overflowed).then_some(&self.colours)
    }

    fn index(&self, pixel: u32) -> u8 {
        self.colours
            .iter()
            .position(|colour| *colour == pixel)
            .unwrap_or_default() as u8
    }
}
