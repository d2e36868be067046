//! Whether anybody can see the desktop: not on a page that is hidden, and not where it is scrolled out of view.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};

use super::document;
use super::listener::Listener;
use super::outbox::Outbox;

/// Tells the session as long as it lives.
#[derive(Debug)]
pub(super) struct Sight {
    observer: IntersectionObserver,
    _scrolled: Closure<dyn FnMut(JsValue)>,
    _listener: Listener,
}

impl Sight {
    /// Watches this element, which the desktop is in. It is seen until the browser says that it is not.
    pub(super) fn watch(element: &Element, outbox: Rc<Outbox>) -> Result<Self, JsValue> {
        let document = document()?;
        let is_in_view = Rc::new(Cell::new(true));
        let look = {
            let (document, is_in_view) = (document.clone(), is_in_view.clone());
            Rc::new(move || outbox.set_seen(is_in_view.get() && !document.hidden()))
        };
        let look_again = look.clone();
        let scrolled = Closure::<dyn FnMut(JsValue)>::new(move |entries: JsValue| {
            // There is one for each change since the last call: the last one is how it is.
            let last = entries.unchecked_into::<Array>().pop();
            is_in_view.set(
                last.unchecked_into::<IntersectionObserverEntry>()
                    .is_intersecting(),
            );
            look_again();
        });
        let observer = IntersectionObserver::new(scrolled.as_ref().unchecked_ref())?;
        observer.observe(element);
        look();
        Ok(Self {
            observer,
            _scrolled: scrolled,
            _listener: Listener::new(&document, "visibilitychange", move |_: JsValue| look()),
        })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
