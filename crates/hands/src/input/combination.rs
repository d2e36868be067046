//! Key combinations as people write them: `Ctrl+Alt+F2`.

use std::borrow::Cow;

/// A key: its `KeyboardEvent.key` and its `code`.
pub type Named<'a> = (Cow<'a, str>, Cow<'static, str>);

/// The most keys that are pressed at a time.
const MOST: usize = 8;

/// The keys of a combination, each `KeyboardEvent.key` with its `code`, for [`super::chord()`]; of names that are none the
/// chord says so.
///
/// # Errors
/// There is nothing between two plus signs, or there are more than eight keys.
pub fn combination(words: &str) -> Result<Vec<Named<'_>>, &'static str> {
    // The last plus sign may be the key itself.
    let (words, plus) = match words.trim().strip_suffix('+') {
        Some(rest) if rest.is_empty() || rest.ends_with('+') => (rest.trim_end_matches('+'), Some("+")),
        Some(_) => return Err("a key is missing after the last +"),
        None => (words.trim(), None),
    };
    let names = words.split('+').map(str::trim).filter(|_| !words.is_empty());
    let keys: Vec<_> = names.chain(plus).map(key).collect();
    if keys.iter().any(|(key, _)| key.is_empty()) || keys.is_empty() {
        return Err("a key is missing between two +");
    }
    if keys.len() > MOST {
        return Err("these are more than eight keys");
    }
    Ok(keys)
}

fn key(name: &str) -> Named<'_> {
    let lower = name.to_ascii_lowercase();
    let (key, code): (&'static str, &'static str) = match &*lower {
        "ctrl" | "control" | "strg" => ("Control", "ControlLeft"),
        "alt" | "option" => ("Alt", "AltLeft"),
        "altgr" => ("AltGraph", "AltRight"),
        "shift" => ("Shift", "ShiftLeft"),
        "super" | "win" | "windows" | "meta" | "cmd" => ("Meta", "MetaLeft"),
        "esc" | "escape" => ("Escape", "Escape"),
        "tab" => ("Tab", "Tab"),
        "enter" | "return" => ("Enter", "Enter"),
        "space" => (" ", "Space"),
        "backspace" => ("Backspace", "Backspace"),
        "del" | "delete" => ("Delete", "Delete"),
        "ins" | "insert" => ("Insert", "Insert"),
        "home" => ("Home", "Home"),
        "end" => ("End", "End"),
        "pgup" | "pageup" => ("PageUp", "PageUp"),
        "pgdn" | "pagedown" => ("PageDown", "PageDown"),
        "left" => ("ArrowLeft", "ArrowLeft"),
        "right" => ("ArrowRight", "ArrowRight"),
        "up" => ("ArrowUp", "ArrowUp"),
        "down" => ("ArrowDown", "ArrowDown"),
        "print" | "printscreen" | "prtsc" | "sysrq" => ("PrintScreen", "PrintScreen"),
        "pause" | "break" => ("Pause", "Pause"),
        "menu" => ("ContextMenu", "ContextMenu"),
        "capslock" => ("CapsLock", "CapsLock"),
        "numlock" => ("NumLock", "NumLock"),
        "scrolllock" => ("ScrollLock", "ScrollLock"),
        _ => return other(name),
    };
    (key.into(), code.into())
}

/// A letter or digit, with its place on American keyboards; a function key; or what the DOM calls a key.
fn other(name: &str) -> Named<'_> {
    let mut characters = name.chars();
    let upper = name.to_ascii_uppercase();
    match (characters.next(), characters.next()) {
        // As a hand presses it, without Shift.
        (Some('a'..='z' | 'A'..='Z'), None) => {
            (name.to_ascii_lowercase().into(), ["Key", &upper].concat().into())
        }
        (Some('0'..='9'), None) => (name.into(), ["Digit", name].concat().into()),
        (Some('f' | 'F'), Some(_)) if upper[1..].parse::<u8>().is_ok() => {
            (upper.clone().into(), upper.into())
        }
        _ => (name.into(), "".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::chord;

    fn read(words: &str) -> Result<Vec<(String, String)>, &'static str> {
        let keys = combination(words)?;
        Ok(keys
            .into_iter()
            .map(|(key, code)| (key.into_owned(), code.into_owned()))
            .collect())
    }

    #[test]
    fn combinations_are_read_as_people_write_them() {
        let expect = |words: &str, keys: &[(&str, &str)]| {
            let keys = keys.iter().map(|(key, code)| ((*key).into(), (*code).into()));
            assert_eq!(read(words), Ok(keys.collect()), "{words}");
        };
        let (control, alt) = (("Control", "ControlLeft"), ("Alt", "AltLeft"));
        expect("Ctrl+Alt+F2", &[control, alt, ("F2", "F2")]);
        expect(" ctrl + alt + del ", &[control, alt, ("Delete", "Delete")]);
        expect("Super+L", &[("Meta", "MetaLeft"), ("l", "KeyL")]);
        expect(
            "Alt+PrtSc+b",
            &[alt, ("PrintScreen", "PrintScreen"), ("b", "KeyB")],
        );
        expect("Ctrl++", &[control, ("+", "")]);
        expect("+", &[("+", "")]);
        expect("é", &[("é", "")]);
        expect("F", &[("f", "KeyF")]);
        expect("f12", &[("F12", "F12")]);
    }

    #[test]
    fn what_is_no_combination_is_said() {
        for words in ["", "Ctrl+", "Ctrl++Alt", "+Ctrl", "a+b+c+d+e+f+g+h+i"] {
            assert!(read(words).is_err(), "{words}");
        }
        let keys = combination("Ctrl+Foo").unwrap_or_default();
        let keys: Vec<_> = keys.iter().map(|(key, code)| (&**key, &**code)).collect();
        assert_eq!(chord(&keys), Err("Foo"));
    }
}
