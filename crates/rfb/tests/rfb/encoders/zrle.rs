//! ZRLE (RFC 6143, 7.7.6).

use super::{Encoders, with_length};
use crate::image::{Image, Rgb};

const SIDE: u16 = 64;

/// The ways to encode a tile.
#[derive(Debug, Clone, Copy)]
enum Way {
    Raw,
    Solid,
    PackedPalette,
    PlainRle,
    PaletteRle,
}

impl Encoders {
    pub(super) fn zrle(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        for tile in image.tiles(SIDE) {
            self.zrle_tile(&tile, &mut bytes);
        }
        with_length(self.zrle.compress(&bytes))
    }

    fn zrle_tile(&mut self, tile: &Image, bytes: &mut Vec<u8>) {
        let palette = tile.colours(127).unwrap_or_default();
        let mut ways = vec![Way::Raw, Way::PlainRle];
        match palette.len() {
            0 => {}
            1 => ways.push(Way::Solid),
            2..=16 => ways.extend([Way::PackedPalette, Way::PaletteRle]),
            _ => ways.push(Way::PaletteRle),
        }
        match self.dice.pick(&ways) {
            Way::Raw => {
                self.used.insert("ZRLE raw");
                bytes.push(0);
                bytes.extend(tile.pixels().as_flattened());
            }
            Way::Solid => {
                self.used.insert("ZRLE solid");
                bytes.push(1);
                bytes.extend(palette.as_flattened());
            }
            Way::PackedPalette => {
                let (bits, name) = match palette.len() {
                    2 => (1, "ZRLE packed palette of 2"),
                    3..=4 => (2, "ZRLE packed palette of 3 or 4"),
                    _ => (4, "ZRLE packed palette of 5 to 16"),
                };
                self.used.insert(name);
                bytes.push(palette.len() as u8);
                bytes.extend(palette.as_flattened());
                for row in tile.rows() {
                    bytes.extend(packed(row, &palette, bits));
                }
            }
            Way::PlainRle => {
                self.used.insert("ZRLE plain RLE");
                bytes.push(128);
                for (colour, length) in self.runs(tile) {
                    bytes.extend(colour);
                    run_length(length, bytes);
                }
            }
            Way::PaletteRle => {
                self.used.insert("ZRLE palette RLE");
                bytes.push(128 + palette.len() as u8);
                bytes.extend(palette.as_flattened());
                for (colour, length) in self.runs(tile) {
                    let index = index(&palette, colour);
                    if length == 1 {
                        bytes.push(index);
                    } else {
                        bytes.push(index | 0x80);
                        run_length(length, bytes);
                    }
                }
            }
        }
    }

    /// Runs of one colour, which go on from row to row. Now and then one is ended early, as a server may.
    fn runs(&mut self, tile: &Image) -> Vec<(Rgb, usize)> {
        let mut runs: Vec<(Rgb, usize)> = Vec::new();
        for pixel in tile.pixels() {
            match runs.last_mut() {
                Some((colour, length)) if colour == pixel && !self.dice.one_in(900) => *length += 1,
                _ => runs.push((*pixel, 1)),
            }
        }
        runs
    }
}

/// One less than the length, as a sum of bytes of which the first that is not 255 is the last.
fn run_length(length: usize, bytes: &mut Vec<u8>) {
    bytes.extend(std::iter::repeat_n(255, (length - 1) / 255));
    bytes.push(((length - 1) % 255) as u8);
}

fn index(palette: &[Rgb], colour: Rgb) -> u8 {
    palette.iter().position(|it| *it == colour).unwrap() as u8
}

/// A row of indices of so many bits, the first one in the highest bits.
pub(super) fn packed(row: &[Rgb], palette: &[Rgb], bits: usize) -> Vec<u8> {
    row.chunks(8 / bits)
        .map(|pixels| {
            pixels.iter().enumerate().fold(0, |byte, (number, colour)| {
                byte | index(palette, *colour) << (8 - bits * (number + 1))
            })
        })
        .collect()
}
