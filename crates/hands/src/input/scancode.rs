//! From the names of the DOM (UI Events, `KeyboardEvent.code`) to the scancodes of an XT keyboard, as QEMU's extended key
//! events carry them.

/// The keys in the order of their scancodes, the first one's being 1. Letters and digits are named by themselves.
const KEYS: &str = "Escape 1 2 3 4 5 6 7 8 9 0 Minus Equal Backspace Tab Q W E R T Y U I O P BracketLeft BracketRight \
    Enter ControlLeft A S D F G H J K L Semicolon Quote Backquote ShiftLeft Backslash Z X C V B N M Comma Period Slash \
    ShiftRight NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 \
    Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal - - \
    IntlBackslash F11 F12 NumpadEqual F20";

/// Keys beyond those, and their scancodes. Of one of two bytes, which begins with 0xE0, it is the second one with the
/// highest bit set.
const OTHERS: [(&str, u8); 66] = [
    ("F16", 0x55),
    ("F13", 0x5D),
    ("F14", 0x5E),
    ("F15", 0x5F),
    ("Open", 0x64),
    ("Paste", 0x65),
    ("F23", 0x6D),
    ("F24", 0x6F),
    ("KanaMode", 0x70),
    ("Lang2", 0x71),
    ("Lang1", 0x72),
    ("IntlRo", 0x73),
    ("F21", 0x74),
    ("Lang5", 0x76),
    ("Lang4", 0x77),
    ("Lang3", 0x78),
    ("Convert", 0x79),
    ("NonConvert", 0x7B),
    ("IntlYen", 0x7D),
    ("NumpadComma", 0x7E),
    ("F17", 0x83),
    ("F19", 0x84),
    ("Again", 0x85),
    ("Props", 0x86),
    ("Undo", 0x87),
    ("Select", 0x8C),
    ("MediaTrackPrevious", 0x90),
    ("MediaTrackNext", 0x99),
    ("NumpadEnter", 0x9C),
    ("ControlRight", 0x9D),
    ("LaunchApp2", 0xA1),
    ("MediaPlayPause", 0xA2),
    ("MediaStop", 0xA4),
    ("BrowserHome", 0xB2),
    ("NumpadDivide", 0xB5),
    ("PrintScreen", 0xB7),
    ("AltRight", 0xB8),
    ("Cut", 0xBC),
    ("Find", 0xC1),
    ("Pause", 0xC6),
    ("Home", 0xC7),
    ("ArrowUp", 0xC8),
    ("PageUp", 0xC9),
    ("ArrowLeft", 0xCB),
    ("ArrowRight", 0xCD),
    ("End", 0xCF),
    ("ArrowDown", 0xD0),
    ("PageDown", 0xD1),
    ("Insert", 0xD2),
    ("Delete", 0xD3),
    ("MetaLeft", 0xDB),
    ("MetaRight", 0xDC),
    ("ContextMenu", 0xDD),
    ("BrowserSearch", 0xE5),
    ("BrowserFavorites", 0xE6),
    ("BrowserRefresh", 0xE7),
    ("BrowserStop", 0xE8),
    ("BrowserForward", 0xE9),
    ("BrowserBack", 0xEA),
    ("LaunchApp1", 0xEB),
    ("LaunchMail", 0xEC),
    ("MediaSelect", 0xED),
    ("Help", 0xF5),
    ("F18", 0xF7),
    ("Copy", 0xF8),
    ("F22", 0xF9),
];

/// The scancode of a key; 0 for one that has none.
pub(super) fn of_code(code: &str) -> u8 {
    let name = code
        .strip_prefix("Key")
        .or_else(|| code.strip_prefix("Digit"))
        .unwrap_or(code);
    if let Some(at) = KEYS.split(' ').position(|key| key == name && name != "-") {
        return at as u8 + 1;
    }
    OTHERS
        .iter()
        .find(|(key, _)| *key == code)
        .map_or(0, |(_, scancode)| *scancode)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From IBM's Technical Reference, and Microsoft's "Keyboard Scan Code Specification" for keys that came later.
    #[test]
    fn keys_have_the_scancodes_of_an_xt_keyboard() {
        for (code, scancode) in [
            ("Escape", 0x01),
            ("Digit1", 0x02),
            ("Digit0", 0x0B),
            ("Backspace", 0x0E),
            ("KeyQ", 0x10),
            ("KeyP", 0x19),
            ("BracketRight", 0x1B),
            ("Enter", 0x1C),
            ("ControlLeft", 0x1D),
            ("KeyA", 0x1E),
            ("Backquote", 0x29),
            ("ShiftLeft", 0x2A),
            ("KeyZ", 0x2C),
            ("Slash", 0x35),
            ("ShiftRight", 0x36),
            ("NumpadMultiply", 0x37),
            ("Space", 0x39),
            ("CapsLock", 0x3A),
            ("F1", 0x3B),
            ("F10", 0x44),
            ("NumLock", 0x45),
            ("ScrollLock", 0x46),
            ("Numpad7", 0x47),
            ("NumpadDecimal", 0x53),
            ("IntlBackslash", 0x56),
            ("F11", 0x57),
            ("F12", 0x58),
            ("NumpadEqual", 0x59),
            ("F13", 0x5D),
            ("F20", 0x5A),
            ("F24", 0x6F),
            ("Lang1", 0x72),
            ("MediaPlayPause", 0xA2),
            ("ControlRight", 0x9D),
            ("ArrowUp", 0xC8),
            ("Delete", 0xD3),
            ("", 0),
            ("-", 0),
            ("KeyAudioVolumeUp", 0),
            ("Fn", 0),
        ] {
            assert_eq!(of_code(code), scancode, "{code}");
        }
    }

    #[test]
    fn no_two_keys_have_the_same_scancode() {
        let row = KEYS.split(' ').filter(|key| *key != "-").map(of_code);
        let mut all: Vec<u8> = row.chain(OTHERS.map(|(key, _)| of_code(key))).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|scancode| scancode % 0x80 != 0));
    }
}
