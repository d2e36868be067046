//! A pointer that is an image over the desktop.

use porthole_viewer::page::layout::Area;
use porthole_viewer::page::{document, js_number};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The image, in a layer over the canvas that cuts off what is beyond it: that would make more to be scrolled to.
#[derive(Debug)]
pub(super) struct Drawn {
    layer: HtmlElement,
    image: HtmlElement,
}

impl Drawn {
    /// In an element that is positioned itself.
    pub(super) fn new(within: &HtmlElement) -> Result<Self, JsValue> {
        let make = |name| Ok::<HtmlElement, JsValue>(document()?.create_element(name)?.unchecked_into());
        let (layer, image) = (make("div")?, make("img")?);
        for (property, value) in [
            ("position", "absolute"),
            ("overflow", "hidden"),
            ("pointer-events", "none"),
        ] {
            layer.style().set_property(property, value)?;
        }
        for (property, value) in [("position", "absolute"), ("left", "0"), ("top", "0")] {
            image.style().set_property(property, value)?;
        }
        image.set_attribute("alt", "")?;
        layer.append_child(&image)?;
        within.append_child(&layer)?;
        Ok(Self { layer, image })
    }

    /// Looks like the image at this address, so many CSS pixels wide.
    pub(super) fn set(&self, url: &str, width: f64) {
        self.image.set_hidden(false);
        put(&self.image, "width", &pixels(width));
        // Set anew, the same image would flicker.
        if self.image.get_attribute("src").as_deref() != Some(url) {
            // Fails only for a name that is none.
            let _ = self.image.set_attribute("src", url);
        }
    }

    /// Is not seen.
    pub(super) fn hide(&self) {
        self.image.set_hidden(true);
    }

    /// Has its corner at this point of the layer, and that is in this area of the element that it is in. All of it is in
    /// CSS pixels.
    pub(super) fn put(&self, layer: Area, point: (f64, f64)) {
        for (property, length) in [
            ("left", layer.left),
            ("top", layer.top),
            ("width", layer.width),
            ("height", layer.height),
        ] {
            put(&self.layer, property, &pixels(length));
        }
        // Unlike its place this costs no layout.
        let translation = [&pixels(point.0), " ", &pixels(point.1)].concat();
        put(&self.image, "translate", &translation);
    }
}

fn put(element: &HtmlElement, property: &str, value: &str) {
    // Fails only for a property that is none.
    let _ = element.style().set_property(property, value);
}

fn pixels(length: f64) -> String {
    [&js_number(length), "px"].concat()
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.layer.remove();
    }
}
