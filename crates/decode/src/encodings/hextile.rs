//! Hextile (RFC 6143, 7.7.4): tiles of 16x16, each raw or a background with rectangles on it.

use super::tiles::Tiles;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use crate::pixel::{self, Pixel, PixelReader};

/// Width and height of a tile.
pub(super) const TILE: u16 = 16;

/// The bits of a tile's subencoding mask. `RAW` makes the others void.
const RAW: u8 = 1;
const BACKGROUND_SPECIFIED: u8 = 1 << 1;
const FOREGROUND_SPECIFIED: u8 = 1 << 2;
const ANY_SUBRECTANGLES: u8 = 1 << 3;
const SUBRECTANGLES_COLOURED: u8 = 1 << 4;
const KNOWN: u8 = (1 << 5) - 1;

#[derive(Debug, Default)]
pub(crate) struct Hextile {
    tiles: Tiles<TILE>,
    colours: Colours,
}

/// The colours that carry over from tile to tile.
#[derive(Debug)]
pub(super) struct Colours {
    background: Pixel,
    foreground: Pixel,
}

impl Default for Colours {
    /// RFC 6143 leaves the colours open at the start: a tile that names none shows black.
    fn default() -> Self {
        let black = pixel::rgb(0, 0, 0);
        Self {
            background: black,
            foreground: black,
        }
    }
}

impl Decoder for Hextile {
    fn begin(&mut self, rect: Rect) {
        *self = Self {
            tiles: Tiles::start(rect),
            colours: Colours::default(),
        };
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let reader = context.format.pixel();
        while let Some(tile) = self.tiles.current() {
            let mut ahead = Input::new(input.peek());
            let Some(mask) = ahead.u8() else { break };
            if mask & RAW == 0 && mask & !KNOWN != 0 {
                return Err(DecodeError::Meaningless {
                    what: "subencoding mask",
                    value: mask,
                });
            }
            let length = tile_length(mask, ahead.peek(), tile, reader);
            let Some(bytes) = ahead.take(length) else { break };
            self.colours.draw(mask, bytes, tile, framebuffer, reader)?;
            *input = ahead;
            self.tiles.advance();
        }
        Ok(match self.tiles.current() {
            Some(_) => Progress::NeedMore,
            None => Progress::Complete,
        })
    }
}

impl Colours {
    /// Draws a tile all of whose bytes after the mask are there.
    pub(super) fn draw(
        &mut self,
        mask: u8,
        bytes: &[u8],
        tile: Rect,
        framebuffer: &mut Framebuffer,
        reader: PixelReader<'_>,
    ) -> Result<(), DecodeError> {
        let mut bytes = Input::new(bytes);
        if mask & RAW != 0 {
            let rows = bytes
                .peek()
                .chunks_exact(usize::from(tile.width) * reader.bytes());
            for (y, wire) in (tile.y..).zip(rows) {
                reader.copy(framebuffer.row_mut(tile.x, y, tile.width), wire);
            }
            return Ok(());
        }
        let read = |bytes: &mut Input<'_>| reader.read(bytes.take(reader.bytes()).unwrap_or_default());
        if mask & BACKGROUND_SPECIFIED != 0 {
            self.background = read(&mut bytes);
        }
        if mask & FOREGROUND_SPECIFIED != 0 {
            self.foreground = read(&mut bytes);
        }
        framebuffer.fill(tile, self.background);
        if mask & ANY_SUBRECTANGLES == 0 {
            return Ok(());
        }
        for _ in 0..bytes.u8().unwrap_or_default() {
            let colour = if mask & SUBRECTANGLES_COLOURED != 0 {
                read(&mut bytes)
            } else {
                self.foreground
            };
            let [position, extent] = bytes.array().unwrap_or_default();
            let part = Rect {
                x: u16::from(position >> 4),
                y: u16::from(position & 15),
                width: u16::from(extent >> 4) + 1,
                height: u16::from(extent & 15) + 1,
            };
            if !part.fits(tile.size()) {
                return Err(DecodeError::OutsideRectangle {
                    what: "subrectangle of a tile",
                    part,
                });
            }
            let placed = Rect {
                x: tile.x + part.x,
                y: tile.y + part.y,
                ..part
            };
            framebuffer.fill(placed, colour);
        }
        Ok(())
    }
}

