//! All that hands do on a keyboard, whichever way the browser tells it: by keys, by text, or by what is pasted.

use super::action::{KeyAction, is_modifier};
use super::composition::{self, Composition, Manner};
use super::dead::{DeadKey, Left};
use super::keyboard::{Fate, Keyboard, Response};
use super::latches::{Latch, Latches};
use super::leaving::Leaving;
use super::opening::Opening;
use super::pasting::Pasting;
use super::stroke::{KeyStroke, Locks, Platform};
use super::{names, scancode};

/// What hands do on a keyboard. Every answer is what the server is to be told, in this order.
#[derive(Debug)]
pub struct Typing {
    keyboard: Keyboard,
    composition: Composition,
    pasting: Pasting,
    leaving: Leaving,
    latches: Latches,
    opening: Opening,
    /// Where the desktop may go by places.
    dead_key: Option<DeadKey>,
    /// Whether the last key was one of a keyboard on the screen.
    is_virtual: bool,
    /// Whether that key is down.
    is_down: bool,
    /// Whether the letters before are in the field, to be rewritten.
    is_rewriting: bool,
}

impl Typing {
    /// Nothing is held.
    #[must_use]
    pub fn new(platform: Platform) -> Self {
        Self {
            keyboard: Keyboard::new(platform),
            composition: Composition::default(),
            pasting: Pasting::default(),
            leaving: Leaving::default(),
            latches: Latches::default(),
            opening: Opening::default(),
            dead_key: None,
            is_virtual: false,
            is_down: false,
            is_rewriting: false,
        }
    }

    /// `keydown`
    pub fn key_down(&mut self, stroke: &KeyStroke<'_>) -> Response {
        let code = names::code(stroke.code, stroke.key_code, stroke.location);
        // WebKitGTK calls the place of a key that its input method has taken so.
        self.is_virtual = code.is_empty() && stroke.code != "Unidentified";
        self.is_down = true;
        self.is_rewriting = self.keyboard.rewrites(stroke) || self.is_rewriting && stroke.key == "Shift";
        self.leaving.press(stroke);
        let Response { actions, fate } = self.keyboard.press(stroke);
        let left = self.left_key(stroke);
        let before = self.dead_key.as_mut().map(DeadKey::settle).unwrap_or_default();
        if let Some(dead_key) = &mut self.dead_key {
            if fate == Fate::Left {
                dead_key.left(left, stroke.key == "Dead" && left.scancode != 0);
            } else if !actions.iter().all(|it| is_modifier(it.keysym)) {
                *dead_key = DeadKey::default();
            }
        }
        let actions = self.latched([before, actions].concat());
        let actions = if fate == Fate::Pastes {
            self.pasting.hold(actions)
        } else {
            self.pasting.pass(actions)
        };
        Response { actions, fate }
    }

    /// `keyup`
    pub fn key_up(&mut self, stroke: &KeyStroke<'_>) -> Response {
        self.is_down = false;
        let leaves = self.leaving.release();
        let Response { mut actions, fate } = self.keyboard.release(stroke);
        let left = self.left_key(stroke);
        if let Some(dead_key) = self.dead_key.as_mut().filter(|_| fate == Fate::Left) {
            actions.extend(dead_key.released(left));
        }
        Response {
            actions: self.pasting.pass(actions),
            fate: if leaves { Fate::Leaves } else { fate },
        }
    }

    /// A key as an input method has it.
    fn left_key(&self, stroke: &KeyStroke<'_>) -> Left {
        Left {
            scancode: scancode::of_code(&names::code(stroke.code, stroke.key_code, stroke.location)),
            shift: stroke.modifiers.shift && !self.keyboard.holds_shift(),
        }
    }

    /// Whether a Control is held.
    #[must_use]
    pub fn holds_control(&self) -> bool {
        self.keyboard.holds_control()
    }

