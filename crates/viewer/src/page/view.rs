//! The canvas in its container: how large it is shown, and what size the remote screen is asked for.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlElement, ResizeObserver};

use super::layout::{Scaling, layout};
use super::outbox::Outbox;
use super::sight::Sight;
use super::{document, js_number, window};
use crate::Command;

/// The container's size has to stay for this long, in milliseconds, before the remote screen is asked for it.
const SETTLED: i32 = 150;
/// Smaller sizes are never asked for: a container that is being laid out has them for a moment.
const MIN_SIDE: u16 = 64;

/// The canvas in its container.
#[derive(Debug)]
pub(super) struct View {
    /// What the canvas scrolls in. It is the viewer's own, so that the container's style stays the page's.
    frame: HtmlElement,
    canvas: RefCell<Option<HtmlCanvasElement>>,
    outbox: Rc<Outbox>,
    scaling: Cell<Scaling>,
    /// The framebuffer's size, once there is one.
    size: Cell<Option<(u16, u16)>>,
    resize_offered: Cell<bool>,
    resize_refused: Cell<bool>,
    /// The size that was asked for last.
    requested: Cell<Option<(u16, u16)>>,
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut()>,
    _sight: Sight,
    settled: Closure<dyn FnMut()>,
    timer: Cell<Option<i32>>,
}

impl View {
    pub(super) fn new(
        container: &HtmlElement,
        scaling: Scaling,
        outbox: Rc<Outbox>,
    ) -> Result<Rc<Self>, JsValue> {
        let frame: HtmlElement = document()?.create_element("div")?.unchecked_into();
        for (property, value) in [
            ("width", "100%"),
            ("height", "100%"),
            ("display", "grid"),
            ("position", "relative"),
        ] {
            frame.style().set_property(property, value)?;
        }
        container.append_child(&frame)?;
        // Both are made before the view that they call.
        let me = Rc::new(RefCell::new(Weak::<Self>::new()));
        let (for_resized, for_settled) = (me.clone(), me.clone());
        let resized = Closure::<dyn FnMut()>::new(move || {
            if let Some(view) = upgrade(&for_resized) {
                view.container_resized();
            }
        });
        let settled = Closure::<dyn FnMut()>::new(move || {
            if let Some(view) = upgrade(&for_settled) {
                view.timer.set(None);
                view.request_size();
            }
        });
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
        observer.observe(&frame);
        let view = Rc::new(Self {
            _sight: Sight::watch(&frame, outbox.clone())?,
            frame,
            canvas: RefCell::new(None),
            outbox,
            scaling: Cell::new(scaling),
            size: Cell::new(None),
            resize_offered: Cell::new(false),
            resize_refused: Cell::new(false),
            requested: Cell::new(None),
            observer,
            _resized: resized,
            settled,
            timer: Cell::new(None),
        });
        me.replace(Rc::downgrade(&view));
        Ok(view)
    }

    /// Makes a canvas in the place of the one there is.
    pub(super) fn new_canvas(&self) -> Result<HtmlCanvasElement, JsValue> {
        let canvas: HtmlCanvasElement = document()?.create_element("canvas")?.unchecked_into();
        canvas.set_tab_index(0);
        for (property, value) in [
            ("display", "block"),
            // Centres it, and unlike centring by alignment never cuts off what is scrolled to.
            ("margin", "auto"),
            ("outline", "none"),
            ("touch-action", "none"),
        ] {
            canvas.style().set_property(property, value)?;
        }
        if let Some(before) = self.canvas.replace(Some(canvas.clone())) {
            before.remove();
        }
        self.frame.append_child(&canvas)?;
        self.lay_out();
        Ok(canvas)
    }

    /// What the canvas stands in.
    pub(super) fn surface(&self) -> HtmlElement {
        self.frame.clone()
    }
}

// ---- what happens ------------------------------------------------------------------------------------------

impl View {
    pub(super) fn set_scaling(&self, scaling: Scaling) {
        self.scaling.set(scaling);
        self.resize_refused.set(false);
        self.requested.set(None);
        self.lay_out();
        self.request_size();
    }

    pub(super) fn set_size(&self, size: (u16, u16)) {
        self.size.set(Some(size));
        self.lay_out();
    }

    pub(super) fn resize_offered(&self) {
        self.resize_offered.set(true);
        self.request_size();
    }

    pub(super) fn resize_refused(&self) {
        self.resize_refused.set(true);
        self.lay_out();
    }

    /// The connection has ended; another server may do other things.
    pub(super) fn disconnected(&self) {
        self.resize_offered.set(false);
        self.resize_refused.set(false);
        self.requested.set(None);
    }

    fn container_resized(&self) {
        self.lay_out();
        let Ok(window) = window() else { return };
        if let Some(timer) = self.timer.take() {
            window.clear_timeout_with_handle(timer);
        }
        let callback = self.settled.as_ref().unchecked_ref();
        let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, SETTLED);
        self.timer.set(timer.ok());
    }

    /// Asks the remote screen for the container's size, if it is to have it and has another.
    fn request_size(&self) {
        if self.scaling.get() != Scaling::Remote || !self.resize_offered.get() || !self.outbox.may_ask() {
            return;
        }
        let pixels = |length: i32| u16::try_from(length).unwrap_or(u16::MAX);
        let wanted = (
            pixels(self.frame.client_width()),
            pixels(self.frame.client_height()),
        );
        let too_small = wanted.0 < MIN_SIDE || wanted.1 < MIN_SIDE;
        if too_small || self.size.get() == Some(wanted) || self.requested.get() == Some(wanted) {
            return;
        }
        self.requested.set(Some(wanted));
        // Another size may be possible where the last one was not.
        self.resize_refused.set(false);
        self.outbox.send(&Command::RequestSize {
            width: wanted.0,
            height: wanted.1,
        });
    }

    fn lay_out(&self) {
        let (Some(size), Some(canvas), Ok(window)) = (self.size.get(), &*self.canvas.borrow(), window())
        else {
            return;
        };
        let put = |element: &HtmlElement, property, value: &str| {
            // Fails only for properties that are none.
            let _ = element.style().set_property(property, value);
        };
        let scrolls = self.scaling.get() == Scaling::Native;
        // Before the container is measured: scroll bars take their part of it.
        put(&self.frame, "overflow", if scrolls { "auto" } else { "hidden" });
        let available = (
            f64::from(self.frame.client_width()),
            f64::from(self.frame.client_height()),
        );
        let layout = layout(
            self.scaling.get(),
            size,
            available,
            window.device_pixel_ratio(),
            self.resize_refused.get(),
        );
        let pixels = |side: u16| [&js_number(f64::from(side) * layout.scale), "px"].concat();
        put(canvas, "width", &pixels(size.0));
        put(canvas, "height", &pixels(size.1));
        put(
            canvas,
            "image-rendering",
            if layout.sharp { "pixelated" } else { "auto" },
        );
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.observer.disconnect();
        if let (Some(timer), Ok(window)) = (self.timer.take(), window()) {
            window.clear_timeout_with_handle(timer);
        }
        self.frame.remove();
    }
}

fn upgrade(me: &RefCell<Weak<View>>) -> Option<Rc<View>> {
    me.borrow().upgrade()
}
