//! The one pointer that mouse, pen and fingers move, and what the desktop is told of it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use porthole_viewer::Command;

use super::cursor::Cursor;
use super::desktop::Desktop;
use super::frame::Frame;
use super::keyboard::Keys;
use crate::input::{Motion, MotionAction, Place, Point, Pointer, PointerAction};

/// The pointer.
#[derive(Debug)]
pub(super) struct Hand {
    pointer: RefCell<Pointer>,
    /// Where it is, between pixels.
    place: Cell<Place>,
    /// The way, where the desktop is told of that.
    motion: RefCell<Option<Motion>>,
    pub(super) desktop: Rc<Desktop>,
    pub(super) cursor: Rc<Cursor>,
    /// Modifiers that are down by themselves hold for a click.
    keys: Rc<Keys>,
    frame: Frame,
}

impl Hand {
    pub(super) fn new(desktop: Rc<Desktop>, cursor: Rc<Cursor>, keys: Rc<Keys>) -> Rc<Self> {
        Rc::new_cyclic(|me: &Weak<Self>| {
            let me = me.clone();
            Self {
                pointer: RefCell::default(),
                place: Cell::default(),
                motion: RefCell::default(),
                desktop,
                cursor,
                keys,
                frame: Frame::new(move || {
                    if let Some(hand) = me.upgrade() {
                        hand.tell_move_of_frame();
                    }
                }),
            }
        })
    }

    /// There is a desktop of this size, and the pointer is in its middle.
    pub(super) fn connected(&self, (width, height): (u16, u16)) {
        self.place.set(Place::of((width / 2, height / 2)));
    }

    /// Whether the desktop is told of the pointer's way instead of its place.
    pub(super) fn is_relative(&self) -> bool {
        self.motion.borrow().is_some()
    }

    pub(super) fn set_relative(&self, is_relative: bool) {
        self.motion.replace(is_relative.then(Motion::default));
    }

    /// It is at this point of the window, with these buttons (`MouseEvent.buttons`).
    pub(super) fn point(&self, point: Point, buttons: u16) {
        if let Some(pixel) = self.desktop.pixel_at(point) {
            self.place.set(Place::of(pixel));
            self.update(buttons);
        }
    }

    /// It goes this way, in the desktop's pixels, with these buttons.
    pub(super) fn push(&self, way: Point, buttons: u16) {
        if let Some(motion) = &mut *self.motion.borrow_mut() {
            motion.add(way);
        } else if let Some(size) = self.desktop.size() {
            self.place.set(self.place.get().after(way, size));
        }
        self.update(buttons);
    }

    /// It is elsewhere, and not by this hand.
    pub(super) fn was_moved(&self, pixel: (u16, u16)) {
        self.place.set(Place::of(pixel));
        if self.desktop.is_view_only() {
            self.cursor.be_remote(pixel);
        } else {
            self.cursor.be_moved(pixel);
        }
    }

    /// The pixel that it is at.
    pub(super) fn pixel(&self) -> (u16, u16) {
        self.place.get().pixel()
    }

    /// The wheel turns by so many steps to the right and down where it is.
    pub(super) fn wheel(&self, steps: (f64, f64)) {
        let (x, y) = self.pixel();
        let actions = self.pointer.borrow_mut().wheel(x, y, steps);
        for action in actions {
            self.tell(action);
        }
    }

    /// Releases whatever is held.
    pub(super) fn release_all(&self) {
        if self.desktop.takes_input() {
            let action = self.pointer.borrow_mut().release_all();
            if let Some(action) = action {
                self.tell_buttons(action);
            }
        }
    }

    fn update(&self, buttons: u16) {
        let (x, y) = self.pixel();
        let action = self.pointer.borrow_mut().update(x, y, buttons);
        match action {
            Some(action) => self.tell_buttons(action),
            // The first one after a frame without any has nothing to wait for.
            None if !self.frame.is_requested() => self.tell_move_of_frame(),
            None => {}
        }
    }

    /// Tells of buttons that were pressed or released.
    fn tell_buttons(&self, action: PointerAction) {
        self.tell(action);
        if action.buttons == 0 {
            self.keys.clicked();
        }
    }

    /// Tells of what has moved since the last frame. What moves from now on waits for the next one.
    fn tell_move_of_frame(&self) {
        if self.tell_move() {
            self.frame.request();
        }
    }

    /// Tells of a move that has not been told yet. Says whether there was one.
    pub(super) fn tell_move(&self) -> bool {
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
        action.is_some()
    }

    fn tell(&self, PointerAction { x, y, buttons }: PointerAction) {
        let way = self.motion.borrow_mut().as_mut().map(Motion::take);
        self.desktop.input(&match way {
            Some(MotionAction { right, down }) => Command::Motion { right, down, buttons },
            None => Command::Pointer { x, y, buttons },
        });
    }
}