    /// Whether there is something that [`Self::settle`] is to tell, if nothing happens meanwhile.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.keyboard.is_waiting()
    }

    /// A moment has gone by.
    pub fn settle(&mut self) -> Vec<KeyAction> {
        let actions = self.keyboard.settle();
        self.pasting.pass(actions)
    }

    /// `compositionstart` with its `data`: what the composition takes the place of.
    pub fn composition_start(&mut self, data: &str) {
        // Browsers of Android press a key for all that a keyboard on the screen writes, and none when it takes a word up.
        let manner = match (self.is_virtual, self.is_down) {
            (true, false) if !self.keyboard.is_apple() => Manner::FromAWordOnwards,
            (true, _) => Manner::AsItGrows,
            (false, _) => Manner::AtTheEnd,
        };
        self.composition.start(manner, data);
    }

    /// Whether an input method is at work.
    #[must_use]
    pub fn is_composing(&self) -> bool {
        self.composition.is_on()
    }

    /// Whether what stands in the field is the browser's, which goes on from there.
    #[must_use]
    pub fn needs_field(&self) -> bool {
        self.is_composing() || self.is_rewriting
    }

    /// `compositionupdate` with its `data`.
    pub fn composition_update(&mut self, data: &str) -> Vec<KeyAction> {
        let mut actions = self.composition.update(data);
        if let Some(dead_key) = &mut self.dead_key {
            actions.extend(dead_key.shows(data));
        }
        self.tell(actions)
    }

    /// `compositionend` with its `data`.
    pub fn composition_end(&mut self, data: &str) -> Vec<KeyAction> {
        let actions = self.composition.end(data);
        let actions = self.of_dead_key(data).unwrap_or(actions);
        self.tell(actions)
    }

    /// `beforeinput` with its `inputType` and `data`.
    pub fn before_input(&mut self, kind: &str, data: Option<&str>) -> Vec<KeyAction> {
        if self.is_composing() {
            // What else an input method changes is told by its own events.
            let written = data.filter(|_| kind == "insertCompositionText");
            let actions = written.map(|data| self.composition.write(data));
            return self.tell(actions.unwrap_or_default());
        }
        let of_dead_key = match (kind, data) {
            ("insertText", Some(data)) => self.of_dead_key(data),
            _ => None,
        };
        let actions = of_dead_key.unwrap_or_else(|| composition::edit(kind, data));
        self.tell(actions)
    }

    fn of_dead_key(&mut self, data: &str) -> Option<Vec<KeyAction>> {
        // It is not over yet.
        let dead_key = self.dead_key.as_mut().filter(|_| !data.is_empty())?;
        dead_key.writes(data)
    }

    /// Keys that no hand has pressed here, or text.
    pub fn tell(&mut self, actions: Vec<KeyAction>) -> Vec<KeyAction> {
        let actions = self.latched(actions);
        self.pasting.pass(actions)
    }

    /// Which modifiers are down by themselves.
    #[must_use]
    pub fn latches(&self) -> Latches {
        self.latches
    }

    /// A modifier that stays down by itself is pressed: for one key or click, for all, or not any more.
    pub fn latch(&mut self, latch: Latch) -> Vec<KeyAction> {
        let actions = self.latches.press(latch).into_iter().collect();
        let actions = self.opening.pass(actions);
        self.pasting.pass(actions)
    }

    /// A modifier that stays down by itself is let go.
    pub fn unlatch(&mut self, latch: Latch) -> Vec<KeyAction> {
        let actions = self.latches.release(latch).into_iter().collect();
        self.pasting.pass(actions)
    }

    /// A pointer's buttons, of which some were down, are up.
    pub fn clicked(&mut self) -> Vec<KeyAction> {
        self.is_rewriting = false;
        let actions = self.latches.after_click();
        self.pasting.pass(actions)
    }

    /// What modifiers that hold for one key make of these.
    fn latched(&mut self, actions: Vec<KeyAction>) -> Vec<KeyAction> {
        let mut actions = self.opening.pass(actions);
        let let_go = self.latches.after(&actions);
        actions.extend(let_go);
        actions
    }

    /// `paste`: what comes from here on waits for [`Self::go_on`].
    pub fn pasted(&mut self) {
        self.pasting.pasted();
    }

    /// What was pasted is over there.
    pub fn go_on(&mut self) -> Vec<KeyAction> {
        self.pasting.go_on()
    }

    /// The desktop lost the keyboard: no release will be seen of what is held on one.
    pub fn release_keys(&mut self) -> Vec<KeyAction> {
        self.leaving = Leaving::default();
        self.is_rewriting = false;
        let actions = self.keyboard.release_all();
        self.pasting.pass(actions)
    }

    /// The page did: nobody is there to see what stays down by itself.
    pub fn release_held(&mut self) -> Vec<KeyAction> {
        let mut actions = self.release_keys();
        let let_go = self.latches.release_all();
        actions.extend(self.pasting.pass(let_go));
        actions
    }

    /// Another desktop, or none: what was about this one is forgotten.
    pub fn forget(&mut self) {
        self.keyboard.forget_remote_locks();
        self.keyboard.set_goes_by_place(false);
        self.pasting = Pasting::default();
        self.latches = Latches::default();
        self.opening = Opening::default();
        self.dead_key = None;
    }

    /// The server says which lock keys are on.
    pub fn set_remote_locks(&mut self, locks: Locks) {
        self.keyboard.set_remote_locks(locks);
    }

    /// Whether the server goes by the places of keys, not by what they mean here.
    pub fn set_goes_by_place(&mut self, on: bool) {
        self.keyboard.set_goes_by_place(on);
        self.dead_key = (on && self.keyboard.writes_dead_keys_as_text()).then(DeadKey::default);
    }

    /// Whether the Command key of Apple's keyboards is Control at the desktop.
    pub fn set_command_is_control(&mut self, on: bool) -> Vec<KeyAction> {
        let released = self.release_held();
        self.keyboard.set_command_is_control(on);
        released
    }
}
