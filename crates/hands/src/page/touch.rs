//! Fingers on the desktop.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use js_sys::Reflect;
use porthole_viewer::page::{Listener, window};
use porthole_viewer::settings::Touch;
use wasm_bindgen::JsValue;
use web_sys::{EventTarget, PointerEvent};

use super::activation;
use super::desktop::Desktop;
use super::frame::Frame;
use super::hand::Hand;
use super::point::point;
use super::timer::Timer;
use super::view::View;
use crate::input::{Act, Gesture, Gestures, Surroundings, Touchscreen, Trackpad, looking};

/// Listens to fingers.
#[derive(Debug)]
pub(super) struct TouchInput {
    fingers: Rc<Fingers>,
    _listeners: Vec<Listener>,
}

struct Fingers {
    gestures: RefCell<Gestures>,
    screen: RefCell<Touchscreen>,
    pad: RefCell<Trackpad>,
    touch: Cell<Touch>,
    /// Whether a finger that slides moves the view, and not what is in it.
    drags_view: Cell<bool>,
    hand: Rc<Hand>,
    view: Rc<dyn View>,
    frame: Frame,
    timer: Timer,
}

/// How long the person's fingertips are told of something, in milliseconds.
const BUZZ: u32 = 15;

/// How close to the view's edge a pointer may come before the view follows, in CSS pixels.
const MARGIN: f64 = 24.0;

impl TouchInput {
    pub(super) fn new(hand: Rc<Hand>, view: Rc<dyn View>) -> Result<Self, JsValue> {
        // Nothing of what fingers do is the browser's: scrolling, zooming, menus, magnifying glasses.
        for (property, value) in [("touch-action", "none"), ("-webkit-touch-callout", "none")] {
            hand.desktop.surface().style().set_property(property, value)?;
        }
        let fingers = Rc::new_cyclic(|me: &Weak<Fingers>| {
            let (on_frame, on_time) = (me.clone(), me.clone());
            Fingers {
                gestures: RefCell::default(),
                screen: RefCell::default(),
                pad: RefCell::default(),
                touch: Cell::default(),
                drags_view: Cell::default(),
                hand,
                view,
                frame: Frame::new(move || {
                    if let Some(fingers) = on_frame.upgrade() {
                        fingers.look();
                    }
                }),
                timer: Timer::new(move || {
                    if let Some(fingers) = on_time.upgrade() {
                        fingers.elapsed();
                    }
                }),
            }
        });
        let on = |name, handle: fn(&Fingers, &PointerEvent)| {
            let fingers = fingers.clone();
            let desktop = fingers.hand.desktop.clone();
            Listener::new(desktop.surface(), name, move |event: PointerEvent| {
                if event.pointer_type() == "touch" {
                    handle(&fingers, &event);
                }
            })
        };
        let listeners = vec![
            on("pointerdown", Fingers::down),
            on("pointermove", Fingers::moved),
            on("pointerup", Fingers::up),
            on("pointercancel", Fingers::cancelled),
            // After each that has left, too, when it is not known any more.
            on("lostpointercapture", Fingers::lost),
        ];
        Ok(Self {
            fingers,
            _listeners: listeners,
        })
    }

    /// What fingers mean from now on.
    pub(super) fn set_touch(&self, touch: Touch) {
        self.forget();
        self.fingers.touch.set(touch);
    }

    /// Whether a finger that slides moves the view, and not what is in it.
    pub(super) fn set_drags_view(&self, on: bool) {
        self.forget();
        self.fingers.drags_view.set(on);
    }

    /// What fingers are doing comes to nothing. Whoever calls releases what is held.
    pub(super) fn forget(&self) {
        self.fingers.forget();
    }
}

impl Fingers {
    fn down(&self, event: &PointerEvent) {
        self.hand.desktop.focus();
        if self.hand.desktop.size().is_none() {
            return;
        }
        // So that it is heard of wherever it goes. Fails only for one that is gone already.
        let _ = self
            .hand
            .desktop
            .surface()
            .set_pointer_capture(event.pointer_id());
        let time = event.time_stamp();
        let gesture = self
            .gestures
            .borrow_mut()
            .down(event.pointer_id(), point(event), time);
        self.make(gesture, time);
    }

    fn moved(&self, event: &PointerEvent) {
        self.gestures.borrow_mut().moved(event.pointer_id(), point(event));
        self.frame.request();
    }

    fn up(&self, event: &PointerEvent) {
        self.moved(event);
        let gestures = self
            .gestures
            .borrow_mut()
            .up(event.pointer_id(), event.time_stamp());
        self.make(gestures, event.time_stamp());
    }

