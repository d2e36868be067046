//! An image of a pointer, with an address of its own.

use js_sys::{Array, Promise, Uint8Array};
use porthole_viewer::page::js_number;
use web_sys::{Blob, BlobPropertyBag, HtmlImageElement, Url};

use super::look::Look;
use super::png;

/// An image that has an address for as long as it is there.
#[derive(Debug)]
pub(super) struct Image {
    look: Look,
    url: String,
    /// What reads it, and keeps it read.
    element: HtmlImageElement,
}

impl Image {
    pub(super) fn of(look: Look) -> Option<Self> {
        let png = png::encode(look.size.0, look.size.1, &look.rgba)?;
        let kind = BlobPropertyBag::new();
        kind.set_type("image/png");
        let parts = Array::of1(&Uint8Array::from(png.as_slice()));
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
        let element = HtmlImageElement::new().ok()?;
        let url = Url::create_object_url_with_blob(&blob).ok()?;
        Some(Self { look, url, element })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// In CSS pixels.
    pub(super) fn width(&self) -> f64 {
        f64::from(self.look.size.0) / self.look.fineness
    }

    /// The pixel that points, in CSS pixels.
    pub(super) fn hotspot(&self) -> (u16, u16) {
        self.look.hotspot
    }

    /// Has the browser read it. The promise is kept when that is done.
    pub(super) fn read(&self) -> Promise {
        self.element.set_src(&self.url);
        self.element.decode()
    }

    /// The browser's own pointer in its looks (CSS Basic User Interface, `cursor`).
    pub(super) fn style(&self) -> String {
        let (x, y) = self.look.hotspot;
        let at = [" ", &x.to_string(), " ", &y.to_string(), ", default"].concat();
        if self.look.fineness == 1.0 {
            ["url(", &self.url, ")", &at].concat()
        } else {
            let fineness = js_number(self.look.fineness);
            ["image-set(url(", &self.url, ") ", &fineness, "x)", &at].concat()
        }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // Fails only for an address that is none.
        let _ = Url::revoke_object_url(&self.url);
    }
}
