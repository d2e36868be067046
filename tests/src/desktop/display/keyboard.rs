//! The keyboard of a display: its layout, and hands on it (XTEST), as if they were there.

use std::process::Command;
use std::time::Duration;

use x11rb::protocol::xproto::{
    AutoRepeatMode, ChangeKeyboardControlAux, ConnectionExt as _, EventMask, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, KeyPressEvent, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

use super::Display;

/// The keys by their places (UI Events, `KeyboardEvent.code`), in the order of their numbers (XKB's `evdev`), of which this is
/// the first. Letters and digits are named by themselves.
const FIRST: u8 = 9;
const PLACES: &str = "Escape 1 2 3 4 5 6 7 8 9 0 Minus Equal Backspace Tab Q W E R T Y U I O P BracketLeft BracketRight \
    Enter ControlLeft A S D F G H J K L Semicolon Quote Backquote ShiftLeft Backslash Z X C V B N M Comma Period Slash \
    ShiftRight NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 \
    Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal - Lang5 \
    IntlBackslash F11 F12 IntlRo Lang3 Lang4 Convert KanaMode NonConvert - NumpadEnter ControlRight NumpadDivide \
    PrintScreen AltRight - Home ArrowUp PageUp ArrowLeft ArrowRight End ArrowDown PageDown Insert Delete - - - - - \
    NumpadEqual - Pause - NumpadComma Lang1 Lang2 IntlYen MetaLeft MetaRight ContextMenu";

impl Display {
    /// Gives the keyboard a layout by XKB's name of it, such as `de` or, with a variant, `us(intl)`.
    pub fn set_layout(&self, layout: &str) {
        let (layout, variant) = layout.split_once('(').unwrap_or((layout, ""));
        let status = Command::new("setxkbmap")
            .args(["-display", &self.name, "-rules", "evdev", "-model", "pc105"])
            .args(["-layout", layout, "-variant", variant.trim_end_matches(')')])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "no layout {layout}");
        self.repeat_no_key();
    }

    /// Nobody here holds a key for long: one that repeats is a slow machine's.
    pub(crate) fn repeat_no_key(&self) {
        let never = ChangeKeyboardControlAux::new().auto_repeat_mode(AutoRepeatMode::OFF);
        self.connection.change_keyboard_control(&never).unwrap();
        self.connection.sync().unwrap();
    }

    /// Presses keys as [`crate::layouts`] writes them.
    pub fn hand(&self, keys: &str) {
        self.slow_hand(keys, Duration::ZERO);
    }

    /// The same, and holds each of them for so long.
    pub fn slow_hand(&self, keys: &str, time: Duration) {
        for together in keys.split(' ') {
            let codes: Vec<&str> = together.split('+').collect();
            codes.iter().for_each(|code| self.key(code, true));
            std::thread::sleep(time);
            codes.iter().rev().for_each(|code| self.key(code, false));
        }
    }

    /// Tells a window of a key that nobody has pressed.
    pub(crate) fn send_key(&self, window: Window) {
        let event = KeyPressEvent {
            response_type: KEY_PRESS_EVENT,
            detail: FIRST,
            sequence: 0,
            time: x11rb::CURRENT_TIME,
            root: self.root,
            event: window,
            child: x11rb::NONE,
            root_x: 0,
            root_y: 0,
            event_x: 0,
            event_y: 0,
            state: 0_u16.into(),
            same_screen: true,
        };
        self.connection
            .send_event(false, window, EventMask::KEY_PRESS, event)
            .unwrap();
        self.connection.sync().unwrap();
    }

    /// Has the key at this place go down or up.
    pub fn key(&self, code: &str, down: bool) {
        let name = code.trim_start_matches("Key").trim_start_matches("Digit");
        let at = PLACES.split(' ').position(|place| place == name);
        let key = FIRST + at.unwrap_or_else(|| panic!("there is no key {code}")) as u8;
        let kind = if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT };
        self.connection
            .xtest_fake_input(kind, key, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0, 0)
            .unwrap();
        self.connection.sync().unwrap();
    }
}
