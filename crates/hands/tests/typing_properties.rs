//! What holds whatever is typed, in whichever order a browser tells it and however a word is cut into updates.
#![allow(clippy::unwrap_used, reason = "tests")]

use porthole_hands::input::{KeyAction, KeyStroke, Locks, Modifiers, Platform, Typing, chord};
use proptest::collection::vec;
use proptest::prelude::*;
use xkeysym::{Keysym, key};

// ---- text --------------------------------------------------------------------------------------------------

/// What somebody writes with an input method.
#[derive(Debug, Clone)]
enum Writing {
    /// At once, as an emoji panel does.
    Text(String),
    /// Letter by letter: what is shown meanwhile, of which the last is what becomes of it.
    Composed(Vec<String>),
    /// The last word is taken up again, as keyboards of Android do where somebody taps into it, and becomes another.
    TakenUp(Vec<String>),
}

/// In which order a browser tells of a composition.
#[derive(Debug, Clone, Copy)]
enum Order {
    BeforeInputFirst,
    UpdateFirst,
    /// Without `beforeinput`.
    Silent,
    /// The key comes last, and the text that stays has events of its own.
    Safaris,
}

/// Whose input method it is.
#[derive(Debug, Clone, Copy)]
struct Browser {
    platform: Platform,
    is_on_screen: bool,
    order: Order,
}

fn browser() -> impl Strategy<Value = Browser> {
    use Order::{BeforeInputFirst, Safaris, Silent, UpdateFirst};
    let of = |platform, is_on_screen, orders: &'static [Order]| {
        let order = prop::sample::select(orders);
        order.prop_map(move |order| Browser {
            platform,
            is_on_screen,
            order,
        })
    };
    prop_oneof![
        of(Platform::Other, true, &[BeforeInputFirst, UpdateFirst, Silent]),
        of(Platform::Other, false, &[BeforeInputFirst, UpdateFirst, Silent]),
        of(Platform::Windows, false, &[BeforeInputFirst, UpdateFirst, Silent]),
        of(
            Platform::Apple,
            false,
            &[BeforeInputFirst, UpdateFirst, Silent, Safaris]
        ),
    ]
}

fn text() -> impl Strategy<Value = String> {
    "[aAé~ かㅎ한漢ö😀]{0,4}"
}

fn writing() -> impl Strategy<Value = Writing> {
    prop_oneof![
        text().prop_map(Writing::Text),
        vec(text(), 1..5).prop_map(Writing::Composed),
        vec(text(), 1..5).prop_map(Writing::TakenUp),
    ]
}

/// A desktop with a field that has the keyboard.
struct Field {
    typing: Typing,
    browser: Browser,
    text: String,
}

impl Field {
    fn new(browser: Browser) -> Self {
        let mut typing = Typing::new(browser.platform);
        typing.tell(chord(&[("Escape", "Escape")]).unwrap());
        Self {
            typing,
            browser,
            text: String::new(),
        }
    }

    /// What the desktop makes of it.
    fn hears(&mut self, actions: &[KeyAction]) {
        for action in actions.iter().filter(|action| action.down) {
            match (action.keysym, Keysym::new(action.keysym).key_char()) {
                (key::BackSpace, _) => drop(self.text.pop()),
                (_, Some(character)) => self.text.push(character),
                _ => {}
            }
        }
    }

    fn key(&mut self, down: bool) {
        let (code, key) = if self.browser.is_on_screen {
            ("", "Unidentified")
        } else {
            ("KeyA", "Process")
        };
        let stroke = KeyStroke {
            code,
            key,
            key_code: 229,
            location: 0,
            time: 0.0,
            is_composing: self.typing.is_composing(),
            modifiers: Modifiers::default(),
            locks: Locks::default(),
        };
        let response = if down {
            self.typing.key_down(&stroke)
        } else {
            self.typing.key_up(&stroke)
        };
        self.hears(&response.actions);
    }

    fn before_input(&mut self, kind: &str, data: Option<&str>) {
        let actions = self.typing.before_input(kind, data);
        self.hears(&actions);
    }

    fn update(&mut self, data: &str) {
        let actions = self.typing.composition_update(data);
        self.hears(&actions);
    }

    /// With `start`, that is where it begins.
    fn compose(&mut self, data: &str, start: bool) {
        let safaris = matches!(self.browser.order, Order::Safaris);
        if !safaris {
            self.key(true);
        }
        if start {
            self.typing.composition_start("");
        }
        let kind = "insertCompositionText";
        match self.browser.order {
            Order::BeforeInputFirst => {
                self.before_input(kind, Some(data));
                self.update(data);
            }
            Order::UpdateFirst | Order::Safaris => {
                self.update(data);
                self.before_input(kind, Some(data));
            }
            Order::Silent => self.update(data),
        }
        if safaris {
            self.key(true);
        }
        self.key(false);
    }

    fn end(&mut self, data: &str) {
        if matches!(self.browser.order, Order::Safaris) {
            self.before_input("deleteCompositionText", None);
            self.before_input("insertFromComposition", Some(data));
        }
        let actions = self.typing.composition_end(data);
        self.hears(&actions);
    }

