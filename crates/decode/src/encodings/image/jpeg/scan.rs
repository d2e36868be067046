//! A scan (ITU-T T.81, B.2.3 and F.2): the image's units row by row, and from each row of units rows of pixels.

use super::colour::AT_ONCE;
use super::frame::{Component, Frame};
use super::huffman::{Bits, TO_THE_END, Table};
use super::{Huffman, Tables, bad, colour, dct};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;

/// A block's side in samples.
const SIDE: usize = 8;

/// The places of the coefficients, which come along the block's diagonals (T.81, figure A.6).
const ZIGZAG: [u8; 64] = zigzag();

const fn zigzag() -> [u8; 64] {
    let mut order = [0; 64];
    let (mut x, mut y) = (0_usize, 0_usize);
    let mut index = 0;
    while index < 64 {
        order[index] = dct::place(x, y) as u8;
        // Even diagonals go up and to the right, odd ones down and to the left, and both turn at the edges.
        if (x + y).is_multiple_of(2) {
            if x == SIDE - 1 {
                y += 1;
            } else {
                x += 1;
                y = y.saturating_sub(1);
            }
        } else if y == SIDE - 1 {
            x += 1;
        } else {
            y += 1;
            x = x.saturating_sub(1);
        }
        index += 1;
    }
    order
}

/// One component's part in the scan.
struct Part<'a> {
    component: Component,
    quantization: &'a [u16; 64],
    dc: &'a Table,
    ac: &'a Table,
    /// The last block's first coefficient, which the next one's is told from.
    predictor: i32,
    /// The samples of a row of units.
    samples: Vec<u8>,
    /// How many of them are in a line.
    stride: usize,
    /// How often a sample is repeated in a row of pixels.
    times: usize,
    /// The line that is being drawn.
    line: Option<usize>,
    /// That line brought to the image's width, where samples are repeated.
    wide: Vec<u8>,
}

/// How the components make a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    YCbCr,
    Rgb,
}

/// Draws the image from its one scan: `header` is the scan header's content, `data` what comes after it.
pub(super) fn draw(
    header: &[u8],
    data: &[u8],
    frame: &Frame,
    tables: &Tables,
    colours: Colours,
    rect: Rect,
    framebuffer: &mut Framebuffer,
) -> Result<(), DecodeError> {
    let (across, down) = (frame.across(), frame.down());
    let units = frame.width.div_ceil(across * SIDE);
    let mut parts = parts(header, frame, tables, units)?;
    let mut chroma = colour::Chroma::default();
    let mut bits = Bits::new(data);
    let mut until_restart = tables.restart_interval;
    let mut restarts = 0_u8;
    for top in (0..frame.height).step_by(down * SIDE) {
        for unit in 0..units {
            if tables.restart_interval > 0 {
                if until_restart == 0 {
                    bits.restart(restarts % 8)?;
                    restarts = restarts.wrapping_add(1);
                    until_restart = tables.restart_interval;
                    parts.iter_mut().for_each(|part| part.predictor = 0);
                }
                until_restart -= 1;
            }
            for part in &mut parts {
                part.decode_unit(&mut bits, unit)?;
            }
            bits.check()?;
        }
        parts.iter_mut().for_each(|part| part.line = None);
        for line in 0..(down * SIDE).min(frame.height - top) {
            let row = framebuffer.row_mut(rect.x, rect.y + (top + line) as u16, rect.width);
            let mut has_new_chroma = false;
            for (number, part) in parts.iter_mut().enumerate() {
                let is_new = part.turn_to(line * part.component.down / down);
                has_new_chroma |= is_new && number > 0;
            }
            match parts.as_slice() {
                [first, second, third] => {
                    let lines = [first, second, third].map(Part::samples);
                    match colours {
                        Colours::YCbCr => {
                            if has_new_chroma {
                                chroma.set(lines[1], lines[2]);
                            }
                            colour::ycbcr(lines[0], &chroma, row);
                        }
                        Colours::Rgb => colour::rgb(lines, row),
                    }
                }
                parts => parts.iter().for_each(|part| colour::grey(part.samples(), row)),
            }
        }
    }
    Ok(())
}

