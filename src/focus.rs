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

/// Whether the focus is moved by keys.
pub(crate) fn is_by_keys() -> bool {
    matches!(document().query_selector(".by-keys"), Ok(Some(_)))
}

/// Gives the focus to an element, once what is being changed is there to be seen.
pub(crate) fn go_to(selector: String) {
    request_animation_frame(move || {
        let element = document().query_selector(&selector).ok().flatten();
        if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element that cannot have the focus.
            let _ = element.focus();
        }
    });
}

fn is_in(desktop: &Element, event: &Event) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    desktop.contains(target.as_deref())
}
