//! JPEG (rfbproto, "JPEG Encoding"): a JPEG image without a length. It ends where its markers say.

use super::image::jpeg::Decoder as Images;
use super::image::{Format, check_length, draw};
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

#[derive(Debug, Default)]
pub(crate) struct Jpeg {
    rect: Rect,
    walk: Walk,
    data: Vec<u8>,
    tables: Tables,
    images: Images,
}

impl Decoder for Jpeg {
    fn begin(&mut self, rect: Rect) {
        self.rect = rect;
        self.walk = Walk::Start;
        self.data.clear();
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        // One byte beyond the limit is enough to know, and the same in every slicing.
        let most = (context.limits.image_bytes + 1).saturating_sub(self.data.len());
        let available = input.peek();
        let (length, is_complete) = self.walk.over(available.get(..most).unwrap_or(available))?;
        check_length(self.data.len() + length, context.limits)?;
        self.data.extend_from_slice(input.take_up_to(length));
        if !is_complete {
            return Ok(Progress::NeedMore);
        }
        self.tables.complete(&mut self.data);
        draw(Format::Jpeg, &mut self.images, &self.data, self.rect, framebuffer)?;
        Ok(Progress::Complete)
    }
}

/// The markers that matter here (ITU-T T.81, table B.1).
mod marker {
    pub(super) const TEM: u8 = 0x01;
    pub(super) const DHT: u8 = 0xC4;
    pub(super) const RST0: u8 = 0xD0;
    pub(super) const RST7: u8 = 0xD7;
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const DQT: u8 = 0xDB;
}

/// A walk over an image from marker to marker, which stops wherever the bytes do and goes on from there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// Before the first byte.
    #[default]
    Start,
    /// Before the 0xFF of a marker.
    Prefix,
    /// After it: the marker, or another 0xFF.
    Marker,
    /// Before a segment's length, and then after the first byte of it.
    Length {
        marker: u8,
    },
    LengthLow {
        marker: u8,
        high: u8,
    },
    /// Within a segment.
    Segment {
        marker: u8,
        left: u16,
    },
    /// Within a scan's data, and then after a 0xFF there.
    Scan,
    ScanPrefix,
    /// After the image.
    End,
}

impl Walk {
    /// Goes on over these bytes. Says how many of them belong to the image, and whether it ends with them.
    fn over(&mut self, bytes: &[u8]) -> Result<(usize, bool), DecodeError> {
        let mut rest = bytes;
        while *self != Self::End {
            if let Self::Segment { marker, left } = self {
                let skipped = usize::from(*left).min(rest.len());
                rest = rest.get(skipped..).unwrap_or_default();
                // No more than `left`, so it is a u16.
                *left -= skipped as u16;
                if *left > 0 {
                    break;
                }
                *self = match *marker {
                    marker::SOS => Self::Scan,
                    _ => Self::Prefix,
                };
                continue;
            }
            if *self == Self::Scan {
                let data = rest.iter().position(|&byte| byte == 0xFF).unwrap_or(rest.len());
                rest = rest.get(data..).unwrap_or_default();
            }
            let Some((&byte, after)) = rest.split_first() else {
                break;
            };
            *self = self.next(byte)?;
            rest = after;
        }
        Ok((bytes.len() - rest.len(), *self == Self::End))
    }

