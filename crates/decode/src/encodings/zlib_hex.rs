//! ZlibHex (rfbproto, "zlibhex Encoding"): Hextile's tiles, each plain or through one of two zlib streams.

use super::hextile::{Colours, TILE, tile_length};
use super::inflate::{Inflate, Stream};
use super::tiles::Tiles;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

/// The bits of a tile's subencoding mask that Hextile's has not. Like `RAW`, `ZLIB_RAW` makes the others void.
const ZLIB_RAW: u8 = 1 << 5;
const ZLIB: u8 = 1 << 6;
const KNOWN: u8 = (1 << 7) - 1;
/// Hextile's `RAW`.
const RAW: u8 = 1;

#[derive(Debug, Default)]
pub(crate) struct ZlibHex {
    tiles: Tiles<TILE>,
    colours: Colours,
    state: State,
    inflate: Inflate,
    raw_stream: Stream,
    stream: Stream,
}

/// What of a tile is next.
#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Mask,
    Plain {
        mask: u8,
    },
    Length {
        mask: u8,
    },
    Compressed {
        mask: u8,
        /// So many inflated bytes must be there at once.
        wanted: usize,
    },
    End {
        mask: u8,
    },
}

impl Decoder for ZlibHex {
    fn begin(&mut self, rect: Rect) {
        self.tiles = Tiles::start(rect);
        self.colours = Colours::default();
        self.state = State::Mask;
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let reader = context.format.pixel();
        while let Some(tile) = self.tiles.current() {
            let next = match self.state {
                State::Mask => {
                    let Some(mask) = input.u8() else {
                        return Ok(Progress::NeedMore);
                    };
                    begin(mask)?
                }
                State::Plain { mask } => {
                    let Some(bytes) = input.take(tile_length(mask, input.peek(), tile, reader)) else {
                        return Ok(Progress::NeedMore);
                    };
                    self.colours.draw(mask, bytes, tile, framebuffer, reader)?;
                    self.tiles.advance();
                    State::Mask
                }
                State::Length { mask } => {
                    let Some(length) = input.array().map(u16::from_be_bytes) else {
                        return Ok(Progress::NeedMore);
                    };
                    self.inflate.begin(usize::from(length));
                    State::Compressed { mask, wanted: 0 }
                }
                State::Compressed { mask, wanted } => {
                    let stream = stream(&mut self.raw_stream, &mut self.stream, mask);
                    let Some(ready) = self.inflate.ready(stream, input, wanted)? else {
                        return Ok(Progress::NeedMore);
                    };
                    let wanted = tile_length(mask, ready, tile, reader);
                    if let Some(bytes) = ready.get(..wanted) {
                        self.colours.draw(mask, bytes, tile, framebuffer, reader)?;
                        self.inflate.used(wanted);
                        State::End { mask }
                    } else {
                        State::Compressed { mask, wanted }
                    }
                }
                State::End { mask } => {
                    let stream = stream(&mut self.raw_stream, &mut self.stream, mask);
                    if !self.inflate.finish(stream, input)? {
                        return Ok(Progress::NeedMore);
                    }
                    self.tiles.advance();
                    State::Mask
                }
            };
            self.state = next;
        }
        Ok(Progress::Complete)
    }
}

/// What follows a tile's mask.
fn begin(mask: u8) -> Result<State, DecodeError> {
    if mask & ZLIB_RAW != 0 {
        // No other bit counts, and what comes is as behind Hextile's RAW.
        return Ok(State::Length { mask: ZLIB_RAW | RAW });
    }
    if mask & ZLIB != 0 && mask & !KNOWN == 0 {
        return Ok(State::Length { mask });
    }
    if mask & RAW != 0 || mask & !KNOWN == 0 {
        return Ok(State::Plain { mask });
    }
    Err(DecodeError::Meaningless {
        what: "subencoding mask",
        value: mask,
    })
}

