//! A clipped, translated view of a frame to draw on.

use super::{Colour, Frame, GlyphCache, TextStyle};
use crate::demo::geometry::{Point, Rect};

/// Draws on a [`Frame`]. Coordinates count from `origin`; nothing is drawn outside `clip`.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    frame: &'a mut Frame,
    glyphs: &'a mut GlyphCache,
    origin: Point,
    /// In the frame's own coordinates, and inside it.
    clip: Rect,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(frame: &'a mut Frame, glyphs: &'a mut GlyphCache, clip: Rect) -> Self {
        let clip = clip.intersection(frame.bounds());
        Self {
            frame,
            glyphs,
            origin: Point::default(),
            clip,
        }
    }

    /// A canvas for the part `area` of this one, whose top left corner is its origin.
    pub(crate) fn part(&mut self, area: Rect) -> Canvas<'_> {
        let area = area.translated(self.origin);
        Canvas {
            frame: self.frame,
            glyphs: self.glyphs,
            origin: area.origin(),
            clip: self.clip.intersection(area),
        }
    }

    /// Whether anything drawn in `area` could be seen.
    pub(crate) fn shows(&self, area: Rect) -> bool {
        !self.visible(area).is_empty()
    }

    /// `area` in the frame's coordinates, clipped.
    fn visible(&self, area: Rect) -> Rect {
        area.translated(self.origin).intersection(self.clip)
    }

    pub(crate) fn fill(&mut self, area: Rect, colour: Colour) {
        let area = self.visible(area);
        if !area.is_empty() {
            for y in area.y..area.bottom() {
                fill_span(self.frame.row_mut(area.x, y, area.width), colour);
            }
        }
    }

    /// Copies `image` to `at`.
    pub(crate) fn image(&mut self, image: &Frame, at: Point) {
        let area = self.visible(image.bounds().translated(at));
        if area.is_empty() {
            return;
        }
        let (left, top) = (area.x - self.origin.x - at.x, area.y - self.origin.y - at.y);
        for row in 0..area.height {
            self.frame
                .row_mut(area.x, area.y + row, area.width)
                .copy_from_slice(image.row(left, top + row, area.width));
        }
    }

    /// Covers each pixel of `area` as far as `coverage` says, which is given the pixel's centre.
    pub(crate) fn shade(&mut self, area: Rect, colour: Colour, coverage: impl Fn(f32, f32) -> f32) {
        let area = self.visible(area);
        if area.is_empty() {
            return;
        }
        for y in area.y..area.bottom() {
            let centre_y = (y - self.origin.y) as f32 + 0.5;
            let row = self.frame.row_mut(area.x, y, area.width);
            for (x, pixel) in (area.x..).zip(row) {
                let covered = coverage((x - self.origin.x) as f32 + 0.5, centre_y);
                if covered > 0.0 {
                    *pixel = colour.over(*pixel, (covered.min(1.0) * 255.0 + 0.5) as u32);
                }
            }
        }
    }

    /// A filled rectangle with round corners.
    pub(crate) fn rounded(&mut self, area: Rect, radius: i32, colour: Colour) {
        let radius = radius.min(area.width / 2).min(area.height / 2).max(0);
        let inside = move |x: f32, y: f32| 0.5 - rounded_distance(area, radius as f32, x, y);
        for (y, height) in [(area.y, radius), (area.bottom() - radius, radius)] {
            self.shade(Rect::new(area.x, y, radius, height), colour, inside);
            self.shade(
                Rect::new(area.right() - radius, y, radius, height),
                colour,
                inside,
            );
            self.fill(
                Rect::new(area.x + radius, y, area.width - 2 * radius, height),
                colour,
            );
        }
        self.fill(
            Rect::new(area.x, area.y + radius, area.width, area.height - 2 * radius),
            colour,
        );
    }

    /// The outline of [`rounded`](Self::rounded), one pixel wide, inside `area`.
    pub(crate) fn outline(&mut self, area: Rect, radius: i32, colour: Colour) {
        let radius = radius.min(area.width / 2).min(area.height / 2).max(1);
        let line = move |x: f32, y: f32| {
            let distance = rounded_distance(area, radius as f32, x, y);
            (0.5 - distance).clamp(0.0, 1.0) - (-0.5 - distance).clamp(0.0, 1.0)
        };
        for y in [area.y, area.bottom() - radius] {
            self.shade(Rect::new(area.x, y, radius, radius), colour, line);
            self.shade(Rect::new(area.right() - radius, y, radius, radius), colour, line);
        }
        let (width, height) = (area.width - 2 * radius, area.height - 2 * radius);
        for y in [area.y, area.bottom() - 1] {
            self.fill(Rect::new(area.x + radius, y, width, 1), colour);
        }
        for x in [area.x, area.right() - 1] {
            self.fill(Rect::new(x, area.y + radius, 1, height), colour);
        }
    }

    /// A soft shadow that reaches `blur` pixels around `area`; nothing is drawn well inside it.
    pub(crate) fn shadow(&mut self, area: Rect, radius: i32, blur: i32, colour: Colour) {
        let falloff = move |x: f32, y: f32| {
            let part = 1.0 - (rounded_distance(area, radius as f32, x, y) / blur as f32).clamp(0.0, 1.0);
            part * part * part
        };
        let outer = area.inset(-blur);
        let inner = area.inset(radius);
        for side in [
            Rect::new(outer.x, outer.y, outer.width, inner.y - outer.y),
            Rect::new(
                outer.x,
                inner.bottom(),
                outer.width,
                outer.bottom() - inner.bottom(),
            ),
            Rect::new(outer.x, inner.y, inner.x - outer.x, inner.height),
            Rect::new(
                inner.right(),
                inner.y,
                outer.right() - inner.right(),
                inner.height,
            ),
        ] {
            self.shade(side, colour, falloff);
        }
    }

    /// A filled circle.
    pub(crate) fn disc(&mut self, centre: (f32, f32), radius: f32, colour: Colour) {
        let area = around(centre, centre, radius);
        self.shade(area, colour, move |x, y| {
            radius + 0.5 - (x - centre.0).hypot(y - centre.1)
        });
    }

    /// A circle of a line `width` pixels wide, which is drawn on both sides of `radius`.
    pub(crate) fn ring(&mut self, centre: (f32, f32), radius: f32, width: f32, colour: Colour) {
        let area = around(centre, centre, radius + width);
        self.shade(area, colour, move |x, y| {
            width / 2.0 + 0.5 - ((x - centre.0).hypot(y - centre.1) - radius).abs()
        });
    }

    /// A straight line with round ends.
    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, colour: Colour) {
        let area = around(from, to, width / 2.0);
        self.shade(area, colour, move |x, y| {
            width / 2.0 + 0.5 - segment_distance(from, to, x, y)
        });
    }

    /// Writes `text` with the pen starting at `x` on the baseline `y`, and says where the pen ends.
    pub(crate) fn text(&mut self, style: TextStyle, x: f32, y: i32, colour: Colour, text: &str) -> f32 {
        let mut pen = x;
        for character in text.chars() {
            self.glyph(style, pen, y, colour, character);
            pen += style.advance(character);
        }
        pen
    }

    /// Writes `text` in the middle of `area`.
    pub(crate) fn centred(&mut self, style: TextStyle, area: Rect, colour: Colour, text: &str) {
        let x = area.x as f32 + (area.width as f32 - style.width(text)) / 2.0;
        self.text(
            style,
            x.round(),
            area.y + baseline(area.height, style),
            colour,
            text,
        );
    }

    /// Writes `text` at the left edge of `area`, in the middle of its height.
    pub(crate) fn label(&mut self, style: TextStyle, area: Rect, colour: Colour, text: &str) -> f32 {
        self.text(
            style,
            area.x as f32,
            area.y + baseline(area.height, style),
            colour,
            text,
        )
    }

    fn glyph(&mut self, style: TextStyle, pen: f32, y: i32, colour: Colour, character: char) {
        let column = pen.floor();
        let Some(glyph) = self.glyphs.glyph(style, character, pen - column) else {
            return;
        };
        let height = (glyph.alpha.len() as i32).checked_div(glyph.width).unwrap_or(0);
        let place = Rect::new(
            column as i32 + glyph.left + self.origin.x,
            y + glyph.top + self.origin.y,
            glyph.width,
            height,
        );
        let area = place.intersection(self.clip);
        if area.is_empty() {
            return;
        }
        for row in area.y..area.bottom() {
            let start = (row - place.y) * place.width + area.x - place.x;
            let coverage = &glyph.alpha[start as usize..(start + area.width) as usize];
            for (pixel, covered) in self
                .frame
                .row_mut(area.x, row, area.width)
                .iter_mut()
                .zip(coverage)
            {
                if *covered != 0 {
                    *pixel = colour.over(*pixel, u32::from(*covered));
                }
            }
        }
    }
}

