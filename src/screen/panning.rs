//! What does not fit comes into view without scroll bars: where the pointer is at the edge, and by dragging the view.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use porthole_hands::point;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, PointerEvent, PointerEventInit};

use super::edge;
use crate::session::Session;

/// Who has moved less far, in CSS pixels, clicks.
const STILL: f64 = 4.0;

/// Hears the pointer before the desktop does.
pub(super) fn start(session: Session) {
    let Some(desktop) = document().get_element_by_id("desktop") else {
        return;
    };
    let view = Rc::new(View {
        session,
        desktop: desktop.clone(),
        at_edge: RefCell::new(None),
        last_frame: Cell::new(None),
        held: RefCell::new(None),
    });
    let on = |name, handle: fn(&Rc<View>, &Event)| {
        let view = view.clone();
        let listener =
            Closure::<dyn Fn(Event)>::new(move |event: Event| handle(&view, &event)).into_js_value();
        // For as long as the page is there. Fails only for names that are none.
        let _ = desktop.add_event_listener_with_callback_and_bool(name, listener.unchecked_ref(), true);
    };
    on("pointerdown", |view, event| view.down(event.unchecked_ref()));
    on("pointermove", |view, event| view.moved(event.unchecked_ref()));
    on("pointerup", |view, event| view.released(event.unchecked_ref()));
    on("pointercancel", |view, event| {
        view.released(event.unchecked_ref())
    });
    on("lostpointercapture", |view, event| {
        view.slipped(event.unchecked_ref())
    });
    on("pointerleave", |view, event| view.left(event));
    Effect::new(move |_| {
        let drags = session.drags.get();
        session.set_drags_view(drags);
        let _ = desktop.class_list().toggle_with_force("is-dragged", drags);
    });
}

struct View {
    session: Session,
    desktop: Element,
    /// The mouse, as it was last, at an edge that it moves the view from.
    at_edge: RefCell<Option<PointerEvent>>,
    /// When that was last done.
    last_frame: Cell<Option<f64>>,
    /// The pointer that drags the view.
    held: RefCell<Option<Held>>,
}

/// A pointer that drags the view.
struct Held {
    /// How it came.
    down: PointerEvent,
    /// Where it was last.
    at: (f64, f64),
    /// Whether it has moved, and does not click.
    drags: bool,
}

impl View {
    /// Whether a pointer is the view's. Fingers and wheels have a way of their own to be, and what this itself has said is not.
    fn takes(&self, event: &PointerEvent) -> bool {
        let takes =
            self.session.drags.get_untracked() && event.is_trusted() && event.pointer_type() != "touch";
        if takes {
            event.stop_propagation();
        }
        takes
    }

    fn down(&self, event: &PointerEvent) {
        if self.takes(event) && self.held.borrow().is_none() {
            self.held.replace(Some(Held {
                down: event.clone(),
                at: point(event),
                drags: false,
            }));
            self.catch(event);
        }
    }

    /// Has all of the pointer come here. Says whether it does: not where it is gone already.
    fn catch(&self, event: &PointerEvent) -> bool {
        self.desktop.set_pointer_capture(event.pointer_id()).is_ok()
    }

    /// It does not come here any more. With a button that is held still, that is Chromium's doing where the page's layout
    /// changes.
    fn slipped(&self, event: &PointerEvent) {
        let is_held = self
            .held
            .borrow()
            .as_ref()
            .is_some_and(|held| is_of(event, &held.down));
        if is_held && !(event.buttons() != 0 && self.catch(event)) {
            self.released(event);
        }
    }

    fn moved(self: &Rc<Self>, event: &PointerEvent) {
        if !self.takes(event) {
            // What this itself has said is not the mouse's own.
            if event.is_trusted() {
                self.approach(event);
            }
            return;
        }
        let mut held = self.held.borrow_mut();
        let Some(held) = held.as_mut().filter(|held| is_of(event, &held.down)) else {
            return;
        };
        let (at, start) = (point(event), point(&held.down));
        held.drags |= (at.0 - start.0).hypot(at.1 - start.1) > STILL;
        if held.drags {
            self.session.pan(at.0 - held.at.0, at.1 - held.at.1);
            held.at = at;
        }
    }

    fn released(&self, event: &PointerEvent) {
        self.takes(event);
        let Some(held) = self.held.borrow_mut().take_if(|held| is_of(event, &held.down)) else {
            return;
        };
        if !held.drags && event.type_() == "pointerup" {
            say_again(&held.down, "pointerdown", held.down.buttons());
            say_again(&held.down, "pointerup", 0);
        }
    }

    fn left(&self, event: &Event) {
        // It has not if it went to another element within.
        if event.target().as_ref() == Some(self.desktop.as_ref()) {
            self.at_edge.replace(None);
        }
    }
}

// ---- the edge ----------------------------------------------------------------------------------------------

impl View {
    fn approach(self: &Rc<Self>, event: &PointerEvent) {
        let is_clipped = self.session.presentation.with_untracked(|it| it.clipped);
        let can_be_at_edge = is_clipped
            && event.pointer_type() == "mouse"
            // It is nowhere then.
            && document().pointer_lock_element().is_none();
        let was_at_edge = self.at_edge.borrow().is_some();
        let is_at_edge = can_be_at_edge && self.speed(event) != (0.0, 0.0);
        self.at_edge.replace(is_at_edge.then(|| event.clone()));
        if is_at_edge && !was_at_edge {
            self.last_frame.set(None);
            self.request_frame();
        }
    }

    fn speed(&self, event: &PointerEvent) -> (f64, f64) {
        let area = self.desktop.get_bounding_client_rect();
        let (x, y) = point(event);
        edge::speed((x - area.left(), y - area.top()), (area.width(), area.height()))
    }

    fn request_frame(self: &Rc<Self>) {
        let view = self.clone();
        request_animation_frame(move || view.frame());
    }

    fn frame(self: &Rc<Self>) {
        let Some(event) = self.at_edge.borrow().clone() else {
            return;
        };
        let now = js_sys::Date::now();
        // A page that was in the background does not jump.
        let since = self
            .last_frame
            .replace(Some(now))
            .map_or(0.0, |last| (now - last).min(100.0));
        let speed = self.speed(&event);
        let moved = self
            .session
            .pan(speed.0 * since / 1000.0, speed.1 * since / 1000.0);
        if moved {
            // The mouse stands still, and points at something else.
            say_again(&event, "pointermove", event.buttons());
        } else if since > 0.0 {
            // There is no more of it. A further move of the mouse looks again.
            self.at_edge.replace(None);
            return;
        }
        self.request_frame();
    }
}

/// Tells the desktop of something that the pointer did when this was said, with these buttons.
fn say_again(event: &PointerEvent, what: &str, buttons: u16) {
    let again = PointerEventInit::new();
    again.set_bubbles(true);
    again.set_client_x(event.client_x());
    again.set_client_y(event.client_y());
    again.set_screen_x(event.screen_x());
    again.set_screen_y(event.screen_y());
    again.set_buttons(buttons);
    again.set_pointer_id(event.pointer_id());
    again.set_pointer_type(&event.pointer_type());
    again.set_is_primary(true);
    if let Some(target) = event.target()
        && let Ok(again) = PointerEvent::new_with_event_init_dict(what, &again)
    {
        // Fails only for an event that is being dispatched.
        let _ = target.dispatch_event(&again);
    }
}

/// Whether two events are of one pointer.
fn is_of(event: &PointerEvent, other: &PointerEvent) -> bool {
    event.pointer_id() == other.pointer_id()
}
