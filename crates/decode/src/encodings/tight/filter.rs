//! Tight's filters: what the bytes of a rectangle say about its pixels.

use super::super::palette::Palette;
use super::super::place::Place;
use super::gradient;
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::pixel::WireFormat;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Pixels.
    #[default]
    Copy,
    /// Indices into a palette: of a bit, where it has two colours, else of a byte.
    Palette,
    /// Pixels less what their neighbours predict.
    Gradient,
}

impl Kind {
    /// A gradient is one of colours: indices into a map have none.
    pub(super) fn from_id(id: u8, format: &WireFormat) -> Result<Self, DecodeError> {
        Ok(match id {
            0 => Self::Copy,
            1 => Self::Palette,
            2 if format.format().true_colour => Self::Gradient,
            value => {
                return Err(DecodeError::Meaningless {
                    what: "filter",
                    value,
                });
            }
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) kind: Kind,
    pub(super) palette: Palette,
    gradient: gradient::Rows,
}

impl Filter {
    /// Whether a pixel is a bit. (A palette of one colour is none of the specification's; servers that send
    /// one mean bits.)
    fn is_bits(&self) -> bool {
        self.kind == Kind::Palette && self.palette.len() <= 2
    }

    /// How many bytes a row has.
    pub(super) fn row_bytes(&self, width: u16, format: &WireFormat) -> usize {
        let width = usize::from(width);
        match self.kind {
            Kind::Copy | Kind::Gradient => width * format.tpixel().bytes(),
            Kind::Palette if self.is_bits() => width.div_ceil(8),
            Kind::Palette => width,
        }
    }

    /// How many bytes [`Self::draw`] needs at least to draw anything.
    pub(super) fn smallest_unit(&self, format: &WireFormat) -> usize {
        match self.kind {
            Kind::Copy | Kind::Gradient => format.tpixel().bytes(),
            Kind::Palette => 1,
        }
    }

    /// Draws as many pixels as `bytes` reach for, and says how many of them it used.
    pub(super) fn draw(
        &mut self,
        place: &mut Place,
        bytes: &[u8],
        framebuffer: &mut Framebuffer,
        format: &WireFormat,
    ) -> Result<usize, DecodeError> {
        let reader = format.tpixel();
        let mut rest = bytes;
        while !place.is_complete() && rest.len() >= self.smallest_unit(format) {
            let width = place.rest_of_row(framebuffer).len();
            let (pixels, used) = match self.kind {
                Kind::Palette if self.is_bits() => {
                    let used = width.div_ceil(8).min(rest.len());
                    (width.min(used * 8), used)
                }
                Kind::Palette => {
                    let pixels = width.min(rest.len());
                    (pixels, pixels)
                }
                Kind::Copy | Kind::Gradient => {
                    let pixels = width.min(rest.len() / reader.bytes());
                    (pixels, pixels * reader.bytes())
                }
            };
            let (these, others) = rest.split_at_checked(used).unwrap_or_default();
            match self.kind {
                Kind::Copy => reader.copy(place.rest_of_row(framebuffer), these),
                Kind::Palette if self.is_bits() => {
                    self.palette.unpack(1, place.rest_of_row(framebuffer), these)?;
                }
                Kind::Palette => self.palette.look_up(place.rest_of_row(framebuffer), these)?,
                Kind::Gradient if reader.is_rgb() => {
                    let (above, row, column) = place.row_and_above(framebuffer);
                    gradient::draw_rgb(row, above, column, these);
                }
                Kind::Gradient => {
                    let (above, row, column) = place.row_and_above(framebuffer);
                    self.gradient.draw(row, above.is_empty(), column, these, format);
                }
            }
            place.advance(pixels);
            rest = others;
        }
        Ok(bytes.len() - rest.len())
    }
}
