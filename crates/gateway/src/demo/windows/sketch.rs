//! A sheet to draw on.

use super::{Content, Input, Slot};
use crate::demo::cursor::Cursor;
use crate::demo::desktop::Effect;
use crate::demo::geometry::{Point, Rect, Size};
use crate::demo::paint::{Canvas, Colour, Frame, GlyphCache, theme};

const LEFT: u16 = 1;
const MIDDLE: u16 = 2;
const RIGHT: u16 = 4;
const BRUSH: f32 = 4.0;
const COLOURS: [Colour; 4] = [theme::ACCENT, theme::BUOY, theme::INK, theme::SUN];

/// The sheet and the brush.
#[derive(Debug)]
pub(super) struct Sketch {
    sheet: Frame,
    glyphs: GlyphCache,
    colour: usize,
    last: Option<Point>,
    blank: bool,
}

impl Sketch {
    pub(super) fn new() -> Self {
        Self {
            sheet: Frame::new(Size::default(), 0),
            glyphs: GlyphCache::default(),
            colour: 0,
            last: None,
            blank: true,
        }
    }

    fn clear(&mut self) {
        self.sheet = Frame::new(self.sheet.size(), theme::WHITE.pixel());
        self.blank = true;
    }

    /// A stroke from the last point to this one.
    fn draw_to(&mut self, point: Point) -> Rect {
        let from = self.last.replace(point).unwrap_or(point);
        let bounds = self.sheet.bounds();
        let mut canvas = Canvas::new(&mut self.sheet, &mut self.glyphs, bounds);
        let centre = |point: Point| (point.x as f32 + 0.5, point.y as f32 + 0.5);
        canvas.line(centre(from), centre(point), BRUSH, COLOURS[self.colour]);
        if std::mem::take(&mut self.blank) {
            return bounds;
        }
        let (x, y) = (from.x.min(point.x), from.y.min(point.y));
        Rect::new(x, y, from.x.max(point.x) - x + 1, from.y.max(point.y) - y + 1).inset(-(BRUSH as i32))
    }

    /// Where the colours are shown.
    fn palette() -> Rect {
        Rect::new(8, 8, 20 * COLOURS.len() as i32, 20)
    }
}

impl Content for Sketch {
    fn slot(&self) -> Slot {
        Slot::Sketch
    }

    fn title(&self) -> &str {
        "Sketch"
    }

    fn surface(&self) -> Colour {
        theme::WHITE
    }

    fn cursor(&self) -> Cursor {
        Cursor::Cross
    }

    fn resize(&mut self, size: Size) {
        let mut sheet = Frame::new(size, theme::WHITE.pixel());
        let bounds = sheet.bounds();
        Canvas::new(&mut sheet, &mut self.glyphs, bounds).image(&self.sheet, Point::default());
        self.sheet = sheet;
    }

    fn handle(&mut self, input: &Input, _effects: &mut Vec<Effect>) -> Option<Rect> {
        let Input::Pointer {
            position,
            buttons,
            pressed,
        } = *input
        else {
            return None;
        };
        if pressed & RIGHT != 0 {
            self.colour = (self.colour + 1) % COLOURS.len();
            return Some(Self::palette());
        }
        if pressed & MIDDLE != 0 {
            self.clear();
            return Some(self.sheet.bounds());
        }
        if buttons & LEFT == 0 {
            self.last = None;
            return None;
        }
        if pressed & LEFT != 0 {
            self.last = None;
        }
        Some(self.draw_to(position))
    }

    fn paint(&self, canvas: &mut Canvas<'_>, _focused: bool) {
        canvas.image(&self.sheet, Point::default());
        if self.blank {
            let hint = "Draw here. The right button changes the colour, the middle one clears the sheet.";
            let size = self.sheet.size();
            let fitted = theme::TEXT.fit(hint, size.width - 24);
            canvas.centred(theme::TEXT, Rect::of_size(size), theme::QUIET, &fitted);
        }
        for (index, colour) in COLOURS.into_iter().enumerate() {
            let centre = (18.0 + 20.0 * index as f32, 18.0);
            canvas.disc(centre, if index == self.colour { 7.0 } else { 4.0 }, colour);
        }
    }
}