fn stream<'a>(raw: &'a mut Stream, other: &'a mut Stream, mask: u8) -> &'a mut Stream {
    if mask & ZLIB_RAW != 0 { raw } else { other }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use flate2::{Compress, Compression};

    use super::super::testing::{BEFORE, decode, deflate, size};
    use super::*;
    use crate::pixel::{Pixel, rgb};

    const A: Pixel = rgb(1, 1, 1);
    const B: Pixel = rgb(2, 2, 2);

    /// The two streams of a server.
    struct Server([Compress; 2]);

    impl Server {
        fn new() -> Self {
            Self([0; 2].map(|_| Compress::new(Compression::new(6), true)))
        }

        fn tile(&mut self, mask: u8, stream: usize, bytes: &[u8]) -> Vec<u8> {
            let data = deflate(&mut self.0[stream], bytes);
            let mut wire = vec![mask];
            wire.extend_from_slice(&(data.len() as u16).to_be_bytes());
            wire.extend(data);
            wire
        }
    }

    fn decode_row(tiles: &[u8], width: u16) -> Result<Vec<Pixel>, DecodeError> {
        decode::<ZlibHex>(size(width, 1), &[(Rect::new(0, 0, width, 1), tiles)])
    }

    #[test]
    fn a_tile_may_be_hextiles() {
        let raw = [1, 1, 1, 1, 0, 2, 2, 2, 0];
        assert_eq!(decode_row(&raw, 2), Ok(vec![A, B]));
        let coloured = [2 | 4 | 8, 1, 1, 1, 0, 2, 2, 2, 0, 1, 0x10, 0x00];
        assert_eq!(decode_row(&coloured, 3), Ok(vec![A, B, A]));
    }

    #[test]
    fn each_kind_of_compressed_tile_has_a_stream_that_goes_on() {
        let mut server = Server::new();
        let raw = |grey: u8| [grey, grey, grey, 0].repeat(16);
        let tiles = [
            server.tile(ZLIB_RAW, 0, &raw(1)),
            server.tile(ZLIB | 2 | 4 | 8, 1, &[1, 1, 1, 0, 2, 2, 2, 0, 1, 0x00, 0x00]),
            server.tile(ZLIB_RAW | 1, 0, &raw(2)),
            // Its colours are those of the tile before the last.
            server.tile(ZLIB | 8, 1, &[1, 0x10, 0x00]),
            server.tile(ZLIB | RAW, 1, &raw(1)),
        ];
        let expected = [
            vec![A; 16],
            [vec![B], vec![A; 15]].concat(),
            vec![B; 16],
            [vec![A, B], vec![A; 14]].concat(),
            vec![A; 16],
        ];
        assert_eq!(decode_row(&tiles.concat(), 80), Ok(expected.concat()));
    }

    #[test]
    fn as_many_subrectangles_as_there_can_be_come_through_a_stream() {
        let bytes = [&[255][..], &[3, 3, 3, 0, 0xFF, 0x00].repeat(255)].concat();
        let wire = Server::new().tile(ZLIB | 8 | 16, 1, &bytes);
        let pixels = decode::<ZlibHex>(size(16, 16), &[(Rect::new(0, 0, 16, 16), &wire)]);
        let black = rgb(0, 0, 0);
        assert_eq!(pixels, Ok([vec![black; 255], vec![rgb(3, 3, 3)]].concat()));
    }

    #[test]
    fn too_little_and_too_much_are_errors() {
        for (bytes, word) in [(&[1, 1, 1][..], "less"), (&[1, 1, 1, 0, 9], "more")] {
            for (mask, stream) in [(ZLIB_RAW, 0), (ZLIB | 2, 1)] {
                let wire = Server::new().tile(mask, stream, bytes);
                assert_eq!(decode_row(&wire, 1), Err(DecodeError::ZlibLength(word)));
            }
        }
        assert_eq!(
            decode_row(&[ZLIB | 2, 0, 2, 0xFF, 0xFF], 1),
            Err(DecodeError::CorruptZlib)
        );
    }

    #[test]
    fn an_unknown_bit_of_the_mask_is_an_error() {
        for value in [128, 128 | ZLIB] {
            let what = "subencoding mask";
            assert_eq!(
                decode_row(&[value], 1),
                Err(DecodeError::Meaningless { what, value })
            );
        }
    }

    #[test]
    fn an_empty_rectangle_has_no_tile() {
        let rect = Rect::new(0, 0, 0, 1);
        assert_eq!(decode::<ZlibHex>(size(1, 1), &[(rect, &[])]), Ok(vec![BEFORE]));
    }
}
