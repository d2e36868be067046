//! The remote pointer, drawn over the canvas where one may only look at what it does.

use std::cell::Cell;
use std::rc::Rc;

use porthole_viewer::page::{document, js_number};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

use super::desktop::Desktop;

/// An image of its shape.
#[derive(Debug)]
pub(super) struct RemotePointer {
    state: Rc<State>,
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut()>,
}

#[derive(Debug)]
struct State {
    desktop: Rc<Desktop>,
    image: HtmlElement,
    place: Cell<(u16, u16)>,
    hotspot: Cell<(u16, u16)>,
}

impl RemotePointer {
    pub(super) fn new(desktop: Rc<Desktop>) -> Result<Self, JsValue> {
        let image: HtmlElement = document()?.create_element("img")?.unchecked_into();
        for (property, value) in [("position", "absolute"), ("pointer-events", "none")] {
            image.style().set_property(property, value)?;
        }
        image.set_attribute("alt", "")?;
        desktop.surface().append_child(&image)?;
        let state = Rc::new(State {
            desktop,
            image,
            place: Cell::default(),
            hotspot: Cell::default(),
        });
        let moved = state.clone();
        let resized = Closure::<dyn FnMut()>::new(move || moved.lay_out());
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())?;
        observer.observe(state.desktop.surface());
        if let Some(canvas) = state.desktop.canvas() {
            observer.observe(&canvas);
        }
        Ok(Self {
            state,
            observer,
            _resized: resized,
        })
    }

    /// Takes a shape: its address and the pixel that points. Without an address it is not seen.
    pub(super) fn set_shape(&self, url: &str, hotspot: (u16, u16)) {
        self.state.hotspot.set(hotspot);
        // Set anew, the same image would flicker.
        if self.state.image.get_attribute("src").as_deref() != Some(url) {
            // Fails only for a name that is none.
            let _ = self.state.image.set_attribute("src", url);
        }
        self.state.lay_out();
    }

    /// Is at this pixel of the framebuffer.
    pub(super) fn move_to(&self, place: (u16, u16)) {
        self.state.place.set(place);
        self.state.lay_out();
    }
}

impl State {
    /// Puts it over the canvas. As the local pointer, it is not scaled.
    fn lay_out(&self) {
        let (Some(canvas), Some(scale)) = (self.desktop.canvas(), self.desktop.scale()) else {
            return;
        };
        let along = |offset: i32, place: u16, hotspot: u16| {
            // The middle of the pixel.
            let at = f64::from(offset) + (f64::from(place) + 0.5) * scale - f64::from(hotspot);
            [&js_number(at.round()), "px"].concat()
        };
        let (place, hotspot) = (self.place.get(), self.hotspot.get());
        let left = along(canvas.offset_left(), place.0, hotspot.0);
        let top = along(canvas.offset_top(), place.1, hotspot.1);
        for (property, value) in [("left", left), ("top", top)] {
            // Fails only for a property that is none.
            let _ = self.image.style().set_property(property, &value);
        }
    }
}

impl Drop for RemotePointer {
    fn drop(&mut self) {
        self.observer.disconnect();
        self.state.image.remove();
    }
}
