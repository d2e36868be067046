//! The canvas in its container: how large it is shown, and what size the remote screen is asked for.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlElement, ResizeObserver};

use super::layout::{self, Area, Scaling, layout};
use super::outbox::Outbox;
use super::remote_pointer::RemotePointer;
use super::sight::Sight;
use super::{document, window};
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
    remote_pointer: RefCell<Option<RemotePointer>>,
    outbox: Rc<Outbox>,
    scaling: Cell<Scaling>,
    /// The framebuffer's size, once there is one.
    size: Cell<Option<(u16, u16)>>,
    scale: Cell<f64>,
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
            remote_pointer: RefCell::new(None),
            outbox,
            scaling: Cell::new(scaling),
            size: Cell::new(None),
            scale: Cell::new(1.0),
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

    pub(super) fn size(&self) -> Option<(u16, u16)> {
        self.size.get()
    }

    pub(super) fn scale(&self) -> f64 {
        self.scale.get()
    }

    pub(super) fn focus(&self) {
        if let Some(canvas) = &*self.canvas.borrow() {
            // Fails only for an element that cannot have the focus.
            let _ = canvas.focus();
        }
    }

    /// The pixel of the framebuffer at this point of the window, in CSS pixels.
    pub(super) fn pixel_at(&self, point: (f64, f64)) -> Option<(u16, u16)> {
        let rect = self.canvas.borrow().as_ref()?.get_bounding_client_rect();
        let area = Area {
            left: rect.left(),
            top: rect.top(),
            width: rect.width(),
            height: rect.height(),
        };
        Some(layout::pixel_at(point, area, self.size.get()?))
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

    /// The remote pointer is here.
    pub(super) fn move_pointer(&self, place: (u16, u16)) {
        let pointer = &mut *self.remote_pointer.borrow_mut();
        if pointer.is_none() {
            *pointer = RemotePointer::new(&self.frame).ok();
        }
        if let Some(pointer) = pointer {
            pointer.move_to(place);
        }
    }

    /// The remote pointer, where it is shown, looks like this; without an image it is not seen.
    pub(super) fn shape_pointer(&self, image: Option<(&str, (u16, u16))>) {
        if let Some(pointer) = &mut *self.remote_pointer.borrow_mut() {
            let (url, hotspot) = image.unwrap_or_default();
            pointer.set_shape(url, hotspot);
        }
        self.lay_out_pointer();
    }

    /// The remote pointer is not shown any more.
    pub(super) fn hide_pointer(&self) {
        self.remote_pointer.replace(None);
    }

    fn lay_out_pointer(&self) {
        if let (Some(pointer), Some(canvas)) = (&*self.remote_pointer.borrow(), &*self.canvas.borrow()) {
            pointer.lay_out(canvas, self.scale.get());
        }
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
        self.hide_pointer();
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
        if self.scaling.get() != Scaling::Remote || !self.resize_offered.get() || self.outbox.view_only.get()
        {
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
        self.outbox.input(&Command::RequestSize {
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
        self.scale.set(layout.scale);
        self.lay_out_pointer();
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

/// A number as JavaScript writes it: Rust's own way of writing floats would be a large part of the page's module.
pub(super) fn js_number(number: f64) -> String {
    js_sys::Number::from(number)
        .to_string_with_radix(10)
        .unwrap_or_default()
        .into()
}
