//! A window: a frame with a title around something from [`windows`](crate::demo::windows).

use std::time::Duration;

use super::{Effect, Moment, slot_area};
use crate::demo::cursor::Cursor;
use crate::demo::geometry::{Point, Rect};
use crate::demo::paint::{Canvas, theme};
use crate::demo::windows::{Content, Input};

const TITLE_HEIGHT: i32 = 30;
const RADIUS: i32 = 8;
const SHADOW_REACH: i32 = 22;
/// This much of a title bar stays on the desktop, so that a window can be fetched back.
const HANDLE: i32 = 48;

/// A window and its place.
#[derive(Debug)]
pub(crate) struct Window {
    area: Rect,
    /// Somebody has put it where it is.
    moved: bool,
    inside: Box<dyn Content>,
}

impl Window {
    pub(crate) fn new(inside: Box<dyn Content>) -> Self {
        Self {
            area: Rect::default(),
            moved: false,
            inside,
        }
    }

    pub(crate) fn area(&self) -> Rect {
        self.area
    }

    pub(crate) fn title_bar(&self) -> Rect {
        Rect::new(self.area.x, self.area.y, self.area.width, TITLE_HEIGHT)
    }

    /// The part inside the frame.
    pub(crate) fn content(&self) -> Rect {
        Rect::new(
            self.area.x + 1,
            self.area.y + TITLE_HEIGHT,
            self.area.width - 2,
            self.area.height - TITLE_HEIGHT - RADIUS,
        )
    }

    /// The window with its shadow.
    pub(crate) fn outer(&self) -> Rect {
        self.area.inset(-SHADOW_REACH)
    }

    pub(crate) fn cursor(&self) -> Cursor {
        self.inside.cursor()
    }

    /// Finds a place in `free`: its own slot's, or near to where somebody has put it.
    pub(crate) fn arrange(&mut self, free: Rect) {
        if self.moved {
            self.move_to(self.area.origin(), free);
        } else {
            self.area = slot_area(self.inside.slot(), free);
            self.inside.resize(self.content().size());
        }
    }

    pub(crate) fn move_to(&mut self, to: Point, free: Rect) {
        self.moved = true;
        let right = (free.right() - HANDLE).max(HANDLE - self.area.width);
        let bottom = (free.bottom() - TITLE_HEIGHT).max(free.y);
        self.area.x = to.x.clamp(HANDLE - self.area.width, right);
        self.area.y = to.y.clamp(free.y, bottom);
    }

    pub(crate) fn tick(&mut self, now: Moment) -> Rect {
        let damage = self.inside.tick(now);
        self.on_desktop(damage)
    }

    pub(crate) fn next_tick(&self) -> Option<Duration> {
        self.inside.next_tick()
    }

    /// Takes input meant for this window; gives what has to be painted again.
    pub(crate) fn handle(&mut self, input: &Input, effects: &mut Vec<Effect>) -> Rect {
        let damage = self.inside.handle(input, effects);
        self.on_desktop(damage)
    }

    /// Sees input meant for any window; gives what has to be painted again.
    pub(crate) fn observe(&mut self, input: &Input) -> Rect {
        let damage = self.inside.observe(input);
        self.on_desktop(damage)
    }

    pub(crate) fn paint(&self, canvas: &mut Canvas<'_>, focused: bool) {
        if !canvas.shows(self.outer()) {
            return;
        }
        canvas.shadow(self.area, RADIUS, SHADOW_REACH, theme::SHADOW);
        let (surface, title, ink) = if focused {
            (self.inside.surface(), theme::WHITE, theme::INK)
        } else {
            (self.inside.surface(), theme::TITLE, theme::QUIET)
        };
        canvas.rounded(self.area, RADIUS, surface);
        // The title's lower corners are square: they meet the content.
        let bar = self.title_bar();
        canvas
            .part(bar)
            .rounded(Rect::new(0, 0, bar.width, bar.height + RADIUS), RADIUS, title);
        canvas.fill(Rect::new(bar.x, bar.bottom() - 1, bar.width, 1), theme::EDGE);
        let name = theme::STRONG.fit(self.inside.title(), bar.width - 24);
        canvas.label(
            theme::STRONG,
            Rect::new(bar.x + 12, bar.y, bar.width - 24, bar.height),
            ink,
            &name,
        );
        let content = self.content();
        if canvas.shows(content) {
            self.inside.paint(&mut canvas.part(content), focused);
        }
        canvas.outline(self.area, RADIUS, theme::INK.with_alpha(90));
    }

    /// Damage of the content in the desktop's coordinates.
    fn on_desktop(&self, damage: Option<Rect>) -> Rect {
        let content = self.content();
        damage.map_or_else(Rect::default, |damage| {
            damage.translated(content.origin()).intersection(content)
        })
    }
}
