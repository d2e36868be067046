//! The page's half: the canvas, and the session's whereabouts.

pub mod address;
mod channel;
pub mod layout;
mod listener;
mod outbox;
mod sight;
pub mod storage;
mod view;

use std::cell::Cell;
use std::fmt;
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement, Window};

use crate::{Command, Ending, Event, Hop};
use channel::Channel;
pub use layout::{Presentation, Scaling, Smoothing, part};
pub use listener::Listener;
use outbox::Outbox;
use view::View;

/// What a viewer is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Run the session on the page, even where it could run in a worker.
    pub on_page: bool,
    /// How the remote screen is shown.
    pub presentation: Presentation,
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
            view: View::new(container, options.presentation, outbox.clone())?,
            outbox,
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

    /// Shows the remote screen in another way: as far zoomed in as it is, or else, `zoomed_anew`, as that has it. What is in
    /// the middle stays there.
    pub fn present(&self, presentation: Presentation, zoomed_anew: bool) {
        self.inner.view.present(presentation, zoomed_anew);
    }

    /// How many CSS pixels one pixel of the remote screen is wide.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.inner.view.scale()
    }

    /// Zooms in by this factor about a point of the window, in CSS pixels: what is there stays there, if it can.
    pub fn zoom(&self, factor: f64, x: f64, y: f64) {
        self.inner.view.zoom(factor, (x, y));
    }

    /// Moves what is shown by so many CSS pixels, as a hand moves paper. Says whether there was more of it.
    pub fn pan(&self, right: f64, down: f64) -> bool {
        self.inner.view.pan(right, down)
    }

    /// Whether somebody sees the remote screen elsewhere, even while the page is hidden.
    pub fn keep_seen(&self, keep: bool) {
        self.inner.view.keep_seen(keep);
    }

    /// Whether nothing of what is typed or pointed at is sent. [`Command::Connect`] sets it, too.
    pub fn set_view_only(&self, view_only: bool) {
        self.inner.send(&Command::ViewOnly(view_only));
    }

    /// The element that the canvas stands in. It is the viewer's own, and stays, while a canvas is replaced where a
    /// session has failed.
    #[must_use]
    pub fn surface(&self) -> HtmlElement {
        self.inner.view.surface()
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
    /// Counts the beginnings and the ends of connections.
    turns: Cell<u32>,
    on_event: Box<dyn Fn(Event)>,
}

/// How long a session may take to end its connection, in milliseconds. One that is kept busy by its server, or hangs, is
/// ended itself.
const GIVING_UP: i32 = 2_000;

impl Inner {
    /// Starts a session with a canvas of its own: a canvas cannot be given to a second one.
    fn start(self: &Rc<Self>) -> Result<(), JsValue> {
        let canvas = self.view.new_canvas()?;
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
            Command::ViewOnly(on) => self.outbox.view_only.set(*on),
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
                self.view.set_size((*width, *height));
            }
            Event::Resized { width, height } => self.view.set_size((*width, *height)),
            Event::Screens(screens) => self.view.set_screens(screens),
            Event::ResizeRefused(_) => self.view.resize_refused(),
            Event::Disconnected(ending) => {
                self.next_turn();
                self.outbox.connected.set(false);
                self.view.disconnected();
                if ending.hop == Hop::Page && !ending.clean {
                    // The session is not to be relied upon any more. The next connection gets another.
                    self.outbox.connect_to(None);
                }
            }
            _ => {}
        }
        (self.on_event)(event);
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("outbox", &self.outbox)
            .finish_non_exhaustive()
    }
}

/// The page's window.
///
/// # Errors
/// In a worker, which has none.
pub fn window() -> Result<Window, JsValue> {
    web_sys::window().ok_or_else(|| JsValue::from_str("there is no window here"))
}

/// The page's document.
///
/// # Errors
/// In a worker, which has none.
pub fn document() -> Result<Document, JsValue> {
    window()?
        .document()
        .ok_or_else(|| JsValue::from_str("there is no document here"))
}

/// A number as JavaScript writes it: Rust's own way of writing floats would be a large part of a page's module.
#[must_use]
pub fn js_number(number: f64) -> String {
    js_sys::Number::from(number)
        .to_string_with_radix(10)
        .unwrap_or_default()
        .into()
}
