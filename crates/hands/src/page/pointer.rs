//! Mouse, pen and wheel over the desktop.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use porthole_viewer::page::{Listener, document, window};
use wasm_bindgen::prelude::*;
use web_sys::{MouseEvent, PointerEvent, WheelEvent};

use super::hand::Hand;
use super::keyboard::Keys;
use super::point::{on_screen, point, way};
use super::view::View;
use crate::input::{Notches, PageZoom, Point, RawPlaces, Shown, Turn, WheelUnit};

/// How far a wheel turns, in its pixels, for fingers on a touchpad that draw apart to e times their distance. All browsers
/// tell it so.
const PINCHED: f64 = 100.0;
/// They do not draw further apart at once: that is a notch of a wheel with a Control, which is to be a step of zooming.
const AT_ONCE: f64 = 0.25;

/// `PointerEvent.button` of a mere move.
const UNCHANGED: i16 = -1;

/// Listens to mouse, pen and wheel.
#[derive(Debug)]
pub(super) struct PointerInput {
    mouse: Rc<Mouse>,
    _listeners: Vec<Listener>,
}

struct Mouse {
    hand: Rc<Hand>,
    /// Whether the buttons that are held were pressed on the desktop. One that was pressed beside it and comes along is not
    /// the desktop's.
    holds: Cell<bool>,
    /// Where it was last.
    at: Cell<Point>,
    /// Whether a wheel moves the view, and not what is in it.
    drags_view: Cell<bool>,
    raw: RefCell<RawPlaces>,
    /// How far the page is zoomed in, where a wheel's ticks are divided by that.
    zoom: Option<RefCell<PageZoom>>,
    notches: RefCell<Notches>,
    keys: Rc<Keys>,
    view: Rc<dyn View>,
    /// What is done where the browser does not give it away: the document has an event for that, too.
    refused: Closure<dyn FnMut(JsValue)>,
}

