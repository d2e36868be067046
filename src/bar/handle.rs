//! The handle: what is seen of the control bar until it is wanted. It can be put elsewhere, by a pointer, by keys, and step by
//! step from the settings.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use porthole_hands::point;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};

use super::place::{Place, Step, WAY};
use crate::element::{Element, Node, element, icon_button};
use crate::icons::{self, icon};
use crate::panel::truth;
use crate::session::Session;

/// Who has moved less far, in CSS pixels, presses it.
const STILL: f64 = 4.0;

pub(super) fn handle(session: Session, is_open: RwSignal<bool>, toggle: impl Fn() + 'static) -> Element {
    let label = move || {
        if is_open.get() {
            "Hide controls"
        } else {
            "Show controls"
        }
    };
    let drag = Rc::new(Drag {
        session,
        held: RefCell::new(None),
        has_moved: Cell::new(false),
    });
    let [down, moved, up, lost] = [(); 4].map(|()| drag.clone());
    element("button")
        .class("handle")
        .attr("type", "button")
        .attr_with("aria-label", move || Some(label().to_owned()))
        .attr_with("title", move || Some([label(), MOVES].concat()))
        .attr_with("aria-expanded", move || truth(is_open.get()))
        .attr("aria-controls", "tools")
        .on("click", move |event| {
            // One of keys has nothing to do with what a pointer did before.
            let by_pointer = event.unchecked_ref::<MouseEvent>().detail() > 0;
            if !(drag.has_moved.take() && by_pointer) {
                toggle();
            }
        })
        .on("keydown", move |event| {
            if let Some(step) = step(&event.unchecked_ref::<KeyboardEvent>().key()) {
                event.prevent_default();
                go(session, step);
            }
        })
        .on("pointerdown", move |event| down.begin(event.unchecked_ref()))
        .on("pointermove", move |event| moved.go_on(event.unchecked_ref()))
        .on("pointerup", move |event| up.end(event.unchecked_ref()))
        .on("pointercancel", move |event| lost.end(event.unchecked_ref()))
        .child(icon(icons::MENU))
}

/// Beside what it does.
const MOVES: &str = ". It can be dragged along the edge and to the other side, or moved by the arrow keys.";

/// Has the bar be where the handle was put.
pub(super) fn place(session: Session, bar: Node) {
    Effect::new(move |_| {
        let down = session.handle.get().down.to_string();
        if let Some(bar) = bar.get() {
            // Fails for no property of this kind.
            let _ = bar
                .unchecked_ref::<HtmlElement>()
                .style()
                .set_property("--down", &down);
        }
    });
}

/// What moves it step by step: for who cannot drag, or does not want to.
pub(crate) fn steps(session: Session) -> Element {
    let button = move |name, path, step| {
        icon_button("icon-button", move || go(session, step))
            .attr("aria-label", name)
            .attr("title", name)
            .child(icon(path))
    };
    let place = move || {
        let Place { at_end, down } = session.handle.get();
        let side = if at_end == is_right_to_left() {
            "Left"
        } else {
            "Right"
        };
        [side, ", ", &(down / (WAY / 100)).to_string(), " %"].concat()
    };
    element("div")
        .class("stepping")
        .attr("role", "group")
        .attr("aria-labelledby", "handle-steps")
        .child(element("span").id("handle-steps").text("Handle"))
        .child(button("Higher", icons::UP, Step::Up))
        .child(element("output").attr("aria-live", "polite").text_with(place))
        .child(button("Lower", icons::DOWN, Step::Down))
        .child(button("To the other side", icons::ACROSS, Step::Across))
}

fn go(session: Session, step: Step) {
    session.handle.update(|place| *place = place.after(step));
    session.handle.get_untracked().remember();
}

/// Where a key leads.
fn step(key: &str) -> Option<Step> {
    Some(match key {
        "ArrowUp" => Step::Up,
        "ArrowDown" => Step::Down,
        "Home" => Step::Top,
        "End" => Step::Bottom,
        "ArrowLeft" if is_right_to_left() => Step::End,
        "ArrowLeft" => Step::Start,
        "ArrowRight" if is_right_to_left() => Step::Start,
        "ArrowRight" => Step::End,
        _ => return None,
    })
}

/// Whether lines begin at the right.
fn is_right_to_left() -> bool {
    document().dir() == "rtl"
}

// ---- dragging ----------------------------------------------------------------------------------------------

struct Drag {
    session: Session,
    held: RefCell<Option<Held>>,
    /// Whether the pointer that was there last has moved it, and does not press it.
    has_moved: Cell<bool>,
}

/// A pointer that holds the handle.
struct Held {
    id: i32,
    /// Where it came.
    start: (f64, f64),
    /// How far below the handle's upper end that was.
    below: f64,
}

impl Drag {
    fn begin(&self, event: &PointerEvent) {
        let Some((handle, area, _)) = areas(event) else {
            return;
        };
        if event.button() == 0 && self.held.borrow().is_none() {
            let start = point(event);
            self.has_moved.set(false);
            self.held.replace(Some(Held {
                id: event.pointer_id(),
                start,
                below: start.1 - area.top(),
            }));
            // Fails only for a pointer that is gone already.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    }

    fn go_on(&self, event: &PointerEvent) {
        let held = self.held.borrow();
        let Some(held) = held.as_ref().filter(|held| held.id == event.pointer_id()) else {
            return;
        };
        let Some((_, handle, window)) = areas(event) else {
            return;
        };
        let (x, y) = point(event);
        let is_far = (x - held.start.0).hypot(y - held.start.1) > STILL;
        if !is_far && !self.has_moved.get() {
            return;
        }
        self.has_moved.set(true);
        let middle = window.left() + window.width() / 2.0;
        let is_beyond = (x < middle) != (handle.left() < middle);
        self.session.handle.update(|place| {
            let side = if is_beyond {
                place.after(Step::Across)
            } else {
                *place
            };
            *place = side.at(y - held.below - window.top(), window.height() - handle.height());
        });
    }

    fn end(&self, event: &PointerEvent) {
        let was_held = self
            .held
            .borrow_mut()
            .take_if(|held| held.id == event.pointer_id());
        if was_held.is_some() && self.has_moved.get() {
            self.session.handle.get_untracked().remember();
            // As it had the keyboard before.
            self.session.focus();
        }
    }
}

/// The handle that an event is of, its area, and that of the part of the window that it is in.
fn areas(event: &PointerEvent) -> Option<(HtmlElement, DomRect, DomRect)> {
    let handle: HtmlElement = event.current_target()?.dyn_into().ok()?;
    let window = handle
        .parent_element()?
        .parent_element()?
        .get_bounding_client_rect();
    let area = handle.get_bounding_client_rect();
    Some((handle, area, window))
}
