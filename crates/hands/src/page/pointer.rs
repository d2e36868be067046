//! Mouse, pen and wheel over the desktop.

use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use porthole_viewer::page::{Listener, document};
use wasm_bindgen::prelude::*;
use web_sys::{MouseEvent, PointerEvent, WheelEvent};

use super::hand::Hand;
use crate::input::{Turn, WheelUnit};

/// Listens to mouse, pen and wheel.
#[derive(Debug)]
pub(super) struct PointerInput {
    mouse: Rc<Mouse>,
    _listeners: Vec<Listener>,
}

#[derive(Debug)]
struct Mouse {
    hand: Rc<Hand>,
    /// What is done where the browser does not give it away: the document has an event for that, too.
    refused: Closure<dyn FnMut(JsValue)>,
}

impl PointerInput {
    pub(super) fn new(hand: Rc<Hand>) -> Result<Self, JsValue> {
        let mouse = Rc::new(Mouse {
            hand,
            refused: Closure::new(|_: JsValue| {}),
        });
        let (desktop, document) = (mouse.hand.desktop.clone(), document()?);
        let on = |name, handle: fn(&Mouse, &PointerEvent)| {
            let mouse = mouse.clone();
            Listener::new(desktop.surface(), name, move |event: PointerEvent| {
                // Fingers have a way of their own.
                if event.pointer_type() != "touch" && mouse.hand.desktop.is_target_of(&event) {
                    handle(&mouse, &event);
                }
            })
        };
        let kept = |name| {
            let mouse = mouse.clone();
            Listener::new(desktop.surface(), name, move |event: MouseEvent| {
                let desktop = &mouse.hand.desktop;
                if desktop.takes_input() && desktop.is_target_of(&event) {
                    event.prevent_default();
                }
            })
        };
        let (wheel, locked) = (mouse.clone(), mouse.clone());
        let listeners = vec![
            on("pointerdown", Mouse::down),
            on("pointermove", Mouse::moved),
            // Where it is before the next frame, which `pointermove` waits for in some browsers.
            on("pointerrawupdate", Mouse::pointed),
            on("pointerup", Mouse::moved),
            on("pointercancel", Mouse::cancelled),
            Listener::new(desktop.surface(), "wheel", move |event: WheelEvent| {
                wheel.wheel(&event)
            }),
            Listener::new(&document, "pointerlockchange", move |_: JsValue| locked.locked()),
            // What the browser would do with the buttons: menus, going back, scrolling by the middle one.
            kept("mousedown"),
            kept("mouseup"),
            kept("auxclick"),
            kept("contextmenu"),
        ];
        Ok(Self {
            mouse,
            _listeners: listeners,
        })
    }

    /// Has the desktop be given the mouse as a whole, so that its way has no end at the page's edges. The browser gives
    /// it back by Escape.
    pub(super) fn capture(&self) {
        if self.mouse.hand.desktop.takes_input() {
            self.mouse.lock();
        }
    }

    /// Gives it back.
    pub(super) fn let_go(&self) {
        if let Ok(document) = document()
            && self.mouse.is_captured()
        {
            document.exit_pointer_lock();
        }
    }
}

impl Mouse {
    fn down(&self, event: &PointerEvent) {
        self.hand.desktop.focus();
        if !self.hand.desktop.takes_input() {
            return;
        }
        if self.is_captured() {
            // All of it comes here.
        } else if self.hand.is_relative() {
            self.lock();
        } else if let Some(canvas) = self.hand.desktop.canvas() {
            // So that the release is seen wherever it happens. Fails only for a pointer that is gone already.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        self.moved(event);
    }

    /// It moved, or one of its buttons changed: while one is held, others are told as moves.
    fn moved(&self, event: &PointerEvent) {
        // Further pens are not the pointer.
        if !event.is_primary() || !self.hand.desktop.takes_input() {
            return;
        }
        let way = (f64::from(event.movement_x()), f64::from(event.movement_y()));
        if self.hand.is_relative() {
            // As it is: machines with such a mouse have a speed of their own for it.
            self.hand.push(way, event.buttons());
        } else if self.is_captured() {
            let scale = self.hand.desktop.scale().unwrap_or(1.0);
            self.hand.push((way.0 / scale, way.1 / scale), event.buttons());
            self.hand.cursor.be_at(self.hand.pixel());
        } else {
            self.hand.point(at(event), event.buttons());
            self.hand.cursor.be_own();
        }
    }

    /// It is elsewhere. A way is told by moves alone: it must not be counted twice.
    fn pointed(&self, event: &PointerEvent) {
        if !self.hand.is_relative() && !self.is_captured() {
            self.moved(event);
        }
    }

    fn cancelled(&self, event: &PointerEvent) {
        if event.is_primary() {
            self.hand.release_all();
        }
    }

    fn wheel(&self, event: &WheelEvent) {
        if !self.hand.desktop.takes_input() {
            return;
        }
        event.prevent_default();
        if !self.is_captured() && !self.hand.is_relative() {
            self.hand.point(at(event), event.buttons());
        }
        self.hand.wheel(turn(event).steps());
    }

    /// The desktop was given the mouse, or it was taken away.
    fn locked(&self) {
        if !self.is_captured() || self.hand.is_relative() {
            self.hand.cursor.be_own();
        } else {
            self.hand.cursor.be_at(self.hand.pixel());
        }
    }

    fn lock(&self) {
        // Where that is not possible the way is told for as long as it is over the desktop.
        let _ = self.ask_for_lock();
    }

    fn ask_for_lock(&self) -> Result<(), JsValue> {
        let canvas = self.hand.desktop.canvas().ok_or(JsValue::UNDEFINED)?;
        // Browsers on telephones have none.
        let ask: Function = Reflect::get(&canvas, &"requestPointerLock".into())?.dyn_into()?;
        if let Ok(promise) = ask.call0(&canvas)?.dyn_into::<Promise>() {
            let _ = promise.catch(&self.refused);
        }
        Ok(())
    }

    fn is_captured(&self) -> bool {
        let surface = self.hand.desktop.surface();
        let holder = document()
            .ok()
            .and_then(|document| document.pointer_lock_element());
        holder.is_some_and(|holder| surface.contains(Some(&holder)))
    }
}

fn at(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn turn(event: &WheelEvent) -> Turn {
    // First: Firefox tells of pixels whom does not ask for the unit before.
    let unit = WheelUnit::from_dom(event.delta_mode());
    // No standard has them, and every browser.
    let ticks = |name: &str| {
        let ticks = Reflect::get(event, &name.into()).ok();
        -ticks.and_then(|ticks| ticks.as_f64()).unwrap_or_default()
    };
    Turn {
        delta: (event.delta_x(), event.delta_y()),
        unit,
        ticks: (ticks("wheelDeltaX"), ticks("wheelDeltaY")),
    }
}
