//! The page's events, as the desktop is to hear of them.

mod cursor;
mod desktop;
mod field;
mod keyboard;
mod png;
mod pointer;
mod remote_pointer;

use std::cell::RefCell;
use std::rc::Rc;

use porthole_viewer::{Command, Event};
use wasm_bindgen::JsValue;
use web_sys::{ClipboardEvent, HtmlElement};

use cursor::Cursor;
use desktop::Desktop;
use keyboard::KeyboardInput;
pub use keyboard::Pasting;
use pointer::PointerInput;
use remote_pointer::RemotePointer;

use crate::input::KeyAction;

/// Hands at a desktop. Dropping it takes them off.
#[derive(Debug)]
pub struct Hands {
    desktop: Rc<Desktop>,
    keyboard: KeyboardInput,
    pointer: PointerInput,
    cursor: RefCell<Cursor>,
    remote_pointer: RefCell<Option<RemotePointer>>,
}

impl Hands {
    /// Listens to `surface`, the element that the desktop's canvas is in. `send` is given what the session is to be told.
    ///
    /// # Errors
    /// What the browser says if it lacks something that is needed.
    pub fn new(
        surface: HtmlElement,
        view_only: bool,
        send: impl Fn(&Command) + 'static,
    ) -> Result<Self, JsValue> {
        let desktop = Rc::new(Desktop::new(surface, view_only, send)?);
        Ok(Self {
            keyboard: KeyboardInput::new(desktop.clone())?,
            pointer: PointerInput::new(desktop.clone()),
            cursor: RefCell::new(Cursor::new(desktop.clone())),
            remote_pointer: RefCell::new(None),
            desktop,
        })
    }

    /// Hears what the session tells: to be called with each event.
    pub fn hear(&self, event: &Event) {
        match event {
            Event::Connected { width, height, .. } => {
                self.desktop.connected((*width, *height));
                // What was held when the connection before it ended: not every server releases that by itself.
                self.release_all();
            }
            Event::Resized { width, height } => self.desktop.resized((*width, *height)),
            Event::Cursor(shape) => {
                self.cursor.borrow_mut().set(shape);
                self.shape_remote_pointer();
            }
            // Who moves the pointer themselves knows where it is.
            Event::PointerMoved { x, y } if self.desktop.is_view_only() => {
                self.cursor.borrow_mut().set_remote(true);
                let mut pointer = self.remote_pointer.borrow_mut();
                if pointer.is_none() {
                    *pointer = RemotePointer::new(self.desktop.clone()).ok();
                }
                if let Some(pointer) = &*pointer {
                    pointer.move_to((*x, *y));
                }
                drop(pointer);
                self.shape_remote_pointer();
            }
            Event::PointerMode { relative } => self.pointer.set_relative(*relative),
            Event::LockKeys(locks) => self.keyboard.set_remote_locks(*locks),
            Event::Disconnected(_) => {
                self.desktop.disconnected();
                self.remote_pointer.replace(None);
                self.cursor.borrow_mut().reset();
                self.pointer.set_relative(false);
                self.keyboard.forget();
            }
            _ => {}
        }
    }

    /// Whether nothing of what is typed or pointed at is sent.
    pub fn set_view_only(&self, view_only: bool) {
        // What is held now would never be released.
        self.release_all();
        self.desktop.set_view_only(view_only);
        if !view_only {
            self.remote_pointer.replace(None);
            self.cursor.borrow_mut().set_remote(false);
        }
    }

    /// Gives the desktop the keyboard.
    pub fn focus(&self) {
        self.desktop.focus();
    }

    /// Presses and releases keys that no hand has pressed here.
    pub fn press(&self, actions: Vec<KeyAction>) {
        self.keyboard.press(actions);
    }

    /// Has `hook` take over what is pasted while the desktop has the keyboard. What pastes it there waits until its
    /// [`Pasting`] is dropped. Without a hook it waits for nothing.
    pub fn on_paste(&self, hook: impl Fn(&ClipboardEvent, Pasting) + 'static) {
        self.keyboard.on_paste(hook);
    }

    /// Has `hook` called when the keys that lead out of the desktop were pressed. The focus is nowhere then.
    pub fn on_leave(&self, hook: impl Fn() + 'static) {
        self.keyboard.on_leave(hook);
    }

    fn release_all(&self) {
        self.keyboard.release_all();
        self.pointer.release_all();
    }

    fn shape_remote_pointer(&self) {
        if let Some(pointer) = &*self.remote_pointer.borrow() {
            let cursor = self.cursor.borrow();
            let (url, hotspot) = cursor.image().unwrap_or_default();
            pointer.set_shape(url, hotspot);
        }
    }
}
