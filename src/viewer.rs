//! The viewer, which is another wasm module: what its `Page` has.

use js_sys::{Function, Uint8Array};
use porthole_viewer::page::Presentation;
use porthole_viewer::settings::Settings;
use porthole_viewer::{Command, Event, decode, encode};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use zeroize::Zeroize;

#[wasm_bindgen]
extern "C" {
    /// `Page` of the viewer's module.
    #[derive(Debug, Clone)]
    pub type Page;

    #[wasm_bindgen(method, getter, structural)]
    fn settings(this: &Page) -> Vec<u8>;

    #[wasm_bindgen(method, structural)]
    fn attach(this: &Page, hear: &Function);

    #[wasm_bindgen(method, structural)]
    fn send(this: &Page, command: &[u8]);

    #[wasm_bindgen(method, structural)]
    fn present(this: &Page, presentation: &[u8], zoomed_anew: bool);

    #[wasm_bindgen(method, getter, structural)]
    fn scale(this: &Page) -> f64;

    #[wasm_bindgen(method, structural)]
    fn zoom(this: &Page, factor: f64, x: f64, y: f64);

    #[wasm_bindgen(method, structural)]
    fn pan(this: &Page, right: f64, down: f64) -> bool;

    #[wasm_bindgen(method, structural)]
    fn keep_seen(this: &Page, keep: bool);

    #[wasm_bindgen(method, getter, structural)]
    fn surface(this: &Page) -> HtmlElement;
}

/// The same with its own types.
#[derive(Debug, Clone)]
pub(crate) struct Viewer(Page);

impl Viewer {
    pub(crate) fn new(page: Page) -> Self {
        Self(page)
    }

    /// The settings in the page's address. Both modules are of one build: those of another would have other names.
    pub(crate) fn settings(&self) -> Settings {
        decode(&self.0.settings()).unwrap_or_default()
    }

    /// Has `hear` told all events, those first that there were before.
    pub(crate) fn attach(&self, hear: impl Fn(Event) + 'static) {
        let hear = Closure::<dyn Fn(Uint8Array)>::new(move |event: Uint8Array| {
            if let Ok(event) = decode(&event.to_vec()) {
                hear(event);
            }
        });
        self.0.attach(hear.into_js_value().unchecked_ref());
    }

    pub(crate) fn send(&self, command: &Command) {
        let mut bytes = encode(command);
        self.0.send(&bytes);
        // It may have been a password.
        bytes.zeroize();
    }

    /// Shows the desktop in another way; and as far zoomed in as it is, or as that has it.
    pub(crate) fn present(&self, presentation: Presentation, zoomed_anew: bool) {
        self.0.present(&encode(&presentation), zoomed_anew);
    }

    /// How many CSS pixels one of the desktop's is wide.
    pub(crate) fn scale(&self) -> f64 {
        self.0.scale()
    }

    /// Zooms in by this factor about a point of the window, in CSS pixels.
    pub(crate) fn zoom(&self, factor: f64, x: f64, y: f64) {
        self.0.zoom(factor, x, y);
    }

    /// Moves what is shown by so many CSS pixels, as a hand moves paper. Says whether there was more of it.
    pub(crate) fn pan(&self, right: f64, down: f64) -> bool {
        self.0.pan(right, down)
    }

    /// Somebody sees the desktop elsewhere, even while this page is hidden.
    pub(crate) fn keep_seen(&self, keep: bool) {
        self.0.keep_seen(keep);
    }

    /// The element that the desktop's canvas stands in.
    pub(crate) fn surface(&self) -> HtmlElement {
        self.0.surface()
    }
}
