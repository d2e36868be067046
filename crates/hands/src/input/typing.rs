//! All that hands do on a keyboard, whichever way the browser tells it: by keys, by text, or by what is pasted.

use super::action::KeyAction;
use super::composition::{self, Composition};
use super::keyboard::{Fate, Keyboard, Response};
use super::latches::{Latch, Latches};
use super::leaving::Leaving;
use super::names;
use super::pasting::Pasting;
use super::stroke::{KeyStroke, Locks, Platform};

/// What hands do on a keyboard. Every answer is what the server is to be told, in this order.
#[derive(Debug)]
pub struct Typing {
    keyboard: Keyboard,
    composition: Composition,
    pasting: Pasting,
    leaving: Leaving,
    latches: Latches,
    /// Whether the last key was one of a keyboard on the screen.
    is_virtual: bool,
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
            is_virtual: false,
        }
    }

    /// `keydown`
    pub fn key_down(&mut self, stroke: &KeyStroke<'_>) -> Response {
        self.is_virtual = names::code(stroke.code, stroke.key_code, stroke.location).is_empty();
        self.leaving.press(stroke);
        let Response { actions, fate } = self.keyboard.press(stroke);
        let actions = self.latched(actions);
        let actions = if fate == Fate::Pastes {
            self.pasting.hold(actions)
        } else {
            self.pasting.pass(actions)
        };
        Response { actions, fate }
    }

    /// `keyup`
    pub fn key_up(&mut self, stroke: &KeyStroke<'_>) -> Response {
        let leaves = self.leaving.release();
        let Response { actions, fate } = self.keyboard.release(stroke);
        Response {
            actions: self.pasting.pass(actions),
            fate: if leaves { Fate::Leaves } else { fate },
        }
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

    /// `compositionstart`
    pub fn composition_start(&mut self) {
        self.composition.start(self.is_virtual);
    }

    /// `compositionupdate` with its `data`.
    pub fn composition_update(&mut self, data: &str) -> Vec<KeyAction> {
        let actions = self.composition.update(data);
        self.tell(actions)
    }

    /// `compositionend` with its `data`.
    pub fn composition_end(&mut self, data: &str) -> Vec<KeyAction> {
        let actions = self.composition.end(data);
        self.tell(actions)
    }

    /// `beforeinput` with its `inputType` and `data`.
    pub fn before_input(&mut self, kind: &str, data: Option<&str>) -> Vec<KeyAction> {
        self.tell(composition::edit(kind, data))
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

    /// A modifier that stays down by itself is pressed: for one key, for all, or not any more.
    pub fn latch(&mut self, latch: Latch) -> Vec<KeyAction> {
        let actions = self.latches.press(latch).into_iter().collect();
        self.pasting.pass(actions)
    }

    /// What modifiers that hold for one key make of these.
    fn latched(&mut self, mut actions: Vec<KeyAction>) -> Vec<KeyAction> {
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

    /// The page lost the focus: no release will be seen of what is held here.
    pub fn release_held(&mut self) -> Vec<KeyAction> {
        self.leaving = Leaving::default();
        let mut actions = self.keyboard.release_all();
        actions.extend(self.latches.release_all());
        self.pasting.pass(actions)
    }

    /// Another desktop, or none: what was about this one is forgotten.
    pub fn forget(&mut self) {
        self.keyboard.forget_remote_locks();
        self.keyboard.set_goes_by_place(false);
        self.pasting = Pasting::default();
        self.latches = Latches::default();
    }

    /// The server says which lock keys are on.
    pub fn set_remote_locks(&mut self, locks: Locks) {
        self.keyboard.set_remote_locks(locks);
    }

    /// Whether the server goes by the places of keys, not by what they mean here.
    pub fn set_goes_by_place(&mut self, on: bool) {
        self.keyboard.set_goes_by_place(on);
    }

    /// Whether the Command key of Apple's keyboards is Control at the desktop.
    pub fn set_command_is_control(&mut self, on: bool) -> Vec<KeyAction> {
        let released = self.release_held();
        self.keyboard.set_command_is_control(on);
        released
    }
}