/// The baseline that puts capitals in the middle of a line of that height.
fn baseline(height: i32, style: TextStyle) -> i32 {
    // Capitals of both fonts are 0.73 em high.
    (height as f32 / 2.0 + f32::from(style.size) * 0.365).round() as i32
}

fn fill_span(span: &mut [u32], colour: Colour) {
    if colour.is_opaque() {
        span.fill(colour.pixel());
    } else {
        for pixel in span {
            *pixel = colour.over(*pixel, 255);
        }
    }
}

/// The pixels that a shape from `from` to `to` with that much around it can touch.
fn around(from: (f32, f32), to: (f32, f32), margin: f32) -> Rect {
    let margin = margin + 1.0;
    let x = (from.0.min(to.0) - margin).floor() as i32;
    let y = (from.1.min(to.1) - margin).floor() as i32;
    let right = (from.0.max(to.0) + margin).ceil() as i32;
    let bottom = (from.1.max(to.1) + margin).ceil() as i32;
    Rect::new(x, y, right - x, bottom - y)
}

/// The distance of a point from a rectangle with round corners, negative inside.
fn rounded_distance(area: Rect, radius: f32, x: f32, y: f32) -> f32 {
    let half = (area.width as f32 / 2.0, area.height as f32 / 2.0);
    let across = (x - area.x as f32 - half.0).abs() - half.0 + radius;
    let down = (y - area.y as f32 - half.1).abs() - half.1 + radius;
    across.max(0.0).hypot(down.max(0.0)) + across.max(down).min(0.0) - radius
}

