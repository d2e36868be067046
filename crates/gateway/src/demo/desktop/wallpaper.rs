//! The wallpaper: deep water with light coming in from above, drawn once for a size.

use crate::demo::geometry::{Rect, Size};
use crate::demo::paint::{Canvas, Frame, GlyphCache, theme};

/// Rows of one colour: flat bands travel far better than a smooth gradient.
const BAND: i32 = 4;

pub(super) fn draw(size: Size) -> Frame {
    let mut frame = Frame::new(size, 0);
    let mut glyphs = GlyphCache::default();
    let mut canvas = Canvas::new(&mut frame, &mut glyphs, Rect::of_size(size));
    for y in (0..size.height).step_by(BAND as usize) {
        let depth = y as f32 / size.height as f32;
        canvas.fill(
            Rect::new(0, y, size.width, BAND),
            theme::SHALLOW.towards(theme::DEEP, depth),
        );
    }
    let (width, height) = (size.width as f32, size.height as f32);
    let reach = width.max(height);
    let centre = (width * 0.82, height * 1.02);
    for (part, alpha) in [(0.62, 10), (0.5, 12), (0.38, 14), (0.26, 16)] {
        canvas.disc(centre, reach * part, theme::GLOW.with_alpha(alpha));
    }
    frame
}
