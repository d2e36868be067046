//! TRLE (RFC 6143, 7.7.5): tiles of 16x16 as they are.

use super::tile::{Dialect, Needed, Tile};
use super::tiles::Tiles;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

/// Width and height of a tile.
const TILE: u16 = 16;

#[derive(Debug, Default)]
pub(crate) struct Trle {
    tiles: Tiles<TILE>,
    tile: Tile,
}

impl Decoder for Trle {
    fn begin(&mut self, rect: Rect) {
        self.tiles = Tiles::start(rect);
        self.tile.begin();
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let reader = context.format.cpixel();
        while let Some(rect) = self.tiles.current() {
            let needed = self
                .tile
                .advance(rect, input, framebuffer, reader, Dialect::Trle)?;
            match needed {
                Needed::Nothing => self.tiles.advance(),
                Needed::Bytes(_) => return Ok(Progress::NeedMore),
            }
        }
        Ok(Progress::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BEFORE, decode, size};
    use super::*;
    use crate::pixel::{Pixel, rgb};

    const A: Pixel = rgb(1, 1, 1);
    const B: Pixel = rgb(2, 2, 2);
    const C: Pixel = rgb(3, 3, 3);

    fn decode_row(tiles: &[&[u8]], width: u16) -> Result<Vec<Pixel>, DecodeError> {
        decode::<Trle>(size(width, 1), &[(Rect::new(0, 0, width, 1), &tiles.concat())])
    }

    #[test]
    fn tiles_are_raw_or_solid_or_have_a_palette_or_runs() {
        let tiles: [&[u8]; 5] = [
            &[&[0][..], &[1, 1, 1].repeat(16)].concat(),
            &[1, 2, 2, 2],
            &[3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0b00_01_10_00, 0, 0, 0],
            &[128, 1, 1, 1, 14, 2, 2, 2, 0],
            &[130, 1, 1, 1, 2, 2, 2, 0, 0x81, 2],
        ];
        let expected = [
            vec![A; 16],
            vec![B; 16],
            [vec![A, B, C], vec![A; 13]].concat(),
            [vec![A; 15], vec![B]].concat(),
            [vec![A], vec![B; 3]].concat(),
        ];
        assert_eq!(decode_row(&tiles, 68), Ok(expected.concat()));
    }

    #[test]
    fn a_tile_may_have_the_palette_of_the_tile_before_it() {
        let tiles: [&[u8]; 4] = [
            &[2, 1, 1, 1, 2, 2, 2, 0x55, 0x55],
            &[127, 0xFF, 0x00],
            &[129, 0x80, 14, 1],
            &[129, 1, 0],
        ];
        let expected = [
            [A, B].repeat(8),
            [vec![B; 8], vec![A; 8]].concat(),
            [vec![A; 15], vec![B]].concat(),
            vec![B, A],
        ];
        assert_eq!(decode_row(&tiles, 50), Ok(expected.concat()));
    }

    #[test]
    fn a_palette_that_is_not_there_or_too_long_to_be_packed_is_an_error() {
        let what = "subencoding";
        for value in [127, 129] {
            let result = decode_row(&[&[value, 0, 0]], 8);
            assert_eq!(result, Err(DecodeError::Meaningless { what, value }));
        }
        let long = [&[128 + 17][..], &[1; 51], &[0x80, 15]].concat();
        assert_eq!(
            decode_row(&[&long, &[127]], 32),
            Err(DecodeError::Meaningless { what, value: 127 })
        );
        let rect = Rect::new(0, 0, 1, 1);
        let result = decode::<Trle>(size(1, 1), &[(rect, &[1, 1, 1, 1]), (rect, &[127, 0])]);
        assert_eq!(result, Err(DecodeError::Meaningless { what, value: 127 }));
    }

    #[test]
    fn tiles_have_sides_of_16() {
        let greys: Vec<u8> = (0..6).flat_map(|grey| [1, grey, grey, grey]).collect();
        let pixels = decode::<Trle>(size(40, 20), &[(Rect::new(1, 2, 35, 18), &greys)]);
        for (number, pixel) in pixels.unwrap_or_default().into_iter().enumerate() {
            let (x, y) = (number % 40, number / 40);
            let expected = if (1..36).contains(&x) && y >= 2 {
                let grey = ((y - 2) / 16 * 3 + (x - 1) / 16) as u8;
                rgb(grey, grey, grey)
            } else {
                BEFORE
            };
            assert_eq!(pixel, expected, "{x},{y}");
        }
    }

    #[test]
    fn an_empty_rectangle_has_no_tile() {
        let rect = Rect::new(0, 0, 1, 0);
        assert_eq!(decode::<Trle>(size(1, 1), &[(rect, &[])]), Ok(vec![BEFORE]));
    }
}
