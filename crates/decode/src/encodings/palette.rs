//! Colours by their index in a palette.

use crate::error::DecodeError;
use crate::pixel::{self, Pixel, PixelReader};

/// The colours that a byte can name, and how many of them there are.
#[derive(Debug)]
pub(super) struct Palette {
    /// As many as there are indices, so that looking one up needs no check: whether all of a row's indices
    /// were below `length` is found out once for the row.
    colours: [Pixel; 256],
    length: usize,
}

impl Default for Palette {
    fn default() -> Self {
        Self {
            colours: [pixel::rgb(0, 0, 0); 256],
            length: 0,
        }
    }
}

impl Palette {
    /// Takes these pixels of the wire as the colours, 256 at most.
    pub(super) fn set(&mut self, wire: &[u8], reader: PixelReader<'_>) {
        reader.copy(&mut self.colours, wire);
        self.length = (wire.len() / reader.bytes()).min(self.colours.len());
    }

    /// Takes these colours of three bytes each, 256 at most.
    pub(super) fn set_rgb(&mut self, rgb: &[u8]) {
        pixel::copy_rgb(&mut self.colours, rgb);
        self.length = (rgb.len() / 3).min(self.colours.len());
    }

    /// Forgets all colours.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// How many colours there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// One of them.
    pub(super) fn get(&self, index: u8) -> Result<Pixel, DecodeError> {
        self.check(index)?;
        Ok(self.colours[usize::from(index)])
    }

    /// Fills a row by its indices of one byte each.
    pub(super) fn look_up(&self, row: &mut [Pixel], indices: &[u8]) -> Result<(), DecodeError> {
        let mut highest = 0;
        for (pixel, &index) in row.iter_mut().zip(indices) {
            highest = highest.max(index);
            *pixel = self.colours[usize::from(index)];
        }
        self.check_all(highest, indices.iter().copied())
    }

    /// Fills a row by its indices of `BITS` bits each, the leftmost in the highest bits of a byte.
    pub(super) fn unpack<const BITS: usize>(
        &self,
        row: &mut [Pixel],
        indices: &[u8],
    ) -> Result<(), DecodeError> {
        let mut highest = 0;
        for (pixels, &byte) in row.chunks_mut(8 / BITS).zip(indices) {
            let mut byte = byte;
            for pixel in pixels {
                let index = byte >> (8 - BITS);
                byte <<= BITS;
                highest = highest.max(index);
                *pixel = self.colours[usize::from(index)];
            }
        }
        let unpacked = indices
            .iter()
            .flat_map(|byte| (0..8).step_by(BITS).map(move |bit| byte << bit >> (8 - BITS)));
        self.check_all(highest, unpacked.take(row.len()))
    }

    /// Of several indices the first that is too high is the error, so that it is the same in any slicing.
    fn check_all(&self, highest: u8, mut indices: impl Iterator<Item = u8>) -> Result<(), DecodeError> {
        if usize::from(highest) < self.length {
            return Ok(());
        }
        indices.try_for_each(|index| self.check(index))
    }

    fn check(&self, index: u8) -> Result<(), DecodeError> {
        if usize::from(index) < self.length {
            return Ok(());
        }
        Err(DecodeError::PaletteIndex {
            index,
            length: self.length,
        })
    }
}
