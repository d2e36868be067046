//! From the names of the DOM (UI Events, `KeyboardEvent.key`) to X keysyms.

use xkeysym::{Keysym, key};

/// `KeyboardEvent.location` of the right one of two keys.
const RIGHT: u32 = 2;
/// `KeyboardEvent.location` of a key on the numeric keypad.
const NUMPAD: u32 = 3;

/// `KeyboardEvent.location` of a key at a place, `KeyboardEvent.code`: as far as it matters below.
pub(super) fn location(code: &str) -> u32 {
    if code.starts_with("Numpad") {
        NUMPAD
    } else if code.ends_with("Right") {
        RIGHT
    } else {
        0
    }
}

/// The keysym of a key by what the browser calls it, or `None` for one that means nothing to X.
pub(super) fn of_key(name: &str, location: u32) -> Option<u32> {
    let mut chars = name.chars();
    if let (Some(character), None) = (chars.next(), chars.next()) {
        return of_character(character, location);
    }
    let keysym = match location {
        RIGHT => right(name),
        NUMPAD => numpad(name),
        _ => None,
    };
    keysym.or_else(|| named(name)).or_else(|| function_key(name))
}

/// The keysym of a key that the browser has no meaning for, by its place, where that alone tells it.
pub(super) fn of_code(code: &str) -> Option<u32> {
    let name = ["Left", "Right"]
        .iter()
        .find_map(|side| code.strip_suffix(side))
        // The arrows are no pairs.
        .filter(|name| *name != "Arrow")
        .unwrap_or(code);
    of_key(name, location(code)).filter(|_| name.len() > 1)
}

/// The keysym of a character.
pub(super) fn of_char(character: char) -> Option<u32> {
    of_character(character, 0)
}

fn of_character(character: char, location: u32) -> Option<u32> {
    if location == NUMPAD {
        if let Some(digit) = character.to_digit(10) {
            return Some(key::KP_0 + digit);
        }
        match character {
            '*' => return Some(key::KP_Multiply),
            '+' => return Some(key::KP_Add),
            ',' => return Some(key::KP_Separator),
            '-' => return Some(key::KP_Subtract),
            '.' => return Some(key::KP_Decimal),
            '/' => return Some(key::KP_Divide),
            '=' => return Some(key::KP_Equal),
            _ => {}
        }
    }
    match Keysym::from_char(character) {
        Keysym::NoSymbol => None,
        keysym => Some(keysym.raw()),
    }
}

fn right(name: &str) -> Option<u32> {
    Some(match name {
        "Shift" => key::Shift_R,
        "Control" => key::Control_R,
        "Alt" => key::Alt_R,
        "Meta" => key::Super_R,
        _ => return None,
    })
}

fn numpad(name: &str) -> Option<u32> {
    Some(match name {
        "Enter" => key::KP_Enter,
        "Home" => key::KP_Home,
        "End" => key::KP_End,
        "PageUp" => key::KP_Page_Up,
        "PageDown" => key::KP_Page_Down,
        "ArrowLeft" => key::KP_Left,
        "ArrowUp" => key::KP_Up,
        "ArrowRight" => key::KP_Right,
        "ArrowDown" => key::KP_Down,
        "Insert" => key::KP_Insert,
        "Delete" => key::KP_Delete,
        "Clear" => key::KP_Begin,
        _ => return None,
    })
}

fn named(name: &str) -> Option<u32> {
    Some(match name {
        "Backspace" => key::BackSpace,
        "Tab" => key::Tab,
        "Enter" => key::Return,
        "Escape" => key::Escape,
        "Delete" => key::Delete,
        "Home" => key::Home,
        "End" => key::End,
        "PageUp" => key::Page_Up,
        "PageDown" => key::Page_Down,
        "ArrowLeft" => key::Left,
        "ArrowUp" => key::Up,
        "ArrowRight" => key::Right,
        "ArrowDown" => key::Down,
        "Insert" => key::Insert,
        "Clear" => key::Clear,
        "Pause" => key::Pause,
        "PrintScreen" => key::Print,
        "ContextMenu" => key::Menu,
        "Help" => key::Help,
        "Undo" => key::Undo,
        "Redo" => key::Redo,
        "Find" => key::Find,
        "Cancel" => key::Cancel,
        "Select" => key::Select,
        "Execute" => key::Execute,
        "Compose" => key::Multi_key,
        "Shift" => key::Shift_L,
        "Control" => key::Control_L,
        "Alt" => key::Alt_L,
        "AltGraph" => key::ISO_Level3_Shift,
        "Meta" | "OS" | "Super" => key::Super_L,
        "Hyper" => key::Hyper_L,
        "CapsLock" => key::Caps_Lock,
        "NumLock" => key::Num_Lock,
        "ScrollLock" => key::Scroll_Lock,
        "Convert" => key::Henkan_Mode,
        "NonConvert" => key::Muhenkan,
        "KanaMode" => key::Kana_Shift,
        "HiraganaKatakana" => key::Hiragana_Katakana,
        "ZenkakuHankaku" => key::Zenkaku_Hankaku,
        "Zenkaku" => key::Zenkaku,
        "Hankaku" => key::Hankaku,
        "Hiragana" => key::Hiragana,
        "Katakana" => key::Katakana,
        "Romaji" => key::Romaji,
        "KanjiMode" => key::Kanji,
        "Eisu" => key::Eisu_toggle,
        "Alphanumeric" => key::Eisu_Shift,
        "CodeInput" => key::Codeinput,
        "AllCandidates" => key::MultipleCandidate,
        "PreviousCandidate" => key::PreviousCandidate,
        "SingleCandidate" => key::SingleCandidate,
        "HangulMode" => key::Hangul,
        "HanjaMode" => key::Hangul_Hanja,
        "JunjaMode" => key::Hangul_Jeonja,
        "ModeChange" => key::Mode_switch,
        _ => return media(name),
    })
}

