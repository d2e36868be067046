//! What some browsers call keys, where that is not what the specification calls them (UI Events KeyboardEvent `code` and
//! `key` Values).

use std::borrow::Cow;

/// `KeyboardEvent.keyCode` of a key that an input method has taken for itself.
pub(super) const PROCESSED: u32 = 229;

/// `KeyboardEvent.location` of a key on the numeric keypad.
const NUMPAD: u32 = 3;
/// And of the right one of two keys.
const RIGHT: u32 = 2;

/// The place of a key by its specified name; empty where the keyboard has no places.
pub(super) fn code(code: &str, key_code: u32, location: u32) -> Cow<'_, str> {
    match code {
        "OSLeft" => "MetaLeft".into(),
        "OSRight" => "MetaRight".into(),
        "" | "Unidentified" => of_key_code(key_code, location),
        _ => code.into(),
    }
}

/// The meaning of a key at this place by its specified name.
pub(super) fn key<'a>(key: &'a str, code: &str) -> &'a str {
    match key {
        // X has Meta at the same key, with Shift.
        "Meta" if code.starts_with("Alt") => "Alt",
        "OS" | "Win" => "Meta",
        "Esc" => "Escape",
        "Spacebar" => " ",
        "Del" => "Delete",
        "Scroll" => "ScrollLock",
        "Apps" => "ContextMenu",
        // WebKitGTK
        "ZenkakuHanaku" => "ZenkakuHankaku",
        "Up" | "UIKeyInputUpArrow" => "ArrowUp",
        "Down" | "UIKeyInputDownArrow" => "ArrowDown",
        "Left" | "UIKeyInputLeftArrow" => "ArrowLeft",
        "Right" | "UIKeyInputRightArrow" => "ArrowRight",
        "UIKeyInputEscape" => "Escape",
        "UIKeyInputPageUp" => "PageUp",
        "UIKeyInputPageDown" => "PageDown",
        "UIKeyInputHome" => "Home",
        "UIKeyInputEnd" => "End",
        "LaunchMyComputer" => "LaunchApplication1",
        "LaunchCalculator" => "LaunchApplication2",
        // Chromium, of the keypad's Decimal key without Num Lock.
        "\0" => "Delete",
        // WebKit on iPadOS, of keys that write nothing.
        _ if key.starts_with(char::is_control) => "Unidentified",
        _ => key,
    }
}

/// Keyboards of televisions and of some telephones say no place but a number, which is that of Windows' virtual keys.
fn of_key_code(key_code: u32, location: u32) -> Cow<'static, str> {
    let side = |left, right| Cow::from(if location == RIGHT { right } else { left });
    let letter = char::from_u32(key_code).unwrap_or_default();
    match key_code {
        0 | PROCESSED => "".into(),
        16 => side("ShiftLeft", "ShiftRight"),
        17 => side("ControlLeft", "ControlRight"),
        18 => side("AltLeft", "AltRight"),
        13 if location == NUMPAD => "NumpadEnter".into(),
        48..=57 => ["Digit", &letter.to_string()].concat().into(),
        65..=90 => ["Key", &letter.to_string()].concat().into(),
        96..=105 => ["Numpad", &(key_code - 96).to_string()].concat().into(),
        112..=123 => ["F", &(key_code - 111).to_string()].concat().into(),
        _ => match KEY_CODES.iter().find(|(number, _)| *number == key_code) {
            Some((_, code)) => (*code).into(),
            // Nobody knows where it is, but its release can be told from others'.
            None => ["Platform", &key_code.to_string()].concat().into(),
        },
    }
}

const KEY_CODES: [(u32, &str); 42] = [
    (8, "Backspace"),
    (9, "Tab"),
    (13, "Enter"),
    (19, "Pause"),
    (20, "CapsLock"),
    (27, "Escape"),
    (32, "Space"),
    (33, "PageUp"),
    (34, "PageDown"),
    (35, "End"),
    (36, "Home"),
    (37, "ArrowLeft"),
    (38, "ArrowUp"),
    (39, "ArrowRight"),
    (40, "ArrowDown"),
    (44, "PrintScreen"),
    (45, "Insert"),
    (46, "Delete"),
    (91, "MetaLeft"),
    (92, "MetaRight"),
    (93, "ContextMenu"),
    (106, "NumpadMultiply"),
    (107, "NumpadAdd"),
    (108, "NumpadComma"),
    (109, "NumpadSubtract"),
    (110, "NumpadDecimal"),
    (111, "NumpadDivide"),
    (144, "NumLock"),
    (145, "ScrollLock"),
    (186, "Semicolon"),
    (187, "Equal"),
    (188, "Comma"),
    (189, "Minus"),
    (190, "Period"),
    (191, "Slash"),
    (192, "Backquote"),
    (219, "BracketLeft"),
    (220, "Backslash"),
    (221, "BracketRight"),
    (222, "Quote"),
    (226, "IntlBackslash"),
    (224, "MetaLeft"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_a_place_has_it_by_its_number() {
        for (key_code, location, expected) in [
            (65, 0, "KeyA"),
            (48, 0, "Digit0"),
            (105, 3, "Numpad9"),
            (123, 0, "F12"),
            (16, 2, "ShiftRight"),
            (17, 1, "ControlLeft"),
            (13, 0, "Enter"),
            (13, 3, "NumpadEnter"),
            (222, 0, "Quote"),
            (403, 0, "Platform403"),
            (0, 0, ""),
            (229, 0, ""),
        ] {
            assert_eq!(code("", key_code, location), expected, "{key_code}");
            assert_eq!(code("Unidentified", key_code, location), expected, "{key_code}");
        }
        assert_eq!(code("OSRight", 92, 2), "MetaRight");
        assert_eq!(code("KeyQ", 65, 0), "KeyQ", "what has a place keeps it");
    }
}
