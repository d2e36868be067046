//! The page's half: the canvas, keyboard and pointer, and the session's whereabouts.

pub mod address;
mod channel;
mod cursor;
mod keyboard;
mod layout;
mod listener;
mod outbox;
mod png;
mod pointer;
mod remote_pointer;
mod sight;
mod view;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement, Window};

use crate::{Command, Ending, Event, Hop};
use channel::Channel;
use cursor::Cursor;
use keyboard::KeyboardInput;
pub use layout::Scaling;
use outbox::Outbox;
use pointer::PointerInput;
use view::View;

/// What a viewer is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Run the session on the page, even where it could run in a worker.
    pub on_page: bool,
    /// How the remote screen is fitted into the container.
    pub scaling: Scaling,
}

/// A viewer in a container of the page. Dropping it ends its connection and takes it out of the page.
#[derive(Debug)]
pub struct Viewer {
    inner: Rc<Inner>,
}

impl Viewer {
    /// Puts a viewer into `container`, which must have a size of its own, and starts its session. `on_event`
    /// hears all that the session tells; it may call the viewer.
    ///
    /// # Errors
    /// What the browser says if the viewer's elements cannot be made.
    pub fn new(
        container: &HtmlElement,
        options: Options,
        on_event: impl Fn(Event) + 'static,
    ) -> Result<Self, JsValue> {
        let outbox = Rc::new(Outbox::default());
        let inner = Rc::new(Inner {
            on_page: options.on_page,
            view: View::new(container, options.scaling, outbox.clone())?,
            outbox,
            stage: RefCell::new(None),
            turns: Cell::new(0),
            on_event: Box::new(on_event),
        });
        inner.start()?;
        Ok(Self { inner })
    }

    /// Sends a command. [`Command::Connect`] starts a new session where the last one has failed.
    pub fn send(&self, command: &Command) {
        self.inner.send(command);
    }

    /// Another way to fit the remote screen into the container.
    pub fn set_scaling(&self, scaling: Scaling) {
        self.inner.view.set_scaling(scaling);
    }

    /// Whether nothing of what is typed or pointed at is sent. [`Command::Connect`] sets it, too.
    pub fn set_view_only(&self, view_only: bool) {
        self.inner.send(&Command::ViewOnly(view_only));
    }

    /// Gives the remote screen the keyboard.
    pub fn focus(&self) {
        self.inner.view.focus();
    }

    /// Width and height of the remote screen, once there is one.
    #[must_use]
    pub fn size(&self) -> Option<(u16, u16)> {
        self.inner.view.size()
    }

    /// How many CSS pixels one of its pixels is wide.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.inner.view.scale()
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.inner.stop();
    }
}

struct Inner {
    on_page: bool,
    outbox: Rc<Outbox>,
    view: Rc<View>,
    stage: RefCell<Option<Stage>>,
    /// Counts the beginnings and the ends of connections.
    turns: Cell<u32>,
    on_event: Box<dyn Fn(Event)>,
}

/// How long a session may take to end its connection, in milliseconds. One that is kept busy by its server, or hangs, is
/// ended itself.
const GIVING_UP: i32 = 2_000;

/// What belongs to one canvas. A canvas cannot be given to a second session, so it is made anew with it.
#[derive(Debug)]
struct Stage {
    keyboard: KeyboardInput,
    pointer: PointerInput,
    cursor: Cursor,
}

impl Inner {
    /// Starts a session with a canvas of its own.
    fn start(self: &Rc<Self>) -> Result<(), JsValue> {
        let canvas = self.view.new_canvas()?;
        self.stage.replace(Some(Stage {
            keyboard: KeyboardInput::new(&canvas, self.outbox.clone())?,
            pointer: PointerInput::new(&canvas, self.view.clone(), self.outbox.clone()),
            cursor: Cursor::new(canvas.clone().into()),
        }));
        let me: Weak<Self> = Rc::downgrade(self);
        let channel = Channel::start(&canvas, self.on_page, move |event| {
            if let Some(inner) = me.upgrade() {
                inner.hear(event);
            }
        });
        match channel {
            Ok(channel) => self.outbox.connect_to(Some(channel)),
            Err(error) => self.hear(Event::Disconnected(channel::failure(
                [
                    "The viewer's session could not be started: ",
                    &crate::session::words(&error),
                ]
                .concat(),
            ))),
        }
        Ok(())
    }

