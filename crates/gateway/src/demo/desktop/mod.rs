//! The desktop: a wallpaper, a panel, and windows that can be raised and moved.

mod panel;
mod wallpaper;
mod window;

use std::time::Duration;

use super::cursor::Cursor;
use super::geometry::{Point, Rect, Region, Size};
use super::paint::{Canvas, Colour, Frame, GlyphCache};
use super::windows::{self, Input, Slot};
use panel::Panel;
use window::Window;

/// The smallest and the largest desktop that a client may ask for.
pub(crate) const MIN_SIZE: Size = Size::new(160, 120);
pub(crate) const MAX_SIZE: Size = Size::new(7680, 4320);

/// The bits of a PointerEvent's button mask.
const LEFT: u16 = 1;
const WHEEL: [(u16, Point); 4] = [
    (1 << 3, Point::new(0, -1)),
    (1 << 4, Point::new(0, 1)),
    (1 << 5, Point::new(-1, 0)),
    (1 << 6, Point::new(1, 0)),
];
const WHEEL_MASK: u16 = 0b111_1000;

/// What time it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moment {
    /// Since the client connected.
    pub(crate) uptime: Duration,
    /// Since 1970 began, UTC.
    pub(crate) unix: Duration,
}

/// What the desktop wants to happen outside its pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Bell,
    Clipboard(String),
    /// The cursor has another shape.
    Cursor,
    Resize(Size),
}

/// What a pressed button has hold of.
#[derive(Clone, Copy, Debug)]
enum Grab {
    /// The top window is being moved; the point is the pointer's place in it.
    Title(Point),
    /// The top window gets the motion.
    Content,
    /// Nothing reacts: the press was on the wallpaper.
    Nothing,
}

/// One client's desktop.
#[derive(Debug)]
pub(crate) struct Desktop {
    frame: Frame,
    wallpaper: Frame,
    glyphs: GlyphCache,
    panel: Panel,
    /// From the bottom up; the last one has the keyboard.
    windows: Vec<Window>,
    damage: Region,
    effects: Vec<Effect>,
    pointer: Point,
    buttons: u16,
    grab: Option<Grab>,
    cursor: Cursor,
    draws_cursor: bool,
    resizable: bool,
}

impl Desktop {
    pub(crate) fn new(size: Size, now: Moment) -> Self {
        let mut desktop = Self {
            frame: Frame::new(Size::default(), 0),
            wallpaper: Frame::new(Size::default(), 0),
            glyphs: GlyphCache::default(),
            panel: Panel::new(now),
            windows: windows::all(now).into_iter().map(Window::new).collect(),
            damage: Region::default(),
            effects: Vec::new(),
            pointer: Point::new(size.width / 2, size.height / 2),
            buttons: 0,
            grab: None,
            cursor: Cursor::Arrow,
            draws_cursor: true,
            resizable: false,
        };
        desktop.resize(size);
        desktop
    }

    pub(crate) fn size(&self) -> Size {
        self.frame.size()
    }

    pub(crate) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// What [`paint`](Self::paint) would paint.
    pub(crate) fn damage(&self) -> &Region {
        &self.damage
    }

    pub(crate) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// What has to happen since the last call.
    pub(crate) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Whether the cursor is part of the pixels, for clients that do not draw it themselves.
    pub(crate) fn set_draws_cursor(&mut self, draws: bool) {
        self.draws_cursor = draws;
        self.damage.add(self.cursor_area());
    }

    /// Whether [`Effect::Resize`] is of any use.
    pub(crate) fn set_resizable(&mut self, resizable: bool) {
        self.resizable = resizable;
    }

    /// Gives the desktop another size. Windows that nobody has moved are laid out afresh.
    pub(crate) fn resize(&mut self, size: Size) {
        if size == self.size() {
            return;
        }
        self.frame = Frame::new(size, 0);
        self.wallpaper = wallpaper::draw(size);
        self.panel.resize(size);
        let free = Rect::new(0, panel::HEIGHT, size.width, size.height - panel::HEIGHT);
        for window in &mut self.windows {
            window.arrange(free);
        }
        self.damage = Region::from(Rect::of_size(size));
    }

