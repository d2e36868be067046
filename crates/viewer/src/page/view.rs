//! The canvas in its container: how large it is shown, and what size the remote screen is asked for.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{DomRect, HtmlCanvasElement, HtmlElement, ResizeObserver};

use super::layout::{self, Presentation, Scaling, layout};
use super::outbox::Outbox;
use super::sight::Sight;
use super::{document, js_number, window};
use crate::{Command, Screen};

/// The container's size has to stay for this long, in milliseconds, before the remote screen is asked for it.
const SETTLED: i32 = 150;
/// Smaller sizes are never asked for: a container that is being laid out has them for a moment.
const MIN_SIDE: u16 = 64;

/// The canvas in its container.
#[derive(Debug)]
pub(super) struct View {
    /// What the canvas scrolls in. It is the viewer's own, so that the container's style stays the page's.
    frame: HtmlElement,
    /// As large as what is shown of the canvas, which may be one of several screens.
    window: HtmlElement,
    canvas: RefCell<Option<HtmlCanvasElement>>,
    outbox: Rc<Outbox>,
    presentation: Cell<Presentation>,
    /// How many times as large it is shown as it is fitted.
    zoom: Cell<f64>,
    /// What is left of ways to move that were no whole pixel.
    rest: Cell<(f64, f64)>,
    /// The framebuffer's size, once there is one.
    size: Cell<Option<(u16, u16)>>,
    /// The desktop's screens; empty where it has not told of any, and cannot be asked for another size.
    screens: RefCell<Vec<Screen>>,
    /// CSS pixels per pixel of the framebuffer.
    scale: Cell<f64>,
    resize_refused: Cell<bool>,
    /// The size that was asked for last, and of which screen.
    requested: Cell<Option<(u8, (u16, u16))>>,
    /// The container's size when the browser told of it last.
    told: Cell<(i32, i32)>,
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut()>,
    sight: Sight,
    settled: Closure<dyn FnMut()>,
    timer: Cell<Option<i32>>,
}

impl View {
    pub(super) fn new(
        container: &HtmlElement,
        presentation: Presentation,
        outbox: Rc<Outbox>,
    ) -> Result<Rc<Self>, JsValue> {
        let frame: HtmlElement = document()?.create_element("div")?.unchecked_into();
        for (property, value) in [
            ("width", "100%"),
            ("height", "100%"),
            ("display", "grid"),
            ("position", "relative"),
            // In the other direction what is scrolled to has negative places.
            ("direction", "ltr"),
        ] {
            frame.style().set_property(property, value)?;
        }
        let window: HtmlElement = document()?.create_element("div")?.unchecked_into();
        for (property, value) in [
            // Centres it, and unlike centring by alignment never cuts off what is scrolled to.
            ("margin", "auto"),
            ("overflow", "clip"),
        ] {
            window.style().set_property(property, value)?;
        }
        frame.append_child(&window)?;
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
            sight: Sight::watch(&frame, outbox.clone())?,
            told: Cell::new(size_of(&frame)),
            frame,
            window,
            canvas: RefCell::new(None),
            outbox,
            presentation: Cell::new(presentation),
            zoom: Cell::new(zoom_of(presentation)),
            rest: Cell::default(),
            size: Cell::new(None),
            screens: RefCell::default(),
            scale: Cell::new(1.0),
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
        for (property, value) in [
            ("display", "block"),
            ("outline", "none"),
            ("touch-action", "none"),
        ] {
            canvas.style().set_property(property, value)?;
        }
        canvas.set_attribute("role", "img")?;
        canvas.set_attribute("aria-label", "Remote desktop")?;
        if let Some(before) = self.canvas.replace(Some(canvas.clone())) {
            before.remove();
        }
        self.window.append_child(&canvas)?;
        self.lay_out();
        Ok(canvas)
    }

    pub(super) fn scale(&self) -> f64 {
        self.scale.get()
    }

    /// What the canvas stands in.
    pub(super) fn surface(&self) -> HtmlElement {
        self.frame.clone()
    }
}

// ---- what happens ------------------------------------------------------------------------------------------

impl View {
    /// Shows it in another way; and as far zoomed in as it is, or as that has it. What is in the middle stays there.
    pub(super) fn present(&self, presentation: Presentation, zoomed_anew: bool) {
        self.presentation.set(presentation);
        if zoomed_anew {
            self.zoom.set(zoom_of(presentation));
            self.resize_refused.set(false);
            self.requested.set(None);
        }
        let area = self.frame.get_bounding_client_rect();
        let middle = (area.left() + area.width() / 2.0, area.top() + area.height() / 2.0);
        self.lay_out_about(middle);
        self.request_size();
    }

    /// Zooms in by this factor about a point of the window, in CSS pixels: what is there stays there, if it can.
    pub(super) fn zoom(&self, factor: f64, point: (f64, f64)) {
        if factor > 0.0 && factor.is_finite() {
            self.zoom.set(self.zoom.get() * factor);
            self.lay_out_about(point);
        }
    }

    /// Moves what is shown by so many CSS pixels, as a hand moves paper. Says whether there was more of it.
    pub(super) fn pan(&self, right: f64, down: f64) -> bool {
        let rest = self.rest.get();
        // What is left of one way is no part of the way back.
        let with_rest = |way: f64, rest: f64| if rest * way < 0.0 { way } else { way + rest };
        self.scroll((with_rest(right, rest.0), with_rest(down, rest.1)))
    }

