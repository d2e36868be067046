//! Who moves the focus by keys sees where it is, on the desktop as well: what has it there is a field that nobody sees.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

/// Has the page's part with the desktop be of the class `by-keys` from a key that is none of the desktop's to the next
/// pointer.
pub(crate) fn watch() {
    let Some(desktop) = document().get_element_by_id("desktop") else {
        return;
    };
    let Some(stage) = desktop.parent_element() else {
        return;
    };
    let mark = move |by_keys| {
        let _ = stage.class_list().toggle_with_force("by-keys", by_keys);
    };
    let pointed = mark.clone();
    // For as long as the page is there.
    let _ = window_event_listener(ev::keydown, move |event| {
        if !is_in(&desktop, &event) {
            mark(true);
        }
    });
    let _ = window_event_listener(ev::Custom::<Event>::new("pointerdown"), move |_| pointed(false));
}

/// Whoever has closed a part of the page by keys goes on at the button that opened it, by the part's id. Whoever points goes
/// on at the desktop.
pub(crate) fn go_back(closed: &str) {
    let opener = [".by-keys [aria-controls=", closed, "]"].concat();
    // On a small screen the button is not shown before the part is gone.
    request_animation_frame(move || {
        let opener = document().query_selector(&opener).ok().flatten();
        if let Some(opener) = opener.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element that cannot have the focus.
            let _ = opener.focus();
        }
    });
}

fn is_in(desktop: &Element, event: &Event) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    desktop.contains(target.as_deref())
}
