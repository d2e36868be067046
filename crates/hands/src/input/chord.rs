//! Keys that nobody's hand presses: all of them in turn, and released in the reverse order, so that none stays down.

use super::action::KeyAction;
use super::{keysym, scancode};

/// Presses and releases keys by their names in the DOM, each `KeyboardEvent.key` with `KeyboardEvent.code`, which may be
/// empty.
///
/// # Errors
/// The first name that is no key's.
pub fn chord<'a>(keys: &[(&'a str, &str)]) -> Result<Vec<KeyAction>, &'a str> {
    let mut actions = keys
        .iter()
        .map(|(key, code)| {
            let keysym = keysym::of_key(key, keysym::location(code)).ok_or(*key)?;
            Ok(KeyAction {
                keysym,
                scancode: scancode::of_code(code),
                down: true,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let released: Vec<_> = actions
        .iter()
        .rev()
        .map(|it| KeyAction { down: false, ..*it })
        .collect();
    actions.extend(released);
    Ok(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keysyms from X11's keysymdef.h, scancodes from QEMU's extended key events.
    #[test]
    fn keys_are_pressed_in_turn_and_released_in_the_reverse_order() {
        let action = |keysym, scancode, down| KeyAction {
            keysym,
            scancode,
            down,
        };
        let keys = [("Control", "ControlLeft"), ("Alt", "AltRight"), ("Delete", "")];
        let expected = vec![
            action(0xFFE3, 0x1D, true),
            action(0xFFEA, 0xB8, true),
            action(0xFFFF, 0, true),
            action(0xFFFF, 0, false),
            action(0xFFEA, 0xB8, false),
            action(0xFFE3, 0x1D, false),
        ];
        assert_eq!(chord(&keys), Ok(expected));
        assert_eq!(
            chord(&[("5", "Numpad5")]),
            Ok(vec![action(0xFFB5, 0x4C, true), action(0xFFB5, 0x4C, false)])
        );
        assert_eq!(chord(&[]), Ok(Vec::new()));
    }

    #[test]
    fn a_name_that_is_no_keys_presses_none() {
        assert_eq!(chord(&[("Control", ""), ("Strg", "")]), Err("Strg"));
        assert_eq!(chord(&[("", "KeyA")]), Err(""));
    }
}