/// Keys that start or steer programs. Those for loudness, brightness and power are this computer's own.
fn media(name: &str) -> Option<u32> {
    Some(match name {
        "BrowserBack" => key::XF86_Back,
        "BrowserForward" => key::XF86_Forward,
        "BrowserRefresh" => key::XF86_Refresh,
        "BrowserStop" => key::XF86_Stop,
        "BrowserSearch" => key::XF86_Search,
        "BrowserFavorites" => key::XF86_Favorites,
        "BrowserHome" => key::XF86_HomePage,
        "MediaPlayPause" | "MediaPlay" => key::XF86_AudioPlay,
        "MediaPause" => key::XF86_AudioPause,
        "MediaStop" => key::XF86_AudioStop,
        "MediaTrackNext" => key::XF86_AudioNext,
        "MediaTrackPrevious" => key::XF86_AudioPrev,
        "MediaRecord" => key::XF86_AudioRecord,
        "MediaRewind" => key::XF86_AudioRewind,
        "MediaFastForward" => key::XF86_AudioForward,
        "LaunchMail" => key::XF86_Mail,
        "LaunchMediaPlayer" => key::XF86_AudioMedia,
        "LaunchApplication1" => key::XF86_MyComputer,
        "LaunchApplication2" => key::XF86_Calculator,
        "LaunchWebBrowser" => key::XF86_WWW,
        "Copy" => key::XF86_Copy,
        "Cut" => key::XF86_Cut,
        "Paste" => key::XF86_Paste,
        "New" => key::XF86_New,
        "Open" => key::XF86_Open,
        "Save" => key::XF86_Save,
        "Close" => key::XF86_Close,
        "Print" => key::Print,
        _ => return None,
    })
}

/// F1 to F35: both the names and the keysyms are in a row.
fn function_key(name: &str) -> Option<u32> {
    let number: u32 = name.strip_prefix('F')?.parse().ok()?;
    (1..=35).contains(&number).then(|| key::F1 + number - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_the_keysyms_that_servers_keymaps_have() {
        for (name, keysym) in [
            ("a", 0x61),
            ("A", 0x41),
            (" ", 0x20),
            ("~", 0x7E),
            ("é", 0xE9),
            ("я", key::Cyrillic_ya),
            ("α", key::Greek_alpha),
            ("€", key::EuroSign),
            ("字", 0x0100_5B57),
            ("😀", 0x0101_F600),
        ] {
            assert_eq!(of_key(name, 0), Some(keysym), "{name}");
        }
    }

    #[test]
    fn a_key_that_there_is_twice_is_told_apart_by_its_place() {
        assert_eq!(of_key("Shift", 1), Some(key::Shift_L));
        assert_eq!(of_key("Shift", 2), Some(key::Shift_R));
        assert_eq!(of_key("Enter", 0), Some(key::Return));
        assert_eq!(of_key("Enter", 3), Some(key::KP_Enter));
        assert_eq!(of_key("7", 3), Some(key::KP_7));
        assert_eq!(of_key("7", 0), Some(0x37));
        assert_eq!(of_key("Home", 3), Some(key::KP_Home));
        assert_eq!(of_key("NumLock", 3), Some(key::Num_Lock));
    }

    #[test]
    fn a_key_without_a_meaning_has_that_of_its_place_unless_it_writes() {
        for (code, keysym) in [
            ("Enter", Some(key::Return)),
            ("NumpadEnter", None),
            ("ArrowLeft", Some(key::Left)),
            ("ShiftRight", Some(key::Shift_R)),
            ("F7", Some(key::F7)),
            ("KeyA", None),
            ("", None),
        ] {
            assert_eq!(of_code(code), keysym, "{code}");
        }
    }

    #[test]
    fn function_keys_are_numbered_and_anything_else_means_nothing() {
        assert_eq!(of_key("F1", 0), Some(key::F1));
        assert_eq!(of_key("F12", 0), Some(key::F12));
        assert_eq!(of_key("F35", 0), Some(key::F35));
        for name in [
            "F0",
            "F36",
            "Fn",
            "Unidentified",
            "Dead",
            "Process",
            "AudioVolumeUp",
            "",
        ] {
            assert_eq!(of_key(name, 0), None, "{name}");
        }
    }
}
