//! ZYWRLE: ZRLE whose raw tiles are the coefficients of a wavelet transform, as its authors publish it in the
//! comments of their codec.
//!
//! What is lost is lost between RGB and luma and chroma, and where coefficients are made coarser: the transform
//! itself, the piecewise-linear Haar of Senecal, Lindstrom, Duchaineau and Joy (2004), is exact and its own
//! inverse.

use porthole_rfb::Rect;

use super::tile::{MAX_PALETTE, Way};
use super::zrle::SIDE;
use super::{Encoders, Format, with_length};
use crate::image::{Image, Rgb};

impl Encoders {
    /// The rectangle's bytes, and what a client makes of them.
    pub(super) fn zywrle(&mut self, image: &Image) -> (Vec<u8>, Image) {
        let (mut bytes, mut shown) = (Vec::new(), image.clone());
        for y in (0..image.height).step_by(SIDE.into()) {
            for x in (0..image.width).step_by(SIDE.into()) {
                let (width, height) = (SIDE.min(image.width - x), SIDE.min(image.height - y));
                let tile = image.cut(Rect::new(x, y, width, height));
                let (content, tile) = self.zywrle_tile(&tile);
                bytes.extend(content);
                shown.paste(x, y, &tile);
            }
        }
        (with_length(self.zrle.compress(&bytes)), shown)
    }

    fn zywrle_tile(&mut self, tile: &Image) -> (Vec<u8>, Image) {
        let palette = tile.colours(MAX_PALETTE);
        let way = match palette {
            // Text and flat areas stay as they are, as the servers do it.
            Some(_) if self.dice.one_in(2) => self.dice.pick(&Way::possible(palette.as_deref())),
            _ => Way::Raw,
        };
        // Eight bits a pixel are too few for coefficients, and indices have no colours to transform.
        let layout = self.format.layout;
        if way != Way::Raw || layout.bits_per_pixel == 8 || !layout.true_colour {
            return (self.tile(tile, way, &palette.unwrap_or_default()), tile.clone());
        }
        let coarseness = self.dice.pick(&[0, 0, 3, 5]);
        self.used.insert(match coarseness {
            0 => "ZYWRLE all coefficients",
            _ => "ZYWRLE coarse coefficients",
        });
        let (coefficients, shown) =
            Wavelet::new(&self.format, self.zywrle_level).transformed(tile, coarseness);
        ([vec![0], self.zrle_tile(&coefficients)].concat(), shown)
    }
}

/// V, Y and U of a pixel, or coefficients of them: where red, green and blue are in a pixel.
type Vyu = [i32; 3];

struct Wavelet<'a> {
    format: &'a Format,
    level: u32,
    /// What is too fine for the pixel format, of V, Y and U.
    unit: Vyu,
}

impl<'a> Wavelet<'a> {
    fn new(format: &'a Format, level: u32) -> Self {
        let [r, g, b] = format.layout.max.map(|max| 256 / (i32::from(max) + 1));
        Self {
            format,
            level,
            unit: [r.max(b), g, r.max(b)],
        }
    }

    /// The tile's coefficients, laid out as pixels, and the tile that they give.
    fn transformed(&self, tile: &Image, coarseness: u32) -> (Image, Image) {
        let unit = 1_u16 << self.level;
        let (width, height) = (tile.width / unit * unit, tile.height / unit * unit);
        if width == 0 || height == 0 {
            return (tile.clone(), tile.clone());
        }
        let mut grid = Grid {
            width: width.into(),
            height: height.into(),
            values: tile
                .cut(Rect::new(0, 0, width, height))
                .pixels()
                .iter()
                .map(|it| self.vyu(*it))
                .collect(),
        };
        for level in 0..self.level {
            grid.rows(level);
            grid.columns(level);
            grid.coarsen(level, coarseness);
        }
        let mut sent: Vec<Rgb> = grid.in_order(self.level).map(|it| self.as_pixel(it)).collect();
        // What does not fit into the grid follows as it is: right of it, below it, and the corner.
        let (right, below) = (tile.width - width, tile.height - height);
        for rest in [
            Rect::new(width, 0, right, height),
            Rect::new(0, height, width, below),
            Rect::new(width, height, right, below),
        ] {
            sent.extend(tile.cut(rest).pixels());
        }
        let mut sent = sent.into_iter();
        let coefficients = Image::from_fn(tile.width, tile.height, |_, _| sent.next().unwrap());
        for level in (0..self.level).rev() {
            grid.columns(level);
            grid.rows(level);
        }
        let mut shown = tile.clone();
        let mut values = grid.values.iter();
        shown.paste(
            0,
            0,
            &Image::from_fn(width, height, |_, _| self.rgb(*values.next().unwrap())),
        );
        (coefficients, shown)
    }

