//! What browsers tell of a keyboard, event by event, and what the desktop is told of it: the tables in `sequences/`, whose
//! README.md says how they are read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use porthole_hands::input::{Fate, KeyAction, KeyStroke, Latch, Locks, Modifiers, Platform, Typing, chord};
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
            let found = play(table, events);
            wrong.extend(found.iter().map(|it| format!("{table}: {title}: {it}")));
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "{count} sequences");
}

const REPORTED: [(&str, &str); 5] = [
    ("windows", include_str!("sequences/reported/windows.txt")),
    ("apple", include_str!("sequences/reported/macos.txt")),
    ("linux", include_str!("sequences/reported/linux.txt")),
    ("android", include_str!("sequences/reported/android.txt")),
    ("ios", include_str!("sequences/reported/ios.txt")),
];

#[test]
fn what_others_have_reported_of_a_keyboard_becomes_what_the_desktop_is_told() {
    let (mut count, mut wrong) = (0, Vec::new());
    for (table, text) in REPORTED {
        for sequence in text.split("\n# ").skip(1) {
            let (title, report) = sequence.split_once('\n').unwrap();
            let (address, events) = report.split_once('\n').unwrap();
            assert!(address.starts_with("https://"), "{table}: {title}: {address}");
            let found = play(table, events);
            wrong.extend(found.iter().map(|it| format!("{table}: {title}: {it}")));
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 50, "{count} sequences");
}

const RECORDED: [(&str, &str); 3] = [
    ("chromium", include_str!("sequences/recorded/chromium.txt")),
    ("firefox", include_str!("sequences/recorded/firefox.txt")),
    ("webkitgtk", include_str!("sequences/recorded/webkitgtk.txt")),
];

/// A server takes keys by their place, or by what they mean, and says which of the two only by what it makes of them: what it
/// is told has to be right both ways.
#[test]
fn what_was_recorded_of_browsers_is_written_on_the_desktop_as_it_was_there() {
    let (mut count, mut wrong) = (0, Vec::new());
    for (table, text) in RECORDED {
        for sequence in text.split("\n# ").skip(1) {
            let (title, events) = sequence.split_once('\n').unwrap();
            let (keys, text) = title.split_once(" = ").unwrap_or((title, ""));
            let (layout, keys) = keys.split_once(": ").unwrap();
            let has_method = layout.contains(" with ");
            let text = text.replace('␣', " ");
            for by_place in [false, true] {
                let found = replay(events, by_place);
                let way = if by_place { "by place" } else { "by meaning" };
                if found.characters() != text {
                    wrong.push(format!("{table}: {title}, {way}: {:?}", found.characters()));
                }
                if by_place && !has_method && found.places() != places(keys) {
                    wrong.push(format!("{table}: {title}, {way}: {:x?}", found.places()));
                }
                if !found.is_all_up() {
                    wrong.push(format!("{table}: {title}, {way}: {:?}", found.0));
                }
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 300, "{count} sequences");
}

#[test]
fn what_stays_down_by_itself_does_so_until_the_page_loses_the_focus() {
    let mut typing = at_desktop("linux");
    assert_eq!(told(&typing.latch(Latch::Control), None), "+Control_L");
    assert_eq!(told(&typing.latch(Latch::Alt), None), "+Alt_L");
    happens(&mut typing, "down ShiftLeft Shift 16 shift");
    assert_eq!(
        told(&typing.release_keys(), None),
        "-Shift_L",
        "a key of a keyboard does not"
    );
    assert_eq!(told(&typing.unlatch(Latch::Control), None), "-Control_L");
    assert_eq!(told(&typing.release_held(), None), "-Alt_L");
    assert_eq!(told(&typing.release_held(), None), "");
}

/// All that the desktop is told.
struct Replayed(Vec<KeyAction>);

/// Plays what a browser has told where nobody took a key away from it. A key that is taken writes nothing: of what came of it
/// there, a page is not told.
fn replay(events: &str, by_place: bool) -> Replayed {
    let mut typing = at_desktop("linux");
    typing.set_goes_by_place(by_place);
    let (mut actions, mut is_taken) = (Vec::new(), false);
    for event in events.lines().filter(|line| !line.is_empty()) {
        if is_taken && event.starts_with("input ") {
            continue;
        }
        let (more, fate) = happens(&mut typing, event);
        actions.extend(more);
        is_taken = fate == Some(Fate::Taken);
    }
    Replayed(actions)
}

impl Replayed {
    fn presses(&self) -> impl Iterator<Item = &KeyAction> {
        self.0.iter().filter(|action| action.down)
    }

    fn characters(&self) -> String {
        let characters = self.presses().filter_map(|it| Keysym::new(it.keysym).key_char());
        characters.filter(|character| !character.is_control()).collect()
    }

    fn places(&self) -> Vec<(u8, bool)> {
        let (mut places, mut shift) = (Vec::new(), false);
        for action in &self.0 {
            if SHIFTS.contains(&action.scancode) {
                shift = action.down;
            } else if action.down {
                places.push((action.scancode, shift));
            }
        }
        places
    }

    fn is_all_up(&self) -> bool {
        let downs = self.presses().count();
        downs * 2 == self.0.len()
    }
}

/// The scancodes of both.
const SHIFTS: [u8; 2] = [0x2A, 0x36];

/// The scancodes of keys as a recording names them, and whether Shift is held with each.
fn places(keys: &str) -> Vec<(u8, bool)> {
    let mut places = Vec::new();
    for together in keys.split(' ') {
        let mut shift = false;
        for code in together.split('+') {
            match chord(&[("F1", code)]).unwrap()[0].scancode {
                it if SHIFTS.contains(&it) => shift = true,
                it => places.push((it, shift)),
            }
        }
    }
    places
}

fn platform(table: &str) -> Platform {
    match table {
        "windows" => Platform::Windows,
        "apple" | "ios" => Platform::Apple,
        _ => Platform::Other,
    }
}

/// At a desktop that has heard of a key before: on Android, of one of a keyboard on the screen.
fn at_desktop(table: &str) -> Typing {
    let mut typing = Typing::new(platform(table));
    typing.tell(chord(&[("Escape", "Escape")]).unwrap());
    if table == "android" {
        for name in ["down", "up"] {
            happens(&mut typing, &format!("{name} - Unidentified 229"));
        }
    }
    typing
}

/// What is not as the table has it.
fn play(table: &str, events: &str) -> Vec<String> {
    let mut typing = at_desktop(table);
    let (mut is_taken, mut wrong) = (false, Vec::new());
    for line in events.lines().filter(|line| !line.trim().is_empty()) {
        let (event, expected) = line.split_once("=>").unwrap_or((line, ""));
        if expected.trim() == "unheard" && is_taken {
            continue;
        }
        let (actions, fate) = happens(&mut typing, event.trim());
        let found = told(&actions, fate);
        if found != expected.trim() {
            wrong.push(format!("{line}: found {found}"));
        }
        is_taken = fate == Some(Fate::Taken);
    }
    wrong
}

/// What comes of an event: of a key's, whose it is, too.
fn happens(typing: &mut Typing, event: &str) -> (Vec<KeyAction>, Option<Fate>) {
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
        ("compose", _) => {
            typing.composition_start(rest);
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
        ("blur", []) => typing.release_keys(),
        ("locks", locks) => {
            typing.set_remote_locks(Locks {
                caps: locks.contains(&"caps"),
                num: locks.contains(&"num"),
                scroll: locks.contains(&"scroll"),
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
    (actions, fate)
}

/// The same as the tables write it.
fn told(actions: &[KeyAction], fate: Option<Fate>) -> String {
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
        let known = [
            "shift",
            "ctrl",
            "alt",
            "meta",
            "caps",
            "num",
            "scroll",
            "composing",
        ];
        assert!(known.contains(flag) || flag.starts_with('@'), "no flag: {flag}");
    }
    KeyStroke {
        code: if matches!(code, "-" | "¿") { "" } else { code },
        key: match key {
            "␣" => " ",
            "␀" => "\0",
            "␁" => "\u{1}",
            "␄" => "\u{4}",
            "␐" => "\u{10}",
            "¿" => "Unidentified",
            key => key,
        },
        key_code: if key_code == "¿" {
            0
        } else {
            key_code.parse().unwrap()
        },
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
            scroll: is("scroll"),
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
