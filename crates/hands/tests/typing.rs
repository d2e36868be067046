//! What browsers tell of a keyboard, event by event, and what the desktop is told of it: the tables in `sequences/`, whose
//! README.md says how they are read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use porthole_hands::input::{Fate, KeyAction, KeyStroke, Locks, Modifiers, Platform, Typing};
use xkeysym::Keysym;

const TABLES: [(&str, &str); 5] = [
    ("windows", include_str!("sequences/windows.txt")),
    ("apple", include_str!("sequences/apple.txt")),
    ("linux", include_str!("sequences/linux.txt")),
    ("android", include_str!("sequences/android.txt")),
    ("ios", include_str!("sequences/ios.txt")),
];

#[test]
fn what_browsers_tell_of_a_keyboard_becomes_what_the_desktop_is_told() {
    let (mut count, mut wrong) = (0, Vec::new());
    for (table, text) in TABLES {
        for sequence in text.split("\n# ").skip(1) {
            let (title, events) = sequence.split_once('\n').unwrap();
            let found = play(platform(table), events);
            wrong.extend(found.iter().map(|it| format!("{table}: {title}: {it}")));
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "{count} sequences");
}

fn platform(table: &str) -> Platform {
    match table {
        "windows" => Platform::Windows,
        "apple" | "ios" => Platform::Apple,
        _ => Platform::Other,
    }
}

/// What is not as the table has it.
fn play(platform: Platform, events: &str) -> Vec<String> {
    let mut typing = Typing::new(platform);
    let mut wrong = Vec::new();
    for line in events.lines().filter(|line| !line.trim().is_empty()) {
        let (event, expected) = line.split_once("=>").unwrap_or((line, ""));
        let found = happens(&mut typing, event.trim());
        if found != expected.trim() {
            wrong.push(format!("{line}: found {found}"));
        }
    }
    wrong
}

/// What comes of an event, as the tables write it.
fn happens(typing: &mut Typing, event: &str) -> String {
    let (name, rest) = event.split_once(' ').unwrap_or((event, ""));
    let words: Vec<&str> = rest.split_whitespace().collect();
    let mut fate = None;
    let actions = match (name, words.as_slice()) {
        ("down" | "up", [code, key, key_code, flags @ ..]) => {
            let stroke = stroke(code, key, key_code, flags);
            let response = if name == "down" {
                typing.key_down(&stroke)
            } else {
                typing.key_up(&stroke)
            };
            fate = Some(response.fate);
            response.actions
        }
        ("compose", []) => {
            typing.composition_start();
            Vec::new()
        }
        ("composing", _) => typing.composition_update(&rest.replace('␣', " ")),
        ("composed", _) => typing.composition_end(&rest.replace('␣', " ")),
        ("input", [kind]) => typing.before_input(kind, None),
        ("input", [kind, ..]) => {
            let data = rest.split_once(' ').map(|(_, data)| data.replace('␣', " "));
            typing.before_input(kind, data.as_deref())
        }
        ("paste", []) => {
            typing.pasted();
            Vec::new()
        }
        ("pasted", []) => typing.go_on(),
        ("moment", []) => typing.settle(),
        ("blur", []) => typing.release_held(),
        ("locks", locks) => {
            typing.set_remote_locks(Locks {
                caps: locks.contains(&"caps"),
                num: locks.contains(&"num"),
            });
            Vec::new()
        }
        ("by-place", []) => {
            typing.set_goes_by_place(true);
            Vec::new()
        }
        ("command-is-control", []) => typing.set_command_is_control(true),
        _ => panic!("no event: {event}"),
    };
    let told = actions.iter().map(written);
    let fate = match fate {
        Some(Fate::Left) => Some("left"),
        Some(Fate::Pastes) => Some("pastes"),
        Some(Fate::Leaves) => Some("leaves"),
        Some(Fate::Taken) | None => None,
    };
    told.chain(fate.map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

fn stroke<'a>(code: &'a str, key: &'a str, key_code: &str, flags: &[&str]) -> KeyStroke<'a> {
    let is = |flag| flags.contains(&flag);
    let time = flags.iter().find_map(|flag| flag.strip_prefix('@'));
    for flag in flags {
        let known = ["shift", "ctrl", "alt", "meta", "caps", "num", "composing"];
        assert!(known.contains(flag) || flag.starts_with('@'), "no flag: {flag}");
    }
    KeyStroke {
        code: if code == "-" { "" } else { code },
        key: match key {
            "␣" => " ",
            "␀" => "\0",
            key => key,
        },
        key_code: key_code.parse().unwrap(),
        location: match code {
            _ if code.starts_with("Numpad") => 3,
            _ if code.ends_with("Right") && !code.starts_with("Arrow") => 2,
            _ if code.ends_with("Left") && !code.starts_with("Arrow") => 1,
            _ => 0,
        },
        time: time.map_or(0.0, |time| time.parse().unwrap()),
        is_composing: is("composing"),
        modifiers: Modifiers {
            shift: is("shift"),
            control: is("ctrl"),
            alt: is("alt"),
            meta: is("meta"),
        },
        locks: Locks {
            caps: is("caps"),
            num: is("num"),
        },
    }
}

/// `+` or `-`, and the character that a keysym is named by, or X's name of it; of a key without a keysym its place.
fn written(action: &KeyAction) -> String {
    let sign = if action.down { '+' } else { '-' };
    let keysym = Keysym::new(action.keysym);
    let is_character = matches!(action.keysym, 0x21..=0x7E | 0xA1..=0xFF | 0x0100_0100..=0x0110_FFFF);
    match (keysym.key_char(), keysym.name()) {
        (Some(character), _) if is_character => format!("{sign}{character}"),
        (_, Some(name)) if action.keysym != 0 => {
            let name = name.strip_prefix("XK_").unwrap_or(name);
            format!("{sign}{name}")
        }
        _ => format!("{sign}#{:02X}", action.scancode),
    }
}
