//! What stands in the demo's windows, a module each.

pub(crate) mod calendar;
mod input;
mod sea;
mod sketch;
mod terminal;

use std::fmt;
use std::time::Duration;

use super::cursor::Cursor;
use super::desktop::{Effect, Moment};
use super::geometry::{Point, Rect, Size};
use super::paint::{Canvas, Colour, theme};

/// A window's place in the desktop's layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Terminal,
    Sea,
    Input,
    Sketch,
}

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Key {
        keysym: u32,
        down: bool,
    },
    /// `position` counts from the content's corner in what a window handles, from the desktop's in what it observes.
    Pointer {
        position: Point,
        buttons: u16,
        pressed: u16,
    },
    /// One step of the wheel.
    Wheel(Point),
    Clipboard(String),
}

/// The inside of a window. Rectangles count from its own corner, and those returned have to be painted again.
pub(crate) trait Content: fmt::Debug + Send {
    fn slot(&self) -> Slot;

    fn title(&self) -> &str;

    fn resize(&mut self, size: Size);

    fn paint(&self, canvas: &mut Canvas<'_>, focused: bool);

    /// What it stands on.
    fn surface(&self) -> Colour {
        theme::SURFACE
    }

    fn cursor(&self) -> Cursor {
        Cursor::Arrow
    }

    /// Input meant for this window.
    fn handle(&mut self, _input: &Input, _effects: &mut Vec<Effect>) -> Option<Rect> {
        None
    }

    /// Input meant for any window.
    fn observe(&mut self, _input: &Input) -> Option<Rect> {
        None
    }

    fn tick(&mut self, _now: Moment) -> Option<Rect> {
        None
    }

    /// When it next moves by itself.
    fn next_tick(&self) -> Option<Duration> {
        None
    }
}

/// One of each, the terminal on top.
pub(crate) fn all(now: Moment) -> Vec<Box<dyn Content>> {
    vec![
        Box::new(sketch::Sketch::new()),
        Box::new(sea::Sea::new(now)),
        Box::new(input::InputMonitor::new()),
        Box::new(terminal::Terminal::new(now)),
    ]
}