    fn lay_out_about(&self, (x, y): (f64, f64)) {
        let before = self.place();
        self.lay_out();
        let (Some(before), Some(after)) = (before, self.place()) else {
            return;
        };
        let rest = self.rest.get();
        // From where it would be if there were parts of pixels: many small steps would add up what each leaves over.
        let way = |at: f64, (start, length): (f64, f64), (new_start, new_length): (f64, f64), rest: f64| {
            at - (at - start - rest) / length * new_length - new_start
        };
        let right = way(
            x,
            (before.left(), before.width()),
            (after.left(), after.width()),
            rest.0,
        );
        let down = way(
            y,
            (before.top(), before.height()),
            (after.top(), after.height()),
            rest.1,
        );
        // Before there is a desktop they are no numbers.
        if right.is_finite() && down.is_finite() {
            self.scroll((right, down));
        }
    }

    /// Moves what is shown this way, as far as there is more of it and the browser moves it; what is left for it to be there
    /// is kept. Says whether it has moved, or may have by less than can be seen.
    fn scroll(&self, way: (f64, f64)) -> bool {
        let before = self.place();
        self.frame.scroll_by_with_x_and_y(-way.0, -way.1);
        let (Some(before), Some(after)) = (before, self.place()) else {
            return false;
        };
        let moved = (after.left() - before.left(), after.top() - before.top());
        // Browsers scroll by whole pixels, CSS's or the display's. What is more than such has no room to go.
        let pixel = window().map_or(1.0, |window| (1.0 / window.device_pixel_ratio()).max(1.0));
        let left_over = |way: f64, moved: f64| {
            let rest = way - moved;
            if rest.abs() < pixel { rest } else { 0.0 }
        };
        let rest = (left_over(way.0, moved.0), left_over(way.1, moved.1));
        self.rest.set(rest);
        moved != (0.0, 0.0) || rest != (0.0, 0.0)
    }

    fn place(&self) -> Option<DomRect> {
        let canvas = self.canvas.borrow();
        canvas.as_ref().map(|canvas| canvas.get_bounding_client_rect())
    }

    /// Whether it counts as seen even while the page is hidden.
    pub(super) fn keep_seen(&self, keep: bool) {
        self.sight.keep(keep);
    }

    pub(super) fn set_screens(&self, screens: &[Screen]) {
        self.screens.replace(screens.to_vec());
        self.lay_out();
        self.request_size();
    }

    pub(super) fn set_size(&self, size: (u16, u16)) {
        self.size.set(Some(size));
        self.lay_out();
    }

    pub(super) fn resize_refused(&self) {
        self.resize_refused.set(true);
        self.lay_out();
    }

    /// The connection has ended; another server may do other things.
    pub(super) fn disconnected(&self) {
        self.screens.take();
        self.resize_refused.set(false);
        self.requested.set(None);
    }

    fn container_resized(&self) {
        self.told.set(size_of(&self.frame));
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
        let presentation = self.presentation.get();
        if presentation.scaling != Scaling::Remote
            || self.screens.borrow().is_empty()
            || !self.outbox.may_ask()
        {
            return;
        }
        let one = layout::one_of_several(&self.screens.borrow(), presentation.screen).copied();
        let (screen, now) = match one {
            Some(one) => (presentation.screen, Some((one.width, one.height))),
            None => (0, self.size.get()),
        };
        let Ok(window) = window() else { return };
        let container = size_of(&self.frame);
        // A size that is changing is asked for once it stays: the browser tells of it, if it has not yet.
        if self.timer.get().is_some() || container != self.told.get() {
            return;
        }
        let wanted = layout::wanted(container, presentation.device_pixels, window.device_pixel_ratio());
        let too_small = wanted.0 < MIN_SIDE || wanted.1 < MIN_SIDE;
        if too_small || now == Some(wanted) || self.requested.get() == Some((screen, wanted)) {
            return;
        }
        self.requested.set(Some((screen, wanted)));
        // Another size may be possible where the last one was not.
        self.resize_refused.set(false);
        self.outbox.send(&Command::RequestSize {
            screen,
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
        let presentation = self.presentation.get();
        let (across, down) = size_of(&self.frame);
        let available = (f64::from(across), f64::from(down));
        let (left, top, width, height) = layout::part(&self.screens.borrow(), presentation.screen, size);
        let layout = layout(
            presentation,
            self.zoom.get(),
            (width, height),
            available,
            window.device_pixel_ratio(),
            self.resize_refused.get(),
        );
        self.zoom.set(layout.zoom);
        self.scale.set(layout.scale);
        let scrolls = layout.overflows && !presentation.clipped;
        put(&self.frame, "overflow", if scrolls { "auto" } else { "hidden" });
        let pixels = |side: u16| [&js_number(f64::from(side) * layout.scale), "px"].concat();
        put(&self.window, "width", &pixels(width));
        put(&self.window, "height", &pixels(height));
        put(canvas, "width", &pixels(size.0));
        put(canvas, "height", &pixels(size.1));
        put(
            canvas,
            "margin",
            &["-", &pixels(top), " 0 0 -", &pixels(left)].concat(),
        );
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

/// With the scroll bars, which there may be or not: what is zoomed in has them for a while.
fn size_of(frame: &HtmlElement) -> (i32, i32) {
    (frame.offset_width(), frame.offset_height())
}

fn zoom_of(presentation: Presentation) -> f64 {
    f64::from(presentation.zoom) / 100.0
}

fn upgrade(me: &RefCell<Weak<View>>) -> Option<Rc<View>> {
    me.borrow().upgrade()
}
