//! What arrives at an X server of keyboard and pointer.

use std::cell::RefCell;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt, EventMask};

use super::Display;
use crate::wait::{LONG, until};

/// What an X client was told of keyboard and pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A keysym, pressed or released.
    Key(u32, bool),
    /// A button, pressed or released, at a place of the screen.
    Button(u8, bool, (i16, i16)),
    /// The pointer, with whether a button was held.
    Motion((i16, i16)),
}

/// A window over the whole screen that remembers what it is told.
#[derive(Debug)]
pub struct Recorder<'a> {
    display: &'a Display,
    seen: RefCell<Vec<Input>>,
}

impl<'a> Recorder<'a> {
    pub fn on(display: &'a Display) -> Self {
        let events = EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE
            | EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::POINTER_MOTION;
        let window = display.window((0, 0), display.size(), events);
        display.focus(window);
        Self {
            display,
            seen: RefCell::default(),
        }
    }

    /// All that it was told until now.
    pub fn seen(&self) -> Vec<Input> {
        let mut seen = self.seen.borrow_mut();
        while let Some(event) = self.display.connection.poll_for_event().unwrap() {
            match event {
                Event::KeyPress(key) => {
                    seen.push(Input::Key(self.keysym(key.detail, key.state.into()), true))
                }
                Event::KeyRelease(key) => {
                    seen.push(Input::Key(self.keysym(key.detail, key.state.into()), false))
                }
                Event::ButtonPress(it) => seen.push(Input::Button(it.detail, true, (it.root_x, it.root_y))),
                Event::ButtonRelease(it) => {
                    seen.push(Input::Button(it.detail, false, (it.root_x, it.root_y)))
                }
                Event::MotionNotify(it) => seen.push(Input::Motion((it.root_x, it.root_y))),
                _ => {}
            }
        }
        seen.clone()
    }

    /// Waits until the characters that were typed are these, of Latin-1.
    pub fn reads(&self, what: &str, text: &str) {
        let expected: Vec<u32> = text.chars().map(u32::from).collect();
        until(what, LONG, || {
            let seen = self.seen();
            let typed = seen.iter().filter_map(|input| match input {
                // Modifiers are no characters.
                Input::Key(0xFFE1..=0xFFEE | 0xFE03 | 0xFF7E, _) => None,
                Input::Key(keysym, true) => Some(*keysym),
                _ => None,
            });
            let typed: Vec<u32> = typed.collect();
            if typed == expected {
                Ok(())
            } else {
                Err(format!("expected {expected:x?}, got {typed:x?} in {seen:x?}"))
            }
        });
    }

    pub fn forget(&self) {
        self.seen();
        self.seen.borrow_mut().clear();
    }

    /// Waits until keys and buttons, without the moves between, are these.
    pub fn gets(&self, what: &str, expected: &[Input]) {
        until(what, LONG, || {
            let seen: Vec<Input> = self
                .seen()
                .into_iter()
                .filter(|input| !matches!(input, Input::Motion(_)))
                .collect();
            if seen == expected {
                Ok(())
            } else {
                Err(format!("expected {expected:x?}, got {seen:x?}"))
            }
        });
    }

    fn keysym(&self, keycode: u8, state: u16) -> u32 {
        let mapping = self
            .display
            .connection
            .get_keyboard_mapping(keycode, 1)
            .unwrap()
            .reply()
            .unwrap();
        let level = usize::from(state & 1);
        let plain = mapping.keysyms.first().copied().unwrap_or_default();
        match mapping.keysyms.get(level).copied() {
            Some(0) | None => plain,
            Some(keysym) => keysym,
        }
    }
}
