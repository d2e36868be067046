//! How a cursor is to look in a view of some scale on a display of some fineness, without the DOM.

use porthole_viewer::CursorShape;

use super::scaled::scaled;

/// The longest side of an image that browsers take as a cursor, in its own pixels as well as in CSS pixels.
const MOST: f64 = 128.0;
/// However small the desktop is shown, its pointer is to be found: a larger one is not made smaller than this, in CSS
/// pixels.
const LEAST: f64 = 16.0;

/// A cursor as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Columns and rows of the image.
    pub(super) size: (u16, u16),
    /// Its pixels: R, G, B, alpha, not premultiplied.
    pub(super) rgba: Vec<u8>,
    /// The pixel that points, in CSS pixels.
    pub(super) hotspot: (u16, u16),
    /// How many of the image's pixels are in a CSS pixel.
    pub(super) fineness: f64,
}

impl Look {
    /// The cursor of a desktop each of whose pixels is `scale` CSS pixels wide, of which each is `ratio` of the display's.
    /// A shape without pixels has none.
    pub(super) fn of(shape: &CursorShape, scale: f64, ratio: f64) -> Option<Self> {
        let longest = f64::from(shape.width.max(shape.height));
        if shape.width == 0 || shape.height == 0 || !is_positive(scale) || !is_positive(ratio) {
            return None;
        }
        let scale = scale.max((LEAST / longest).min(1.0)).min(MOST / longest);
        let fineness = ratio.min(MOST / (longest * scale));
        let side = |length: u16| ((f64::from(length) * scale * fineness).round() as u16).max(1);
        let size = (side(shape.width), side(shape.height));
        let from = (shape.width, shape.height);
        let rgba = if size == from {
            shape.rgba.clone()
        } else {
            scaled(&shape.rgba, from, size)
        };
        // The middle of the pixel that points; within the image, since browsers ignore another one.
        let point = |at: u16, length: u16| {
            let at = f64::from(at.min(length.saturating_sub(1))) + 0.5;
            (at * scale).floor() as u16
        };
        Some(Self {
            size,
            rgba,
            hotspot: (
                point(shape.hotspot_x, shape.width),
                point(shape.hotspot_y, shape.height),
            ),
            fineness,
        })
    }
}

fn is_positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

/// Whether there is anything to be seen of it.
pub(super) fn is_visible(shape: &CursorShape) -> bool {
    shape.rgba.chunks_exact(4).any(|pixel| pixel.last() != Some(&0))
}

/// What is shown where nothing else would be: small enough to hide nothing, and seen on light and on dark.
pub(super) fn dot() -> CursorShape {
    const ROWS: [&[u8; 7]; 7] = [
        b"  ###  ", b" #ooo# ", b"#ooooo#", b"#ooooo#", b"#ooooo#", b" #ooo# ", b"  ###  ",
    ];
    let pixel = |mark: &u8| match mark {
        b'#' => [0, 0, 0, 255],
        b'o' => [255; 4],
        _ => [0; 4],
    };
    CursorShape {
        width: 7,
        height: 7,
        hotspot_x: 3,
        hotspot_y: 3,
        rgba: ROWS.into_iter().flatten().flat_map(pixel).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn shape(width: u16, height: u16, hotspot: (u16, u16)) -> CursorShape {
        CursorShape {
            width,
            height,
            hotspot_x: hotspot.0,
            hotspot_y: hotspot.1,
            rgba: [10, 20, 30, 255].repeat(usize::from(width) * usize::from(height)),
        }
    }

    #[test]
    fn as_large_as_it_is_it_is_the_same_image() {
        let arrow = shape(24, 32, (3, 4));
        let look = Look::of(&arrow, 1.0, 1.0).unwrap();
        assert_eq!((look.size, look.hotspot, look.fineness), ((24, 32), (3, 4), 1.0));
        assert_eq!(look.rgba, arrow.rgba);
    }

    #[test]
    fn it_is_scaled_with_the_view_and_made_of_the_displays_own_pixels() {
        for (scale, ratio, size, hotspot) in [
            (2.0, 1.0, (48, 64), (7, 9)),
            (0.5, 1.0, (12, 16), (1, 2)),
            (1.0, 2.0, (48, 64), (3, 4)),
            (1.5, 2.0, (72, 96), (5, 6)),
            (1.0, 1.25, (30, 40), (3, 4)),
        ] {
            let look = Look::of(&shape(24, 32, (3, 4)), scale, ratio).unwrap();
            assert_eq!(
                (look.size, look.hotspot, look.fineness),
                (size, hotspot, ratio),
                "{scale} {ratio}"
            );
            assert_eq!(look.rgba.len(), usize::from(size.0) * usize::from(size.1) * 4);
        }
    }

    #[test]
    fn it_is_never_too_small_to_be_found_nor_too_large_for_browsers() {
        for (side, scale, ratio, shown, fineness) in [
            (32, 0.1, 1.0, 16, 1.0),
            // What is small by itself stays so.
            (7, 0.1, 1.0, 7, 1.0),
            (64, 3.0, 1.0, 128, 1.0),
            (64, 1.0, 3.0, 128, 2.0),
            (1000, 1.0, 2.0, 128, 1.0),
        ] {
            let look = Look::of(&shape(side, side, (0, 0)), scale, ratio).unwrap();
            assert_eq!(
                (look.size.0, look.fineness),
                (shown, fineness),
                "{side} {scale} {ratio}"
            );
        }
    }

    #[test]
    fn the_pixel_that_points_is_within_the_image() {
        let look = Look::of(&shape(10, 10, (200, 9)), 2.0, 1.0).unwrap();
        assert_eq!(look.hotspot, (19, 19));
    }

    #[test]
    fn nothing_cannot_be_shown() {
        assert_eq!(Look::of(&shape(0, 0, (0, 0)), 1.0, 1.0), None);
        assert_eq!(Look::of(&shape(8, 8, (0, 0)), 0.0, 1.0), None);
        assert_eq!(Look::of(&shape(8, 8, (0, 0)), 1.0, f64::NAN), None);
        let mut hidden = shape(8, 8, (0, 0));
        assert!(is_visible(&hidden));
        hidden.rgba.fill(0);
        assert!(!is_visible(&hidden));
        assert!(!is_visible(&shape(0, 0, (0, 0))));
    }

    #[test]
    fn the_dot_points_by_its_middle_and_is_seen_on_anything() {
        let dot = dot();
        assert!(is_visible(&dot));
        let pixel = |x: usize, y: usize| &dot.rgba[(y * 7 + x) * 4..][..4];
        assert_eq!(
            (pixel(3, 3), pixel(3, 0), pixel(0, 0)),
            (&[255; 4][..], &[0, 0, 0, 255][..], &[0; 4][..])
        );
        assert_eq!((dot.hotspot_x, dot.hotspot_y), (3, 3));
    }
}
