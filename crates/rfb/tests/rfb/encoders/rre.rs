//! RRE (RFC 6143, 7.7.3), CoRRE (rfbproto, "CoRRE Encoding"), and the subrectangles that Hextile has in common with it.

use porthole_rfb::Rect;

use super::Encoders;
use crate::image::{Image, Rgb};

impl Encoders {
    pub(super) fn rre(&mut self, image: &Image) -> Vec<u8> {
        self.rises(image, |part| {
            [part.x, part.y, part.width, part.height]
                .map(u16::to_be_bytes)
                .concat()
        })
    }

    /// The same with a byte a field.
    pub(super) fn corre(&mut self, image: &Image) -> Vec<u8> {
        assert!(
            image.width <= 255 && image.height <= 255,
            "more than CoRRE can say"
        );
        self.rises(image, |part| {
            [part.x, part.y, part.width, part.height]
                .map(|field| field as u8)
                .to_vec()
        })
    }

    fn rises(&mut self, image: &Image, place: impl Fn(Rect) -> Vec<u8>) -> Vec<u8> {
        let background = self.background(image);
        let parts = subrectangles(image, background);
        let mut bytes = (parts.len() as u32).to_be_bytes().to_vec();
        self.pixel(&mut bytes, background);
        for (colour, part) in parts {
            self.pixel(&mut bytes, colour);
            bytes.extend(place(part));
        }
        bytes
    }

    /// Any colour of the image may be its background.
    pub(super) fn background(&mut self, image: &Image) -> Rgb {
        self.dice.pick(image.pixels())
    }
}

/// Rectangles of one colour that cover all that is not background.
pub(super) fn subrectangles(image: &Image, background: Rgb) -> Vec<(Rgb, Rect)> {
    let mut parts = Vec::new();
    let mut covered = vec![false; image.pixels().len()];
    let place = |x: u16, y: u16| usize::from(y) * usize::from(image.width) + usize::from(x);
    for y in 0..image.height {
        for x in 0..image.width {
            let colour = image.at(x, y);
            if colour == background || covered[place(x, y)] {
                continue;
            }
            let is_free = |covered: &[bool], x, y| image.at(x, y) == colour && !covered[place(x, y)];
            let width = (x..image.width).take_while(|&x| is_free(&covered, x, y)).count() as u16;
            let height = (y..image.height)
                .take_while(|&y| (x..x + width).all(|x| is_free(&covered, x, y)))
                .count() as u16;
            for y in y..y + height {
                covered[place(x, y)..place(x, y) + usize::from(width)].fill(true);
            }
            parts.push((colour, Rect::new(x, y, width, height)));
        }
    }
    parts
}