    /// Lets everything that moves by itself move.
    pub(crate) fn tick(&mut self, now: Moment) {
        self.damage.add(self.panel.tick(now).unwrap_or_default());
        for window in &mut self.windows {
            self.damage.add(window.tick(now));
        }
    }

    /// When something next moves by itself.
    pub(crate) fn next_tick(&self) -> Duration {
        let windows = self.windows.iter().filter_map(Window::next_tick).min();
        windows.map_or(self.panel.next_tick(), |next| next.min(self.panel.next_tick()))
    }

    pub(crate) fn key(&mut self, keysym: u32, down: bool) {
        let input = Input::Key { keysym, down };
        self.observe(&input);
        self.send(&input);
    }

    /// The client's clipboard has another text.
    pub(crate) fn clipboard(&mut self, text: String) {
        self.observe(&Input::Clipboard(text));
    }

    /// The pointer is at `position` with these buttons down.
    pub(crate) fn pointer(&mut self, position: Point, buttons: u16) {
        let bounds = self.size();
        let position = Point::new(
            position.x.clamp(0, bounds.width - 1),
            position.y.clamp(0, bounds.height - 1),
        );
        if position != self.pointer && buttons != self.buttons {
            // The pointer arrives with the buttons as they were: a drag goes as far as where it ends.
            self.pointer(position, self.buttons);
        }
        self.damage_cursor();
        self.pointer = position;
        let pressed = buttons & !self.buttons;
        self.buttons = buttons;
        self.observe(&Input::Pointer {
            position,
            buttons,
            pressed,
        });
        self.turn_wheel(pressed);
        if pressed & !WHEEL_MASK != 0 && self.grab.is_none() {
            self.press(pressed);
        }
        match self.grab {
            Some(Grab::Title(held)) => self.drag_window(held),
            Some(Grab::Content) => self.send_pointer(pressed),
            Some(Grab::Nothing) | None => {}
        }
        if buttons & !WHEEL_MASK == 0 {
            self.grab = None;
        }
        self.choose_cursor();
        self.damage_cursor();
    }

    /// Paints what has changed and says where that is.
    pub(crate) fn paint(&mut self) -> Region {
        let damage = std::mem::take(&mut self.damage).within(self.frame.bounds());
        for piece in damage.pieces() {
            let mut canvas = Canvas::new(&mut self.frame, &mut self.glyphs, *piece);
            canvas.image(&self.wallpaper, Point::default());
            self.panel.paint(&mut canvas);
            let top = self.windows.len().saturating_sub(1);
            for (index, window) in self.windows.iter().enumerate() {
                window.paint(&mut canvas, index == top);
            }
            if self.draws_cursor {
                draw_cursor(&mut canvas, self.cursor, self.pointer);
            }
        }
        damage
    }

    fn turn_wheel(&mut self, pressed: u16) {
        let Some(index) = self.window_at(self.pointer) else {
            return;
        };
        for (bit, direction) in WHEEL {
            if pressed & bit != 0 {
                let damage = self.windows[index].handle(&Input::Wheel(direction), &mut self.effects);
                self.damage.add(damage);
            }
        }
    }

    /// Raises what has been pressed and takes hold of it.
    fn press(&mut self, pressed: u16) {
        let Some(index) = self.window_at(self.pointer) else {
            self.grab = Some(Grab::Nothing);
            return;
        };
        self.raise(index);
        let Some(window) = self.windows.last() else { return };
        self.grab = Some(if window.title_bar().contains(self.pointer) {
            if pressed & LEFT != 0 {
                Grab::Title(self.pointer.relative_to(window.area().origin()))
            } else {
                Grab::Nothing
            }
        } else {
            Grab::Content
        });
    }

    fn raise(&mut self, index: usize) {
        if index + 1 == self.windows.len() {
            return;
        }
        if let Some(below) = self.windows.last() {
            self.damage.add(below.outer());
        }
        let window = self.windows.remove(index);
        self.damage.add(window.outer());
        self.windows.push(window);
    }