    fn cancelled(&self, event: &PointerEvent) {
        let gesture = self.gestures.borrow_mut().cancel(event.pointer_id());
        self.make(gesture, event.time_stamp());
    }

    /// It is not heard of any more, wherever it goes.
    fn lost(&self, event: &PointerEvent) {
        // The browser's own capture, by what is touched, makes way for the surface's.
        let surface: &EventTarget = self.hand.desktop.surface();
        if event.target().as_ref() == Some(surface) {
            self.cancelled(event);
        }
    }

    /// An animation frame.
    fn look(&self) {
        let gestures = self.gestures.borrow_mut().look();
        self.make(gestures, now());
        // It is this frame's, and not the next one's.
        self.hand.tell_move();
    }

    /// The timer.
    fn elapsed(&self) {
        let now = now();
        let gesture = self.gestures.borrow_mut().rest(now);
        let act = self.pad.borrow_mut().elapsed(now);
        self.act(act);
        self.make(gesture, now);
    }

    fn forget(&self) {
        self.gestures.borrow_mut().forget();
        self.pad.borrow_mut().forget();
        self.timer.set(None);
    }

    fn make(&self, gestures: impl IntoIterator<Item = Gesture>, time: f64) {
        for gesture in gestures {
            let acts = self.acts(&gesture, time);
            self.act(acts);
        }
        let due = (self.gestures.borrow().rests_at(), self.pad.borrow().due());
        let next = match due {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.timer.set(next.map(|next| (next - now()).max(0.0)));
    }

    fn acts(&self, gesture: &Gesture, time: f64) -> Vec<Act> {
        let is_tap = matches!(gesture, Gesture::Tap { .. });
        if self.hand.desktop.is_view_only() || self.drags_view.get() && !is_tap {
            return looking(gesture);
        }
        let around = Surroundings {
            time,
            is_part: self.hand.desktop.overflows(),
        };
        // A desktop that is told of the pointer's way cannot be pointed at.
        if self.hand.is_relative() || self.touch.get() == Touch::Trackpad {
            self.pad.borrow_mut().acts(gesture, around)
        } else {
            self.screen.borrow_mut().acts(gesture, around)
        }
    }

    fn act(&self, acts: impl IntoIterator<Item = Act>) {
        for act in acts {
            match act {
                Act::Point(at, buttons) => {
                    self.hand.point(at, buttons);
                    self.show_pointer();
                }
                Act::Push(by, buttons) => {
                    let scale = self.hand.desktop.scale().unwrap_or(1.0);
                    self.hand.push((by.0 / scale, by.1 / scale), buttons);
                    self.show_pointer();
                    self.follow_pointer();
                }
                Act::Wheel(at, steps) => {
                    if let Some(at) = at {
                        self.hand.point(at, 0);
                        self.show_pointer();
                    }
                    self.hand.wheel(steps);
                }
                Act::Zoom(factor, at) => self.view.zoom(factor, at),
                Act::Pan(by) => self.view.pan(by),
                Act::Buzz => buzz(),
            }
        }
        self.hand.cursor.fit();
    }

    /// Fingers have no pointer of the browser's.
    fn show_pointer(&self) {
        if !self.hand.is_relative() {
            self.hand.cursor.be_at(self.hand.pixel());
        }
    }

    /// Has the view show the place where the pointer is.
    fn follow_pointer(&self) {
        let desktop: &Desktop = &self.hand.desktop;
        if !self.hand.is_relative()
            && desktop.overflows()
            && let Some(point) = desktop.point_over(self.hand.pixel())
        {
            let window = desktop.window();
            let along = |at: f64, start: f64, length: f64| {
                let margin = MARGIN.min(length / 4.0);
                // To the right if it is too far left, and the other way round.
                (start + margin - at).max(0.0) + (start + length - margin - at).min(0.0)
            };
            let way = (
                along(point.0, window.left, window.width),
                along(point.1, window.top, window.height),
            );
            if way != (0.0, 0.0) {
                self.view.pan(way);
            }
        }
    }
}

impl fmt::Debug for Fingers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingers")
            .field("gestures", &self.gestures)
            .finish_non_exhaustive()
    }
}

/// Tells the person's fingertips of something.
fn buzz() {
    let Ok(window) = window() else { return };
    let navigator = window.navigator();
    let can = Reflect::has(&navigator, &"vibrate".into()) == Ok(true);
    // Before somebody has tapped on the page browsers refuse, and complain of it.
    if can && activation::has_been_active() {
        navigator.vibrate_with_duration(BUZZ);
    }
}

/// On the clock that events are timed by.
fn now() -> f64 {
    let performance = window().ok().and_then(|window| window.performance());
    performance.map_or(0.0, |performance| performance.now())
}
