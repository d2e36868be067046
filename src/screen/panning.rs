//! What does not fit comes into view without scroll bars: where the pointer is at the edge, and by dragging the view.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, PointerEvent, PointerEventInit, WheelEvent};

use super::edge;
use crate::session::Session;

/// How far a wheel turns, in its pixels, for what is shown to become e times as large.
const ZOOMING: f64 = 250.0;

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
        held: Cell::new(None),
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
    on("pointerleave", |view, event| view.left(event));
    on("wheel", |view, event| view.wheel(event.unchecked_ref()));
    Effect::new(move |_| {
        let _ = desktop
            .class_list()
            .toggle_with_force("is-dragged", session.drags.get());
    });
}

struct View {
    session: Session,
    desktop: Element,
    /// The mouse, as it was last, at an edge that it moves the view from.
    at_edge: RefCell<Option<PointerEvent>>,
    /// When that was last done.
    last_frame: Cell<Option<f64>>,
    /// The pointer that drags the view, and where it was last.
    held: Cell<Option<(i32, f64, f64)>>,
}

impl View {
    fn down(&self, event: &PointerEvent) {
        if !self.session.drags.get_untracked() {
            return;
        }
        event.stop_propagation();
        if self.held.get().is_none() {
            self.held.set(Some((event.pointer_id(), x(event), y(event))));
            // Fails only for a pointer that is gone already.
            let _ = self.desktop.set_pointer_capture(event.pointer_id());
        }
    }

    fn moved(self: &Rc<Self>, event: &PointerEvent) {
        // What this itself has said.
        if !event.is_trusted() {
            return;
        }
        if !self.session.drags.get_untracked() {
            return self.approach(event);
        }
        event.stop_propagation();
        if let Some((id, before_x, before_y)) = self.held.get()
            && id == event.pointer_id()
        {
            self.held.set(Some((id, x(event), y(event))));
            self.session.pan(x(event) - before_x, y(event) - before_y);
        }
    }

    fn released(&self, event: &PointerEvent) {
        if self.session.drags.get_untracked() {
            event.stop_propagation();
        }
        self.held.set(None);
    }

    fn left(&self, event: &Event) {
        // It has not if it went to another element within.
        if event.target().as_ref() == Some(self.desktop.as_ref()) {
            self.at_edge.replace(None);
        }
    }

    fn wheel(&self, event: &WheelEvent) {
        if self.session.drags.get_untracked() {
            event.stop_propagation();
            event.prevent_default();
            // That is also how browsers tell of two fingers on a touchpad that draw apart.
            if event.ctrl_key() {
                let point = (event.client_x().into(), event.client_y().into());
                self.session.zoom((-event.delta_y() / ZOOMING).exp(), point);
            } else {
                self.session.pan(-event.delta_x(), -event.delta_y());
            }
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
        let point = (x(event) - area.left(), y(event) - area.top());
        edge::speed(point, (area.width(), area.height()))
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
            self.say_again(&event);
        } else if since > 0.0 {
            // There is no more of it. A further move of the mouse looks again.
            self.at_edge.replace(None);
            return;
        }
        self.request_frame();
    }

    /// The mouse stands still, and points at something else.
    fn say_again(&self, event: &PointerEvent) {
        let again = PointerEventInit::new();
        again.set_bubbles(true);
        again.set_client_x(event.client_x());
        again.set_client_y(event.client_y());
        again.set_buttons(event.buttons());
        again.set_pointer_id(event.pointer_id());
        again.set_pointer_type("mouse");
        again.set_is_primary(true);
        if let Some(target) = event.target()
            && let Ok(again) = PointerEvent::new_with_event_init_dict("pointermove", &again)
        {
            // Fails only for an event that is being dispatched.
            let _ = target.dispatch_event(&again);
        }
    }
}

fn x(event: &PointerEvent) -> f64 {
    event.client_x().into()
}

fn y(event: &PointerEvent) -> f64 {
    event.client_y().into()
}
