//! TRLE (RFC 6143, 7.7.5).

use super::Encoders;
use super::tile::{MAX_PACKED, MAX_PALETTE, Way, packed_tile};
use crate::image::{Image, Rgb};

const SIDE: u16 = 16;

const REUSED_PACKED_PALETTE: u8 = 127;
const REUSED_PALETTE_RLE: u8 = 129;

impl Encoders {
    pub(super) fn trle(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut last_palette = Vec::new();
        for tile in image.tiles(SIDE) {
            bytes.extend(self.trle_tile(&tile, &mut last_palette));
        }
        bytes
    }

    /// A tile that uses the palette of the last one that had a palette, where it can. Whether a colour alone is a
    /// palette is not said, so nothing is reused after it.
    fn trle_tile(&mut self, tile: &Image, last_palette: &mut Vec<Rgb>) -> Vec<u8> {
        let is_reusable = tile.pixels().iter().all(|pixel| last_palette.contains(pixel));
        if is_reusable && self.dice.one_in(2) {
            if last_palette.len() <= MAX_PACKED && self.dice.one_in(2) {
                self.used.insert("TRLE packed palette reused");
                return [vec![REUSED_PACKED_PALETTE], packed_tile(tile, last_palette)].concat();
            }
            self.used.insert("TRLE palette RLE reused");
            return [vec![REUSED_PALETTE_RLE], self.palette_runs(tile, last_palette)].concat();
        }
        let palette = tile.colours(MAX_PALETTE);
        let way = self.dice.pick(&Way::possible(palette.as_deref()));
        let palette = palette.unwrap_or_default();
        self.used.insert(match (way, palette.len()) {
            (Way::Raw, _) => "TRLE raw",
            (Way::Solid, _) => "TRLE solid",
            (Way::PackedPalette, 2) => "TRLE packed palette of 2",
            (Way::PackedPalette, 3..=4) => "TRLE packed palette of 3 or 4",
            (Way::PackedPalette, _) => "TRLE packed palette of 5 to 16",
            (Way::PlainRle, _) => "TRLE plain RLE",
            (Way::PaletteRle, _) => "TRLE palette RLE",
        });
        let bytes = self.tile(tile, way, &palette);
        match way {
            Way::Raw | Way::PlainRle => {}
            Way::Solid => last_palette.clear(),
            Way::PackedPalette | Way::PaletteRle => *last_palette = palette,
        }
        bytes
    }
}
