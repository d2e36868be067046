//! Counts of what was decoded.

use crate::encoding::Encoding;
use crate::geometry::Rect;

/// What has arrived in one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingStatistics {
    /// The encoding.
    pub encoding: Encoding,
    /// How many rectangles.
    pub rectangles: u64,
    /// How many bytes on the wire, without the rectangles' headers.
    pub bytes: u64,
    /// How many pixels they cover.
    pub pixels: u64,
}

/// What has arrived since the connection began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes of rectangles that came with a loss.
    pub lossy_bytes: u64,
    /// Framebuffer updates that are complete.
    pub updates: u64,
    /// By encoding, in the order of their first rectangles. Pseudo-encodings are among them.
    pub encodings: Vec<EncodingStatistics>,
}

impl Statistics {
    pub(crate) fn count(&mut self, encoding: Encoding, rect: Rect, bytes: u64) {
        let pixels = rect.area() as u64;
        match self.encodings.iter_mut().find(|entry| entry.encoding == encoding) {
            Some(entry) => {
                entry.rectangles += 1;
                entry.bytes += bytes;
                entry.pixels += pixels;
            }
            None => self.encodings.push(EncodingStatistics {
                encoding,
                rectangles: 1,
                bytes,
                pixels,
            }),
        }
    }
}
