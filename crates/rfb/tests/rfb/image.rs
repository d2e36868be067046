//! The server's own pixels, and pictures to put there.

use std::collections::HashSet;

use porthole_rfb::Rect;

use crate::dice::Dice;

pub(crate) type Rgb = [u8; 3];

/// Rows of pixels from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pixels: Vec<Rgb>,
}

impl Image {
    /// A black one.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self::from_fn(width, height, |_, _| [0; 3])
    }

    pub(crate) fn from_fn(width: u16, height: u16, mut pixel: impl FnMut(u16, u16) -> Rgb) -> Self {
        let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height));
        for y in 0..height {
            for x in 0..width {
                pixels.push(pixel(x, y));
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    pub(crate) fn at(&self, x: u16, y: u16) -> Rgb {
        self.pixels[usize::from(y) * usize::from(self.width) + usize::from(x)]
    }

    pub(crate) fn pixels(&self) -> &[Rgb] {
        &self.pixels
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Rgb]> {
        self.pixels.chunks(usize::from(self.width).max(1))
    }

    pub(crate) fn cut(&self, rect: Rect) -> Self {
        Self::from_fn(rect.width, rect.height, |x, y| self.at(rect.x + x, rect.y + y))
    }

    pub(crate) fn paste(&mut self, left: u16, top: u16, image: &Self) {
        for y in 0..image.height {
            for x in 0..image.width {
                let place = usize::from(top + y) * usize::from(self.width) + usize::from(left + x);
                self.pixels[place] = image.at(x, y);
            }
        }
    }

    /// Another size: what both have in common stays, the rest is black.
    pub(crate) fn resized(&self, width: u16, height: u16) -> Self {
        Self::from_fn(width, height, |x, y| {
            if x < self.width && y < self.height {
                self.at(x, y)
            } else {
                [0; 3]
            }
        })
    }

    /// The parts of it in a grid of squares, row by row.
    pub(crate) fn tiles(&self, side: u16) -> Vec<Self> {
        let mut tiles = Vec::new();
        for y in (0..self.height).step_by(usize::from(side)) {
            for x in (0..self.width).step_by(usize::from(side)) {
                let (width, height) = (side.min(self.width - x), side.min(self.height - y));
                tiles.push(self.cut(Rect::new(x, y, width, height)));
            }
        }
        tiles
    }

    /// Its colours in the order in which they appear, or `None` where they are more than `limit`.
    pub(crate) fn colours(&self, limit: usize) -> Option<Vec<Rgb>> {
        let (mut colours, mut seen) = (Vec::new(), HashSet::new());
        for pixel in &self.pixels {
            if colours.last() == Some(pixel) || !seen.insert(*pixel) {
                continue;
            }
            if colours.len() == limit {
                return None;
            }
            colours.push(*pixel);
        }
        Some(colours)
    }

    /// As the client is to hold it.
    pub(crate) fn rgba(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect()
    }
}

/// What a picture looks like: each is what one way of encoding is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// One colour.
    Flat,
    /// Strokes of one colour on another.
    Text,
    /// Blocks of so many colours.
    Blocks(u8),
    /// Smooth in both directions.
    Gradient,
    /// Every pixel another colour.
    Noise,
    /// Long runs of many colours.
    Stripes,
}

impl Picture {
    pub(crate) const ALL: [Self; 10] = [
        Self::Flat,
        Self::Text,
        Self::Blocks(3),
        Self::Blocks(4),
        Self::Blocks(5),
        Self::Blocks(16),
        Self::Blocks(90),
        Self::Gradient,
        Self::Noise,
        Self::Stripes,
    ];

    pub(crate) fn paint(self, width: u16, height: u16, dice: &mut Dice) -> Image {
        let mut colour = || [dice.byte(), dice.byte(), dice.byte()];
        match self {
            Self::Flat => {
                let colour = colour();
                Image::from_fn(width, height, |_, _| colour)
            }
            Self::Text => {
                let (paper, ink) = (colour(), colour());
                let strokes = dice.next();
                Image::from_fn(width, height, |x, y| {
                    let bit = (u32::from(x / 2) * 7 + u32::from(y / 3) * 11) % 64;
                    if y % 9 < 7 && x % 6 < 4 && strokes >> bit & 1 == 1 {
                        ink
                    } else {
                        paper
                    }
                })
            }
            Self::Blocks(count) => {
                let colours: Vec<Rgb> = (0..count).map(|_| colour()).collect();
                let side = dice.between(1, 5);
                let mut column = Vec::new();
                Image::from_fn(width, height, |x, y| {
                    if y % side == 0 && x == 0 {
                        column = (0..=width / side).map(|_| dice.pick(&colours)).collect();
                    }
                    column[usize::from(x / side)]
                })
            }
            Self::Gradient => {
                let [r, g, b] = colour();
                Image::from_fn(width, height, |x, y| {
                    let (x, y) = (x as u8, y as u8);
                    [
                        r.wrapping_add(x),
                        g.wrapping_add(y),
                        b.wrapping_add(x / 2).wrapping_add(y / 2),
                    ]
                })
            }
            Self::Noise => Image::from_fn(width, height, |_, _| colour()),
            Self::Stripes => {
                let mut left = 0;
                let mut current = [0; 3];
                Image::from_fn(width, height, |_, _| {
                    if left == 0 {
                        left = dice.pick(&[1, 2, 3, 30, 255, 256, 257, 511, 600]);
                        current = [dice.byte(), dice.byte(), dice.byte()];
                    }
                    left -= 1;
                    current
                })
            }
        }
    }
}
