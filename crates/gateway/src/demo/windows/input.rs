//! Shows what arrives: pointer, buttons, wheel, keys and clipboard.

use std::collections::VecDeque;

use super::{Content, Input, Slot};
use crate::demo::geometry::{Point, Rect, Size};
use crate::demo::paint::{Canvas, theme};

const BUTTONS: [(&str, u16); 5] = [
    ("Left", 1),
    ("Middle", 2),
    ("Right", 4),
    ("Back", 1 << 7),
    ("Forward", 1 << 8),
];
/// The wheel's bits: up, down, left and right.
const WHEEL: [u16; 4] = [1 << 3, 1 << 4, 1 << 5, 1 << 6];
const MAX_KEYS: usize = 12;
const ROW: i32 = 32;
const LABELS: i32 = 84;
const MARGIN: i32 = 14;

/// What has been seen so far.
#[derive(Debug)]
pub(super) struct InputMonitor {
    size: Size,
    pointer: Point,
    buttons: u16,
    wheel: [u32; 4],
    /// Keysyms with whether they are down, the latest last.
    keys: VecDeque<(u32, bool)>,
    clipboard: String,
}

#[derive(Clone, Copy)]
enum Row {
    Pointer,
    Buttons,
    Wheel,
    Keys,
    Clipboard,
}

impl InputMonitor {
    pub(super) fn new() -> Self {
        Self {
            size: Size::default(),
            pointer: Point::default(),
            buttons: 0,
            wheel: [0; 4],
            keys: VecDeque::new(),
            clipboard: String::new(),
        }
    }

    fn row(&self, row: Row) -> Rect {
        Rect::new(MARGIN, 8 + ROW * row as i32, self.size.width - 2 * MARGIN, ROW)
    }

    fn see_key(&mut self, keysym: u32, down: bool) {
        if !down {
            for key in self.keys.iter_mut().filter(|key| key.0 == keysym) {
                key.1 = false;
            }
            return;
        }
        // A held key that repeats is one key.
        if !self.keys.contains(&(keysym, true)) {
            self.keys.push_back((keysym, true));
        }
        if self.keys.len() > MAX_KEYS {
            self.keys.pop_front();
        }
    }

    fn paint_buttons(&self, canvas: &mut Canvas<'_>, row: Rect) {
        let mut x = row.x;
        for (name, bit) in BUTTONS {
            x = chip(canvas, x, row, name, self.buttons & bit != 0);
        }
    }

    fn paint_keys(&self, canvas: &mut Canvas<'_>, row: Rect) {
        // As many of the latest as fit.
        let names: Vec<(String, bool)> = self
            .keys
            .iter()
            .map(|(key, down)| (keysym_name(*key), *down))
            .collect();
        let mut room = row.width;
        let fitting = names.iter().rev().take_while(|(name, _)| {
            room -= chip_width(name) + CHIP_GAP;
            room > 0
        });
        let first = names.len() - fitting.count();
        let mut x = row.x;
        for (name, down) in &names[first..] {
            x = chip(canvas, x, row, name, *down);
        }
    }
}

impl Content for InputMonitor {
    fn slot(&self) -> Slot {
        Slot::Input
    }

    fn title(&self) -> &str {
        "What arrives here"
    }

    fn resize(&mut self, size: Size) {
        self.size = size;
    }

    fn observe(&mut self, input: &Input) -> Option<Rect> {
        match input {
            Input::Key { keysym, down } => {
                self.see_key(*keysym, *down);
                Some(self.row(Row::Keys))
            }
            Input::Pointer {
                position,
                buttons,
                pressed,
            } => {
                let turned = WHEEL
                    .iter()
                    .zip(&mut self.wheel)
                    .filter(|(bit, _)| pressed & **bit != 0);
                for (_, count) in turned {
                    *count += 1;
                }
                let buttons_changed = std::mem::replace(&mut self.buttons, *buttons) != *buttons;
                self.pointer = *position;
                let rows = self.row(Row::Pointer);
                Some(if buttons_changed {
                    rows.union(self.row(Row::Wheel))
                } else {
                    rows
                })
            }
            Input::Wheel(_) => None,
            Input::Clipboard(text) => {
                self.clipboard = text.lines().next().unwrap_or_default().to_owned();
                Some(self.row(Row::Clipboard))
            }
        }
    }

