//! Which keys are held, and what the server is told of them.

use std::borrow::Cow;

use xkeysym::key;

use super::action::{KeyAction, is_modifier, tap};
use super::stroke::{KeyStroke, Locks, Modifiers, Platform};
use super::{keysym, names, scancode};

/// What becomes of a key event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// What the server is to be told.
    pub actions: Vec<KeyAction>,
    /// Whose the event is.
    pub fate: Fate,
}

/// Whose a key event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is the desktop's: the browser is to do nothing of its own.
    Taken,
    /// It is the browser's, which makes text of it, or does what it has the key for.
    Left,
    /// It was the last of those that lead out of the desktop.
    Leaves,
    /// It is both's: the browser says what is to be pasted, and the desktop is told the key after that.
    Pastes,
}

/// A key that the server believes to be held.
#[derive(Debug)]
struct Held {
    code: String,
    keysym: u32,
    scancode: u8,
}

/// The keyboard as the server believes it to be.
#[derive(Debug)]
pub(super) struct Keyboard {
    platform: Platform,
    /// Whether Command is Control at the desktop.
    command_is_control: bool,
    /// Whether the server goes by the places of keys, not by what they mean here.
    goes_by_place: bool,
    held: Vec<Held>,
    /// When the left Ctrl went down, where that is not told yet since it may be one half of AltGr.
    waiting: Option<f64>,
    /// Whether the last key was a dead one: what the next one makes with it is the browser's to say.
    after_dead: bool,
    /// The lock keys that are on at the desktop, as far as that is known.
    caps_lock: Option<bool>,
    num_lock: Option<bool>,
    scroll_lock: Option<bool>,
    /// Whether Scroll Lock was ever on here. Many keyboards have none, and not every browser says how it is: what is always
    /// off is not to take it away from the desktop.
    has_scroll_lock: bool,
}

/// Windows reports AltGr as a left Ctrl and, at the same moment, a right Alt. They are as good as
/// simultaneous; a hand needs longer than this, in milliseconds, to press both.
const ALTGR_WITHIN: f64 = 50.0;

const LEFT_CONTROL: KeyAction = KeyAction {
    keysym: key::Control_L,
    scancode: 0x1D,
    down: true,
};

impl Keyboard {
    /// A keyboard on which no key is held.
    pub(super) fn new(platform: Platform) -> Self {
        Self {
            platform,
            command_is_control: false,
            goes_by_place: false,
            held: Vec::new(),
            waiting: None,
            after_dead: false,
            caps_lock: None,
            num_lock: None,
            scroll_lock: None,
            has_scroll_lock: false,
        }
    }

    /// Whether the Command key of Apple's keyboards is Control at the desktop. Nothing may be held.
    pub(super) fn set_command_is_control(&mut self, on: bool) {
        self.command_is_control = on;
    }

    /// Whether the server goes by the places of keys, not by what they mean here.
    pub(super) fn set_goes_by_place(&mut self, on: bool) {
        self.goes_by_place = on;
    }

    /// The server says which lock keys are on.
    pub(super) fn set_remote_locks(&mut self, locks: Locks) {
        self.caps_lock = Some(locks.caps);
        self.num_lock = Some(locks.num);
        self.scroll_lock = Some(locks.scroll);
    }

    /// Another server will say which lock keys are on, or none will.
    pub(super) fn forget_remote_locks(&mut self) {
        self.caps_lock = None;
        self.num_lock = None;
        self.scroll_lock = None;
    }

