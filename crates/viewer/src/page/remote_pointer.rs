//! The remote pointer, drawn over the canvas where one may only look at what it does.

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::document;
use super::view::js_number;

/// An image of its shape.
#[derive(Debug)]
pub(super) struct RemotePointer {
    image: HtmlElement,
    place: (u16, u16),
    hotspot: (u16, u16),
}

impl RemotePointer {
    /// In an element that is positioned itself.
    pub(super) fn new(within: &HtmlElement) -> Result<Self, JsValue> {
        let image: HtmlElement = document()?.create_element("img")?.unchecked_into();
        for (property, value) in [("position", "absolute"), ("pointer-events", "none")] {
            image.style().set_property(property, value)?;
        }
        image.set_attribute("alt", "")?;
        within.append_child(&image)?;
        Ok(Self {
            image,
            place: (0, 0),
            hotspot: (0, 0),
        })
    }

    /// Takes a shape: its address and the pixel that points.
    pub(super) fn set_shape(&mut self, url: &str, hotspot: (u16, u16)) {
        self.hotspot = hotspot;
        // Set anew, the same image would flicker.
        if self.image.get_attribute("src").as_deref() != Some(url) {
            // Fails only for a name that is none.
            let _ = self.image.set_attribute("src", url);
        }
    }

    /// Is at this pixel of the framebuffer.
    pub(super) fn move_to(&mut self, place: (u16, u16)) {
        self.place = place;
    }

    /// Puts it over the canvas, which shows the framebuffer's pixels in this size. As the local pointer, it is not scaled.
    pub(super) fn lay_out(&self, canvas: &HtmlElement, scale: f64) {
        let along = |offset: i32, place: u16, hotspot: u16| {
            // The middle of the pixel.
            let at = f64::from(offset) + (f64::from(place) + 0.5) * scale - f64::from(hotspot);
            [&js_number(at.round()), "px"].concat()
        };
        let left = along(canvas.offset_left(), self.place.0, self.hotspot.0);
        let top = along(canvas.offset_top(), self.place.1, self.hotspot.1);
        for (property, value) in [("left", left), ("top", top)] {
            // Fails only for a property that is none.
            let _ = self.image.style().set_property(property, &value);
        }
    }
}

impl Drop for RemotePointer {
    fn drop(&mut self) {
        self.image.remove();
    }
}
