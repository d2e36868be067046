//! Dead keys where input methods of Linux make one character of two keys, for a server that may go by places. One that does is
//! told both keys, and makes its own of them; one that goes by meanings passes over a key that has none, and is given the
//! character with the second key.

use xkeysym::key;

use super::action::{KeyAction, tap};
use super::{keysym, scancode, text};

/// A dead key, and the key after it.
#[derive(Debug, Default)]
pub(super) struct DeadKey {
    /// The last key that was left to the input method.
    last: Left,
    /// Whether that was a dead key, or one before it.
    is_dead: bool,
    /// Whether the desktop knows of that.
    is_told: bool,
    /// What the two have written, where it is not known yet by which key: WebKitGTK says so when it goes up.
    written: Option<char>,
}

/// A key that was left to an input method.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Left {
    /// Its place; 0 where that is not known.
    pub(super) scancode: u8,
    /// Shift was held, and the desktop does not know of it: input methods keep that to themselves.
    pub(super) shift: bool,
}

impl DeadKey {
    /// A key was left to the input method. One that `is_dead` the desktop knows of.
    pub(super) fn left(&mut self, key: Left, is_dead: bool) {
        self.last = key;
        self.is_dead |= is_dead;
        self.is_told |= is_dead;
    }

    /// The input method shows this. It was a dead key, though the browser did not say so, if it is an accent.
    pub(super) fn shows(&mut self, data: &str) -> Vec<KeyAction> {
        self.is_dead |= only(data).is_some_and(is_accent);
        self.tell(self.last)
    }

    /// The dead key as a key without a meaning, if its place is known by now.
    fn tell(&mut self, key: Left) -> Vec<KeyAction> {
        if !self.is_dead || self.is_told || key.scancode == 0 {
            return Vec::new();
        }
        self.is_told = true;
        key.tap(0)
    }

    /// What the input method has written: by the second key, if it is one character of two.
    pub(super) fn writes(&mut self, data: &str) -> Option<Vec<KeyAction>> {
        let character = only(data).filter(|_| self.is_told)?;
        let last = self.last;
        *self = Self::default();
        if last.scancode == 0 {
            self.written = Some(character);
            return Some(Vec::new());
        }
        Some(last.tap(keysym::of_char(character)?))
    }

    /// A key of the input method's went up, and so is known.
    pub(super) fn released(&mut self, key: Left) -> Vec<KeyAction> {
        match self.written.take().and_then(keysym::of_char) {
            Some(keysym) => key.tap(keysym),
            None => self.tell(key),
        }
    }

    /// Something else happens. Answers what is to be told before it.
    pub(super) fn settle(&mut self) -> Vec<KeyAction> {
        let written = self.written.take().map(String::from).unwrap_or_default();
        text::strokes(&written).flatten().collect()
    }
}

impl Left {
    fn tap(self, keysym: u32) -> Vec<KeyAction> {
        let tap = tap(keysym, self.scancode);
        if self.shift {
            let shift = |down| KeyAction {
                keysym: key::Shift_L,
                scancode: scancode::of_code("ShiftLeft"),
                down,
            };
            [[shift(true)].as_slice(), &tap, &[shift(false)]].concat()
        } else {
            tap.into()
        }
    }
}

/// The character that a text consists of.
fn only(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

/// Whether input methods show a dead key as this.
fn is_accent(character: char) -> bool {
    matches!(character,
        '^' | '`' | '~' | '¨' | '¯' | '°' | '´' | '¸' | '\u{2C6}'..='\u{2DD}' | '\u{300}'..='\u{36F}')
}