    /// Tells the desktop, and answers what the same makes of `field`.
    fn write(&mut self, writing: &Writing, field: &str) -> String {
        match writing {
            Writing::Text(text) => {
                self.key(true);
                self.before_input("insertText", Some(text));
                self.key(false);
                format!("{field}{text}")
            }
            Writing::Composed(shown) => {
                for (index, data) in shown.iter().enumerate() {
                    self.compose(data, index == 0);
                }
                let last = shown.last().unwrap();
                self.end(last);
                format!("{field}{last}")
            }
            Writing::TakenUp(shown) => {
                let (before, word) = field.rsplit_once(' ').unwrap_or(("", field));
                if !self.browser.is_on_screen || word.is_empty() {
                    return field.to_owned();
                }
                self.typing.composition_start("");
                self.update(word);
                for data in shown {
                    self.compose(data, false);
                }
                let last = shown.last().unwrap();
                self.end(last);
                let space = &field[before.len()..field.len() - word.len()];
                format!("{before}{space}{last}")
            }
        }
    }
}

proptest! {
    #[test]
    fn what_an_input_method_writes_arrives_once(browser in browser(), writings in vec(writing(), 1..6)) {
        let mut desktop = Field::new(browser);
        let mut field = String::new();
        // A keyboard on the screen is known by its keys.
        desktop.key(true);
        desktop.key(false);
        for writing in &writings {
            field = desktop.write(writing, &field);
            prop_assert_eq!(&desktop.text, &field, "{:?}", writing);
        }
    }
}

// ---- keys --------------------------------------------------------------------------------------------------

/// Anything that a browser or a server may tell, in any order.
#[derive(Debug, Clone)]
enum Event {
    Key {
        down: bool,
        code: &'static str,
        key: &'static str,
        key_code: u32,
        modifiers: Modifiers,
        time: f64,
    },
    Start(String),
    Update(String),
    End(String),
    Input(&'static str, String),
    Moment,
    Paste,
    Pasted,
    Locks(bool),
    ByPlace(bool),
    CommandIsControl(bool),
}

/// Keys by code, meaning and number.
const KEYS: [(&str, &str, u32); 16] = [
    ("KeyA", "a", 65),
    ("KeyA", "A", 65),
    ("KeyV", "v", 86),
    ("KeyA", "Process", 229),
    ("", "Unidentified", 229),
    ("Unidentified", "ㅎ", 0),
    ("Equal", "Dead", 187),
    ("Escape", "Escape", 27),
    ("Insert", "Insert", 45),
    ("CapsLock", "CapsLock", 20),
    ("ShiftLeft", "Shift", 16),
    ("ShiftRight", "Shift", 16),
    ("ControlLeft", "Control", 17),
    ("AltLeft", "Alt", 18),
    ("AltRight", "AltGraph", 18),
    ("MetaLeft", "Meta", 91),
];

fn key_event() -> impl Strategy<Value = Event> {
    let held = any::<(bool, bool, bool, bool)>();
    (any::<bool>(), prop::sample::select(&KEYS[..]), held, 0..200_u8).prop_map(
        |(down, (code, key, key_code), (shift, control, alt, meta), time)| Event::Key {
            down,
            code,
            key,
            key_code,
            modifiers: Modifiers {
                shift,
                control,
                alt,
                meta,
            },
            time: time.into(),
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let kinds = ["insertText", "insertCompositionText", "deleteWordBackward"];
    prop_oneof![
        8 => key_event(),
        1 => text().prop_map(Event::Start),
        1 => text().prop_map(Event::Update),
        1 => text().prop_map(Event::End),
        1 => (prop::sample::select(kinds.to_vec()), text()).prop_map(|(kind, data)| Event::Input(kind, data)),
        1 => Just(Event::Moment),
        1 => Just(Event::Paste),
        1 => Just(Event::Pasted),
        1 => any::<bool>().prop_map(Event::Locks),
        1 => any::<bool>().prop_map(Event::ByPlace),
        1 => any::<bool>().prop_map(Event::CommandIsControl),
    ]
}

fn happens(typing: &mut Typing, event: &Event) -> Vec<KeyAction> {
    match event {
        &Event::Key {
            down,
            code,
            key,
            key_code,
            modifiers,
            time,
        } => {
            let stroke = KeyStroke {
                code,
                key,
                key_code,
                location: 0,
                time,
                is_composing: typing.is_composing(),
                modifiers,
                locks: Locks::default(),
            };
            let response = if down {
                typing.key_down(&stroke)
            } else {
                typing.key_up(&stroke)
            };
            response.actions
        }
        Event::Start(data) => {
            typing.composition_start(data);
            Vec::new()
        }
        Event::Update(data) => typing.composition_update(data),
        Event::End(data) => typing.composition_end(data),
        Event::Input(kind, data) => typing.before_input(kind, Some(data)),
        Event::Moment => typing.settle(),
        Event::Paste => {
            typing.pasted();
            Vec::new()
        }
        Event::Pasted => typing.go_on(),
        &Event::Locks(caps) => {
            typing.set_remote_locks(Locks {
                caps,
                num: caps,
                scroll: caps,
            });
            Vec::new()
        }
        &Event::ByPlace(on) => {
            typing.set_goes_by_place(on);
            Vec::new()
        }
        &Event::CommandIsControl(on) => typing.set_command_is_control(on),
    }
}

proptest! {
    #[test]
    fn no_key_stays_down_when_the_focus_is_lost(
        platform in prop::sample::select(vec![Platform::Windows, Platform::Apple, Platform::Other]),
        events in vec(event(), 1..30),
    ) {
        let mut typing = Typing::new(platform);
        let mut told: Vec<KeyAction> = Vec::new();
        for event in &events {
            told.extend(happens(&mut typing, event));
        }
        told.extend(typing.release_held());
        // What was pasted is over there in the end.
        told.extend(typing.go_on());
        let mut held = Vec::new();
        for KeyAction { keysym, scancode, down } in told {
            held.retain(|it| *it != (keysym, scancode));
            if down {
                held.push((keysym, scancode));
            }
        }
        prop_assert!(held.is_empty(), "{:x?}", held);
    }
}
