//! The frames that the page is in.

use porthole_viewer::page::window;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How many times as large as it is the page is shown by the frames that it is in, by transforms of them. Of a frame in a page of
/// another origin nothing is known.
pub(super) fn scale() -> f64 {
    let (mut scale, mut page) = (1.0, window().ok());
    while let Some(frame) = page.and_then(|page| page.frame_element().ok().flatten()) {
        let shown = frame.get_bounding_client_rect().width();
        let width = f64::from(frame.unchecked_ref::<HtmlElement>().offset_width());
        // One that is not shown at all has neither.
        if shown > 0.0 && width > 0.0 {
            scale *= shown / width;
        }
        page = frame
            .owner_document()
            .and_then(|document| document.default_view());
    }
    scale
}
