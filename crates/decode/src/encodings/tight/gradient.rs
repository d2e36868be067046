//! Tight's gradient filter: a pixel is what is on the wire plus the left neighbour plus the upper one less the one
//! upper left, that sum being kept within a colour's range. Neighbours outside of the rectangle are 0.

use crate::pixel::{self, Pixel, WireFormat};

/// For pixels of three bytes, whose neighbours are in the framebuffer as they were on the wire: goes on with a row
/// from `column`.
pub(super) fn draw_rgb(row: &mut [Pixel], above: &[Pixel], column: usize, wire: &[u8]) {
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
    let (wire, _) = wire.as_chunks::<3>();
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

/// For pixels of any other format: what the framebuffer has of them is scaled, so they are kept here, too.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The colours of the row up to where it has come, and from there on those of the row above.
    colours: Vec<[u16; 3]>,
    /// What was above the last pixel.
    upper_left: [u16; 3],
}

impl Rows {
    /// Goes on with a row from `column`.
    pub(super) fn draw(
        &mut self,
        row: &mut [Pixel],
        is_first: bool,
        column: usize,
        wire: &[u8],
        format: &WireFormat,
    ) {
        if column == 0 {
            self.upper_left = [0; 3];
            if is_first {
                self.colours.clear();
                self.colours.resize(row.len(), [0; 3]);
            }
        }
        let reader = format.tpixel();
        let format = format.format();
        let (done, rest) = self.colours.split_at_mut_checked(column).unwrap_or_default();
        let mut left = done.last().copied().unwrap_or_default();
        let pixels = row.get_mut(column..).unwrap_or_default();
        for ((pixel, colour), wire) in pixels.iter_mut().zip(rest).zip(wire.chunks_exact(reader.bytes())) {
            let upper = *colour;
            let difference = reader.number(wire);
            let mut number = 0;
            for part in 0..3 {
                let (max, shift) = (i32::from(format.max[part]), format.shift[part]);
                let [left, upper, upper_left] =
                    [left[part], upper[part], self.upper_left[part]].map(i32::from);
                let predicted = (left + upper - upper_left).clamp(0, max);
                // Both are within 16 bits.
                let value = (predicted + (difference >> shift) as i32) & max;
                colour[part] = value as u16;
                number |= (value as u32) << shift;
            }
            *pixel = reader.colour(number);
            left = *colour;
            self.upper_left = upper;
        }
    }
}