    /// Where one byte leads to.
    fn next(self, byte: u8) -> Result<Self, DecodeError> {
        Ok(match (self, byte) {
            (Self::Start | Self::Prefix, 0xFF) => Self::Marker,
            (Self::Start, _) => return Err(broken("it does not begin with a marker")),
            (Self::Prefix, _) => return Err(broken("a segment ends without a marker")),
            (Self::Marker, 0xFF) => Self::Marker,
            (Self::Marker | Self::ScanPrefix, marker::EOI) => Self::End,
            (Self::Marker, 0) => return Err(broken("a segment ends without a marker")),
            (Self::Marker, marker::TEM | marker::RST0..=marker::SOI) => Self::Prefix,
            (Self::Scan, 0xFF) | (Self::ScanPrefix, 0xFF) => Self::ScanPrefix,
            // A zero marks data, and restarts are within the data.
            (Self::ScanPrefix, 0 | marker::RST0..=marker::RST7) => Self::Scan,
            (Self::ScanPrefix, marker::TEM | marker::SOI) => Self::Prefix,
            (Self::Marker | Self::ScanPrefix, marker) => Self::Length { marker },
            (Self::Length { marker }, high) => Self::LengthLow { marker, high },
            (Self::LengthLow { marker, high }, low) => {
                // The length counts its own two bytes.
                let Some(left) = u16::from_be_bytes([high, low]).checked_sub(2) else {
                    return Err(broken("a segment is shorter than its length"));
                };
                Self::Segment { marker, left }
            }
            (Self::Scan | Self::Segment { .. } | Self::End, _) => self,
        })
    }
}

/// The tables of the last image that had them, as segments: one without takes those (rfbproto, "JPEG
/// Encoding"). They are parts of an image, whose length is bounded.
#[derive(Debug, Default)]
struct Tables {
    quantization: Vec<u8>,
    huffman: Vec<u8>,
}

impl Tables {
    /// Gives an image the tables that it lacks, and keeps those that it has.
    fn complete(&mut self, image: &mut Vec<u8>) {
        let (mut quantization, mut huffman) = (Vec::new(), Vec::new());
        let mut rest = &image[..];
        let scan = loop {
            let Some((marker, segment, after)) = segment(rest) else {
                return;
            };
            match marker {
                marker::DQT => quantization.extend_from_slice(segment),
                marker::DHT => huffman.extend_from_slice(segment),
                marker::SOS => break image.len() - rest.len(),
                _ => {}
            }
            rest = after;
        };
        let mut missing = Vec::new();
        for (own, kept) in [
            (quantization, &mut self.quantization),
            (huffman, &mut self.huffman),
        ] {
            if own.is_empty() {
                missing.extend_from_slice(kept);
            } else {
                *kept = own;
            }
        }
        image.splice(scan..scan, missing);
    }
}

/// The first segment: its marker, all of it, and what follows it. `None` at the image's end.
fn segment(image: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let fill = image.iter().position(|&byte| byte != 0xFF)?;
    let length = match *image.get(fill)? {
        marker::EOI => return None,
        marker::TEM | marker::RST0..=marker::SOI => 0,
        _ => usize::from(u16::from_be_bytes([*image.get(fill + 1)?, *image.get(fill + 2)?])),
    };
    let (segment, after) = image.split_at_checked(fill + 1 + length)?;
    Some((*segment.get(fill)?, segment, after))
}

