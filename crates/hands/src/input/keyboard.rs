//! Which keys are held, and what the server is told of them.

use xkeysym::key;

use super::{keysym, scancode};

/// One key event of the browser.
#[derive(Debug, Clone, Copy)]
pub struct KeyStroke<'a> {
    /// `KeyboardEvent.code`: which key, whatever it is labelled. Virtual keyboards leave it empty.
    pub code: &'a str,
    /// `KeyboardEvent.key`: what it means.
    pub key: &'a str,
    /// `KeyboardEvent.location`.
    pub location: u32,
    /// `KeyboardEvent.timeStamp`, in milliseconds.
    pub time: f64,
    /// The modifiers that the browser says are held.
    pub modifiers: Modifiers,
    /// The lock keys that the browser says are on.
    pub locks: Locks,
}

/// Which of the lock keys that change what is typed are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locks {
    /// Caps Lock.
    pub caps: bool,
    /// Num Lock.
    pub num: bool,
}

/// The modifiers that a browser reports with each key event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// `shiftKey`
    pub shift: bool,
    /// `ctrlKey`
    pub control: bool,
    /// `altKey`
    pub alt: bool,
    /// `metaKey`
    pub meta: bool,
}

/// The systems whose browsers report keys in ways of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// macOS, iOS and iPadOS.
    Apple,
    /// Windows.
    Windows,
    /// Every other.
    Other,
}

impl Platform {
    /// From `navigator.platform`.
    #[must_use]
    pub fn from_navigator(platform: &str) -> Self {
        if ["Mac", "iPhone", "iPad", "iPod"]
            .iter()
            .any(|apple| platform.starts_with(apple))
        {
            Self::Apple
        } else if platform.starts_with("Win") {
            Self::Windows
        } else {
            Self::Other
        }
    }
}

/// What the server is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyAction {
    /// The X keysym; 0 for a key that has none.
    pub keysym: u32,
    /// Which key it is on an XT keyboard; 0 if that is not known.
    pub scancode: u8,
    /// Whether the key went down.
    pub down: bool,
}

/// A key that the server believes to be held.
#[derive(Debug)]
struct Held {
    code: String,
    keysym: u32,
    scancode: u8,
    /// When it went down, in milliseconds.
    since: f64,
}

/// The keyboard as the server believes it to be.
#[derive(Debug)]
pub struct Keyboard {
    platform: Platform,
    held: Vec<Held>,
    /// The lock keys that are on at the desktop, as far as that is known.
    caps_lock: Option<bool>,
    num_lock: Option<bool>,
}

/// Windows reports AltGr as a left Ctrl and, at the same moment, a right Alt. They are as good as
/// simultaneous; a hand needs longer than this, in milliseconds, to press both.
const ALTGR_WITHIN: f64 = 50.0;

