//! Where a pointer is and how it got there, to parts of a CSS pixel: a fine display, and a page that is zoomed in, have several
//! pixels in one. web-sys knows of whole ones alone.

use wasm_bindgen::prelude::*;
use web_sys::MouseEvent;

use crate::input::Point;

#[wasm_bindgen]
extern "C" {
    type Fine;

    #[wasm_bindgen(method, getter, structural, js_name = clientX)]
    fn client_x(this: &Fine) -> f64;

    #[wasm_bindgen(method, getter, structural, js_name = clientY)]
    fn client_y(this: &Fine) -> f64;

    #[wasm_bindgen(method, getter, structural, js_name = screenX)]
    fn screen_x(this: &Fine) -> f64;

    #[wasm_bindgen(method, getter, structural, js_name = screenY)]
    fn screen_y(this: &Fine) -> f64;

    #[wasm_bindgen(method, getter, structural, js_name = movementX)]
    fn movement_x(this: &Fine) -> f64;

    #[wasm_bindgen(method, getter, structural, js_name = movementY)]
    fn movement_y(this: &Fine) -> f64;
}

/// Where it is in the window, in CSS pixels.
#[must_use]
pub fn point(event: &MouseEvent) -> Point {
    let event: &Fine = event.unchecked_ref();
    (event.client_x(), event.client_y())
}

/// Where it is on the screen, in a unit of the browser's.
pub(super) fn on_screen(event: &MouseEvent) -> Point {
    let event: &Fine = event.unchecked_ref();
    (event.screen_x(), event.screen_y())
}

/// Its way since the event before, in CSS pixels.
pub(super) fn way(event: &MouseEvent) -> Point {
    let event: &Fine = event.unchecked_ref();
    (event.movement_x(), event.movement_y())
}
