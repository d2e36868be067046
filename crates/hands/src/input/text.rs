//! Text as strokes of keys: for what was written here without a key of its own, by an input method, a keyboard on the
//! screen or the clipboard.

use xkeysym::key;

use super::action::{KeyAction, tap};
use super::keysym;

/// The characters that American keyboards write with Shift. A server that looks for a keysym's place on such a keyboard
/// does not hold Shift by itself.
const SHIFTED: &str = "~!@#$%^&*()_+{}|:\"<>?";

const SHIFT: u8 = 0x2A;

/// The strokes that write `text`, character by character: lines end in Return, however they end there, and other control
/// characters but Tab are left out. They say no places, which are those of a keyboard that nobody knows.
pub fn strokes(text: &str) -> impl Iterator<Item = Vec<KeyAction>> {
    let mut before = '\0';
    text.chars().filter_map(move |character| {
        let is_second_half = character == '\n' && before == '\r';
        before = character;
        (!is_second_half).then(|| stroke(character)).flatten()
    })
}

fn stroke(character: char) -> Option<Vec<KeyAction>> {
    let keysym = match character {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => key::Return,
        '\t' => key::Tab,
        _ if character.is_control() => return None,
        _ => keysym::of_char(character)?,
    };
    let tap = tap(keysym, 0);
    Some(if character.is_ascii_uppercase() || SHIFTED.contains(character) {
        let shift = |down| KeyAction {
            keysym: key::Shift_L,
            scancode: SHIFT,
            down,
        };
        [[shift(true)].as_slice(), &tap, &[shift(false)]].concat()
    } else {
        tap.into()
    })
}

/// What takes so many characters before the cursor away again.
pub(super) fn erase(count: usize) -> impl Iterator<Item = KeyAction> {
    std::iter::repeat_with(|| tap(key::BackSpace, 0x0E))
        .take(count)
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(text: &str) -> Vec<u32> {
        let actions = strokes(text).flatten();
        actions.filter(|it| it.down).map(|it| it.keysym).collect()
    }

    #[test]
    fn every_character_has_a_stroke_and_lines_end_in_return() {
        assert_eq!(
            pressed("aé\r\nb\n\tж字😀"),
            [
                0x61,
                0xE9,
                key::Return,
                0x62,
                key::Return,
                key::Tab,
                key::Cyrillic_zhe,
                0x0100_5B57,
                0x0101_F600
            ]
        );
        assert_eq!(pressed("\r\r\n"), [key::Return, key::Return]);
        assert_eq!(pressed("\u{1b}\u{7}\0"), [], "control characters are no text");
    }

    #[test]
    fn an_emoji_of_several_characters_is_all_of_them() {
        assert_eq!(pressed("👩‍🚀"), [0x0101_F469, 0x0100_200D, 0x0101_F680]);
    }

    #[test]
    fn shift_is_held_for_what_american_keyboards_have_with_it() {
        let keys: Vec<_> = strokes("A").flatten().map(|it| (it.keysym, it.down)).collect();
        assert_eq!(
            keys,
            [
                (key::Shift_L, true),
                (0x41, true),
                (0x41, false),
                (key::Shift_L, false)
            ]
        );
        assert_eq!(pressed("~-É"), [key::Shift_L, 0x7E, 0x2D, 0xC9]);
    }
}
