//! The bar at the top: a name, the size, the time.

use std::time::Duration;

use super::Moment;
use crate::demo::geometry::{Rect, Size};
use crate::demo::paint::{Canvas, theme};
use crate::demo::windows::calendar;

pub(super) const HEIGHT: i32 = 34;
const MARGIN: i32 = 14;

/// What the panel shows.
#[derive(Debug)]
pub(super) struct Panel {
    size: Size,
    now: Moment,
}

impl Panel {
    pub(super) fn new(now: Moment) -> Self {
        Self {
            size: Size::default(),
            now,
        }
    }

    pub(super) fn resize(&mut self, desktop: Size) {
        self.size = desktop;
    }

    /// The clock goes by seconds.
    pub(super) fn tick(&mut self, now: Moment) -> Option<Rect> {
        let changed = now.unix.as_secs() != self.now.unix.as_secs();
        self.now = now;
        changed.then(|| self.clock())
    }

    pub(super) fn next_tick(&self) -> Duration {
        let to_go = 1_000_000_000 - u64::from(self.now.unix.subsec_nanos());
        self.now.uptime + Duration::from_nanos(to_go)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas<'_>) {
        let bar = Rect::new(0, 0, self.size.width, HEIGHT);
        if !canvas.shows(bar) {
            return;
        }
        canvas.fill(bar, theme::PANEL.with_alpha(225));
        let middle = HEIGHT as f32 / 2.0;
        canvas.ring((24.0, middle), 7.5, 3.0, theme::GLOW);
        canvas.disc((24.0, middle), 3.0, theme::BUOY);
        let name = Rect::new(42, 0, self.size.width - 42, HEIGHT);
        let end = canvas.label(theme::STRONG, name, theme::PANEL_TEXT, "Porthole demo");
        let clock = self.clock();
        let size = format!("{} × {}", self.size.width, self.size.height);
        if end + theme::TEXT.width(&size) + 32.0 < clock.x as f32 {
            let at = Rect::new(end as i32 + 16, 0, self.size.width, HEIGHT);
            canvas.label(theme::TEXT, at, theme::PANEL_QUIET, &size);
        }
        let text = calendar::time_of_day(self.now.unix);
        canvas.label(theme::TEXT, clock, theme::PANEL_TEXT, &text);
    }

    fn clock(&self) -> Rect {
        let width = theme::TEXT.width("00:00:00 UTC").ceil() as i32 + 4;
        Rect::new(self.size.width - width - MARGIN, 0, width, HEIGHT)
    }
}