    /// The reversible colour transform of JPEG 2000 in bytes, without what a pixel has no bits for and without
    /// the one number that has no opposite.
    fn vyu(&self, colour: Rgb) -> Vyu {
        let components = self.format.components(colour);
        let [r, g, b] = std::array::from_fn(|i| {
            i32::from(components[i]) * 256 / (i32::from(self.format.layout.max[i]) + 1)
        });
        let vyu = [(r - g) >> 1, ((r + 2 * g + b) >> 2) - 128, (b - g) >> 1];
        std::array::from_fn(|i| match vyu[i].div_euclid(self.unit[i]) * self.unit[i] {
            -128 => -128 + self.unit[i],
            value => value,
        })
    }

    fn rgb(&self, [v, y, u]: Vyu) -> Rgb {
        let (v, y, u) = (v * 2, y + 128, u * 2);
        let g = y - ((u + v) >> 2);
        let components = [v + g, g, u + g].map(|component| component.clamp(0, 255));
        self.format.expanded(std::array::from_fn(|i| {
            (components[i] * (i32::from(self.format.layout.max[i]) + 1) / 256) as u16
        }))
    }

    /// The colour of a pixel whose bits are these coefficients.
    fn as_pixel(&self, coefficients: Vyu) -> Rgb {
        self.format.expanded(std::array::from_fn(|i| {
            let byte = u16::from(coefficients[i] as u8);
            (u32::from(byte) * (u32::from(self.format.layout.max[i]) + 1) / 256) as u16
        }))
    }
}

/// Coefficients, the low and the high ones of each level in turns.
struct Grid {
    width: usize,
    height: usize,
    values: Vec<Vyu>,
}

impl Grid {
    fn rows(&mut self, level: u32) {
        let step = 1 << level;
        for y in (0..self.height).step_by(step) {
            for x in (0..self.width).step_by(step * 2) {
                self.haar(y * self.width + x, y * self.width + x + step);
            }
        }
    }

    fn columns(&mut self, level: u32) {
        let step = 1 << level;
        for y in (0..self.height).step_by(step * 2) {
            for x in (0..self.width).step_by(step) {
                self.haar(y * self.width + x, (y + step) * self.width + x);
            }
        }
    }

    fn haar(&mut self, first: usize, second: usize) {
        for component in 0..3 {
            let (a, b) = (self.values[first][component], self.values[second][component]);
            let (low, high) = haar(a, b);
            (self.values[first][component], self.values[second][component]) = (low, high);
        }
    }

    /// Rounds the high coefficients of a level towards zero, by so many bits.
    fn coarsen(&mut self, level: u32, bits: u32) {
        let step = 1 << level;
        for y in (0..self.height).step_by(step) {
            for x in (0..self.width).step_by(step) {
                if x % (step * 2) != 0 || y % (step * 2) != 0 {
                    for value in &mut self.values[y * self.width + x] {
                        *value = *value / (1 << bits) * (1 << bits);
                    }
                }
            }
        }
    }

    /// As they are sent: of each level the diagonal ones, the vertical, the horizontal; the low ones at the end.
    fn in_order(&self, levels: u32) -> impl Iterator<Item = Vyu> {
        let mut order = Vec::new();
        for level in 0..levels {
            let step = 1 << level;
            let mut part = |left: usize, top: usize| {
                for y in (top..self.height).step_by(step * 2) {
                    for x in (left..self.width).step_by(step * 2) {
                        order.push(self.values[y * self.width + x]);
                    }
                }
            };
            part(step, step);
            part(0, step);
            part(step, 0);
            if level + 1 == levels {
                part(0, 0);
            }
        }
        order.into_iter()
    }
}

/// Low and high of two numbers: a turn by an eighth in the norm of the greater component. Its own inverse.
fn haar(a: i32, b: i32) -> (i32, i32) {
    let is_a = a.abs() >= b.abs();
    if (a < 0) == (b < 0) {
        (if is_a { a } else { b }, a - b)
    } else {
        (a + b, if is_a { a } else { -b })
    }
}
