//! The first key that a desktop hears of.
//!
//! Xtigervnc makes a key for a character that its layout lacks. The very first key that is pressed there makes it take the
//! keyboard's layout once more, without what was made for that key: it arrives as nothing, or as the character after it. So
//! another one, which does nothing by itself, comes before it.

use xkeysym::key;

use super::action::{KeyAction, tap};
use super::scancode;

/// Waits for the first key.
#[derive(Debug, Default)]
pub(super) struct Opening {
    is_over: bool,
}

impl Opening {
    /// These are to be told.
    pub(super) fn pass(&mut self, actions: Vec<KeyAction>) -> Vec<KeyAction> {
        let Some(first) = actions.iter().find(|action| action.down) else {
            return actions;
        };
        if std::mem::replace(&mut self.is_over, true) || !may_be_made(first.keysym) {
            return actions;
        }
        let shift = tap(key::Shift_L, scancode::of_code("ShiftLeft"));
        [&shift[..], &actions].concat()
    }
}

/// Whether a keysym is of a character that not every layout has.
fn may_be_made(keysym: u32) -> bool {
    matches!(keysym, 0xA0..=0xFDFF | 0x0100_0000..=0x0110_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(opening: &mut Opening, keysym: u32) -> Vec<u32> {
        let actions = opening.pass(tap(keysym, 0).into());
        actions.iter().filter(|it| it.down).map(|it| it.keysym).collect()
    }

    #[test]
    fn shift_comes_before_a_character_that_may_have_no_key_if_it_is_the_first() {
        for character in [0xE9, key::Cyrillic_zhe, 0x0100_6F22] {
            let mut opening = Opening::default();
            assert_eq!(pressed(&mut opening, character), [key::Shift_L, character]);
            assert_eq!(pressed(&mut opening, character), [character]);
        }
    }

    #[test]
    fn nothing_comes_before_keys_that_all_keyboards_have_nor_what_comes_after_those() {
        for first in [0x61, key::Return, key::Control_L, key::Shift_L] {
            let mut opening = Opening::default();
            assert_eq!(opening.pass(Vec::new()), []);
            assert_eq!(pressed(&mut opening, first), [first]);
            assert_eq!(pressed(&mut opening, 0x0100_6F22), [0x0100_6F22]);
        }
    }
}