    fn stop(&self) {
        self.outbox.connected.set(false);
        self.outbox.connect_to(None);
        self.stage.replace(None);
    }

    fn send(self: &Rc<Self>, command: &Command) {
        match command {
            Command::Connect(options) => {
                self.next_turn();
                self.outbox.view_only.set(options.view_only);
                if !self.outbox.has_session() && self.start().is_err() {
                    return;
                }
            }
            Command::ViewOnly(on) => {
                // What is held now would never be released.
                self.release_all();
                self.outbox.view_only.set(*on);
                if !on {
                    self.view.hide_pointer();
                    self.with_stage(|stage| stage.cursor.set_remote(false));
                }
            }
            Command::Disconnect if self.outbox.has_session() => self.give_up_later(),
            _ => {}
        }
        self.outbox.send(command);
    }

    fn give_up_later(self: &Rc<Self>) {
        let (me, turn) = (Rc::downgrade(self), self.turns.get());
        let give_up = Closure::once_into_js(move || {
            if let Some(inner) = me.upgrade().filter(|inner| inner.turns.get() == turn) {
                inner.outbox.connect_to(None);
                inner.hear(Event::Disconnected(Ending {
                    clean: true,
                    advice: None,
                    ..channel::failure("The connection was closed.".into())
                }));
            }
        });
        if let Ok(window) = window() {
            let give_up = give_up.unchecked_ref();
            // Fails only for a page that is being left.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(give_up, GIVING_UP);
        }
    }

    fn next_turn(&self) {
        self.turns.set(self.turns.get().wrapping_add(1));
    }

    /// The session, or what became of it, has something to tell.
    fn hear(&self, event: Event) {
        match &event {
            Event::Ready => self.outbox.session_ready(),
            Event::Connected { width, height, .. } => {
                self.outbox.connected.set(true);
                // What was held when the connection before it ended: not every server releases that by itself.
                self.release_all();
                self.view.set_size((*width, *height));
            }
            Event::Resized { width, height } => self.view.set_size((*width, *height)),
            Event::ResizeOffered => self.view.resize_offered(),
            Event::ResizeRefused(_) => self.view.resize_refused(),
            Event::Cursor(shape) => self.with_stage(|stage| {
                stage.cursor.set(shape);
                self.view.shape_pointer(stage.cursor.image());
            }),
            // Who moves the pointer themselves knows where it is.
            Event::PointerMoved { x, y } if self.outbox.view_only.get() => self.with_stage(|stage| {
                stage.cursor.set_remote(true);
                self.view.move_pointer((*x, *y));
                self.view.shape_pointer(stage.cursor.image());
            }),
            Event::PointerMode { relative } => self.with_stage(|stage| stage.pointer.set_relative(*relative)),
            Event::LockKeys(locks) => self.with_stage(|stage| stage.keyboard.set_remote_locks(Some(*locks))),
            Event::Disconnected(ending) => {
                self.next_turn();
                self.outbox.connected.set(false);
                self.view.disconnected();
                self.with_stage(|stage| {
                    stage.cursor.reset();
                    stage.pointer.set_relative(false);
                    stage.keyboard.set_remote_locks(None);
                });
                if ending.hop == Hop::Page && !ending.clean {
                    // The session is not to be relied upon any more. The next connection gets another.
                    self.outbox.connect_to(None);
                }
            }
            _ => {}
        }
        (self.on_event)(event);
    }

    fn release_all(&self) {
        self.with_stage(|stage| {
            stage.keyboard.release_all();
            stage.pointer.release_all();
        });
    }

    fn with_stage(&self, act: impl FnOnce(&mut Stage)) {
        if let Some(stage) = &mut *self.stage.borrow_mut() {
            act(stage);
        }
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("outbox", &self.outbox)
            .finish_non_exhaustive()
    }
}

fn window() -> Result<Window, JsValue> {
    web_sys::window().ok_or_else(|| JsValue::from_str("there is no window here"))
}

fn document() -> Result<Document, JsValue> {
    window()?
        .document()
        .ok_or_else(|| JsValue::from_str("there is no document here"))
}