    fn drag_window(&mut self, held: Point) {
        let size = self.size();
        let Some(window) = self.windows.last_mut() else {
            return;
        };
        let to = self.pointer.relative_to(held);
        if to == window.area().origin() {
            return;
        }
        self.damage.add(window.outer());
        window.move_to(
            to,
            Rect::new(0, panel::HEIGHT, size.width, size.height - panel::HEIGHT),
        );
        self.damage.add(window.outer());
    }

    fn send_pointer(&mut self, pressed: u16) {
        let Some(window) = self.windows.last() else { return };
        let position = self.pointer.relative_to(window.content().origin());
        self.send(&Input::Pointer {
            position,
            buttons: self.buttons,
            pressed,
        });
    }

    /// Gives `input` to the window that has the keyboard.
    fn send(&mut self, input: &Input) {
        if let Some(window) = self.windows.last_mut() {
            self.damage.add(window.handle(input, &mut self.effects));
        }
        if !self.resizable {
            self.effects.retain(|effect| !matches!(effect, Effect::Resize(_)));
        }
    }

    /// Shows `input` to the windows that watch all of it.
    fn observe(&mut self, input: &Input) {
        for window in &mut self.windows {
            self.damage.add(window.observe(input));
        }
    }

    fn window_at(&self, point: Point) -> Option<usize> {
        self.windows
            .iter()
            .rposition(|window| window.area().contains(point))
    }

    fn choose_cursor(&mut self) {
        let over = self.window_at(self.pointer).map(|index| &self.windows[index]);
        let cursor = match (self.grab, over) {
            (Some(Grab::Title(_)), _) => Cursor::Move,
            (_, Some(window)) if window.content().contains(self.pointer) => window.cursor(),
            _ => Cursor::Arrow,
        };
        if cursor != self.cursor {
            self.cursor = cursor;
            self.effects.push(Effect::Cursor);
        }
    }

    fn damage_cursor(&mut self) {
        if self.draws_cursor {
            self.damage.add(self.cursor_area());
        }
    }

    fn cursor_area(&self) -> Rect {
        let image = self.cursor.image();
        let at = self.pointer.relative_to(image.hotspot());
        Rect::new(at.x, at.y, image.size().width, image.size().height)
    }
}

fn draw_cursor(canvas: &mut Canvas<'_>, cursor: Cursor, pointer: Point) {
    let image = cursor.image();
    let at = pointer.relative_to(image.hotspot());
    for (y, row) in (at.y..).zip(image.pixels().chunks(image.size().width as usize)) {
        for (x, pixel) in (at.x..).zip(row) {
            if let Some(pixel) = pixel {
                canvas.fill(Rect::new(x, y, 1, 1), Colour::rgb(*pixel));
            }
        }
    }
}

/// Where the window of a slot goes: two columns, or one where the desktop is narrow.
fn slot_area(slot: Slot, free: Rect) -> Rect {
    let gap = (free.width / 40).clamp(8, 28);
    let inner = free.inset(gap);
    if inner.width < 640 {
        let height = ((inner.height - 3 * gap) / 4).max(120);
        let row = |index: i32| Rect::new(inner.x, inner.y + index * (height + gap), inner.width, height);
        return match slot {
            Slot::Terminal => row(0),
            Slot::Sea => row(1),
            Slot::Input => row(2),
            Slot::Sketch => row(3),
        };
    }
    let left = (inner.width - gap) * 3 / 5;
    let right = inner.width - gap - left;
    let upper = (inner.height - gap) * 11 / 20;
    let lower = inner.height - gap - upper;
    let (right_x, lower_y) = (inner.x + left + gap, inner.y + upper + gap);
    match slot {
        Slot::Terminal => Rect::new(inner.x, inner.y, left, upper),
        Slot::Sketch => Rect::new(inner.x, lower_y, left, lower),
        Slot::Sea => Rect::new(right_x, inner.y, right, upper),
        Slot::Input => Rect::new(right_x, lower_y, right, lower),
    }
}

#[cfg(test)]
mod tests;
