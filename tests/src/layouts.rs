//! Layouts of keyboards, by XKB's names, and what hands write on them.

use crate::browser::InputMethod;

/// Keys by their places (UI Events, `KeyboardEvent.code`): with `+` between them they are held together, with a space one
/// comes after the other. And what they write: characters as they are, other keys by X's names as `<Muhenkan>`.
pub type Strokes = (&'static str, &'static str);

/// A layout, and what is pressed there.
pub const LAYOUTS: [(&str, &[Strokes]); 5] = [
    ("us", US),
    ("us(intl)", US_INTERNATIONAL),
    ("de", GERMAN),
    ("fr", FRENCH),
    ("jp", JAPANESE),
];

const US: &[Strokes] = &[
    ("KeyA", "a"),
    ("ShiftLeft+KeyA", "A"),
    ("KeyY", "y"),
    ("Digit2", "2"),
    ("ShiftLeft+Digit2", "@"),
    ("ShiftRight+Digit8", "*"),
    ("BracketLeft", "["),
    ("ShiftLeft+BracketLeft", "{"),
    ("Backslash", "\\"),
    ("ShiftLeft+Backslash", "|"),
    ("Semicolon", ";"),
    ("Quote", "'"),
    ("ShiftLeft+Quote", "\""),
    ("Backquote", "`"),
    ("ShiftLeft+Backquote", "~"),
    ("Slash", "/"),
    ("ShiftLeft+Slash", "?"),
    ("Space", " "),
];

const US_INTERNATIONAL: &[Strokes] = &[
    ("Quote KeyE", "é"),
    ("Quote ShiftLeft+KeyE", "É"),
    ("Backquote KeyA", "à"),
    ("ShiftLeft+Digit6 KeyO", "ô"),
    ("ShiftLeft+Quote KeyU", "ü"),
    ("ShiftLeft+Backquote KeyN", "ñ"),
    ("Backquote Space", "`"),
    ("AltRight+Digit5", "€"),
    ("AltRight+KeyS", "ß"),
    ("AltRight+KeyQ", "ä"),
    ("AltRight+ShiftLeft+KeyQ", "Ä"),
    ("KeyX", "x"),
];

const GERMAN: &[Strokes] = &[
    ("KeyY", "z"),
    ("KeyZ", "y"),
    ("ShiftLeft+KeyY", "Z"),
    ("BracketLeft", "ü"),
    ("Semicolon", "ö"),
    ("Quote", "ä"),
    ("ShiftLeft+Quote", "Ä"),
    ("Minus", "ß"),
    ("ShiftLeft+Minus", "?"),
    ("ShiftLeft+Digit7", "/"),
    ("ShiftLeft+Digit3", "§"),
    ("ShiftLeft+Backquote", "°"),
    ("Backslash", "#"),
    ("IntlBackslash", "<"),
    ("ShiftLeft+IntlBackslash", ">"),
    ("AltRight+KeyQ", "@"),
    ("AltRight+KeyE", "€"),
    ("AltRight+Digit7", "{"),
    ("AltRight+Digit8", "["),
    ("AltRight+Digit9", "]"),
    ("AltRight+Digit0", "}"),
    ("AltRight+Minus", "\\"),
    ("AltRight+BracketRight", "~"),
    ("AltRight+IntlBackslash", "|"),
    ("AltRight+KeyM", "µ"),
    ("Equal KeyE", "é"),
    ("ShiftLeft+Equal KeyA", "à"),
    ("Backquote KeyO", "ô"),
    ("Backquote ShiftLeft+KeyO", "Ô"),
    ("Backquote Space", "^"),
    ("KeyX", "x"),
];