    /// A key went down, or repeats while it is held.
    pub(super) fn press(&mut self, stroke: &KeyStroke<'_>) -> Response {
        let code = &*names::code(stroke.code, stroke.key_code, stroke.location);
        let unused = self.unused_by_input_method(stroke, code);
        let is_unused = unused.is_some();
        let name = &*unused.unwrap_or_else(|| names::key(stroke.key, code).into());
        let scancode = self.scancode(code);
        // What comes of a dead key is the browser's to say.
        let is_by_place = self.goes_by_place && scancode != 0;
        if name == "Dead" && (!is_by_place || self.writes_dead_keys_as_text()) {
            self.after_dead = true;
            let told = is_by_place.then(|| self.hold(code, 0, scancode));
            return left(told.into_iter().collect());
        }
        if !is_unused && self.is_input_methods(stroke, name, scancode) {
            self.after_dead = false;
            // Input methods keep the releases of modifiers to themselves. Of a key without a place not even those are told
            // that are held.
            let is_known = scancode != 0;
            let lost = is_known.then(|| self.drop_lost_modifiers(code, stroke.modifiers));
            return left(lost.unwrap_or_default());
        }
        let mut actions = self.drop_lost_modifiers(code, stroke.modifiers);
        let Some(keysym) = self.keysym(code, name, stroke.location, scancode) else {
            return left(actions);
        };
        let is_altgr = self.platform == Platform::Windows && keysym == key::ISO_Level3_Shift;
        match self.waiting.take() {
            Some(since) if is_altgr && stroke.time - since <= ALTGR_WITHIN => {}
            Some(_) => actions.push(self.press_left_control()),
            None => {}
        }
        if !is_modifier(keysym) && std::mem::take(&mut self.after_dead) && is_text(name, stroke.modifiers) {
            return left(actions);
        }
        self.lock_as_here(stroke, keysym, &mut actions);
        if self.may_be_altgr(code) {
            self.waiting = Some(stroke.time);
        } else if self.releases_at_once(stroke, code, keysym) {
            actions.extend(tap(keysym, scancode));
        } else {
            actions.push(self.hold(code, keysym, scancode));
        }
        let fate = if self.pastes(stroke, name) {
            Fate::Pastes
        } else {
            Fate::Taken
        };
        Response { actions, fate }
    }

    /// A key went up. What is released is the keysym of its press, whatever the key would mean by now.
    pub(super) fn release(&mut self, stroke: &KeyStroke<'_>) -> Response {
        if self.platform == Platform::Apple && stroke.code == "CapsLock" {
            return self.press(stroke);
        }
        let code = &*names::code(stroke.code, stroke.key_code, stroke.location);
        let mut actions = self.settle();
        let shifts = ["ShiftLeft", "ShiftRight"];
        if self.platform == Platform::Windows && shifts.contains(&code) {
            // Of two that were held Windows tells the release of the last one alone.
            actions.extend(self.take(|held| shifts.contains(&&*held.code)));
        }
        if self.platform == Platform::Apple && matches!(code, "MetaLeft" | "MetaRight") {
            // While Command is held, nothing is told of keys that go up.
            actions.extend(self.take(|held| !is_modifier(held.keysym)));
        }
        // WebKit on iPadOS does not know the place of every key that goes up.
        let meaning = keysym::of_key(names::key(stroke.key, code), stroke.location);
        let is_this = |held: &Held| held.code == code || code.is_empty() && Some(held.keysym) == meaning;
        actions.extend(self.take(is_this));
        actions.extend(self.drop_lost_modifiers(code, stroke.modifiers));
        let fate = if actions.is_empty() {
            Fate::Left
        } else {
            Fate::Taken
        };
        Response { actions, fate }
    }

    /// Whether what a dead key makes with the next one comes as text, even where the desktop is told both keys.
    pub(super) fn writes_dead_keys_as_text(&self) -> bool {
        self.platform == Platform::Other
    }

    /// Whether it is a letter that WebKit on iOS puts together with those before it, by rewriting what stands in the field: it
    /// has no composition for Korean.
    pub(super) fn rewrites(&self, stroke: &KeyStroke<'_>) -> bool {
        let is_jamo = stroke.key.chars().all(|it| matches!(it, '\u{3131}'..='\u{3163}'));
        self.is_apple() && is_jamo && !stroke.key.is_empty() && stroke.key_code != names::PROCESSED
    }

    /// Whether it is one of Apple's, whose browsers tell of some keys after what they have written.
    pub(super) fn is_apple(&self) -> bool {
        self.platform == Platform::Apple
    }

    /// Whether the server believes that a Shift is held.
    pub(super) fn holds_shift(&self) -> bool {
        self.held
            .iter()
            .any(|held| matches!(held.keysym, key::Shift_L | key::Shift_R))
    }

    /// Whether a Control is held, be the server told of it already or not.
    pub(super) fn holds_control(&self) -> bool {
        let is_control = |held: &Held| matches!(held.keysym, key::Control_L | key::Control_R);
        self.waiting.is_some() || self.held.iter().any(is_control)
    }

