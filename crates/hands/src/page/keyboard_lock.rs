//! Keyboard Lock: a page that fills the screen gets the keys that the browser and the system keep for themselves otherwise,
//! such as Esc, Alt-Tab and Ctrl-W (WICG, "Keyboard Lock"). To hold Esc still leads out.

use js_sys::{Function, Promise, Reflect};
use porthole_viewer::page::{Listener, document, window};
use wasm_bindgen::prelude::*;

/// Takes the keys for as long as the page fills the screen.
#[derive(Debug)]
pub(super) struct KeyboardLock {
    _listener: Listener,
}

impl KeyboardLock {
    pub(super) fn new() -> Result<Self, JsValue> {
        let document = document()?;
        // It may be refused, as in a frame: then it is as without.
        let refused = Closure::<dyn FnMut(JsValue)>::new(|_: JsValue| {});
        let listener = Listener::new(&document.clone(), "fullscreenchange", move |_: JsValue| {
            let method = if document.fullscreen_element().is_some() {
                "lock"
            } else {
                "unlock"
            };
            // Where the browser has none of it, the keys stay its own.
            let _ = call(method, &refused);
        });
        Ok(Self { _listener: listener })
    }
}

fn call(method: &str, refused: &Closure<dyn FnMut(JsValue)>) -> Result<(), JsValue> {
    let keyboard = Reflect::get(&window()?.navigator(), &"keyboard".into())?;
    let method: Function = Reflect::get(&keyboard, &method.into())?.dyn_into()?;
    let answer = method.call0(&keyboard)?;
    if let Ok(promise) = answer.dyn_into::<Promise>() {
        let _ = promise.catch(refused);
    }
    Ok(())
}