fn broken(reason: &str) -> DecodeError {
    DecodeError::BadImage {
        format: "JPEG",
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BEFORE, Setting, decode, jpeg_image, size};
    use super::*;

    fn decode_one(width: u16, height: u16, wire: &[u8]) -> Result<Vec<u32>, DecodeError> {
        decode::<Jpeg>(size(width, height), &[(Rect::new(0, 0, width, height), wire)])
    }

    /// The image with these bytes after its first marker.
    fn with_segment(image: &[u8], segment: &[u8]) -> Vec<u8> {
        [&image[..2], segment, &image[2..]].concat()
    }

    #[test]
    fn images_follow_each_other_without_a_length() {
        let (first, grey) = jpeg_image(8, 8);
        let (second, _) = jpeg_image(16, 8);
        let rects: [(Rect, &[u8]); 2] = [(Rect::new(0, 0, 8, 8), &first), (Rect::new(8, 0, 16, 8), &second)];
        assert_eq!(decode::<Jpeg>(size(24, 8), &rects), Ok(vec![grey; 24 * 8]));
    }

    #[test]
    fn an_image_without_tables_takes_the_last_ones() {
        let (image, grey) = jpeg_image(8, 8);
        let mut bare = image.clone();
        let (mut at, mut tables) = (0, 0);
        while let Some((marker, segment, _)) = segment(&bare[at..])
            && marker != marker::SOS
        {
            let length = segment.len();
            if [marker::DQT, marker::DHT].contains(&marker) {
                tables += 1;
                bare.drain(at..at + length);
            } else {
                at += length;
            }
        }
        assert!(tables >= 2);
        let rects: [(Rect, &[u8]); 3] = [
            (Rect::new(0, 0, 8, 8), &image),
            (Rect::new(8, 0, 8, 8), &bare),
            (Rect::new(16, 0, 8, 8), &bare),
        ];
        assert_eq!(decode::<Jpeg>(size(24, 8), &rects), Ok(vec![grey; 24 * 8]));
        let Err(DecodeError::BadImage { format: "JPEG", .. }) = decode_one(8, 8, &bare) else {
            unreachable!("there are no tables before the first image");
        };
    }

    #[test]
    fn an_end_marker_within_a_segment_does_not_end_the_image() {
        let (image, grey) = jpeg_image(8, 8);
        let comment = [0xFF, 0xFE, 0, 6, 0xFF, 0xD9, 0xFF, 0xD9];
        // Bytes of 0xFF may fill up before a marker.
        let filled = [0xFF, 0xFF, 0xFF, 0xFE, 0, 2];
        for segment in [&comment[..], &filled] {
            assert_eq!(
                decode_one(8, 8, &with_segment(&image, segment)),
                Ok(vec![grey; 64])
            );
        }
    }

    #[test]
    fn zeros_and_restarts_belong_to_the_scan() {
        let mut walk = Walk::Scan;
        let scan = [1, 0xFF, 0, 0xFF, 0xD0, 5, 0xFF, 0xD7, 0xFF, 0xFF, 0xD9, 7];
        assert_eq!(walk.over(&scan), Ok((11, true)));
        let mut walk = Walk::Scan;
        // Tables between scans, and another scan.
        let scans = [
            1, 0xFF, 0xC4, 0, 3, 0xD9, 0xFF, 0xDA, 0, 4, 0xFF, 0xD9, 0xFF, 0, 3,
        ];
        assert_eq!(walk.over(&scans), Ok((15, false)));
        assert_eq!(walk, Walk::Scan);
    }

    #[test]
    fn what_is_not_a_row_of_segments_is_an_error() {
        let is_broken = |reason: &str| Err(broken(reason));
        let (image, _) = jpeg_image(8, 8);
        assert_eq!(
            decode_one(8, 8, b"GIF89a"),
            is_broken("it does not begin with a marker")
        );
        let short = with_segment(&image, &[0xFF, 0xFE, 0, 1]);
        assert_eq!(
            decode_one(8, 8, &short),
            is_broken("a segment is shorter than its length")
        );
        for between in [&[0x12][..], &[0xFF, 0]] {
            let result = decode_one(8, 8, &with_segment(&image, between));
            assert_eq!(result, is_broken("a segment ends without a marker"));
        }
    }

    #[test]
    fn an_image_that_does_not_end_is_an_error_at_the_limit() {
        let mut setting = Setting::default();
        setting.limits.image_bytes = 1000;
        let endless = [&[0xFF, 0xD8, 0xFF, 0xDA, 0, 2][..], &[7; 2000]].concat();
        let what = "an image's length";
        let (value, limit) = (1001, 1000);
        for slice in [1, 7, 5000] {
            let mut jpeg = Jpeg::default();
            jpeg.begin(Rect::new(0, 0, 8, 8));
            let result = endless
                .chunks(slice)
                .map(|slice| {
                    jpeg.decode(
                        &mut Input::new(slice),
                        &mut Framebuffer::default(),
                        &setting.context(),
                    )
                })
                .find(Result::is_err);
            assert_eq!(result, Some(Err(DecodeError::TooLarge { what, value, limit })));
        }
    }

    #[test]
    fn an_image_for_an_empty_rectangle_is_passed_over() {
        let (image, _) = jpeg_image(8, 8);
        let result = decode::<Jpeg>(size(1, 1), &[(Rect::new(0, 0, 1, 0), &image)]);
        assert_eq!(result, Ok(vec![BEFORE]));
    }
}
