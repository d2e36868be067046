//! What the browser tells of the keyboard while the desktop has it: keys, text, and what is pasted.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use porthole_viewer::page::{Listener, document, window};
use porthole_viewer::{Command, LockKeys};
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::prelude::*;
use web_sys::{ClipboardEvent, CompositionEvent, InputEvent, KeyboardEvent};

use super::desktop::Desktop;
use super::timer::Timer;
use super::typist::Typist;
use crate::input::{
    Fate, KeyAction, KeyStroke, Latch, Latches, Locks, Modifiers, Platform, Response, Typing,
};

/// Listens to all that is typed while the desktop has the focus.
#[derive(Debug)]
pub(super) struct KeyboardInput {
    keys: Rc<Keys>,
    typist: Typist,
    _listeners: Vec<Listener>,
}

pub(super) struct Keys {
    typing: RefCell<Typing>,
    desktop: Rc<Desktop>,
    on_paste: RefCell<Option<Rc<PasteHook>>>,
    on_leave: RefCell<Option<Rc<dyn Fn()>>>,
    on_latches: RefCell<Option<Rc<Hook<Latches>>>>,
    on_typed: RefCell<Option<Rc<Hook<usize>>>>,
    /// As the hook knows them.
    latches: Cell<Latches>,
    /// Tells what has waited for something that did not come.
    settle: Timer,
}

type PasteHook = dyn Fn(&ClipboardEvent, Pasting);
type Hook<T> = dyn Fn(T);

/// Something is being pasted. The keys that paste it at the desktop, and all that is typed after them, wait until this is
/// dropped.
#[derive(Debug)]
pub struct Pasting(Rc<Keys>);

/// How long a left Ctrl that may be one half of AltGr is held back, in milliseconds.
const MOMENT: f64 = 100.0;

impl KeyboardInput {
    pub(super) fn new(desktop: Rc<Desktop>) -> Result<Self, JsValue> {
        let platform = window()?.navigator().platform()?;
        let keys = Rc::new_cyclic(|me: &Weak<Keys>| {
            let me = me.clone();
            Keys {
                typing: RefCell::new(Typing::new(Platform::from_navigator(&platform))),
                desktop,
                on_paste: RefCell::default(),
                on_leave: RefCell::default(),
                on_latches: RefCell::default(),
                on_typed: RefCell::default(),
                latches: Cell::default(),
                settle: Timer::new(move || {
                    if let Some(keys) = me.upgrade() {
                        keys.tell(Typing::settle);
                    }
                }),
            }
        });
        let document = document()?;
        let page = window()?;
        let (left, hidden, watched) = (keys.clone(), keys.clone(), document.clone());
        let listeners = vec![
            on(&keys, "keydown", Keys::down),
            on(&keys, "keyup", Keys::up),
            on(&keys, "compositionstart", Keys::composes),
            on(&keys, "compositionupdate", Keys::composing),
            on(&keys, "compositionend", Keys::composed),
            on(&keys, "beforeinput", Keys::before_input),
            on(&keys, "input", |keys, _: &JsValue| keys.clear()),
            on(&keys, "paste", Keys::pastes),
            on(&keys, "blur", |keys, _: &JsValue| keys.tell(Typing::release_keys)),
            Listener::new(&page, "blur", move |_: JsValue| left.tell(Typing::release_held)),
            Listener::new(&document, "visibilitychange", move |_: JsValue| {
                if watched.hidden() {
                    hidden.tell(Typing::release_held);
                }
            }),
        ];
        let written = keys.clone();
        let typist = Typist::new(move |actions, left| {
            written.tell(|typing| typing.tell(actions));
            let hook = written.on_typed.borrow().clone();
            if let Some(hook) = hook {
                hook(left);
            }
        });
        Ok(Self {
            typist,
            keys,
            _listeners: listeners,
        })
    }

    pub(super) fn keys(&self) -> Rc<Keys> {
        self.keys.clone()
    }

    /// Releases whatever is held.
    pub(super) fn release_all(&self) {
        self.keys.tell(Typing::release_held);
    }