    /// Whether a key went down that is not told before [`Self::settle`] or the next event.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// A left Ctrl that might have been one half of AltGr is not, if the other half has not come by now.
    pub(super) fn settle(&mut self) -> Vec<KeyAction> {
        let is_waiting = self.waiting.take().is_some();
        is_waiting
            .then(|| self.press_left_control())
            .into_iter()
            .collect()
    }

    /// The page lost the focus: nothing is held any more, since no release will be seen.
    pub(super) fn release_all(&mut self) -> Vec<KeyAction> {
        self.waiting = None;
        self.after_dead = false;
        self.take(|_| true)
    }

    /// Whether an input method has taken the key, or will tell by events of text what it writes. A server that goes by
    /// places is told the keys themselves, as far as they have one and no input method is at work.
    fn is_input_methods(&self, stroke: &KeyStroke<'_>, name: &str, scancode: u8) -> bool {
        if stroke.is_composing || name == "Process" || self.rewrites(stroke) {
            return true;
        }
        let by_place = self.goes_by_place && self.platform != Platform::Apple && scancode != 0;
        stroke.key_code == names::PROCESSED && !by_place
    }

    /// The meaning of a key that an input method of Windows has taken although it makes nothing of it, so that Chromium says
    /// no more than where it is: of a letter that is a shortcut, and of Escape where nothing is composed.
    fn unused_by_input_method<'a>(&self, stroke: &KeyStroke<'_>, code: &'a str) -> Option<Cow<'a, str>> {
        let is_taken = stroke.key == "Process" && !stroke.is_composing;
        if self.platform != Platform::Windows || !is_taken {
            return None;
        }
        let held = stroke.modifiers;
        let is_shortcut = held.control && !held.alt;
        match code.strip_prefix("Key").filter(|_| is_shortcut) {
            Some(letter) if held.shift => Some(letter.into()),
            Some(letter) => Some(letter.to_ascii_lowercase().into()),
            None => (code == "Escape").then_some(code.into()),
        }
    }

    /// Presses a lock key that is on at one of both sides only, before the key whose meaning it changes. How it is at the
    /// desktop is not known any more then, before the server says so: it takes its time.
    fn lock_as_here(&mut self, stroke: &KeyStroke<'_>, keysym: u32, actions: &mut Vec<KeyAction>) {
        let Locks { caps, num, scroll } = stroke.locks;
        self.has_scroll_lock |= scroll;
        // There is no NumLock on Apple's keyboards, and whoever presses a lock key wants it to change.
        let has_num_lock = self.platform != Platform::Apple;
        let has_scroll_lock = self.has_scroll_lock;
        for (remote, here, lock, scancode, counts) in [
            (&mut self.caps_lock, caps, key::Caps_Lock, 0x3A, true),
            (&mut self.num_lock, num, key::Num_Lock, 0x45, has_num_lock),
            (
                &mut self.scroll_lock,
                scroll,
                key::Scroll_Lock,
                0x46,
                has_scroll_lock,
            ),
        ] {
            if keysym == lock {
                *remote = None;
            } else if counts && remote.is_some_and(|remote| remote != here) {
                *remote = None;
                actions.extend(tap(lock, scancode));
            }
        }
    }

    fn keysym(&self, code: &str, name: &str, location: u32, scancode: u8) -> Option<u32> {
        if self.platform == Platform::Apple {
            // Option writes characters there, and Command is what Alt or the logo key is elsewhere.
            match code {
                "AltLeft" => return Some(key::Mode_switch),
                "AltRight" => return Some(key::ISO_Level3_Shift),
                "MetaLeft" if self.command_is_control => return Some(key::Control_L),
                "MetaRight" if self.command_is_control => return Some(key::Control_R),
                "MetaLeft" => return Some(key::Alt_L),
                "MetaRight" => return Some(key::Super_L),
                // Where others have it.
                "NumLock" => return Some(key::Num_Lock),
                _ => {}
            }
        }
        // A dead key has no keysym, but a place on the keyboard, as has one whose meaning the browser does not know.
        keysym::of_key(name, location)
            .or_else(|| (name == "Unidentified").then(|| keysym::of_code(code)).flatten())
            .or_else(|| (scancode != 0 && matches!(name, "Dead" | "Unidentified")).then_some(0))
    }

