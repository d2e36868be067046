//! ZRLE (RFC 6143, 7.7.6): tiles of 64x64 through one zlib stream; and ZYWRLE, which is the same but for tiles of a
//! wavelet transform's coefficients.

use super::inflate::{Inflate, Stream};
use super::tile::{Dialect, Needed, Tile};
use super::tiles::Tiles;
use super::zywrle::Transform;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

/// Width and height of a tile.
const TILE: u16 = 64;

#[derive(Debug, Default)]
pub(crate) struct Zrle {
    is_wavelet: bool,
    has_length: bool,
    tiles: Tiles<TILE>,
    tile: Tile,
    inflate: Inflate,
    /// Servers use the same for both encodings.
    stream: Stream,
}

impl Zrle {
    /// The decoder of ZRLE.
    pub(crate) fn plain(&mut self) -> &mut Self {
        self.is_wavelet = false;
        self
    }

    /// The decoder of ZYWRLE.
    pub(crate) fn wavelet(&mut self) -> &mut Self {
        self.is_wavelet = true;
        self
    }
}

impl Decoder for Zrle {
    fn begin(&mut self, rect: Rect) {
        self.has_length = false;
        self.tiles = Tiles::start(rect);
        self.tile.begin();
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let dialect = match Transform::new(context) {
            Some(transform) if self.is_wavelet => Dialect::Zywrle(transform),
            _ => Dialect::Zrle,
        };
        if !self.has_length {
            let Some(length) = input.u32() else {
                return Ok(Progress::NeedMore);
            };
            self.inflate.begin(length as usize);
            self.has_length = true;
        }
        let reader = context.format.cpixel();
        let mut wanted = 1;
        while let Some(rect) = self.tiles.current() {
            let Some(ready) = self.inflate.ready(&mut self.stream, input, wanted)? else {
                return Ok(Progress::NeedMore);
            };
            let mut bytes = Input::new(ready);
            let length = ready.len();
            let needed = self
                .tile
                .advance(rect, &mut bytes, framebuffer, reader, dialect)?;
            let used = length - bytes.len();
            self.inflate.used(used);
            wanted = match needed {
                Needed::Nothing => {
                    self.tiles.advance();
                    1
                }
                Needed::Bytes(count) => count,
            };
        }
        Ok(match self.inflate.finish(&mut self.stream, input)? {
            true => Progress::Complete,
            false => Progress::NeedMore,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use flate2::{Compress, Compression};

    use super::super::testing::{BEFORE, Numbers, decode, size, with_length};
    use super::*;
    use crate::pixel::{Pixel, rgb};

    fn wire(tiles: &[u8]) -> Vec<u8> {
        with_length(&mut Compress::new(Compression::new(6), true), tiles)
    }

    fn decode_tile(width: u16, height: u16, tile: &[u8]) -> Result<Vec<Pixel>, DecodeError> {
        decode::<Zrle>(
            size(width, height),
            &[(Rect::new(0, 0, width, height), &wire(tile))],
        )
    }

    fn grey(value: u8) -> Pixel {
        rgb(value, value, value)
    }

    /// A palette of greys on the wire, from 1 on.
    fn palette(length: u8) -> Vec<u8> {
        (1..=length).flat_map(|value| [value; 3]).collect()
    }

    #[test]
    fn a_raw_tile_is_compact_pixels() {
        let tile = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let expected = vec![rgb(1, 2, 3), rgb(4, 5, 6), rgb(7, 8, 9), rgb(10, 11, 12)];
        assert_eq!(decode_tile(2, 2, &tile), Ok(expected));
    }

    #[test]
    fn a_solid_tile_is_one_colour() {
        assert_eq!(decode_tile(3, 2, &[1, 7, 8, 9]), Ok(vec![rgb(7, 8, 9); 6]));
    }

    #[test]
    fn packed_palettes_of_every_size_have_rows_that_begin_with_a_byte() {
        for colours in 2..=16_u8 {
            let bits = [1, 2, 4][usize::from(colours > 2) + usize::from(colours > 4)];
            for width in [1, 5, 7, 8, 9, 64] {
                let mut numbers = Numbers(u32::from(colours) * 100 + u32::from(width));
                let mut tile = [&[colours][..], &palette(colours)].concat();
                let mut expected = Vec::new();
                for _ in 0..3 {
                    let mut row = vec![0; (usize::from(width) * bits).div_ceil(8)];
                    for column in 0..usize::from(width) {
                        let index = numbers.below(u32::from(colours)) as u8;
                        row[column * bits / 8] |= index << (8 - bits - column * bits % 8);
                        expected.push(grey(index + 1));
                    }
                    tile.extend(row);
                }
                assert_eq!(decode_tile(width, 3, &tile), Ok(expected), "{colours} {width}");
            }
        }
    }

    #[test]
    fn plain_runs_go_on_from_row_to_row() {
        // 1, 254 + 1 and 255 + 0 + 1 pixels, and the rest of 64x64 by as many 255 as it takes.
        let mut tile = vec![128, 1, 1, 1, 0, 2, 2, 2, 254, 3, 3, 3, 255, 0, 4, 4, 4];
        let rest = 64 * 64 - 1 - 255 - 256;
        tile.extend(vec![255; (rest - 1) / 255]);
        tile.push(((rest - 1) % 255) as u8);
        let mut expected = vec![grey(1)];
        expected.resize(256, grey(2));
        expected.resize(512, grey(3));
        expected.resize(4096, grey(4));
        assert_eq!(decode_tile(64, 64, &tile), Ok(expected));
    }

    #[test]
    fn palette_runs_of_every_palette_size() {
        for colours in [2, 3, 16, 17, 127] {
            let mut numbers = Numbers(u32::from(colours));
            let mut tile = [&[128 + colours][..], &palette(colours)].concat();
            let mut expected = Vec::new();
            while expected.len() < 20 * 11 {
                let index = numbers.below(u32::from(colours)) as u8;
                let run = 1 + numbers.below(8).saturating_sub(3) as usize;
                let run = run.min(20 * 11 - expected.len());
                match run {
                    1 => tile.push(index),
                    _ => tile.extend([index | 0x80, run as u8 - 1]),
                }
                expected.resize(expected.len() + run, grey(index + 1));
            }
            assert_eq!(decode_tile(20, 11, &tile), Ok(expected), "{colours}");
        }
    }

    #[test]
    fn tiles_of_all_kinds_follow_each_other_in_one_stream() {
        let mut stream = Compress::new(Compression::new(6), true);
        let first = [
            &[1, 1, 1, 1][..],
            &[128, 2, 2, 2, 255, 128],
            &[2, 3, 3, 3, 4, 4, 4],
            &[0b0101_0101; 8],
            &[130, 5, 5, 5, 6, 6, 6, 0x80, 4, 1],
        ]
        .concat();
        let first = with_length(&mut stream, &first);
        let second = with_length(&mut stream, &[1, 9, 9, 9]);
        let rects: [(Rect, &[u8]); 2] = [
            (Rect::new(1, 1, 70, 65), &first),
            (Rect::new(0, 0, 1, 1), &second),
        ];
        // The second tile is 6x64 and the third 64x1.
        let result = decode::<Zrle>(size(72, 67), &rects).unwrap();
        for (number, pixel) in result.into_iter().enumerate() {
            let expected = match (number % 72, number / 72) {
                (0, 0) => grey(9),
                (1..=64, 1..=64) => grey(1),
                (65..=70, 1..=64) => grey(2),
                (x @ 1..=64, 65) => grey(3 + (x as u8 + 1) % 2),
                (65..=69, 65) => grey(5),
                (70, 65) => grey(6),
                _ => BEFORE,
            };
            assert_eq!(pixel, expected, "{number}");
        }
    }

    #[test]
    fn subencodings_without_a_meaning_are_errors() {
        for value in (17..=127).chain([129]) {
            let what = "subencoding";
            assert_eq!(
                decode_tile(1, 1, &[value]),
                Err(DecodeError::Meaningless { what, value })
            );
        }
    }

    #[test]
    fn indices_beyond_the_palette_are_errors() {
        let index = |index, length| Err(DecodeError::PaletteIndex { index, length });
        let packed = [&[3][..], &palette(3), &[0b0011_0000]].concat();
        assert_eq!(decode_tile(2, 1, &packed), index(3, 3));
        let runs = [&[130][..], &palette(2), &[0x02]].concat();
        assert_eq!(decode_tile(2, 1, &runs), index(2, 2));
        let runs = [&[130][..], &palette(2), &[0xFF, 0]].concat();
        assert_eq!(decode_tile(2, 1, &runs), index(127, 2));
    }

    #[test]
    fn a_run_past_the_tiles_end_is_an_error() {
        let too_long = |value, limit| {
            let what = "a run";
            Err(DecodeError::TooLarge { what, value, limit })
        };
        assert_eq!(decode_tile(2, 2, &[128, 1, 1, 1, 4]), too_long(5, 4));
        assert_eq!(
            decode_tile(2, 2, &[128, 1, 1, 1, 1, 2, 2, 2, 255]),
            too_long(256, 2)
        );
        let runs = [&[130][..], &palette(2), &[0, 0x81, 3]].concat();
        assert_eq!(decode_tile(2, 2, &runs), too_long(4, 3));
    }

    #[test]
    fn too_little_and_too_much_are_errors() {
        assert_eq!(
            decode_tile(2, 1, &[0, 1, 2, 3]),
            Err(DecodeError::ZlibLength("less"))
        );
        assert_eq!(
            decode_tile(1, 1, &[1, 1, 2, 3, 0]),
            Err(DecodeError::ZlibLength("more"))
        );
        assert_eq!(decode_tile(1, 1, &[]), Err(DecodeError::ZlibLength("less")));
    }

    #[test]
    fn an_empty_rectangle_has_its_length_and_flush() {
        let empty = wire(&[]);
        for wire in [&[0; 4][..], &empty] {
            let rect = Rect::new(0, 0, 0, 3);
            assert_eq!(decode::<Zrle>(size(1, 1), &[(rect, wire)]).unwrap(), [BEFORE]);
        }
    }
}
