//! Hextile (RFC 6143, 7.7.4) and ZlibHex (rfbproto, "zlibhex Encoding").

use super::Encoders;
use super::rre::subrectangles;
use crate::image::{Image, Rgb};

const SIDE: u16 = 16;

const RAW: u8 = 1;
const BACKGROUND_SPECIFIED: u8 = 2;
const FOREGROUND_SPECIFIED: u8 = 4;
const ANY_SUBRECTS: u8 = 8;
const SUBRECTS_COLOURED: u8 = 16;
const ZLIB_RAW: u8 = 32;
const ZLIB: u8 = 64;

/// What a tile leaves to the next one.
#[derive(Debug, Default)]
struct Carried {
    background: Option<Rgb>,
    foreground: Option<Rgb>,
}

impl Encoders {
    pub(super) fn hextile(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut carried = Carried::default();
        for tile in image.tiles(SIDE) {
            let (mask, content) = self.hextile_tile(&tile, &mut carried);
            // The other bits are irrelevant beside that one.
            let irrelevant = if mask & RAW == 0 { 0 } else { self.dice.byte() };
            bytes.push(mask | irrelevant);
            bytes.extend(content);
        }
        bytes
    }

    pub(super) fn zlib_hex(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut carried = Carried::default();
        for tile in image.tiles(SIDE) {
            if self.dice.one_in(5) {
                self.used.insert("ZlibHex raw through zlib");
                let raw = self.raw(&tile);
                let irrelevant = self.dice.byte();
                bytes.push(ZLIB_RAW | irrelevant);
                bytes.extend(with_short_length(self.zlib_hex_raw.compress(&raw)));
                carried = Carried::default();
                continue;
            }
            let (mask, content) = self.hextile_tile(&tile, &mut carried);
            if self.dice.one_in(2) {
                self.used.insert(if mask & RAW == 0 {
                    "ZlibHex tile through zlib"
                } else {
                    "ZlibHex raw tile through zlib"
                });
                bytes.push(ZLIB | mask);
                bytes.extend(with_short_length(self.zlib_hex.compress(&content)));
            } else {
                self.used.insert("ZlibHex tile as it is");
                bytes.push(mask);
                bytes.extend(content);
            }
        }
        bytes
    }

    /// The subencoding mask and what follows it.
    fn hextile_tile(&mut self, tile: &Image, carried: &mut Carried) -> (u8, Vec<u8>) {
        if self.dice.one_in(6) {
            self.used.insert("Hextile raw");
            *carried = Carried::default();
            return (RAW, self.raw(tile));
        }
        let background = match carried.background {
            Some(colour) if tile.pixels().contains(&colour) => colour,
            _ => self.background(tile),
        };
        let parts = subrectangles(tile, background);
        let mut mask = 0;
        let mut colours = Vec::new();
        if carried.background != Some(background) || self.dice.one_in(4) {
            mask |= BACKGROUND_SPECIFIED;
            self.pixel(&mut colours, background);
            carried.background = Some(background);
        } else {
            self.used.insert("Hextile background carried over");
        }
        let foreground = parts.first().map(|(colour, _)| *colour);
        let is_coloured = parts.iter().any(|(colour, _)| Some(*colour) != foreground)
            || foreground.is_some() && self.dice.one_in(8);
        match foreground {
            // A foreground for no subrectangle of this tile, which the next one may carry over.
            None if self.dice.one_in(4) => {
                let colour = self.background(tile);
                mask |= FOREGROUND_SPECIFIED;
                self.pixel(&mut colours, colour);
                carried.foreground = Some(colour);
            }
            None => {
                self.used.insert("Hextile background alone");
            }
            Some(_) if is_coloured => {
                self.used.insert("Hextile subrects coloured");
                mask |= ANY_SUBRECTS | SUBRECTS_COLOURED;
                carried.foreground = None;
            }
            Some(colour) => {
                mask |= ANY_SUBRECTS;
                if carried.foreground != Some(colour) {
                    self.used.insert("Hextile foreground specified");
                    mask |= FOREGROUND_SPECIFIED;
                    self.pixel(&mut colours, colour);
                    carried.foreground = Some(colour);
                } else {
                    self.used.insert("Hextile foreground carried over");
                }
            }
        }
        let mut bytes = colours;
        if mask & ANY_SUBRECTS == 0 {
            return (mask, bytes);
        }
        bytes.push(parts.len() as u8);
        for (colour, part) in parts {
            if is_coloured {
                self.pixel(&mut bytes, colour);
            }
            bytes.push((part.x << 4 | part.y) as u8);
            bytes.push(((part.width - 1) << 4 | (part.height - 1)) as u8);
        }
        (mask, bytes)
    }
}

/// Two bytes of length before the data.
fn with_short_length(data: Vec<u8>) -> Vec<u8> {
    [(data.len() as u16).to_be_bytes().to_vec(), data].concat()
}