    fn scancode(&self, code: &str) -> u8 {
        scancode::of_code(match code {
            "MetaLeft" if self.is_command_control() => "ControlLeft",
            "MetaRight" if self.is_command_control() => "ControlRight",
            _ => code,
        })
    }

    fn is_command_control(&self) -> bool {
        self.platform == Platform::Apple && self.command_is_control
    }

    /// Whether no release will be seen: virtual keyboards send none that can be told apart, macOS sends none
    /// while Command is held, and its CapsLock goes down when it locks and up when it unlocks; Windows sends none of the
    /// keys of Japanese keyboards that switch its input method.
    fn releases_at_once(&self, stroke: &KeyStroke<'_>, code: &str, keysym: u32) -> bool {
        code.is_empty()
            || match self.platform {
                Platform::Apple => code == "CapsLock" || stroke.modifiers.meta && !is_modifier(keysym),
                Platform::Windows => matches!(
                    keysym,
                    key::Hiragana | key::Katakana | key::Romaji | key::Zenkaku
                        ..=key::Zenkaku_Hankaku | key::Eisu_toggle
                ),
                Platform::Other => false,
            }
    }

    /// A left Ctrl of Windows that may be one half of AltGr. One that repeats is held, and so is none.
    fn may_be_altgr(&self, code: &str) -> bool {
        self.platform == Platform::Windows
            && code == "ControlLeft"
            && !self.held.iter().any(|held| held.code == code)
    }

    /// Whether the browser takes the key for a wish to paste.
    fn pastes(&self, stroke: &KeyStroke<'_>, name: &str) -> bool {
        let Modifiers {
            shift,
            control,
            alt,
            meta,
        } = stroke.modifiers;
        let command = match self.platform {
            Platform::Apple => meta && !control,
            Platform::Windows | Platform::Other => control && !meta,
        };
        let is_v = name.eq_ignore_ascii_case("v") || stroke.code == "KeyV" && !name.is_ascii();
        command && !alt && is_v || name == "Insert" && shift && !control && !alt && !meta
    }

    /// A key that repeats goes on with the keysym of its first press, so that its release fits.
    fn hold(&mut self, code: &str, keysym: u32, scancode: u8) -> KeyAction {
        let keysym = match self.held.iter().find(|held| held.code == code) {
            Some(held) => held.keysym,
            None => {
                self.held.push(Held {
                    code: code.to_owned(),
                    keysym,
                    scancode,
                });
                keysym
            }
        };
        KeyAction {
            keysym,
            scancode,
            down: true,
        }
    }

    fn press_left_control(&mut self) -> KeyAction {
        self.hold("ControlLeft", LEFT_CONTROL.keysym, LEFT_CONTROL.scancode)
    }

    /// Releases modifiers whose release went elsewhere, as it does when a window manager takes a key combination
    /// for itself: the browser says with every event what is really held.
    fn drop_lost_modifiers(&mut self, code: &str, modifiers: Modifiers) -> Vec<KeyAction> {
        let Modifiers {
            shift,
            control,
            alt,
            meta,
        } = modifiers;
        self.take(|held| {
            // The event of a modifier itself says how things are after it on one system and before it on another.
            held.code != code
                && match held.code.as_str() {
                    "ShiftLeft" | "ShiftRight" => !shift,
                    "ControlLeft" | "ControlRight" => !control,
                    // AltGr is reported as Alt, as Ctrl with Alt or as neither of them.
                    "AltLeft" => !alt,
                    "MetaLeft" | "MetaRight" => !meta,
                    _ => false,
                }
        })
    }

    /// Takes the keys out that `lost` names and says that they went up.
    fn take(&mut self, lost: impl Fn(&Held) -> bool) -> Vec<KeyAction> {
        self.held
            .extract_if(.., |held| lost(held))
            .map(|held| KeyAction {
                keysym: held.keysym,
                scancode: held.scancode,
                down: false,
            })
            .collect()
    }
}

fn left(actions: Vec<KeyAction>) -> Response {
    Response {
        actions,
        fate: Fate::Left,
    }
}

/// Whether a key of this name writes a character, and is no shortcut.
fn is_text(name: &str, modifiers: Modifiers) -> bool {
    let is_altgr = modifiers.control && modifiers.alt;
    let is_shortcut = modifiers.meta || modifiers.control && !is_altgr;
    name.chars().count() == 1 && !is_shortcut
}
