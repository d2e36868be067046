//! The server's cursor as the local one, or as what is drawn at the remote pointer's place.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use porthole_viewer::CursorShape;
use web_sys::{Blob, BlobPropertyBag, Url};

use super::desktop::Desktop;
use super::png;

/// Browsers ignore larger images.
const MAX_SIDE: u16 = 128;

/// The cursor over the desktop.
#[derive(Debug)]
pub(super) struct Cursor {
    desktop: Rc<Desktop>,
    shape: Option<CursorShape>,
    /// The image's address, for as long as it is in use.
    url: Option<String>,
    /// It is drawn where the remote pointer is, and the local pointer is the browser's own.
    is_remote: bool,
}

impl Cursor {
    /// The browser's own cursor.
    pub(super) fn new(desktop: Rc<Desktop>) -> Self {
        Self {
            desktop,
            shape: None,
            url: None,
            is_remote: false,
        }
    }

    /// Takes this shape.
    pub(super) fn set(&mut self, shape: &CursorShape) {
        // Servers tell the same shape again and again.
        if self.shape.as_ref() == Some(shape) {
            return;
        }
        self.shape = Some(shape.clone());
        let visible = shape.rgba.chunks_exact(4).any(|pixel| pixel.last() != Some(&0));
        if !visible {
            self.put("none", None);
        } else if let Some(url) = image(shape) {
            // A cursor's image is never scaled, so its hot spot is right in every scaling.
            let (x, y) = hotspot(shape);
            self.put(
                &[
                    "url(",
                    &url,
                    ") ",
                    &x.to_string(),
                    " ",
                    &y.to_string(),
                    ", default",
                ]
                .concat(),
                Some(url),
            );
        } else {
            self.put("default", None);
        }
    }

    /// Whether it is drawn where the remote pointer is.
    pub(super) fn set_remote(&mut self, is_remote: bool) {
        if self.is_remote != is_remote {
            self.is_remote = is_remote;
            if let Some(shape) = self.shape.take() {
                self.set(&shape);
            }
        }
    }

    /// The image's address and hot spot, where there is one to be seen.
    pub(super) fn image(&self) -> Option<(&str, (u16, u16))> {
        Some((self.url.as_deref()?, hotspot(self.shape.as_ref()?)))
    }

    /// Takes the browser's own shape again.
    pub(super) fn reset(&mut self) {
        self.shape = None;
        self.is_remote = false;
        self.put("default", None);
    }

    fn put(&mut self, css: &str, url: Option<String>) {
        let css = if self.is_remote { "default" } else { css };
        if let Some(canvas) = self.desktop.canvas() {
            // Fails only for a property that is none.
            let _ = canvas.style().set_property("cursor", css);
        }
        self.forget();
        self.url = url;
    }

    fn forget(&mut self) {
        if let Some(url) = self.url.take() {
            let _ = Url::revoke_object_url(&url);
        }
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.forget();
    }
}

/// It lies within the image: browsers ignore another one.
fn hotspot(shape: &CursorShape) -> (u16, u16) {
    (
        shape.hotspot_x.min(shape.width.saturating_sub(1)),
        shape.hotspot_y.min(shape.height.saturating_sub(1)),
    )
}

/// The address of an image of the cursor, where browsers can show it.
fn image(shape: &CursorShape) -> Option<String> {
    if shape.width > MAX_SIDE || shape.height > MAX_SIDE {
        return None;
    }
    let png = png::encode(shape.width, shape.height, &shape.rgba)?;
    let kind = BlobPropertyBag::new();
    kind.set_type("image/png");
    let parts = Array::of1(&Uint8Array::from(png.as_slice()));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}
