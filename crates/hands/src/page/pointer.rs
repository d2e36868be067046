//! Pointer and wheel events of the desktop.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use porthole_viewer::Command;
use porthole_viewer::page::{Listener, document, window};
use wasm_bindgen::prelude::*;
use web_sys::{MouseEvent, PointerEvent, WheelEvent};

use super::desktop::Desktop;
use crate::input::{Motion, MotionAction, Pointer, PointerAction, WheelUnit};

/// Listens to the pointer over the desktop.
#[derive(Debug)]
pub(super) struct PointerInput {
    state: Rc<State>,
    _listeners: Vec<Listener>,
}

#[derive(Debug)]
struct State {
    pointer: RefCell<Pointer>,
    /// The way, where the desktop is told of that.
    motion: RefCell<Option<Motion>>,
    desktop: Rc<Desktop>,
    frame: Closure<dyn FnMut()>,
    frame_requested: Cell<bool>,
}

impl PointerInput {
    pub(super) fn new(desktop: Rc<Desktop>) -> Self {
        let state = Rc::new_cyclic(|me: &Weak<State>| {
            let me = me.clone();
            State {
                pointer: RefCell::default(),
                motion: RefCell::default(),
                desktop,
                frame: Closure::new(move || {
                    if let Some(state) = me.upgrade() {
                        state.frame();
                    }
                }),
                frame_requested: Cell::new(false),
            }
        });
        let surface = state.desktop.surface();
        let on = |name, handle: fn(&State, &PointerEvent)| {
            let state = state.clone();
            Listener::new(surface, name, move |event: PointerEvent| {
                if state.desktop.is_target_of(&event) {
                    handle(&state, &event);
                }
            })
        };
        let kept = |name| {
            let desktop = state.desktop.clone();
            Listener::new(surface, name, move |event: MouseEvent| {
                if desktop.takes_input() && desktop.is_target_of(&event) {
                    event.prevent_default();
                }
            })
        };
        let wheel = state.clone();
        let listeners = vec![
            on("pointerdown", State::down),
            on("pointermove", State::moved),
            on("pointerup", State::moved),
            on("pointercancel", State::cancelled),
            Listener::new(surface, "wheel", move |event: WheelEvent| wheel.wheel(&event)),
            // What the browser would do with the buttons: menus, going back, scrolling by the middle one.
            kept("mousedown"),
            kept("mouseup"),
            kept("auxclick"),
            kept("contextmenu"),
        ];
        Self {
            state,
            _listeners: listeners,
        }
    }

    /// Releases whatever is held.
    pub(super) fn release_all(&self) {
        self.state.release_all();
    }

    /// Whether the desktop is told of the pointer's way. A click gives it the pointer as a whole then, so that the way
    /// has no end at the page's edges; the browser gives it back by Escape.
    pub(super) fn set_relative(&self, relative: bool) {
        self.state.motion.replace(relative.then(Motion::default));
        if let Ok(document) = document()
            && !relative
            && self.state.is_locked()
        {
            document.exit_pointer_lock();
        }
    }
}

impl State {
    fn down(&self, event: &PointerEvent) {
        self.desktop.focus();
        if self.desktop.takes_input() {
            if self.motion.borrow().is_none() {
                // So that the release is seen wherever it happens. Fails only for a pointer that is gone already.
                if let Some(canvas) = self.desktop.canvas() {
                    let _ = canvas.set_pointer_capture(event.pointer_id());
                }
            } else if !self.is_locked() {
                // Where that is not possible the way is told for as long as it is over the desktop.
                if let Some(canvas) = self.desktop.canvas() {
                    canvas.request_pointer_lock();
                }
            }
            self.moved(event);
        }
    }

    /// A pointer moved, or one of its buttons changed: while one is held, others are told as moves.
    fn moved(&self, event: &PointerEvent) {
        // Further fingers are not the pointer.
        if !event.is_primary() || !self.desktop.takes_input() {
            return;
        }
        let Some((x, y)) = self.pixel(event) else { return };
        if let Some(motion) = &mut *self.motion.borrow_mut() {
            motion.add(event.movement_x(), event.movement_y());
        }
        let action = self.pointer.borrow_mut().update(x, y, event.buttons());
        match action {
            Some(action) => self.tell(action),
            None => self.request_frame(),
        }
    }

    fn cancelled(&self, event: &PointerEvent) {
        if event.is_primary() {
            self.release_all();
        }
    }

    fn wheel(&self, event: &WheelEvent) {
        if !self.desktop.takes_input() {
            return;
        }
        event.prevent_default();
        let Some((x, y)) = self.pixel(event) else { return };
        let delta = (event.delta_x(), event.delta_y());
        let unit = WheelUnit::from_dom(event.delta_mode());
        let actions = self.pointer.borrow_mut().wheel(x, y, delta, unit);
        for action in actions {
            self.tell(action);
        }
    }

    fn release_all(&self) {
        if !self.desktop.takes_input() {
            return;
        }
        let action = self.pointer.borrow_mut().release_all();
        if let Some(action) = action {
            self.tell(action);
        }
    }

    fn request_frame(&self) {
        let callback = self.frame.as_ref().unchecked_ref();
        if !self.frame_requested.get()
            && window()
                .and_then(|it| it.request_animation_frame(callback))
                .is_ok()
        {
            self.frame_requested.set(true);
        }
    }

    fn frame(&self) {
        self.frame_requested.set(false);
        let way = self.motion.borrow().as_ref().map(Motion::is_pending);
        let mut pointer = self.pointer.borrow_mut();
        let action = match way {
            None => pointer.take_move(),
            Some(is_pending) => is_pending.then(|| pointer.again()),
        };
        drop(pointer);
        if let Some(action) = action {
            self.tell(action);
        }
    }

    fn pixel(&self, event: &MouseEvent) -> Option<(u16, u16)> {
        self.desktop
            .pixel_at((f64::from(event.client_x()), f64::from(event.client_y())))
    }

    fn is_locked(&self) -> bool {
        document().is_ok_and(|document| {
            document
                .pointer_lock_element()
                .is_some_and(|locked| self.desktop.surface().contains(Some(&locked)))
        })
    }

    fn tell(&self, PointerAction { x, y, buttons }: PointerAction) {
        let way = self.motion.borrow_mut().as_mut().map(Motion::take);
        self.desktop.input(&match way {
            Some(MotionAction { right, down }) => Command::Motion { right, down, buttons },
            None => Command::Pointer { x, y, buttons },
        });
    }
}
