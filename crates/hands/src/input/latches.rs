//! Modifiers that stay down by themselves, for who has no second hand on a keyboard.

use super::action::{KeyAction, is_modifier};
use super::{keysym, scancode};

/// A modifier that can be latched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latch {
    /// Control
    Control,
    /// Alt
    Alt,
    /// Shift
    Shift,
    /// AltGr
    AltGr,
    /// The key with a logo.
    Super,
}

impl Latch {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Control, Self::Alt, Self::Shift, Self::AltGr, Self::Super];

    /// `KeyboardEvent.key` and `code` of its key.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Control => ("Control", "ControlLeft"),
            Self::Alt => ("Alt", "AltLeft"),
            Self::Shift => ("Shift", "ShiftLeft"),
            Self::AltGr => ("AltGraph", "AltRight"),
            Self::Super => ("Meta", "MetaLeft"),
        }
    }

    fn action(self, down: bool) -> KeyAction {
        let (key, code) = self.names();
        KeyAction {
            keysym: keysym::of_key(key, 0).unwrap_or_default(),
            scancode: scancode::of_code(code),
            down,
        }
    }
}

/// How a modifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latched {
    /// Up.
    #[default]
    No,
    /// Down for the next key or click.
    Once,
    /// Down until it is let go.
    Locked,
}

/// Which modifiers are down by themselves, in [`Latch::ALL`]'s order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latches([Latched; Latch::ALL.len()]);

impl Latches {
    /// How one of them is.
    #[must_use]
    pub fn get(&self, latch: Latch) -> Latched {
        self.0[latch as usize]
    }

    /// Somebody presses it: once for the next key or click, twice for all that follow, and again to let it go.
    pub fn press(&mut self, latch: Latch) -> Option<KeyAction> {
        let state = &mut self.0[latch as usize];
        let (next, action) = match *state {
            Latched::No => (Latched::Once, Some(latch.action(true))),
            Latched::Once => (Latched::Locked, None),
            Latched::Locked => (Latched::No, Some(latch.action(false))),
        };
        *state = next;
        action
    }

    /// One of them is let go, however long it was to hold.
    pub fn release(&mut self, latch: Latch) -> Option<KeyAction> {
        let state = std::mem::take(&mut self.0[latch as usize]);
        (state != Latched::No).then(|| latch.action(false))
    }

    /// These have been told. Answers what is let go after them.
    pub fn after(&mut self, actions: &[KeyAction]) -> Vec<KeyAction> {
        let is_key = |it: &KeyAction| it.down && !is_modifier(it.keysym);
        if actions.iter().any(is_key) {
            self.let_go(|state| state == Latched::Once)
        } else {
            Vec::new()
        }
    }

    /// A click, or what was dragged, is over: sticky keys hold for that as they do for a key. Not so for a wheel, of which one
    /// step is seldom all.
    pub fn after_click(&mut self) -> Vec<KeyAction> {
        self.let_go(|state| state == Latched::Once)
    }

    /// Lets all of them go.
    pub fn release_all(&mut self) -> Vec<KeyAction> {
        self.let_go(|state| state != Latched::No)
    }

    fn let_go(&mut self, which: impl Fn(Latched) -> bool) -> Vec<KeyAction> {
        let mut actions = Vec::new();
        for latch in Latch::ALL {
            let state = &mut self.0[latch as usize];
            if which(*state) {
                *state = Latched::No;
                actions.push(latch.action(false));
            }
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(keysym: u32) -> [KeyAction; 2] {
        super::super::action::tap(keysym, 0)
    }

    #[test]
    fn a_modifier_that_is_pressed_once_holds_for_one_key() {
        let mut latches = Latches::default();
        let (down, up) = (Latch::Control.action(true), Latch::Control.action(false));
        assert_eq!(latches.press(Latch::Control), Some(down));
        let shift = key(xkeysym::key::Shift_L);
        assert_eq!(latches.after(&shift), [], "another modifier is no key");
        assert_eq!(latches.after(&key(0x63)), [up]);
        assert_eq!(latches.after(&key(0x63)), []);
    }

    #[test]
    fn a_modifier_that_is_pressed_once_holds_for_one_click_and_a_locked_one_for_all() {
        let mut latches = Latches::default();
        latches.press(Latch::Shift);
        latches.press(Latch::Alt);
        latches.press(Latch::Alt);
        assert_eq!(latches.after_click(), [Latch::Shift.action(false)]);
        assert_eq!(latches.after_click(), []);
        assert_eq!(latches.get(Latch::Alt), Latched::Locked);
    }

    #[test]
    fn a_modifier_that_is_pressed_twice_holds_until_it_is_pressed_again() {
        let mut latches = Latches::default();
        latches.press(Latch::Alt);
        assert_eq!(latches.press(Latch::Alt), None);
        assert_eq!(latches.get(Latch::Alt), Latched::Locked);
        assert_eq!(latches.after(&key(0x63)), []);
        assert_eq!(latches.press(Latch::Alt), Some(Latch::Alt.action(false)));
        assert_eq!(latches.release_all(), []);
    }

    #[test]
    fn one_of_several_is_let_go_however_long_it_was_to_hold() {
        let mut latches = Latches::default();
        latches.press(Latch::Control);
        latches.press(Latch::Alt);
        latches.press(Latch::Alt);
        assert_eq!(
            latches.release(Latch::Control),
            Some(Latch::Control.action(false))
        );
        assert_eq!(latches.release(Latch::Control), None, "it is up");
        assert_eq!(latches.get(Latch::Alt), Latched::Locked);
        assert_eq!(latches.release(Latch::Alt), Some(Latch::Alt.action(false)));
        assert_eq!(latches, Latches::default());
    }

    #[test]
    fn all_that_hold_are_let_go_together() {
        let mut latches = Latches::default();
        latches.press(Latch::Control);
        latches.press(Latch::Super);
        latches.press(Latch::Super);
        assert_eq!(
            latches.release_all(),
            [Latch::Control.action(false), Latch::Super.action(false)]
        );
        assert_eq!(latches, Latches::default());
    }
}