/// What the scan header says of each component, in the frame's order.
fn parts<'a>(
    header: &[u8],
    frame: &Frame,
    tables: &'a Tables,
    units: usize,
) -> Result<Vec<Part<'a>>, DecodeError> {
    let count = frame.components.len();
    let Some((told, specified)) = header.split_first() else {
        return Err(bad("its scan header is cut off"));
    };
    // Behind the components come three bytes that mean something in progressive images only.
    if usize::from(*told) != count || specified.len() != 2 * count + 3 {
        return Err(bad("images of several scans are not supported"));
    }
    let part = |(component, fields): (&Component, &[u8])| {
        if fields[0] != component.id {
            return Err(bad("its scan has another component than its frame"));
        }
        let table = |tables: &'a [Huffman; 4], number: u8| {
            tables
                .get(usize::from(number))
                .and_then(Huffman::table)
                .ok_or_else(|| bad("a Huffman table is missing"))
        };
        let stride = (units * component.across * SIDE).next_multiple_of(AT_ONCE);
        Ok(Part {
            component: *component,
            quantization: tables
                .quantization
                .get(component.quantization)
                .and_then(Option::as_ref)
                .ok_or_else(|| bad("a quantization table is missing"))?,
            dc: table(&tables.dc, fields[1] >> 4)?,
            ac: table(&tables.ac, fields[1] & 15)?,
            predictor: 0,
            samples: vec![0; stride * component.down * SIDE],
            stride,
            times: frame.across() / component.across,
            line: None,
            wide: vec![0; frame.width.next_multiple_of(AT_ONCE)],
        })
    };
    frame
        .components
        .iter()
        .zip(specified.chunks_exact(2))
        .map(part)
        .collect()
}

impl Part<'_> {
    /// Decodes this component's blocks of one unit.
    fn decode_unit(&mut self, bits: &mut Bits<'_>, unit: usize) -> Result<(), DecodeError> {
        for y in 0..self.component.down {
            for x in 0..self.component.across {
                let left = (unit * self.component.across + x) * SIDE;
                self.decode_block(bits, y * SIDE * self.stride + left)?;
            }
        }
        Ok(())
    }

    /// Decodes a block to the samples from `at` on (T.81, F.2.2).
    fn decode_block(&mut self, bits: &mut Bits<'_>, at: usize) -> Result<(), DecodeError> {
        // A copy of its own can stay in registers.
        let mut ahead = *bits;
        self.predictor = self.predictor.wrapping_add(ahead.step(self.dc).value);
        let mut coefficients = [0; 64];
        coefficients[0] = dequantized(self.predictor, self.quantization[0]);
        let mut index = 0;
        let mut places = 0;
        while index < 63 {
            let step = ahead.step(self.ac);
            index += step.way;
            if index > 63 {
                if index < TO_THE_END {
                    return Err(bad("a block has more than 64 coefficients"));
                }
                break;
            }
            let place = usize::from(ZIGZAG[index] & 63);
            coefficients[place] = dequantized(step.value, self.quantization[index]);
            places |= place;
        }
        *bits = ahead;
        let samples = match places {
            0 => [dct::flat(coefficients[0]); SIDE * SIDE],
            _ => dct::inverse(&coefficients, places & dct::HIGH == 0),
        };
        let mut at = at;
        for line in samples.as_chunks::<SIDE>().0 {
            if let Some(to) = self.samples.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                *to = *line;
            }
            at += self.stride;
        }
        Ok(())
    }

    /// Makes ready to draw a line. Says whether it is another than before.
    fn turn_to(&mut self, line: usize) -> bool {
        let is_new = self.line.replace(line) != Some(line);
        if is_new && self.times > 1 {
            let samples = line_of(&self.samples, self.stride, line);
            colour::widen(samples, self.times, &mut self.wide);
        }
        is_new
    }

    /// The line's samples, one a pixel and more.
    fn samples(&self) -> &[u8] {
        match self.line {
            Some(line) if self.times == 1 => line_of(&self.samples, self.stride, line),
            _ => &self.wide,
        }
    }
}

/// A coefficient. Those of a sound image have room in 16 bits with much to spare.
fn dequantized(value: i32, by: u16) -> i16 {
    value.wrapping_mul(by.into()) as i16
}

fn line_of(samples: &[u8], stride: usize, line: usize) -> &[u8] {
    samples.chunks_exact(stride).nth(line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diagonals_go_to_and_fro() {
        let places = |frequencies: [(usize, usize); 6]| frequencies.map(|(x, y)| dct::place(x, y) as u8);
        assert_eq!(
            ZIGZAG[..6],
            places([(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (2, 0)])
        );
        assert_eq!(
            ZIGZAG[58..],
            places([(5, 7), (6, 6), (7, 5), (7, 6), (6, 7), (7, 7)])
        );
        let mut sorted = ZIGZAG;
        sorted.sort_unstable();
        assert_eq!(sorted, std::array::from_fn(|index| index as u8));
    }
}
