//! What the decoders' tests share: rectangles decoded in every slicing.

use flate2::{Compress, FlushCompress};

use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::{Rect, Size};
use crate::input::Input;
use crate::limits::Limits;
use crate::pixel::{self, Pixel, PixelFormat, WireFormat};

/// Every pixel of the framebuffer before a rectangle is decoded.
pub(super) const BEFORE: Pixel = pixel::rgb(0xB0, 0x0B, 0x1E);

/// Follows the rectangles on the wire and must not be touched.
const AFTER: [u8; 3] = [0xAF, 0x7E, 0x12];

/// Beyond this many bytes not every one of them is a place to split at.
const SPLITS: usize = 600;

pub(super) fn size(width: u16, height: u16) -> Size {
    Size { width, height }
}

/// What surrounds a decoder under test.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) format: WireFormat,
    pub(super) jpeg_quality: Option<u8>,
    /// The framebuffer's pixels; [`BEFORE`] where there are none.
    pub(super) before: Vec<Pixel>,
    pub(super) limits: Limits,
}

impl Setting {
    /// The defaults, but for pixels of this format.
    pub(super) fn with_format(format: PixelFormat) -> Self {
        format.check().expect("a format that can be");
        Self {
            format: WireFormat::new(format),
            jpeg_quality: None,
            before: Vec::new(),
            limits: Limits::default(),
        }
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context {
            format: &self.format,
            jpeg_quality: self.jpeg_quality,
            limits: &self.limits,
        }
    }

    fn framebuffer(&self, size: Size) -> Framebuffer {
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(size);
        framebuffer.fill(size.rect(), BEFORE);
        let rows = self.before.chunks(usize::from(size.width).max(1));
        for (row, y) in rows.zip(0..) {
            framebuffer.row_mut(0, y, size.width).copy_from_slice(row);
        }
        framebuffer
    }

    /// Decodes rectangles one after the other: whole, split at every point, and one byte at a time. All must give
    /// the same, which is given back: the pixels of the framebuffer.
    pub(super) fn decode<D: Decoder + Default>(
        &self,
        size: Size,
        rectangles: &[(Rect, &[u8])],
    ) -> Result<Vec<Pixel>, DecodeError> {
        let wire: Vec<u8> = rectangles
            .iter()
            .flat_map(|(_, wire)| wire.iter().copied())
            .collect();
        let run = |slices: &[&[u8]]| self.decode_slices::<D>(size, rectangles, slices);
        let whole = [&wire[..], &AFTER].concat();
        let result = run(&[&whole]);
        for at in (0..whole.len()).step_by(1 + wire.len() / SPLITS) {
            let (first, second) = whole.split_at(at);
            assert_eq!(run(&[first, second]), result, "split at {at}");
        }
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(run(&bytes), result, "one byte at a time");
        if result.is_ok() {
            self.assert_unfinished::<D>(size, rectangles);
        }
        result
    }

    fn decode_slices<D: Decoder + Default>(
        &self,
        size: Size,
        rectangles: &[(Rect, &[u8])],
        slices: &[&[u8]],
    ) -> Result<Vec<Pixel>, DecodeError> {
        let mut framebuffer = self.framebuffer(size);
        let mut decoder = D::default();
        let mut slices = slices.iter();
        let mut unparsed = Vec::new();
        for (rect, _) in rectangles {
            decoder.begin(*rect);
            loop {
                let mut input = Input::new(&unparsed);
                let progress = decoder.decode(&mut input, &mut framebuffer, &self.context())?;
                unparsed = input.peek().to_vec();
                if progress == Progress::Complete {
                    break;
                }
                unparsed.extend_from_slice(slices.next().expect("it wants more than its bytes"));
            }
        }
        unparsed.extend(slices.copied().flatten());
        assert_eq!(unparsed, AFTER, "it has used other than its own bytes");
        Ok(bytemuck::cast_slice(framebuffer.bytes()).to_vec())
    }

    /// The last rectangle is not complete before its last byte.
    fn assert_unfinished<D: Decoder + Default>(&self, size: Size, rectangles: &[(Rect, &[u8])]) {
        let mut framebuffer = self.framebuffer(size);
        let mut decoder = D::default();
        for (number, (rect, wire)) in rectangles.iter().enumerate() {
            decoder.begin(*rect);
            let is_last = number + 1 == rectangles.len();
            let wire = if is_last {
                wire.split_last().map_or(*wire, |(_, rest)| rest)
            } else {
                *wire
            };
            let progress = decoder.decode(&mut Input::new(wire), &mut framebuffer, &self.context());
            let expected = if is_last && !rectangles[number].1.is_empty() {
                Progress::NeedMore
            } else {
                Progress::Complete
            };
            assert_eq!(progress, Ok(expected), "without the last byte");
        }
    }
}

impl Default for Setting {
    fn default() -> Self {
        Self::with_format(PixelFormat::RGB888)
    }
}

/// Decodes rectangles with the default setting.
pub(super) fn decode<D: Decoder + Default>(
    size: Size,
    rectangles: &[(Rect, &[u8])],
) -> Result<Vec<Pixel>, DecodeError> {
    Setting::default().decode::<D>(size, rectangles)
}

/// Numbers that look random and are the same every time.
pub(super) struct Numbers(pub(super) u32);

impl Numbers {
    /// The next one, below `limit`.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % limit
    }

    /// The next ones, as bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

/// Compresses with the stream of earlier data, up to a sync flush, as servers do.
pub(super) fn deflate(stream: &mut Compress, data: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(data.len() * 2 + 1000);
    let before = stream.total_in();
    stream
        .compress_vec(data, &mut wire, FlushCompress::Sync)
        .expect("a stream that can be written to");
    assert_eq!(stream.total_in() - before, data.len() as u64, "all fits");
    wire
}

/// What Zlib and ZRLE put on the wire: the length and the compressed data.
pub(super) fn with_length(stream: &mut Compress, data: &[u8]) -> Vec<u8> {
    let compressed = deflate(stream, data);
    let mut wire = (compressed.len() as u32).to_be_bytes().to_vec();
    wire.extend(compressed);
    wire
}

/// A JPEG image of one colour, and the pixel that it decodes to: a grey, which no conversion changes.
pub(super) fn jpeg_image(width: u16, height: u16) -> (Vec<u8>, Pixel) {
    let mut image = Vec::new();
    let pixels = vec![128; usize::from(width) * usize::from(height) * 3];
    jpeg_encoder::Encoder::new(&mut image, 90)
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)
        .expect("an image that can be encoded");
    (image, pixel::rgb(128, 128, 128))
}

/// A PNG image of these bytes; a palette has the greys 0, 10, 20 and so on.
pub(super) fn png_image(
    colour: png::ColorType,
    depth: png::BitDepth,
    width: u32,
    height: u32,
    bytes: &[u8],
) -> Vec<u8> {
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == png::ColorType::Indexed {
        encoder.set_palette((0..16).flat_map(|index| [index * 10; 3]).collect::<Vec<u8>>());
    }
    let mut writer = encoder.write_header().expect("a header that can be written");
    writer
        .write_image_data(bytes)
        .expect("as many bytes as the image has");
    writer.finish().expect("an end that can be written");
    image
}
