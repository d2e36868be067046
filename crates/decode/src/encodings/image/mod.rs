//! Whole images in a rectangle.

pub(super) mod jpeg;
pub(super) mod png;

use super::compact_length::CompactLength;
use super::{Context, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::{Collector, Input};
use crate::limits::Limits;

/// What an image is compressed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Format {
    #[default]
    Jpeg,
    Png,
}

/// An image behind a compact length, as Tight and TightPNG have it.
#[derive(Debug, Default)]
pub(super) struct Image {
    format: Format,
    length: CompactLength,
    has_length: bool,
    data: Collector,
    jpeg: jpeg::Decoder,
}

impl Image {
    /// Starts an image.
    pub(super) fn begin(&mut self, format: Format) {
        self.format = format;
        self.has_length = false;
    }

    /// Collects the image and draws it when all of it is there.
    pub(super) fn decode(
        &mut self,
        rect: Rect,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        if !self.has_length {
            let Some(length) = self.length.read(input) else {
                return Ok(Progress::NeedMore);
            };
            check_length(length, context.limits)?;
            self.data.begin(length);
            self.has_length = true;
        }
        let Some(data) = self.data.collect(input) else {
            return Ok(Progress::NeedMore);
        };
        draw(self.format, &mut self.jpeg, data, rect, framebuffer)?;
        Ok(Progress::Complete)
    }
}

/// Whether an image may have so many bytes.
pub(super) fn check_length(length: usize, limits: &Limits) -> Result<(), DecodeError> {
    let limit = limits.image_bytes;
    if length > limit {
        return Err(DecodeError::TooLarge {
            what: "an image's length",
            value: length,
            limit,
        });
    }
    Ok(())
}

/// Draws an image. One for an empty rectangle is passed over: no image has a size for it.
pub(super) fn draw(
    format: Format,
    jpeg: &mut jpeg::Decoder,
    data: &[u8],
    rect: Rect,
    framebuffer: &mut Framebuffer,
) -> Result<(), DecodeError> {
    if rect.is_empty() {
        return Ok(());
    }
    match format {
        Format::Jpeg => jpeg.draw(data, rect, framebuffer),
        Format::Png => png::draw(data, rect, framebuffer),
    }
}

/// An image must have its rectangle's size. It is checked before memory is reserved for its pixels.
fn check_size(format: &'static str, width: usize, height: usize, rect: Rect) -> Result<(), DecodeError> {
    if (width, height) == (usize::from(rect.width), usize::from(rect.height)) {
        return Ok(());
    }
    Err(DecodeError::ImageSize {
        format,
        image: format!("{width}x{height}"),
        rect,
    })
}

fn broken(format: &'static str, reason: impl ToString) -> DecodeError {
    DecodeError::BadImage {
        format,
        reason: reason.to_string(),
    }
}