impl Keyboard {
    /// A keyboard on which no key is held.
    #[must_use]
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            held: Vec::new(),
            caps_lock: None,
            num_lock: None,
        }
    }

    /// The server says which lock keys are on.
    pub fn set_remote_locks(&mut self, locks: Locks) {
        self.caps_lock = Some(locks.caps);
        self.num_lock = Some(locks.num);
    }

    /// Another server will say which lock keys are on, or none will.
    pub fn forget_remote_locks(&mut self) {
        self.caps_lock = None;
        self.num_lock = None;
    }

    /// A key went down, or repeats while it is held.
    pub fn press(&mut self, stroke: &KeyStroke<'_>) -> Vec<KeyAction> {
        let mut actions = self.drop_lost_modifiers(stroke);
        let scancode = scancode::of_code(stroke.code);
        // A dead key has no keysym, but a place on the keyboard. What an input method takes means nothing to X.
        let is_known = scancode != 0 && matches!(stroke.key, "Dead" | "Unidentified");
        let Some(keysym) = self.keysym(stroke).or(is_known.then_some(0)) else {
            return actions;
        };
        if self.platform == Platform::Windows && keysym == key::ISO_Level3_Shift {
            actions.extend(self.take_back_control(stroke.time));
        }
        self.lock_as_here(stroke, keysym, &mut actions);
        if self.releases_at_once(stroke, keysym) {
            actions.extend(tap(keysym, scancode));
            return actions;
        }
        // A key that repeats goes on with the keysym of its first press, so that its release fits.
        let keysym = match self.held.iter().find(|held| held.code == stroke.code) {
            Some(held) => held.keysym,
            None => {
                self.held.push(Held {
                    code: stroke.code.to_owned(),
                    keysym,
                    scancode,
                    since: stroke.time,
                });
                keysym
            }
        };
        actions.push(KeyAction {
            keysym,
            scancode,
            down: true,
        });
        actions
    }

    /// A key went up. What is released is the keysym of its press, whatever the key would mean by now.
    pub fn release(&mut self, stroke: &KeyStroke<'_>) -> Vec<KeyAction> {
        if self.platform == Platform::Apple && stroke.code == "CapsLock" {
            return self.press(stroke);
        }
        let mut actions = self.take(|held| held.code == stroke.code);
        actions.extend(self.drop_lost_modifiers(stroke));
        actions
    }

    /// The page lost the focus: nothing is held any more, since no release will be seen.
    pub fn release_all(&mut self) -> Vec<KeyAction> {
        self.take(|_| true)
    }

    /// Presses a lock key that is on at one of both sides only, before the key whose meaning it changes. How it is at the
    /// desktop is not known any more then, before the server says so: it takes its time.
    fn lock_as_here(&mut self, stroke: &KeyStroke<'_>, keysym: u32, actions: &mut Vec<KeyAction>) {
        // There is no NumLock on Apple's keyboards, and whoever presses a lock key wants it to change.
        let of_num_lock = self.platform != Platform::Apple;
        for (remote, here, lock, scancode, counts) in [
            (&mut self.caps_lock, stroke.locks.caps, key::Caps_Lock, 0x3A, true),
            (
                &mut self.num_lock,
                stroke.locks.num,
                key::Num_Lock,
                0x45,
                of_num_lock,
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

    fn keysym(&self, stroke: &KeyStroke<'_>) -> Option<u32> {
        if self.platform == Platform::Apple {
            // Option writes characters there, and Command is what Alt or the logo key is elsewhere.
            match stroke.code {
                "AltLeft" => return Some(key::Mode_switch),
                "AltRight" => return Some(key::ISO_Level3_Shift),
                "MetaLeft" => return Some(key::Alt_L),
                "MetaRight" => return Some(key::Super_L),
                _ => {}
            }
        }
        keysym::of_key(stroke.key, stroke.location)
    }

    /// Whether no release will be seen: virtual keyboards send none that can be told apart, macOS sends none
    /// while Command is held, and its CapsLock goes down when it locks and up when it unlocks.
    fn releases_at_once(&self, stroke: &KeyStroke<'_>, keysym: u32) -> bool {
        let apple = self.platform == Platform::Apple;
        stroke.code.is_empty()
            || apple && stroke.code == "CapsLock"
            || apple && stroke.modifiers.meta && !is_modifier(keysym)
    }

    /// Releases the left Ctrl that was only one half of AltGr.
    fn take_back_control(&mut self, now: f64) -> Vec<KeyAction> {
        self.take(|held| held.code == "ControlLeft" && now - held.since <= ALTGR_WITHIN)
    }

    /// Releases modifiers whose release went elsewhere, as it does when a window manager takes a key combination
    /// for itself: the browser says with every event what is really held.
    fn drop_lost_modifiers(&mut self, stroke: &KeyStroke<'_>) -> Vec<KeyAction> {
        let Modifiers {
            shift,
            control,
            alt,
            meta,
        } = stroke.modifiers;
        self.take(|held| {
            // The event of a modifier itself says how things are after it on one system and before it on another.
            held.code != stroke.code
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

fn tap(keysym: u32, scancode: u8) -> [KeyAction; 2] {
    [true, false].map(|down| KeyAction {
        keysym,
        scancode,
        down,
    })
}

fn is_modifier(keysym: u32) -> bool {
    matches!(
        keysym,
        key::Shift_L..=key::Hyper_R | key::ISO_Level3_Shift | key::Mode_switch
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke<'a>(code: &'a str, key: &'a str) -> KeyStroke<'a> {
        KeyStroke {
            code,
            key,
            location: 0,
            time: 0.0,
            modifiers: Modifiers::default(),
            locks: Locks::default(),
        }
    }

    fn with(stroke: KeyStroke<'_>, modifiers: Modifiers) -> KeyStroke<'_> {
        KeyStroke { modifiers, ..stroke }
    }

    /// What a key is told as, whichever key it is.
    #[derive(Debug, PartialEq)]
    struct Told(u32, bool);

    impl PartialEq<Told> for KeyAction {
        fn eq(&self, told: &Told) -> bool {
            (self.keysym, self.down) == (told.0, told.1)
        }
    }

    fn down(keysym: u32) -> Told {
        Told(keysym, true)
    }

    fn up(keysym: u32) -> Told {
        Told(keysym, false)
    }

    const NOTHING: [Told; 0] = [];

    const SHIFT: Modifiers = Modifiers {
        shift: true,
        control: false,
        alt: false,
        meta: false,
    };
    const META: Modifiers = Modifiers {
        shift: false,
        control: false,
        alt: false,
        meta: true,
    };
    const CONTROL: Modifiers = Modifiers {
        shift: false,
        control: true,
        alt: false,
        meta: false,
    };
    const CONTROL_ALT: Modifiers = Modifiers {
        shift: false,
        control: true,
        alt: true,
        meta: false,
    };

    #[test]
    fn a_release_has_the_keysym_of_its_press() {
        let mut keyboard = Keyboard::new(Platform::Other);
        assert_eq!(
            keyboard.press(&with(stroke("ShiftLeft", "Shift"), SHIFT)),
            [down(key::Shift_L)]
        );
        assert_eq!(keyboard.press(&with(stroke("KeyA", "A"), SHIFT)), [down(0x41)]);
        assert_eq!(
            keyboard.release(&stroke("ShiftLeft", "Shift")),
            [up(key::Shift_L)]
        );
        assert_eq!(keyboard.release(&stroke("KeyA", "a")), [up(0x41)]);
        assert_eq!(keyboard.release(&stroke("KeyA", "a")), NOTHING);
    }

    #[test]
    fn a_repeat_presses_again_with_the_same_keysym() {
        let mut keyboard = Keyboard::new(Platform::Other);
        assert_eq!(keyboard.press(&stroke("KeyA", "a")), [down(0x61)]);
        assert_eq!(keyboard.press(&with(stroke("KeyA", "A"), SHIFT)), [down(0x61)]);
        assert_eq!(keyboard.release(&stroke("KeyA", "a")), [up(0x61)]);
    }

    #[test]
    fn losing_the_focus_releases_everything() {
        let mut keyboard = Keyboard::new(Platform::Other);
        keyboard.press(&with(stroke("ControlLeft", "Control"), CONTROL));
        keyboard.press(&with(stroke("KeyC", "c"), CONTROL));
        assert_eq!(keyboard.release_all(), [up(key::Control_L), up(0x63)]);
        assert_eq!(keyboard.release_all(), NOTHING);
    }

    #[test]
    fn a_modifier_whose_release_went_elsewhere_is_released_with_the_next_key() {
        let mut keyboard = Keyboard::new(Platform::Other);
        keyboard.press(&with(
            stroke("AltLeft", "Alt"),
            Modifiers {
                alt: true,
                ..Modifiers::default()
            },
        ));
        assert_eq!(keyboard.press(&stroke("KeyX", "x")), [up(key::Alt_L), down(0x78)]);
    }

    #[test]
    fn altgr_on_windows_is_not_ctrl() {
        let mut keyboard = Keyboard::new(Platform::Windows);
        assert_eq!(
            keyboard.press(&with(stroke("ControlLeft", "Control"), CONTROL)),
            [down(key::Control_L)]
        );
        let altgr = with(stroke("AltRight", "AltGraph"), CONTROL_ALT);
        assert_eq!(
            keyboard.press(&altgr),
            [up(key::Control_L), down(key::ISO_Level3_Shift)]
        );
        assert_eq!(
            keyboard.press(&with(stroke("KeyQ", "@"), CONTROL_ALT)),
            [down(0x40)]
        );
        assert_eq!(
            keyboard.release(&with(stroke("KeyQ", "@"), CONTROL_ALT)),
            [up(0x40)]
        );
        assert_eq!(keyboard.release(&stroke("ControlLeft", "Control")), NOTHING);
        assert_eq!(
            keyboard.release(&stroke("AltRight", "AltGraph")),
            [up(key::ISO_Level3_Shift)]
        );
    }

    #[test]
    fn ctrl_that_was_held_before_altgr_stays_held_on_windows() {
        let mut keyboard = Keyboard::new(Platform::Windows);
        keyboard.press(&with(stroke("ControlLeft", "Control"), CONTROL));
        let altgr = KeyStroke {
            time: 400.0,
            ..with(stroke("AltRight", "AltGraph"), CONTROL_ALT)
        };
        assert_eq!(keyboard.press(&altgr), [down(key::ISO_Level3_Shift)]);
    }

    #[test]
    fn keys_with_command_are_tapped_on_a_mac() {
        let mut keyboard = Keyboard::new(Platform::Apple);
        assert_eq!(
            keyboard.press(&with(stroke("MetaLeft", "Meta"), META)),
            [down(key::Alt_L)]
        );
        assert_eq!(
            keyboard.press(&with(stroke("KeyC", "c"), META)),
            [down(0x63), up(0x63)]
        );
        assert_eq!(keyboard.release(&stroke("MetaLeft", "Meta")), [up(key::Alt_L)]);
    }

    #[test]
    fn caps_lock_is_tapped_at_both_edges_on_a_mac() {
        let mut keyboard = Keyboard::new(Platform::Apple);
        let tap = [down(key::Caps_Lock), up(key::Caps_Lock)];
        assert_eq!(keyboard.press(&stroke("CapsLock", "CapsLock")), tap);
        assert_eq!(keyboard.release(&stroke("CapsLock", "CapsLock")), tap);
    }

    #[test]
    fn a_virtual_keyboard_without_key_codes_taps() {
        let mut keyboard = Keyboard::new(Platform::Other);
        assert_eq!(keyboard.press(&stroke("", "ä")), [down(0xE4), up(0xE4)]);
        assert_eq!(keyboard.press(&stroke("", "Unidentified")), NOTHING);
    }

    #[test]
    fn a_key_has_its_scancode_at_its_press_and_at_its_release() {
        let mut keyboard = Keyboard::new(Platform::Other);
        let action = |down| KeyAction {
            keysym: 0x41,
            scancode: 0x1E,
            down,
        };
        assert_eq!(keyboard.press(&stroke("KeyA", "A")), [action(true)]);
        assert_eq!(keyboard.release(&stroke("KeyA", "a")), [action(false)]);
        keyboard.press(&stroke("KeyA", "A"));
        assert_eq!(keyboard.release_all(), [action(false)]);
    }

    #[test]
    fn a_dead_key_is_told_by_its_place_and_one_of_an_input_method_is_not() {
        let mut keyboard = Keyboard::new(Platform::Other);
        let action = |down| KeyAction {
            keysym: 0,
            scancode: 0x0D,
            down,
        };
        assert_eq!(keyboard.press(&stroke("Equal", "Dead")), [action(true)]);
        assert_eq!(keyboard.release(&stroke("Equal", "Dead")), [action(false)]);
        assert_eq!(keyboard.press(&stroke("KeyA", "Process")), NOTHING);
        assert_eq!(keyboard.press(&stroke("AudioVolumeUp", "AudioVolumeUp")), NOTHING);
    }

    #[test]
    fn a_lock_key_that_is_on_at_one_side_only_is_pressed_first_and_once() {
        let on = |caps, num| Locks { caps, num };
        let with_locks = |caps, num| KeyStroke {
            locks: on(caps, num),
            ..stroke("KeyA", "a")
        };
        let mut keyboard = Keyboard::new(Platform::Other);
        assert_eq!(keyboard.press(&with_locks(true, true)), [down(0x61)], "not known");
        keyboard.set_remote_locks(on(true, false));
        let caps = [down(key::Caps_Lock), up(key::Caps_Lock)];
        let num = [down(key::Num_Lock), up(key::Num_Lock)];
        let [caps_down, caps_up] = caps;
        let [num_down, num_up] = num;
        assert_eq!(
            keyboard.press(&with_locks(false, true)),
            [caps_down, caps_up, num_down, num_up, down(0x61)]
        );
        assert_eq!(
            keyboard.press(&with_locks(false, true)),
            [down(0x61)],
            "not twice"
        );
        keyboard.set_remote_locks(on(false, true));
        assert_eq!(keyboard.press(&with_locks(false, true)), [down(0x61)], "in step");
        keyboard.set_remote_locks(on(true, true));
        keyboard.forget_remote_locks();
        assert_eq!(keyboard.press(&with_locks(false, false)), [down(0x61)]);
    }

    #[test]
    fn whoever_presses_a_lock_key_wants_it_to_change() {
        let mut keyboard = Keyboard::new(Platform::Other);
        keyboard.set_remote_locks(Locks::default());
        let caps_lock = KeyStroke {
            locks: Locks {
                caps: true,
                num: false,
            },
            ..stroke("CapsLock", "CapsLock")
        };
        assert_eq!(keyboard.press(&caps_lock), [down(key::Caps_Lock)]);
        assert_eq!(keyboard.release(&caps_lock), [up(key::Caps_Lock)]);
        let next = KeyStroke {
            locks: caps_lock.locks,
            ..stroke("KeyA", "A")
        };
        assert_eq!(
            keyboard.press(&next),
            [down(0x41)],
            "the server has not said so yet"
        );
    }

    #[test]
    fn a_mac_has_no_num_lock_to_keep_in_step() {
        let mut keyboard = Keyboard::new(Platform::Apple);
        keyboard.set_remote_locks(Locks {
            caps: false,
            num: true,
        });
        assert_eq!(keyboard.press(&stroke("KeyA", "a")), [down(0x61)]);
    }

    #[test]
    fn the_platform_is_told_by_the_navigator() {
        assert_eq!(Platform::from_navigator("MacIntel"), Platform::Apple);
        assert_eq!(Platform::from_navigator("iPad"), Platform::Apple);
        assert_eq!(Platform::from_navigator("Win32"), Platform::Windows);
        assert_eq!(Platform::from_navigator("Linux x86_64"), Platform::Other);
    }
}