    /// Presses and releases keys that no hand has pressed here.
    pub(super) fn press(&self, actions: Vec<KeyAction>) {
        self.keys.tell(|typing| typing.tell(actions));
    }

    /// The desktop says which lock keys are on there.
    pub(super) fn set_remote_locks(&self, locks: LockKeys) {
        self.keys.typing.borrow_mut().set_remote_locks(Locks {
            caps: locks.caps_lock,
            num: locks.num_lock,
            scroll: locks.scroll_lock,
        });
    }

    pub(super) fn set_command_is_control(&self, on: bool) {
        let released = self.keys.typing.borrow_mut().set_command_is_control(on);
        self.keys.send(&released);
    }

    /// The desktop goes by the places of keys.
    pub(super) fn set_goes_by_place(&self) {
        self.keys.typing.borrow_mut().set_goes_by_place(true);
    }

    /// There is no desktop any more.
    pub(super) fn forget(&self) {
        self.typist.stop();
        self.keys.typing.borrow_mut().forget();
        self.keys.tell_latches();
    }

    /// A modifier that stays down by itself is pressed.
    pub(super) fn latch(&self, latch: Latch) {
        self.keys.tell(|typing| typing.latch(latch));
    }

    /// A modifier that stays down by itself is let go.
    pub(super) fn unlatch(&self, latch: Latch) {
        self.keys.tell(|typing| typing.unlatch(latch));
    }

    /// Types a text key by key, in place of what is left of another.
    pub(super) fn type_text(&self, text: &str) {
        self.typist.begin(text);
    }

    /// Types no more of it.
    pub(super) fn stop_typing(&self) {
        self.typist.stop();
    }

    pub(super) fn on_latches(&self, hook: impl Fn(Latches) + 'static) {
        self.keys.on_latches.replace(Some(Rc::new(hook)));
    }

    pub(super) fn on_typed(&self, hook: impl Fn(usize) + 'static) {
        self.keys.on_typed.replace(Some(Rc::new(hook)));
    }

    pub(super) fn on_paste(&self, hook: impl Fn(&ClipboardEvent, Pasting) + 'static) {
        self.keys.on_paste.replace(Some(Rc::new(hook)));
    }

    pub(super) fn on_leave(&self, hook: impl Fn() + 'static) {
        self.keys.on_leave.replace(Some(Rc::new(hook)));
    }
}

