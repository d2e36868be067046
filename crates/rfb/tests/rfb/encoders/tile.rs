//! What tiles of ZRLE, ZYWRLE and TRLE have in common (RFC 6143, 7.7.5 and 7.7.6).

use super::Encoders;
use crate::image::{Image, Rgb};

/// A palette of at most this many colours can be packed.
pub(super) const MAX_PACKED: usize = 16;

/// A palette has at most this many colours.
pub(super) const MAX_PALETTE: usize = 127;

/// The ways to encode a tile without what came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Raw,
    Solid,
    PackedPalette,
    PlainRle,
    PaletteRle,
}

impl Way {
    /// Those that a tile with this palette, or with too many colours for one, can be encoded in.
    pub(super) fn possible(palette: Option<&[Rgb]>) -> Vec<Self> {
        let mut ways = vec![Self::Raw, Self::PlainRle];
        match palette.map(<[Rgb]>::len) {
            None | Some(0) => {}
            Some(1) => ways.push(Self::Solid),
            Some(2..=MAX_PACKED) => ways.extend([Self::PackedPalette, Self::PaletteRle]),
            Some(_) => ways.push(Self::PaletteRle),
        }
        ways
    }
}

impl Encoders {
    /// A tile in this way, with its subencoding.
    pub(super) fn tile(&mut self, tile: &Image, way: Way, palette: &[Rgb]) -> Vec<u8> {
        match way {
            Way::Raw => [vec![0], self.cpixels(tile.pixels())].concat(),
            Way::Solid => [vec![1], self.cpixels(palette)].concat(),
            Way::PackedPalette => {
                let palette_bytes = self.cpixels(palette);
                [
                    vec![palette.len() as u8],
                    palette_bytes,
                    packed_tile(tile, palette),
                ]
                .concat()
            }
            Way::PlainRle => {
                let mut bytes = vec![128];
                for (colour, length) in self.runs(tile) {
                    bytes.extend(self.cpixels(&[colour]));
                    run_length(length, &mut bytes);
                }
                bytes
            }
            Way::PaletteRle => {
                let palette_bytes = self.cpixels(palette);
                let runs = self.palette_runs(tile, palette);
                [vec![128 + palette.len() as u8], palette_bytes, runs].concat()
            }
        }
    }

    pub(super) fn cpixels(&mut self, colours: &[Rgb]) -> Vec<u8> {
        let Self { format, dice, .. } = self;
        colours
            .iter()
            .flat_map(|colour| format.cpixel(*colour, dice))
            .collect()
    }

    /// Runs of palette indices.
    pub(super) fn palette_runs(&mut self, tile: &Image, palette: &[Rgb]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (colour, length) in self.runs(tile) {
            let index = index(palette, colour);
            if length == 1 {
                bytes.push(index);
            } else {
                bytes.push(index | 0x80);
                run_length(length, &mut bytes);
            }
        }
        bytes
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

/// Bits of an index into a packed palette of so many colours.
pub(super) fn index_bits(colours: usize) -> usize {
    match colours {
        0..=2 => 1,
        3..=4 => 2,
        _ => 4,
    }
}

/// The indices of a tile, row by row.
pub(super) fn packed_tile(tile: &Image, palette: &[Rgb]) -> Vec<u8> {
    let bits = index_bits(palette.len());
    tile.rows().flat_map(|row| packed(row, palette, bits)).collect()
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
