//! ZRLE (RFC 6143, 7.7.6).

use super::tile::{MAX_PALETTE, Way};
use super::{Encoders, with_length};
use crate::image::Image;

pub(super) const SIDE: u16 = 64;

impl Encoders {
    pub(super) fn zrle(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        for tile in image.tiles(SIDE) {
            bytes.extend(self.zrle_tile(&tile));
        }
        with_length(self.zrle.compress(&bytes))
    }

    pub(super) fn zrle_tile(&mut self, tile: &Image) -> Vec<u8> {
        let palette = tile.colours(MAX_PALETTE);
        let way = self.dice.pick(&Way::possible(palette.as_deref()));
        let palette = palette.unwrap_or_default();
        self.used.insert(match (way, palette.len()) {
            (Way::Raw, _) => "ZRLE raw",
            (Way::Solid, _) => "ZRLE solid",
            (Way::PackedPalette, 2) => "ZRLE packed palette of 2",
            (Way::PackedPalette, 3..=4) => "ZRLE packed palette of 3 or 4",
            (Way::PackedPalette, _) => "ZRLE packed palette of 5 to 16",
            (Way::PlainRle, _) => "ZRLE plain RLE",
            (Way::PaletteRle, _) => "ZRLE palette RLE",
        });
        self.tile(tile, way, &palette)
    }
}