/// Listens to the field that has the focus.
fn on<E>(keys: &Rc<Keys>, name: &'static str, handle: fn(&Rc<Keys>, &E)) -> Listener
where
    E: FromWasmAbi + 'static,
{
    let field = keys.desktop.field().element();
    let keys = keys.clone();
    Listener::new(field, name, move |event: E| handle(&keys, &event))
}

// ---- keys --------------------------------------------------------------------------------------------------

impl Keys {
    /// A pointer's buttons, of which some were down, are up.
    pub(super) fn clicked(&self) {
        let needed_field = self.typing.borrow().needs_field();
        self.tell(Typing::clicked);
        if needed_field {
            self.clear();
        }
    }

    /// Whether a Control is held.
    pub(super) fn hold_control(&self) -> bool {
        self.typing.borrow().holds_control()
    }

    fn down(self: &Rc<Self>, event: &KeyboardEvent) {
        if !self.desktop.takes_input() {
            return;
        }
        let needed_field = self.typing.borrow().needs_field();
        let Response { actions, fate } =
            with_stroke(event, |stroke| self.typing.borrow_mut().key_down(stroke));
        if needed_field {
            self.clear();
        }
        self.finish(event, fate);
        self.send(&actions);
        self.wait();
    }

    fn up(self: &Rc<Self>, event: &KeyboardEvent) {
        // While there is no desktop, what is held there stays so, to be released at the next one.
        if !self.desktop.takes_input() {
            return;
        }
        let Response { actions, fate } = with_stroke(event, |stroke| self.typing.borrow_mut().key_up(stroke));
        self.finish(event, fate);
        self.send(&actions);
        if fate == Fate::Leaves {
            self.desktop.field().blur();
            let hook = self.on_leave.borrow().clone();
            if let Some(hook) = hook {
                hook();
            }
        }
    }

    fn finish(&self, event: &KeyboardEvent, fate: Fate) {
        if matches!(fate, Fate::Taken | Fate::Leaves) {
            event.prevent_default();
        }
        if fate != Fate::Left {
            event.stop_propagation();
        }
    }

    /// Has what waits told after a moment in which nothing happens.
    fn wait(&self) {
        let is_waiting = self.typing.borrow().is_waiting();
        self.settle.set(is_waiting.then_some(MOMENT));
    }
}

// ---- text --------------------------------------------------------------------------------------------------

impl Keys {
    fn composes(self: &Rc<Self>, event: &CompositionEvent) {
        let data = event.data().unwrap_or_default();
        self.typing.borrow_mut().composition_start(&data);
    }

    fn composing(self: &Rc<Self>, event: &CompositionEvent) {
        let data = event.data().unwrap_or_default();
        self.tell(|typing| typing.composition_update(&data));
    }

    fn composed(self: &Rc<Self>, event: &CompositionEvent) {
        let data = event.data().unwrap_or_default();
        // It is over even where nothing comes of it.
        let actions = self.typing.borrow_mut().composition_end(&data);
        self.tell(|_| actions);
        self.clear();
    }

    fn before_input(self: &Rc<Self>, event: &InputEvent) {
        // It goes on from what stands there.
        if !self.typing.borrow().needs_field() {
            event.prevent_default();
        }
        let (kind, data) = (event.input_type(), event.data());
        self.tell(|typing| typing.before_input(&kind, data.as_deref()));
    }

    fn clear(&self) {
        if !self.typing.borrow().needs_field() {
            self.desktop.field().clear();
        }
    }
}

// ---- what is pasted ----------------------------------------------------------------------------------------

impl Keys {
    fn pastes(self: &Rc<Self>, event: &ClipboardEvent) {
        event.prevent_default();
        if !self.desktop.takes_input() {
            return;
        }
        self.typing.borrow_mut().pasted();
        let pasting = Pasting(self.clone());
        let hook = self.on_paste.borrow().clone();
        if let Some(hook) = hook {
            hook(event, pasting);
        }
    }
}

impl Drop for Pasting {
    fn drop(&mut self) {
        self.0.tell(Typing::go_on);
    }
}

// ---- to the desktop ----------------------------------------------------------------------------------------

impl Keys {
    /// Tells what comes of something. While there is no desktop, nothing comes of it.
    fn tell(&self, happens: impl FnOnce(&mut Typing) -> Vec<KeyAction>) {
        if self.desktop.takes_input() {
            let actions = happens(&mut self.typing.borrow_mut());
            self.send(&actions);
        }
    }

    fn send(&self, actions: &[KeyAction]) {
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
        self.tell_latches();
    }

    fn tell_latches(&self) {
        let latches = self.typing.borrow().latches();
        let hook = self.on_latches.borrow().clone();
        if self.latches.replace(latches) != latches
            && let Some(hook) = hook
        {
            hook(latches);
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("typing", &self.typing)
            .finish_non_exhaustive()
    }
}

fn with_stroke<T>(event: &KeyboardEvent, take: impl FnOnce(&KeyStroke<'_>) -> T) -> T {
    take(&KeyStroke {
        code: &event.code(),
        key: &event.key(),
        key_code: event.key_code(),
        location: event.location(),
        time: event.time_stamp(),
        is_composing: event.is_composing(),
        modifiers: Modifiers {
            shift: event.shift_key(),
            control: event.ctrl_key(),
            alt: event.alt_key(),
            meta: event.meta_key(),
        },
        locks: Locks {
            caps: event.get_modifier_state("CapsLock"),
            num: event.get_modifier_state("NumLock"),
            scroll: event.get_modifier_state("ScrollLock"),
        },
    })
}