impl PointerInput {
    pub(super) fn new(hand: Rc<Hand>, keys: Rc<Keys>, view: Rc<dyn View>) -> Result<Self, JsValue> {
        let page: JsValue = window()?.into();
        let is_chromium = Reflect::has(&page, &"chrome".into())?;
        let mouse = Rc::new(Mouse {
            hand,
            raw: RefCell::default(),
            zoom: is_chromium.then(RefCell::default),
            notches: RefCell::default(),
            holds: Cell::default(),
            at: Cell::default(),
            drags_view: Cell::default(),
            keys,
            view,
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
            on("pointerrawupdate", Mouse::told),
            on("pointerup", Mouse::moved),
            on("pointercancel", Mouse::lost),
            // After each release, too, when there is nothing left to be lost.
            on("lostpointercapture", Mouse::slipped),
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

    /// Whether a wheel moves the view, and not what is in it.
    pub(super) fn set_drags_view(&self, on: bool) {
        self.mouse.drags_view.set(on);
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
        } else {
            self.catch(event);
        }
        self.holds.set(true);
        self.moved(event);
    }

    /// It moved, or one of its buttons changed: while one is held, others are told as moves.
    fn moved(&self, event: &PointerEvent) {
        // Further pens are not the pointer.
        if !event.is_primary() || !self.hand.desktop.takes_input() {
            return;
        }
        if event.button() != UNCHANGED {
            // What a click hits is right even where a frame is late.
            self.hand.desktop.look_anew();
        }
        let here = point(event);
        self.raw.borrow_mut().moved(here, on_screen(event));
        self.see_zoom(event);
        let (way, buttons) = (way(event), self.buttons(event));
        if self.hand.is_relative() {
            // As it is: machines with such a mouse have a speed of their own for it.
            self.hand.push(way, buttons);
        } else if self.is_captured() {
            let scale = self.hand.desktop.scale().unwrap_or(1.0);
            self.hand.push((way.0 / scale, way.1 / scale), buttons);
            self.hand.cursor.be_at(self.hand.pixel());
        } else {
            self.point(here, buttons);
        }
    }

    /// It is elsewhere. A way is told by moves alone: it must not be counted twice.
    fn told(&self, event: &PointerEvent) {
        let place = self.raw.borrow_mut().told(point(event), on_screen(event));
        if let Some(place) = place
            && event.is_primary()
            && self.hand.desktop.takes_input()
            && !self.hand.is_relative()
            && !self.is_captured()
        {
            self.point(place, self.buttons(event));
        }
    }

    fn point(&self, place: Point, buttons: u16) {
        self.at.set(place);
        self.hand.point(place, buttons);
        self.hand.cursor.be_own();
    }

    /// Has all of it come here, so that the release is seen wherever it happens. Says whether it does: not where the pointer
    /// is gone already.
    fn catch(&self, event: &PointerEvent) -> bool {
        let canvas = self.hand.desktop.canvas();
        canvas.is_some_and(|canvas| canvas.set_pointer_capture(event.pointer_id()).is_ok())
    }

    /// It does not come here any more. With a button that is held still, that is Chromium's doing where the layout of the page
    /// changes: it looks anew what the pointer is over, as if no button were held.
    fn slipped(&self, event: &PointerEvent) {
        let is_held = self.holds.get() && event.buttons() != 0;
        if !(is_held && self.catch(event)) {
            self.lost(event);
        }
    }

    /// No release will be seen.
    fn lost(&self, event: &PointerEvent) {
        if event.is_primary() && self.holds.take() {
            self.hand.release_all();
        }
    }

    /// The buttons that are held on the desktop.
    fn buttons(&self, event: &MouseEvent) -> u16 {
        let buttons = event.buttons();
        if buttons == 0 {
            self.holds.set(false);
        }
        if self.holds.get() { buttons } else { 0 }
    }

    fn wheel(&self, event: &WheelEvent) {
        let drags_view = self.drags_view.get();
        // So browsers tell of two fingers on a touchpad that draw apart.
        let is_pinch = event.ctrl_key() && (drags_view || !self.keys.hold_control());
        if is_pinch && self.hand.desktop.size().is_some() {
            event.prevent_default();
            let apart = (-event.delta_y() / PINCHED).clamp(-AT_ONCE, AT_ONCE);
            self.view.zoom(apart.exp(), point(event));
            self.hand.cursor.fit();
        } else if drags_view {
            event.prevent_default();
            self.view.pan((-event.delta_x(), -event.delta_y()));
        } else if self.hand.desktop.takes_input() {
            event.prevent_default();
            self.turn(event);
        }
    }

    /// A wheel turns at the desktop.
    fn turn(&self, event: &WheelEvent) {
        if !self.is_captured() && !self.hand.is_relative() {
            // Browsers tell the place of a wheel in whole CSS pixels.
            let (finer, whole) = (self.at.get(), point(event));
            let is_there = (finer.0.floor(), finer.1.floor()) == (whole.0.floor(), whole.1.floor());
            self.hand
                .point(if is_there { finer } else { whole }, self.buttons(event));
        }
        let times = self.zoom.as_ref().map_or(1.0, |zoom| zoom.borrow().get());
        let turn = self.notches.borrow_mut().all(turn(event, times));
        self.hand.wheel(turn.steps());
    }

    fn see_zoom(&self, event: &PointerEvent) {
        if let (Some(zoom), Ok(window)) = (&self.zoom, window()) {
            let shown = Shown {
                ratio: window.device_pixel_ratio(),
                times: self.hand.desktop.times(),
            };
            zoom.borrow_mut().pointed(point(event), on_screen(event), shown);
        }
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

impl fmt::Debug for Mouse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mouse")
            .field("hand", &self.hand)
            .field("holds", &self.holds)
            .finish_non_exhaustive()
    }
}

/// How far a wheel turned, whose ticks are divided by this.
fn turn(event: &WheelEvent, times: f64) -> Turn {
    // First: Firefox tells of pixels whom does not ask for the unit before.
    let unit = WheelUnit::from_dom(event.delta_mode());
    // No standard has them, and every browser.
    let ticks = |name: &str| {
        let ticks = Reflect::get(event, &name.into()).ok();
        -ticks.and_then(|ticks| ticks.as_f64()).unwrap_or_default() * times
    };
    Turn {
        delta: (event.delta_x(), event.delta_y()),
        unit,
        ticks: (ticks("wheelDeltaX"), ticks("wheelDeltaY")),
    }
}
