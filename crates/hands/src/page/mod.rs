//! The page's events, as the desktop is to hear of them.

pub mod activation;
mod cursor;
mod desktop;
mod drawn;
mod field;
mod frame;
mod frames;
mod hand;
mod image;
mod keyboard;
mod keyboard_lock;
mod look;
mod per_frame;
mod png;
mod point;
mod pointer;
mod scaled;
mod sizes;
mod timer;
mod touch;
mod typist;
mod view;

use std::rc::Rc;

use porthole_viewer::settings::Touch;
use porthole_viewer::{Command, Event};
use wasm_bindgen::JsValue;
use web_sys::{ClipboardEvent, HtmlElement};

use cursor::Cursor;
use desktop::Desktop;
use hand::Hand;
use keyboard::KeyboardInput;
pub use keyboard::Pasting;
use keyboard_lock::KeyboardLock;
pub use point::point;
use pointer::PointerInput;
use sizes::Sizes;
use touch::TouchInput;
pub use view::View;

use crate::input::{KeyAction, Latch, Latches};

/// Hands at a desktop. Dropping it takes them off.
#[derive(Debug)]
pub struct Hands {
    desktop: Rc<Desktop>,
    keyboard: KeyboardInput,
    _keyboard_lock: KeyboardLock,
    hand: Rc<Hand>,
    pointer: PointerInput,
    touch: TouchInput,
    cursor: Rc<Cursor>,
    sizes: Sizes,
}

impl Hands {
    /// Listens to `surface`, the element that the desktop's canvas is in, and has fingers, on a
    /// touchpad, too, move the `view` of it. `send` is
    /// given what the session is to be told.
    ///
    /// # Errors
    /// What the browser says if it lacks something that is needed.
    pub fn new(
        surface: HtmlElement,
        view_only: bool,
        view: impl View + 'static,
        send: impl Fn(&Command) + 'static,
    ) -> Result<Self, JsValue> {
        let desktop = Rc::new(Desktop::new(surface, view_only, send)?);
        let cursor = Cursor::new(desktop.clone());
        let keyboard = KeyboardInput::new(desktop.clone())?;
        let hand = Hand::new(desktop.clone(), cursor.clone(), keyboard.keys());
        let fitted = cursor.clone();
        let sizes = Sizes::new(move || fitted.fit())?;
        sizes.watch(desktop.surface());
        let view: Rc<dyn View> = Rc::new(view);
        Ok(Self {
            _keyboard_lock: KeyboardLock::new()?,
            pointer: PointerInput::new(hand.clone(), keyboard.keys(), view.clone())?,
            touch: TouchInput::new(hand.clone(), view)?,
            keyboard,
            hand,
            cursor,
            sizes,
            desktop,
        })
    }

    /// Hears what the session tells: to be called with each event.
    pub fn hear(&self, event: &Event) {
        match event {
            Event::Connected { width, height, .. } => {
                self.desktop.connected((*width, *height));
                self.hand.connected((*width, *height));
                if let Some(canvas) = self.desktop.canvas() {
                    self.sizes.watch(&canvas);
                }
                // What was held when the connection before it ended: not every server releases that by itself.
                self.release_all();
            }
            Event::Resized { width, height } => {
                self.desktop.resized((*width, *height));
                self.cursor.fit();
            }
            Event::Cursor(shape) => self.cursor.set(shape),
            Event::PointerMoved { x, y } => self.hand.was_moved((*x, *y)),
            Event::PointerMode { relative } => self.set_relative(*relative),
            Event::KeysByPlace => self.keyboard.set_goes_by_place(),
            Event::LockKeys(locks) => self.keyboard.set_remote_locks(*locks),
            Event::Disconnected(_) => {
                self.touch.forget();
                self.desktop.disconnected();
                self.cursor.reset();
                self.set_relative(false);
                self.keyboard.forget();
            }
            _ => {}
        }
    }

    /// Whether nothing of what is typed or pointed at is sent.
    pub fn set_view_only(&self, view_only: bool) {
        // What is held now would never be released, and the rest of a text never be typed, or in the middle of something.
        self.release_all();
        self.keyboard.stop_typing();
        self.desktop.set_view_only(view_only);
        self.pointer.let_go();
        self.cursor.be_own();
    }

    /// What fingers do.
    pub fn set_touch(&self, touch: Touch) {
        self.release_all();
        self.touch.set_touch(touch);
    }

    /// Whether a finger that slides and a wheel that turns move the view, and not what is in it.
    pub fn set_drags_view(&self, on: bool) {
        self.release_all();
        self.pointer.set_drags_view(on);
        self.touch.set_drags_view(on);
    }

    /// Whether a dot is shown where the desktop hides its pointer.
    pub fn set_dot(&self, dot: bool) {
        self.cursor.set_dot(dot);
    }

    /// Gives the desktop the mouse as a whole, in answer to something that a person did; the browser takes it back by
    /// Escape.
    pub fn capture_mouse(&self) {
        self.pointer.capture();
    }

    /// Whether the Command key of Apple's keyboards is Control at the desktop.
    pub fn set_command_is_control(&self, on: bool) {
        self.keyboard.set_command_is_control(on);
    }

    /// Gives the desktop the keyboard.
    pub fn focus(&self) {
        self.desktop.focus();
    }

    /// Presses and releases keys that no hand has pressed here.
    pub fn press(&self, actions: Vec<KeyAction>) {
        self.keyboard.press(actions);
    }

    /// A modifier that stays down by itself is pressed: once for the next key or click, twice for all that follow, and again to
    /// let it go.
    pub fn latch(&self, latch: Latch) {
        self.keyboard.latch(latch);
    }

    /// A modifier that stays down by itself is let go, however long it was to stay.
    pub fn unlatch(&self, latch: Latch) {
        self.keyboard.unlatch(latch);
    }

    /// Has `hook` told which modifiers are down by themselves, whenever that changes.
    pub fn on_latches(&self, hook: impl Fn(Latches) + 'static) {
        self.keyboard.on_latches(hook);
    }

    /// Types a text key by key, for desktops without a clipboard, in place of what is left of another. The hook of
    /// [`Self::on_typed`] hears how far it is.
    pub fn type_text(&self, text: &str) {
        self.keyboard.type_text(text);
    }

    /// Types no more of it.
    pub fn stop_typing(&self) {
        self.keyboard.stop_typing();
    }

    /// Has `hook` told how many characters are left to type, after each of them.
    pub fn on_typed(&self, hook: impl Fn(usize) + 'static) {
        self.keyboard.on_typed(hook);
    }

    /// Whether the system's own keyboard is on the screen while the desktop has the focus, which it is given. In answer to
    /// something that a person did.
    pub fn set_on_screen_keyboard(&self, on: bool) {
        self.desktop.field().set_on_screen_keyboard(on);
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

    fn set_relative(&self, is_relative: bool) {
        self.hand.set_relative(is_relative);
        if !is_relative {
            self.pointer.let_go();
        }
    }

    fn release_all(&self) {
        self.touch.forget();
        self.keyboard.release_all();
        self.hand.release_all();
    }
}