const FRENCH: &[Strokes] = &[
    ("KeyQ", "a"),
    ("KeyW", "z"),
    ("Semicolon", "m"),
    ("Digit1", "&"),
    ("Digit2", "é"),
    ("Digit7", "è"),
    ("Digit9", "ç"),
    ("Digit0", "à"),
    ("Quote", "ù"),
    ("ShiftLeft+Digit1", "1"),
    ("ShiftLeft+Digit2", "2"),
    ("ShiftRight+Digit9", "9"),
    ("ShiftLeft+Digit0", "0"),
    ("Comma", ";"),
    ("ShiftLeft+Comma", "."),
    ("KeyM", ","),
    ("ShiftLeft+KeyM", "?"),
    ("Slash", "!"),
    ("ShiftLeft+Slash", "§"),
    ("ShiftLeft+BracketRight", "£"),
    ("ShiftLeft+Quote", "%"),
    ("AltRight+Digit0", "@"),
    ("AltRight+Digit3", "#"),
    ("AltRight+Digit4", "{"),
    ("AltRight+Digit5", "["),
    ("AltRight+Digit6", "|"),
    ("AltRight+Digit8", "\\"),
    ("AltRight+Digit9", "^"),
    ("AltRight+Minus", "]"),
    ("AltRight+Equal", "}"),
    ("AltRight+KeyE", "€"),
    ("BracketLeft KeyE", "ê"),
    ("BracketLeft ShiftLeft+KeyQ", "Â"),
    ("ShiftLeft+BracketLeft KeyI", "ï"),
    ("ShiftLeft+BracketLeft ShiftLeft+KeyU", "Ü"),
    ("KeyX", "x"),
];

const JAPANESE: &[Strokes] = &[
    ("KeyY", "y"),
    ("ShiftLeft+Digit2", "\""),
    ("ShiftLeft+Digit6", "&"),
    ("ShiftLeft+Digit7", "'"),
    ("ShiftLeft+Minus", "="),
    ("Equal", "^"),
    ("BracketLeft", "@"),
    ("ShiftLeft+BracketLeft", "`"),
    ("BracketRight", "["),
    ("Backslash", "]"),
    ("ShiftLeft+Semicolon", "+"),
    ("Quote", ":"),
    ("ShiftLeft+Quote", "*"),
    ("IntlYen", "\\"),
    ("ShiftLeft+IntlYen", "|"),
    ("IntlRo", "\\"),
    ("ShiftLeft+IntlRo", "_"),
    ("Convert", "<Henkan_Mode>"),
    ("NonConvert", "<Muhenkan>"),
    ("KanaMode", "<Hiragana_Katakana>"),
    ("Backquote", "<Zenkaku_Hankaku>"),
    ("KeyX", "x"),
];

/// Input methods, and what they make of keys of an American keyboard. Two of GTK's: Vietnamese letters of their parts, Cyrillic
/// ones of Latin ones, where the last key ends what is being made. Two of IBus's: Chinese by its sound, chosen by the space bar or
/// by number, with marks of its own; Japanese, which is converted and then taken over.
pub const INPUT_METHODS: [(InputMethod, &[Strokes]); 4] = [
    (
        InputMethod::Gtk("viqr"),
        &[
            ("KeyA Quote Space", "á "),
            ("KeyD KeyD Space", "đ "),
            ("KeyX KeyY Space", "xy "),
        ],
    ),
    (
        InputMethod::Gtk("cyrillic_translit"),
        &[("KeyS KeyH Space", "ш "), ("KeyZ KeyH Space", "ж ")],
    ),
    (
        InputMethod::Ibus("libpinyin"),
        &[
            ("KeyN KeyI KeyH KeyA KeyO Space", "你好"),
            ("KeyN KeyI Digit1", "你"),
            ("KeyN KeyI Enter", "ni"),
            ("KeyN KeyI Escape KeyH KeyA KeyO Space", "号"),
            ("KeyN KeyI KeyH Backspace Space", "你"),
            ("Comma Period", "，。"),
            ("ShiftLeft+Slash", "？"),
            ("Digit1 Space", "1 "),
        ],
    ),
    (
        InputMethod::Ibus("kkc"),
        &[
            ("KeyN KeyI KeyH KeyO KeyN KeyG KeyO Space Enter", "日本語"),
            ("KeyK KeyA KeyN KeyA Enter", "かな"),
            ("KeyK KeyA KeyN KeyA F7 Enter", "カナ"),
            ("KeyA Escape KeyI Enter", "い"),
            ("Comma Enter Period Enter", "、。"),
            ("Space", " "),
        ],
    ),
];