    fn paint(&self, canvas: &mut Canvas<'_>, _focused: bool) {
        let rows = [
            (Row::Pointer, "Pointer"),
            (Row::Buttons, "Buttons"),
            (Row::Wheel, "Wheel"),
            (Row::Keys, "Keys"),
            (Row::Clipboard, "Clipboard"),
        ];
        for (row, name) in rows {
            let area = self.row(row);
            if !canvas.shows(area) {
                continue;
            }
            canvas.label(theme::TEXT, area, theme::QUIET, name);
            let value = Rect::new(area.x + LABELS, area.y, area.width - LABELS, area.height);
            match row {
                Row::Pointer => {
                    let text = format!("{}, {}", self.pointer.x, self.pointer.y);
                    canvas.label(theme::TEXT, value, theme::INK, &text);
                }
                Row::Buttons => self.paint_buttons(canvas, value),
                Row::Wheel => {
                    let [up, down, left, right] = self.wheel;
                    let text = format!("{up} up, {down} down, {left} left, {right} right");
                    canvas.label(
                        theme::TEXT,
                        value,
                        theme::INK,
                        &theme::TEXT.fit(&text, value.width),
                    );
                }
                Row::Keys => self.paint_keys(canvas, value),
                Row::Clipboard => {
                    let text = theme::TEXT.fit(&self.clipboard, value.width);
                    canvas.label(theme::TEXT, value, theme::INK, &text);
                }
            }
        }
    }
}

const CHIP_GAP: i32 = 6;

fn chip_width(name: &str) -> i32 {
    theme::TEXT.width(name).ceil() as i32 + 14
}

/// A key cap or button with its name, lit while it is down; gives where the next one goes.
fn chip(canvas: &mut Canvas<'_>, x: i32, row: Rect, name: &str, lit: bool) -> i32 {
    let area = Rect::new(x, row.y + 5, chip_width(name), row.height - 10);
    let (fill, ink) = if lit {
        (theme::ACCENT, theme::WHITE)
    } else {
        (theme::WELL, theme::QUIET)
    };
    canvas.rounded(area, 6, fill);
    canvas.centred(theme::TEXT, area, ink, name);
    area.right() + CHIP_GAP
}

/// A keysym's name as it stands on keyboards, its character, or its number.
fn keysym_name(keysym: u32) -> String {
    let name = match keysym {
        0x20 => "Space",
        0xff08 => "Backspace",
        0xff09 => "Tab",
        0xff0d => "Enter",
        0xff1b => "Esc",
        0xff50 => "Home",
        0xff51 => "Left",
        0xff52 => "Up",
        0xff53 => "Right",
        0xff54 => "Down",
        0xff55 => "Page Up",
        0xff56 => "Page Down",
        0xff57 => "End",
        0xff63 => "Insert",
        0xffe1 | 0xffe2 => "Shift",
        0xffe3 | 0xffe4 => "Ctrl",
        0xffe5 => "Caps Lock",
        0xffe7 | 0xffe8 => "Meta",
        0xffe9 | 0xffea => "Alt",
        0xffeb | 0xffec => "Super",
        0xfe03 => "AltGr",
        0xffff => "Delete",
        0xffbe..=0xffc9 => return format!("F{}", keysym - 0xffbd),
        _ => {
            return super::terminal::character(keysym).map_or_else(|| format!("0x{keysym:x}"), String::from);
        }
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_by_what_stands_on_them() {
        let names = [0xff0d, 0xffbe, 0x61, 0x0100_20ac, 0xfd1e].map(keysym_name);
        assert_eq!(names, ["Enter", "F1", "a", "€", "0xfd1e"]);
    }

    #[test]
    fn a_repeating_key_is_one_key_and_goes_up_once() {
        let mut monitor = InputMonitor::new();
        for down in [true, true, true, false] {
            monitor.observe(&Input::Key { keysym: 0x61, down });
        }
        assert_eq!(monitor.keys, [(0x61, false)]);
    }
}
