//! Takes what a server has sent apart, as far as it takes to tell where an update ends: no pixel is decoded.
//!
//! It knows what the recordings are made with: 32 bits per pixel, `CopyRect`, cursors, and one of Raw, Hextile, Tight and
//! ZRLE.

use std::fmt;
use std::ops::Range;

/// Bytes of a pixel, and of Tight's shorter form of it.
const PIXEL: usize = 4;
const TIGHT_PIXEL: usize = 3;

/// The pseudo-encoding for the pointer's picture.
pub(crate) const CURSOR: i32 = -239;

/// Why there is no more to be had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The message goes on beyond what is there.
    Incomplete,
    /// It is nothing that a recording has.
    Unknown(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => f.write_str("the last message is not whole"),
            Self::Unknown(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Stop {}

/// A piece of one of the connection's zlib streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) stream: ZlibStream,
    /// Where its length is told.
    pub(crate) field: Range<usize>,
    pub(crate) length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ZlibStream {
    Tight(u8),
    Zrle,
}

impl ZlibStream {
    /// A piece's length as this stream's encoding tells it.
    pub(crate) fn length_field(self, length: usize) -> Vec<u8> {
        match self {
            Self::Zrle => (length as u32).to_be_bytes().to_vec(),
            Self::Tight(_) => {
                let low = |shift: u32| (length >> shift & 0x7F) as u8;
                match length {
                    0..0x80 => vec![low(0)],
                    0x80..0x4000 => vec![low(0) | 0x80, low(7)],
                    _ => vec![low(0) | 0x80, low(7) | 0x80, (length >> 14) as u8],
                }
            }
        }
    }
}

/// One whole message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) length: usize,
    /// Whether it is a `FramebufferUpdate`.
    pub(crate) is_update: bool,
    /// How many pixels it paints.
    pub(crate) pixels: u64,
    /// Pieces of zlib streams, in order.
    pub(crate) zlib: Vec<Piece>,
}

/// The message at the beginning of `bytes`.
pub(crate) fn message(bytes: &[u8]) -> Result<Message, Stop> {
    let mut reader = Reader { bytes, at: 0 };
    let mut message = Message {
        length: 0,
        is_update: false,
        pixels: 0,
        zlib: Vec::new(),
    };
    match reader.byte()? {
        0 => {
            message.is_update = true;
            reader.skip(1)?;
            for _ in 0..reader.short()? {
                rectangle(&mut reader, &mut message)?;
            }
        }
        // Bell.
        2 => {}
        // ServerCutText.
        3 => {
            reader.skip(3)?;
            let length = reader.long()?;
            reader.skip(length)?;
        }
        other => return Err(Stop::Unknown(format!("a recording has no message {other}"))),
    }
    message.length = reader.at;
    Ok(message)
}

fn rectangle(reader: &mut Reader<'_>, message: &mut Message) -> Result<(), Stop> {
    reader.skip(4)?;
    let (width, height) = (reader.short()?, reader.short()?);
    let encoding = reader.long()? as u32 as i32;
    if encoding == CURSOR {
        // A mask follows the pixels.
        return reader.skip(width * height * PIXEL + width.div_ceil(8) * height);
    }
    message.pixels += (width * height) as u64;
    match encoding {
        0 => reader.skip(width * height * PIXEL),
        1 => reader.skip(4),
        5 => hextile(reader, width, height),
        7 => tight(reader, width, height, message),
        16 => {
            let start = reader.at;
            let length = reader.long()?;
            message.zlib.push(Piece {
                stream: ZlibStream::Zrle,
                field: start..reader.at,
                length,
            });
            reader.skip(length)
        }
        other => Err(Stop::Unknown(format!("a recording has no encoding {other}"))),
    }
}

fn hextile(reader: &mut Reader<'_>, width: usize, height: usize) -> Result<(), Stop> {
    for y in (0..height).step_by(16) {
        for x in (0..width).step_by(16) {
            let flags = reader.byte()?;
            if flags & 1 != 0 {
                reader.skip((width - x).min(16) * (height - y).min(16) * PIXEL)?;
                continue;
            }
            reader.skip(PIXEL * usize::from(flags >> 1 & 1))?;
            reader.skip(PIXEL * usize::from(flags >> 2 & 1))?;
            if flags & 8 != 0 {
                let count = usize::from(reader.byte()?);
                reader.skip(count * if flags & 16 != 0 { 2 + PIXEL } else { 2 })?;
            }
        }
    }
    Ok(())
}

fn tight(reader: &mut Reader<'_>, width: usize, height: usize, message: &mut Message) -> Result<(), Stop> {
    let kind = reader.byte()? >> 4;
    match kind {
        8 => return reader.skip(TIGHT_PIXEL),
        9 => {
            let length = reader.compact()?;
            return reader.skip(length);
        }
        0..8 => {}
        other => return Err(Stop::Unknown(format!("Tight has no compression {other} here"))),
    }
    let filter = if kind & 4 != 0 { reader.byte()? } else { 0 };
    let length = match filter {
        0 | 2 => width * height * TIGHT_PIXEL,
        1 => {
            let colours = usize::from(reader.byte()?) + 1;
            reader.skip(colours * TIGHT_PIXEL)?;
            if colours == 2 {
                width.div_ceil(8) * height
            } else {
                width * height
            }
        }
        other => return Err(Stop::Unknown(format!("Tight has no filter {other}"))),
    };
    // So few are not worth compressing.
    if length < 12 {
        return reader.skip(length);
    }
    let start = reader.at;
    let length = reader.compact()?;
    message.zlib.push(Piece {
        stream: ZlibStream::Tight(kind & 3),
        field: start..reader.at,
        length,
    });
    reader.skip(length)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self, count: usize) -> Result<(), Stop> {
        self.at += count;
        if self.at > self.bytes.len() {
            return Err(Stop::Incomplete);
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        let byte = *self.bytes.get(self.at).ok_or(Stop::Incomplete)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number of two bytes.
    fn short(&mut self) -> Result<usize, Stop> {
        Ok(usize::from(self.byte()?) << 8 | usize::from(self.byte()?))
    }

    /// A number of four bytes.
    fn long(&mut self) -> Result<usize, Stop> {
        Ok(self.short()? << 16 | self.short()?)
    }

    /// A number of one to three bytes, seven bits in each but the last.
    fn compact(&mut self) -> Result<usize, Stop> {
        let mut value = 0;
        for shift in [0, 7, 14] {
            let byte = usize::from(self.byte()?);
            if shift == 14 {
                return Ok(value | byte << shift);
            }
            value |= (byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok(value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use super::{Message, Piece, Stop, ZlibStream, message};

    /// An update of one rectangle at 0, 0.
    pub(crate) fn update(width: u8, height: u8, encoding: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, width, 0, height, 0, 0, 0, encoding];
        bytes.extend(data);
        bytes
    }

    /// It is whole with all its bytes, and neither with one less nor longer with one more.
    fn whole(bytes: &[u8]) -> Message {
        assert_eq!(message(&bytes[..bytes.len() - 1]), Err(Stop::Incomplete));
        let found = message(&[bytes, &[0]].concat()).unwrap();
        assert_eq!(found.length, bytes.len());
        found
    }

    #[test]
    fn raw_has_four_bytes_for_each_pixel() {
        let found = whole(&update(3, 2, 0, &[7; 24]));
        assert_eq!((found.pixels, found.is_update), (6, true));
    }

    #[test]
    fn a_cursor_is_no_pixels_of_the_screen() {
        let mut bytes = update(9, 2, 0, &[0; 9 * 2 * 4 + 4]);
        bytes[12..16].copy_from_slice(&super::CURSOR.to_be_bytes());
        assert_eq!(whole(&bytes).pixels, 0);
    }

    #[test]
    fn hextile_ends_with_its_last_tile() {
        let tiles = [
            &[2 | 4 | 8][..],
            &[1; 8],
            &[2, 0, 0, 0, 0],
            &[8 | 16, 1, 0, 0, 0, 0, 0, 0],
            &[0],
            &[1],
            &[9; 16],
        ];
        // 18 by 17: a whole tile, one of two columns, one of one row, and a corner; the corner is raw.
        whole(&update(
            18,
            17,
            5,
            &[tiles[0], tiles[1], tiles[2], tiles[3], tiles[4], &[1], &[9; 8]].concat(),
        ));
    }

    #[test]
    fn zrle_tells_its_length_and_where_it_is() {
        let found = whole(&update(9, 9, 16, &[0, 0, 0, 3, 1, 2, 3]));
        let piece = Piece {
            stream: ZlibStream::Zrle,
            field: 16..20,
            length: 3,
        };
        assert_eq!(found.zlib, [piece]);
    }

    #[test]
    fn tight_is_taken_apart_by_its_filters() {
        // Filled, JPEG, copied on stream 1, two colours on stream 2, and a palette so short that nothing is compressed.
        assert!(whole(&update(9, 9, 7, &[0x80, 1, 2, 3])).zlib.is_empty());
        assert!(whole(&update(9, 9, 7, &[0x90, 2, 5, 5])).zlib.is_empty());
        let copied = whole(&update(9, 9, 7, &[0x10, 2, 5, 5]));
        let piece = Piece {
            stream: ZlibStream::Tight(1),
            field: 17..18,
            length: 2,
        };
        assert_eq!(copied.zlib, [piece]);
        let two = whole(&update(9, 9, 7, &[&[0x60, 1, 1][..], &[4; 6], &[1, 7]].concat()));
        let piece = Piece {
            stream: ZlibStream::Tight(2),
            field: 25..26,
            length: 1,
        };
        assert_eq!(two.zlib, [piece]);
        let few = whole(&update(2, 2, 7, &[&[0x40, 1, 2][..], &[4; 9], &[0; 4]].concat()));
        assert!(few.zlib.is_empty());
    }

    #[test]
    fn a_compact_length_has_up_to_three_bytes() {
        for length in [100, 10_000, 100_000] {
            let field = ZlibStream::Tight(0).length_field(length);
            let data = [&[0x90][..], &field, &vec![0; length]].concat();
            whole(&update(99, 99, 7, &data));
        }
        // The example in rfbproto.
        assert_eq!(ZlibStream::Tight(0).length_field(10_000), [0x90, 0x4E]);
    }

    #[test]
    fn what_no_recording_has_is_refused_by_name() {
        assert_eq!(
            message(&update(1, 1, 2, &[])),
            Err(Stop::Unknown("a recording has no encoding 2".into()))
        );
        assert_eq!(
            message(&[7]),
            Err(Stop::Unknown("a recording has no message 7".into()))
        );
    }
}
