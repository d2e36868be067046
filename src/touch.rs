//! What fingers do on the desktop, and the choice between the two ways: shown by itself the first time that somebody
//! touches it, and by a button of the bar.

use leptos::ev;
use leptos::prelude::*;
use porthole_viewer::page::storage;
use porthole_viewer::settings::Touch;
use wasm_bindgen::JsCast;
use web_sys::{Element as Node, KeyboardEvent, PointerEvent};

use crate::element::{Element, button, element};
use crate::phase::Phase;
use crate::session::Session;

/// What fingers do, and what comes of it.
type Gestures = [(&'static str, &'static str); 7];

const DIRECT: Gestures = [
    ("Tap", "Click"),
    ("Tap with two fingers, or hold", "Right click"),
    ("Tap with three fingers", "Middle click"),
    ("Slide", "Drag"),
    ("Slide two fingers", "Scroll, or move the view when zoomed in"),
    ("Slide three fingers", "Scroll"),
    ("Pinch", "Zoom the view"),
];

const TRACKPAD: Gestures = [
    ("Slide", "Move the pointer"),
    ("Tap", "Click"),
    ("Tap with two fingers", "Right click"),
    ("Tap with three fingers", "Middle click"),
    ("Tap or hold, then slide", "Drag"),
    ("Slide two fingers", "Scroll"),
    ("Pinch", "Zoom the view"),
];

/// Has the panel shown by the first finger on the desktop of somebody who has not seen it.
pub(crate) fn watch(session: Session) {
    session.has_touch.set(window().navigator().max_touch_points() > 0);
    let is_told = StoredValue::new(false);
    window_event_listener(ev::Custom::<PointerEvent>::new("pointerdown"), move |event| {
        // One on the page's own buttons has nothing to learn, and what is shown would be in its way.
        let target = event.target().and_then(|it| it.dyn_into::<Node>().ok());
        let is_on_desktop = target.is_some_and(|it| matches!(it.closest("#desktop"), Ok(Some(_))));
        let may_act = !session.settings.with_untracked(|it| it.view_only);
        let is_first = is_on_desktop && event.pointer_type() == "touch" && !is_told.get_value();
        if is_first && may_act && session.phase.get_untracked() == Phase::Connected {
            is_told.set_value(true);
            session.has_touch.set(true);
            session.touch_help.set(remembered().is_none());
        }
    });
}

/// The panel, while it is wanted.
pub(crate) fn panel(session: Session) -> Option<Element> {
    if !session.touch_help.get() || session.phase.get() != Phase::Connected {
        return None;
    }
    let close = move || {
        remember(session.touch.get_untracked());
        session.touch_help.set(false);
        session.focus();
    };
    let choice = move |touch: Touch, name: &'static str| {
        button("quiet", name, move || {
            remember(touch);
            session.set_touch(touch);
        })
        .attr_with("aria-pressed", move || {
            Some((session.touch.get() == touch).to_string())
        })
    };
    let choices = element("div")
        .class("halves")
        .attr("role", "group")
        .attr("aria-labelledby", "touch-title")
        .child(choice(Touch::Direct, "Direct"))
        .child(choice(Touch::Trackpad, "Trackpad"));
    let gestures = move || {
        let gestures = match session.touch.get() {
            Touch::Direct => DIRECT,
            Touch::Trackpad => TRACKPAD,
        };
        let rows = gestures
            .map(|(fingers, what)| [element("dt").text(fingers), element("dd").text(what)])
            .into_iter()
            .flatten();
        Some(element("dl").children(rows))
    };
    let panel = element("section")
        .id("touch")
        .class("touch")
        .attr("aria-labelledby", "touch-title")
        .on("keydown", move |event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" {
                event.stop_propagation();
                close();
            }
        })
        .child(element("h2").id("touch-title").text("Touch"))
        .child(choices)
        .child_with(gestures)
        .child(
            element("div")
                .class("actions")
                .child(button("primary", "Got it", close)),
        );
    Some(panel)
}

/// The way that was chosen on this device before.
pub(crate) fn remembered() -> Option<Touch> {
    match storage::recall(NAME)?.as_str() {
        "direct" => Some(Touch::Direct),
        "trackpad" => Some(Touch::Trackpad),
        _ => None,
    }
}

/// The choice, which also says that the panel has been seen.
fn remember(touch: Touch) {
    let value = match touch {
        Touch::Direct => "direct",
        Touch::Trackpad => "trackpad",
    };
    storage::remember(NAME, value);
}

const NAME: &str = "touch";
