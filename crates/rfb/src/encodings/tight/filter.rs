//! Tight's filters: what the bytes of a rectangle say about its pixels.

use super::super::palette::Palette;
use super::super::place::Place;
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::pixel::{self, COMPACT_BYTES, Pixel};

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Compact pixels.
    #[default]
    Copy,
    /// Indices into a palette: of a bit, where it has two colours, else of a byte.
    Palette,
    /// Compact pixels less what their neighbours predict.
    Gradient,
}

impl Kind {
    pub(super) fn from_id(id: u8) -> Result<Self, DecodeError> {
        Ok(match id {
            0 => Self::Copy,
            1 => Self::Palette,
            2 => Self::Gradient,
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
}

impl Filter {
    /// Whether a pixel is a bit. (A palette of one colour is none of the specification's; servers that send
    /// one mean bits.)
    fn is_bits(&self) -> bool {
        self.kind == Kind::Palette && self.palette.len() <= 2
    }

    /// How many bytes a row has.
    pub(super) fn row_bytes(&self, width: u16) -> usize {
        let width = usize::from(width);
        match self.kind {
            Kind::Copy | Kind::Gradient => width * COMPACT_BYTES,
            Kind::Palette if self.is_bits() => width.div_ceil(8),
            Kind::Palette => width,
        }
    }

    /// How many bytes [`Self::draw`] needs at least to draw anything.
    pub(super) fn smallest_unit(&self) -> usize {
        match self.kind {
            Kind::Copy | Kind::Gradient => COMPACT_BYTES,
            Kind::Palette => 1,
        }
    }

    /// Draws as many pixels as `bytes` reach for, and says how many of them it used.
    pub(super) fn draw(
        &self,
        place: &mut Place,
        bytes: &[u8],
        framebuffer: &mut Framebuffer,
    ) -> Result<usize, DecodeError> {
        let mut rest = bytes;
        while !place.is_complete() && rest.len() >= self.smallest_unit() {
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
                    let pixels = width.min(rest.len() / COMPACT_BYTES);
                    (pixels, pixels * COMPACT_BYTES)
                }
            };
            let (these, others) = rest.split_at_checked(used).unwrap_or_default();
            match self.kind {
                Kind::Copy => pixel::copy_compact(place.rest_of_row(framebuffer), these),
                Kind::Palette if self.is_bits() => {
                    self.palette.unpack::<1>(place.rest_of_row(framebuffer), these)?;
                }
                Kind::Palette => self.palette.look_up(place.rest_of_row(framebuffer), these)?,
                Kind::Gradient => {
                    let (above, row, column) = place.row_and_above(framebuffer);
                    gradient(row, above, column, these);
                }
            }
            place.advance(pixels);
            rest = others;
        }
        Ok(bytes.len() - rest.len())
    }
}

/// Goes on with a row from `column`: a pixel is what is on the wire plus the left neighbour plus the upper one
/// less the one upper left, that sum being kept within a byte. Neighbours outside of the rectangle are 0.
fn gradient(row: &mut [Pixel], above: &[Pixel], column: usize, wire: &[u8]) {
    let (done, rest) = row.split_at_mut_checked(column).unwrap_or_default();
    let left = done.last().copied().unwrap_or_default();
    match above.split_at_checked(column) {
        Some((before, above)) if !above.is_empty() => {
            let upper_left = before.last().copied().unwrap_or_default();
            predict(rest, above.iter().copied(), left, upper_left, wire);
        }
        _ => predict(rest, std::iter::repeat(0), left, 0, wire),
    }
}

fn predict(
    row: &mut [Pixel],
    above: impl Iterator<Item = Pixel>,
    left: Pixel,
    upper_left: Pixel,
    wire: &[u8],
) {
    let lanes = |pixel: Pixel| pixel.to_ne_bytes().map(i16::from);
    let (mut left, mut upper_left) = (lanes(left), lanes(upper_left));
    let (wire, _) = wire.as_chunks::<COMPACT_BYTES>();
    for ((pixel, above), &[r, g, b]) in row.iter_mut().zip(above).zip(wire) {
        let upper = lanes(above);
        let difference = [r, g, b, 0].map(i16::from);
        let mut value = [0; 4];
        for lane in 0..4 {
            let predicted = (left[lane] + upper[lane] - upper_left[lane]).clamp(0, 255);
            value[lane] = (predicted + difference[lane]) & 0xFF;
        }
        let [r, g, b, _] = value.map(|lane| lane as u8);
        *pixel = pixel::rgb(r, g, b);
        left = value;
        upper_left = upper;
    }
}
