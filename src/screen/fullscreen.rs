//! The page fills the screen, where the browser lets it.

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::session::Session;

#[wasm_bindgen]
extern "C" {
    /// The document's element, which may say later that it cannot: web-sys does not know of that.
    type Page;

    #[wasm_bindgen(method, catch, structural, js_name = requestFullscreen)]
    fn request_fullscreen(this: &Page) -> Result<Promise, JsValue>;
}

/// Whether the page fills the screen now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fullscreen(RwSignal<bool>);

impl Fullscreen {
    pub(crate) fn watch() -> Self {
        let is_on = RwSignal::new(false);
        let look = move || is_on.set(document().fullscreen_element().is_some());
        let listener = Closure::<dyn Fn()>::new(look).into_js_value();
        // Fails only for names that are none.
        let _ = document().add_event_listener_with_callback("fullscreenchange", listener.unchecked_ref());
        Self(is_on)
    }

    pub(crate) fn is_on(self) -> bool {
        self.0.get()
    }

    /// Whether the browser, and whoever embeds the page, let it.
    pub(crate) fn is_possible() -> bool {
        document().fullscreen_enabled()
    }

    pub(crate) fn toggle(self, session: Session) {
        let document = document();
        if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
        } else if let Some(page) = document.document_element() {
            let asked = page.unchecked_into::<Page>().request_fullscreen();
            spawn_local(async move {
                let done = match asked {
                    Ok(promise) => JsFuture::from(promise).await,
                    Err(error) => Err(error),
                };
                if done.is_err() {
                    session.tell("This browser does not let this page fill the screen.");
                }
            });
        }
        session.focus();
    }
}
