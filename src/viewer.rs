//! The viewer, which is another wasm module: what its `Page` has.

use js_sys::{Function, Uint8Array};
use porthole_viewer::page::Scaling;
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
    fn scale(this: &Page, scaling: &[u8]);

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

    pub(crate) fn set_scaling(&self, scaling: Scaling) {
        self.0.scale(&encode(&scaling));
    }

    /// The element that the desktop's canvas stands in.
    pub(crate) fn surface(&self) -> HtmlElement {
        self.0.surface()
    }
}
