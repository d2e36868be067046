//! Keys on the screen: those that keyboards on the screen lack, those that the browser or the system keeps for itself, and
//! modifiers for who has one finger.

mod combinations;
mod held;

use leptos::prelude::*;
use porthole_hands::input::{Latch, Latched, Platform};
use porthole_viewer::LockKeys;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, MouseEvent};

use crate::element::{Element, element, icon_button};
use crate::panel::{self, switch, truth};
use crate::session::Session;
pub(crate) use held::held;

/// A key: what is on it, what it is called where that says more, and its `KeyboardEvent.key`, which is its `code`, too.
type Key = (&'static str, &'static str, &'static str);

const EDITING: [Key; 12] = [
    ("Esc", "Escape", "Escape"),
    ("Tab", "", "Tab"),
    ("Ins", "Insert", "Insert"),
    ("Del", "Delete", "Delete"),
    ("Home", "", "Home"),
    ("End", "", "End"),
    ("PgUp", "Page up", "PageUp"),
    ("PgDn", "Page down", "PageDown"),
    ("←", "Left", "ArrowLeft"),
    ("↑", "Up", "ArrowUp"),
    ("↓", "Down", "ArrowDown"),
    ("→", "Right", "ArrowRight"),
];

const FUNCTION: [Key; 12] = [
    ("F1", "", "F1"),
    ("F2", "", "F2"),
    ("F3", "", "F3"),
    ("F4", "", "F4"),
    ("F5", "", "F5"),
    ("F6", "", "F6"),
    ("F7", "", "F7"),
    ("F8", "", "F8"),
    ("F9", "", "F9"),
    ("F10", "", "F10"),
    ("F11", "", "F11"),
    ("F12", "", "F12"),
];

const SYSTEM: [Key; 3] = [
    ("PrtSc", "Print Screen", "PrintScreen"),
    ("Pause", "", "Pause"),
    ("Menu", "", "ContextMenu"),
];

/// A lock key, and how it is at the desktop.
type Lock = (Key, fn(LockKeys) -> bool);

const LOCKS: [Lock; 3] = [
    (("Caps", "Caps Lock", "CapsLock"), |it| it.caps_lock),
    (("Num", "Num Lock", "NumLock"), |it| it.num_lock),
    (("ScrLk", "Scroll Lock", "ScrollLock"), |it| it.scroll_lock),
];

pub(crate) fn panel(session: Session) -> Element {
    let on_screen = session.has_touch.get_untracked().then(|| {
        switch(
            "Keyboard on the screen",
            move || session.on_screen_keyboard.get(),
            move || session.toggle_on_screen_keyboard(),
        )
    });
    let command = has_command().then(|| {
        let is_control = move || session.settings.with(|it| it.command_is_control);
        switch("Command is Control", is_control, move || {
            session.set_command_is_control(!session.settings.with_untracked(|it| it.command_is_control));
        })
    });
    panel::panel("keys", "keys-title", "Keys", session)
        .on("mousedown", |event| {
            // The desktop keeps the keyboard, and with it the one on the screen.
            if !is_field(&event) {
                event.prevent_default();
            }
        })
        .on("click", move |event| {
            // Whoever points goes on typing there; whoever pressed a key here goes on here.
            if event.unchecked_ref::<MouseEvent>().detail() > 0 && !is_field(&event) {
                session.focus();
            }
        })
        .children(on_screen)
        .children(command)
        .child(
            group("Modifiers", "key-group five").children(Latch::ALL.map(|latch| modifier(session, latch))),
        )
        .child(group("Editing", "key-group six").children(EDITING.map(|key| button_of(session, key))))
        .child(group("Function keys", "key-group six").children(FUNCTION.map(|key| button_of(session, key))))
        .child(
            group("System", "key-group six")
                .children(SYSTEM.map(|key| button_of(session, key)))
                .children(LOCKS.map(|lock| button_of_lock(session, lock))),
        )
        .child(combinations::combinations(session))
}

/// Whether keyboards here have a Command key.
fn has_command() -> bool {
    let platform = window().navigator().platform();
    platform.is_ok_and(|platform| Platform::from_navigator(&platform) == Platform::Apple)
}

fn is_field(event: &web_sys::Event) -> bool {
    event
        .target()
        .is_some_and(|target| target.has_type::<HtmlInputElement>())
}

fn group(name: &'static str, class: &'static str) -> Element {
    element("div")
        .class(class)
        .attr("role", "group")
        .attr("aria-label", name)
}

fn button_of(session: Session, (text, name, key): Key) -> Element {
    let named = if name.is_empty() { text } else { name };
    icon_button("key", move || _ = session.press(&[(key, key)]))
        .attr("title", named)
        .text(text)
}

/// A modifier that stays down: once for the next key or click, twice until it is pressed again.
fn modifier(session: Session, latch: Latch) -> Element {
    let title = match latch {
        Latch::Control => "Control: once for the next key or click, twice to hold",
        Latch::Alt => "Alt: once for the next key or click, twice to hold",
        Latch::Shift => "Shift: once for the next key or click, twice to hold",
        Latch::AltGr => "AltGr: once for the next key or click, twice to hold",
        Latch::Super => "Super, the key with a logo: once for the next key or click, twice to hold",
    };
    let state = move || session.latches.get().get(latch);
    icon_button("key", move || session.latch(latch))
        .attr("title", title)
        .attr_with("aria-pressed", move || truth(state() != Latched::No))
        .attr_with("data-locked", move || {
            (state() == Latched::Locked).then(String::new)
        })
        .text(text_on(latch))
}

/// What is on a modifier's key.
fn text_on(latch: Latch) -> &'static str {
    match latch {
        Latch::Control => "Ctrl",
        Latch::Alt => "Alt",
        Latch::Shift => "Shift",
        Latch::AltGr => "AltGr",
        Latch::Super => "Super",
    }
}

/// A lock key, which shows how it is at the desktop where that says so.
fn button_of_lock(session: Session, (key, is_on): Lock) -> Element {
    button_of(session, key).attr_with("aria-pressed", move || truth(is_on(session.lock_keys.get()?)))
}