/// How many bytes a tile with this mask has after it, of which these are the first: at least one more than these,
/// where they are too few to tell.
pub(super) fn tile_length(mask: u8, bytes: &[u8], tile: Rect, reader: PixelReader<'_>) -> usize {
    if mask & RAW != 0 {
        return tile.area() * reader.bytes();
    }
    let has = |bit: u8| usize::from(mask & bit != 0);
    let colours = (has(BACKGROUND_SPECIFIED) + has(FOREGROUND_SPECIFIED)) * reader.bytes();
    if mask & ANY_SUBRECTANGLES == 0 {
        return colours;
    }
    let each = 2 + has(SUBRECTANGLES_COLOURED) * reader.bytes();
    let count = bytes.get(colours).copied().unwrap_or_default();
    colours + 1 + usize::from(count) * each
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::testing::{BEFORE, Numbers, decode, size};
    use super::*;
    use crate::pixel::rgb;

    const A: Pixel = rgb(1, 1, 1);
    const B: Pixel = rgb(2, 2, 2);
    const C: Pixel = rgb(3, 3, 3);

    #[test]
    fn a_raw_tile_is_pixels_whatever_the_other_bits_say() {
        for mask in [1, 31, 255] {
            let wire = [mask, 1, 1, 1, 0, 2, 2, 2, 9, 3, 3, 3, 0, 1, 1, 1, 0];
            let pixels = decode::<Hextile>(size(3, 2), &[(Rect::new(1, 0, 2, 2), &wire)]);
            assert_eq!(pixels, Ok(vec![BEFORE, A, B, BEFORE, C, A]));
        }
    }

    #[test]
    fn colours_carry_over_to_the_next_tiles() {
        // Three tiles in a row: both colours and a subrectangle; a raw one; the same colours again.
        let mut wire = vec![2 | 4 | 8, 1, 1, 1, 0, 2, 2, 2, 0, 1, 0x00, 0x00];
        wire.push(1);
        wire.extend([3, 3, 3, 0].repeat(16));
        wire.extend([8, 1, 0x10, 0x00]);
        let pixels = decode::<Hextile>(size(34, 1), &[(Rect::new(0, 0, 34, 1), &wire)]);
        let expected = [&[B][..], &[A; 15], &[C; 16], &[A, B]].concat();
        assert_eq!(pixels, Ok(expected));
    }

    #[test]
    fn tiles_go_row_by_row_and_those_at_the_edges_are_smaller() {
        let mut wire = Vec::new();
        for grey in 0..6 {
            wire.extend([2, grey, grey, grey, 0]);
        }
        let pixels = decode::<Hextile>(size(40, 20), &[(Rect::new(1, 2, 35, 18), &wire)]).unwrap();
        for (number, pixel) in pixels.into_iter().enumerate() {
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
    fn coloured_subrectangles_lie_above_each_other() {
        let wire = [
            2 | 8 | 16,
            1,
            1,
            1,
            0,
            2, // background, two of them
            2,
            2,
            2,
            0,
            0x00,
            0x22, // all of 3x3
            3,
            3,
            3,
            0,
            0x11,
            0x10, // 2x1 at 1,1
        ];
        let pixels = decode::<Hextile>(size(3, 4), &[(Rect::new(0, 0, 3, 4), &wire)]);
        assert_eq!(pixels, Ok(vec![B, B, B, B, C, C, B, B, B, A, A, A]));
    }

    #[test]
    fn as_many_subrectangles_as_a_byte_can_count_are_drawn() {
        let mut numbers = Numbers(7);
        let mut wire = vec![2 | 8 | 16, 1, 1, 1, 0, 255];
        let mut expected = vec![A; 256];
        for _ in 0..255 {
            let [x, y, grey] = [16, 16, 256].map(|limit| numbers.below(limit) as u8);
            let (width, height) = (
                numbers.below(16 - u32::from(x)) as u8,
                numbers.below(16 - u32::from(y)) as u8,
            );
            wire.extend([grey, grey, grey, 0, x << 4 | y, width << 4 | height]);
            for row in y..=y + height {
                for column in x..=x + width {
                    expected[usize::from(row) * 16 + usize::from(column)] = rgb(grey, grey, grey);
                }
            }
        }
        assert_eq!(
            decode::<Hextile>(size(16, 16), &[(Rect::new(0, 0, 16, 16), &wire)]),
            Ok(expected)
        );
    }

    #[test]
    fn a_subrectangle_beyond_its_tile_is_an_error() {
        for (position, extent) in [
            (0x20, 0x00),
            (0x02, 0x00),
            (0x00, 0x20),
            (0x11, 0x01),
            (0xFF, 0xFF),
        ] {
            let wire = [8, 1, position, extent];
            let pixels = decode::<Hextile>(size(40, 40), &[(Rect::new(0, 0, 2, 2), &wire)]);
            let part = Rect {
                x: u16::from(position >> 4),
                y: u16::from(position & 15),
                width: u16::from(extent >> 4) + 1,
                height: u16::from(extent & 15) + 1,
            };
            let what = "subrectangle of a tile";
            assert_eq!(pixels, Err(DecodeError::OutsideRectangle { what, part }));
        }
    }

    #[test]
    fn an_unknown_bit_of_the_mask_is_an_error() {
        for value in [32, 64, 128] {
            let pixels = decode::<Hextile>(size(1, 1), &[(Rect::new(0, 0, 1, 1), &[value])]);
            let what = "subencoding mask";
            assert_eq!(pixels, Err(DecodeError::Meaningless { what, value }));
        }
    }

    #[test]
    fn a_tile_without_colours_is_black() {
        let pixels = decode::<Hextile>(size(1, 1), &[(Rect::new(0, 0, 1, 1), &[0])]);
        assert_eq!(pixels, Ok(vec![rgb(0, 0, 0)]));
    }

    #[test]
    fn an_empty_rectangle_has_no_tile() {
        for rect in [Rect::new(0, 0, 0, 9), Rect::new(0, 0, 9, 0)] {
            assert_eq!(
                decode::<Hextile>(size(9, 9), &[(rect, &[])]),
                Ok(vec![BEFORE; 81])
            );
        }
    }
}