/// The distance of a point from a straight line between two points.
fn segment_distance(from: (f32, f32), to: (f32, f32), x: f32, y: f32) -> f32 {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let length = along_x * along_x + along_y * along_y;
    let part = if length > 0.0 {
        (((x - from.0) * along_x + (y - from.1) * along_y) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (x - from.0 - part * along_x).hypot(y - from.1 - part * along_y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::geometry::Size;
    use crate::demo::paint::Face;

    fn draw(clip: Rect) -> Frame {
        let mut frame = Frame::new(Size::new(120, 60), 0x0010_2030);
        let mut glyphs = GlyphCache::default();
        let mut canvas = Canvas::new(&mut frame, &mut glyphs, clip);
        canvas.shadow(Rect::new(20, 15, 70, 30), 8, 12, Colour::rgb(0).with_alpha(90));
        canvas.rounded(
            Rect::new(20, 15, 70, 30),
            8,
            Colour::rgb(0x00ff_ffff).with_alpha(200),
        );
        canvas.outline(Rect::new(20, 15, 70, 30), 8, Colour::rgb(0x00ff_0000));
        canvas.line((5.0, 50.0), (115.0, 7.5), 3.0, Colour::rgb(0x0000_ff00));
        canvas.part(Rect::new(30, 20, 40, 20)).text(
            TextStyle::new(Face::Regular, 16),
            2.3,
            14,
            Colour::rgb(0),
            "clipped text",
        );
        frame
    }

    #[test]
    fn a_part_is_painted_exactly_as_in_the_whole() {
        let whole = draw(Rect::new(0, 0, 120, 60));
        let clip = Rect::new(37, 11, 41, 29);
        let part = draw(clip);
        for y in clip.y..clip.bottom() {
            assert_eq!(
                part.row(clip.x, y, clip.width),
                whole.row(clip.x, y, clip.width),
                "row {y}"
            );
        }
        assert_eq!(part.row(0, 30, 37), [0x0010_2030; 37]);
    }
}
