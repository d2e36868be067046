//! The mouse, as a whole, for the desktop: where that wants its way and not its place, or a person wants it so.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::session::Session;

/// Whether there is a mouse, and the browser gives it away.
pub(crate) fn can_be_given() -> bool {
    let matches = |query| {
        let list = window().match_media(query).ok().flatten();
        list.is_some_and(|list| list.matches())
    };
    let has_mouse = matches("(any-pointer: fine)") || !matches("(pointer: coarse)");
    let gives = js_sys::Reflect::has(&document(), &"exitPointerLock".into());
    has_mouse && gives.unwrap_or_default()
}

/// Has a person told who has the mouse from now on, and how to get it back.
pub(crate) fn watch(session: Session) {
    let on = |name: &'static str, act: fn(Session)| {
        let listener = Closure::<dyn Fn()>::new(move || act(session)).into_js_value();
        // For as long as the page is there. Fails only for names that are none.
        let _ = document().add_event_listener_with_callback(name, listener.unchecked_ref());
    };
    on("pointerlockchange", |session| {
        if document().pointer_lock_element().is_some() {
            session.tell("The desktop has your mouse. Esc gives it back.");
        }
    });
    on("pointerlockerror", |session| {
        // Right after Esc, for instance.
        session.tell("The browser has kept your mouse. Try again.");
    });
}
