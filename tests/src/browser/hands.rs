//! Hands on keyboard and mouse.

use serde_json::{Value, json};

use super::Browser;

/// The names of keys in WebDriver (section 17.4.2).
pub mod key {
    pub const SHIFT: &str = "\u{E008}";
    pub const CONTROL: &str = "\u{E009}";
    pub const ALT: &str = "\u{E00A}";
    pub const ENTER: &str = "\u{E007}";
    pub const TAB: &str = "\u{E004}";
    pub const BACKSPACE: &str = "\u{E003}";
    pub const ESCAPE: &str = "\u{E00C}";
    pub const LEFT: &str = "\u{E012}";
    pub const UP: &str = "\u{E013}";
    pub const RIGHT: &str = "\u{E014}";
    pub const DOWN: &str = "\u{E015}";
    pub const END: &str = "\u{E010}";
    pub const HOME: &str = "\u{E011}";
    pub const PAGE_DOWN: &str = "\u{E00F}";
    pub const DELETE: &str = "\u{E017}";
    pub const META: &str = "\u{E03D}";
    pub const F5: &str = "\u{E035}";
}

/// Control, among the modifiers of Chromium's own protocol.
const CONTROL: u8 = 2;

/// One thing that a hand does on a keyboard.
#[derive(Debug, Clone, Copy)]
pub enum Stroke<'a> {
    Down(&'a str),
    Up(&'a str),
    Tap(&'a str),
}

impl Browser {
    pub fn keys(&self, strokes: &[Stroke<'_>]) {
        let down = |key: &str| json!({ "type": "keyDown", "value": key });
        let up = |key: &str| json!({ "type": "keyUp", "value": key });
        let actions: Vec<Value> = strokes
            .iter()
            .flat_map(|stroke| match stroke {
                Stroke::Down(key) => vec![down(key)],
                Stroke::Up(key) => vec![up(key)],
                Stroke::Tap(key) => vec![down(key), up(key)],
            })
            .collect();
        self.act(json!({ "type": "key", "id": "keyboard", "actions": actions }));
    }

    /// Presses and releases a key that means this and is at that place of the keyboard (`KeyboardEvent.code`).
    pub fn key_at(&self, key: &str, code: &str) {
        for kind in ["rawKeyDown", "keyUp"] {
            self.chromium(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "code": code }),
            );
        }
    }

    /// Types as somebody would on an American keyboard.
    pub fn type_text(&self, text: &str) {
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let strokes: Vec<Stroke<'_>> = letters
            .iter()
            .flat_map(|letter| {
                let shifted = letter
                    .chars()
                    .all(|letter| letter.is_ascii_uppercase() || "~!@#$%^&*()_+{}|:\"<>?".contains(letter));
                if shifted {
                    vec![
                        Stroke::Down(key::SHIFT),
                        Stroke::Tap(letter),
                        Stroke::Up(key::SHIFT),
                    ]
                } else {
                    vec![Stroke::Tap(letter)]
                }
            })
            .collect();
        self.keys(&strokes);
    }

    /// Moves, presses and releases of a mouse, as WebDriver's actions.
    pub fn mouse(&self, actions: &[Value]) {
        self.act(json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions,
        }));
    }

    /// Turns the wheel at a place, to the right and down, by a notch for each hundred: to Chromium one turn is one notch,
    /// however far it is.
    pub fn wheel(&self, (x, y): (i32, i32), (right, down): (i32, i32)) {
        let notches = (right.abs().max(down.abs()) / 100).max(1);
        let (right, down) = (right / notches, down / notches);
        let turn =
            json!({ "type": "scroll", "x": x, "y": y, "deltaX": right, "deltaY": down, "duration": 0 });
        self.act(json!({ "type": "wheel", "id": "wheel", "actions": vec![turn; notches as usize] }));
    }

    /// Turns it with Control, which no key says is held: so two fingers on a touchpad are told that draw apart. Chromium's own.
    pub fn wheel_with_control(&self, (x, y): (i32, i32), down: i32) {
        self.chromium(
            "Input.dispatchMouseEvent",
            json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": down, "modifiers": CONTROL }),
        );
    }

    /// Waits until what has come is painted.
    pub fn frames(&self) {
        self.run(
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
            json!([]),
        );
    }

    fn act(&self, source: Value) {
        self.post("actions", json!({ "actions": [source] }));
    }

    /// The point of the window over this pixel of the desktop.
    pub fn point_over(&self, (x, y): (u16, u16)) -> (i32, i32) {
        let place = self.run(
            "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
             return [box.left + (arguments[0] + 0.5) * box.width / canvas.width,
                     box.top + (arguments[1] + 0.5) * box.height / canvas.height]",
            json!([x, y]),
        );
        let whole = |value: &Value| value.as_f64().unwrap().floor() as i32;
        (whole(&place[0]), whole(&place[1]))
    }
}

pub fn go((x, y): (i32, i32)) -> Value {
    json!({ "type": "pointerMove", "x": x, "y": y, "duration": 0, "origin": "viewport" })
}

pub fn press(button: u8) -> Value {
    json!({ "type": "pointerDown", "button": button })
}

pub fn release(button: u8) -> Value {
    json!({ "type": "pointerUp", "button": button })
}

/// Does nothing for so many milliseconds.
pub fn rest(time: u32) -> Value {
    json!({ "type": "pause", "duration": time })
}
