//! Key events of the desktop.

use std::cell::RefCell;
use std::rc::Rc;

use porthole_viewer::page::{Listener, document, window};
use porthole_viewer::{Command, LockKeys};
use wasm_bindgen::JsValue;
use web_sys::KeyboardEvent;

use super::desktop::Desktop;
use crate::input::{KeyAction, KeyStroke, Keyboard, Locks, Modifiers, Platform};

/// Listens to the keys that are typed while the desktop has the focus.
#[derive(Debug)]
pub(super) struct KeyboardInput {
    keys: Rc<Keys>,
    _listeners: Vec<Listener>,
}

#[derive(Debug)]
struct Keys {
    keyboard: RefCell<Keyboard>,
    desktop: Rc<Desktop>,
}

impl KeyboardInput {
    pub(super) fn new(desktop: Rc<Desktop>) -> Result<Self, JsValue> {
        let platform = window()?.navigator().platform()?;
        let keys = Rc::new(Keys {
            keyboard: RefCell::new(Keyboard::new(Platform::from_navigator(&platform))),
            desktop: desktop.clone(),
        });
        let document = document()?;
        let on = |name, handle: fn(&Keys, &KeyboardEvent)| {
            let keys = keys.clone();
            Listener::new(desktop.surface(), name, move |event: KeyboardEvent| {
                handle(&keys, &event)
            })
        };
        let (blurred, hidden, watched) = (keys.clone(), keys.clone(), document.clone());
        let listeners = vec![
            on("keydown", Keys::down),
            on("keyup", Keys::up),
            Listener::new(desktop.surface(), "focusout", move |_: JsValue| {
                blurred.release_all()
            }),
            Listener::new(&document, "visibilitychange", move |_: JsValue| {
                if watched.hidden() {
                    hidden.release_all();
                }
            }),
        ];
        Ok(Self {
            keys,
            _listeners: listeners,
        })
    }

    /// Releases whatever is held.
    pub(super) fn release_all(&self) {
        self.keys.release_all();
    }

    /// The desktop says which lock keys are on there; none is heard of from the next one yet.
    pub(super) fn set_remote_locks(&self, locks: Option<LockKeys>) {
        let mut keyboard = self.keys.keyboard.borrow_mut();
        match locks {
            Some(locks) => keyboard.set_remote_locks(Locks {
                caps: locks.caps_lock,
                num: locks.num_lock,
            }),
            None => keyboard.forget_remote_locks(),
        }
    }
}

impl Keys {
    fn down(&self, event: &KeyboardEvent) {
        // Keys that an input method is still making characters of are its own.
        if !self.desktop.takes_input() || event.is_composing() {
            return;
        }
        let actions = with_stroke(event, |stroke| self.keyboard.borrow_mut().press(stroke));
        // A key that means nothing to the server stays with the browser: volume, brightness. So does a dead key, which
        // only some servers take.
        if actions.iter().any(|action| action.keysym != 0) {
            event.prevent_default();
            event.stop_propagation();
        }
        self.tell(&actions);
    }

    fn up(&self, event: &KeyboardEvent) {
        // While there is no desktop, what is held there stays so, to be released at the next one.
        if !self.desktop.takes_input() {
            return;
        }
        let actions = with_stroke(event, |stroke| self.keyboard.borrow_mut().release(stroke));
        if !actions.is_empty() {
            event.prevent_default();
            event.stop_propagation();
        }
        self.tell(&actions);
    }

    fn release_all(&self) {
        if !self.desktop.takes_input() {
            return;
        }
        let actions = self.keyboard.borrow_mut().release_all();
        self.tell(&actions);
    }

    fn tell(&self, actions: &[KeyAction]) {
        for &KeyAction {
            keysym,
            scancode,
            down,
        } in actions
        {
            self.desktop.input(&Command::Key {
                keysym,
                scancode,
                down,
            });
        }
    }
}

fn with_stroke<T>(event: &KeyboardEvent, take: impl FnOnce(&KeyStroke<'_>) -> T) -> T {
    take(&KeyStroke {
        code: &event.code(),
        key: &event.key(),
        location: event.location(),
        time: event.time_stamp(),
        modifiers: Modifiers {
            shift: event.shift_key(),
            control: event.ctrl_key(),
            alt: event.alt_key(),
            meta: event.meta_key(),
        },
        locks: Locks {
            caps: event.get_modifier_state("CapsLock"),
            num: event.get_modifier_state("NumLock"),
        },
    })
}
