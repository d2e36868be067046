//! Whether anybody can see the desktop: not on a page that is hidden, and not where it is scrolled out of view.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, IntersectionObserver, IntersectionObserverEntry};

use super::document;
use super::listener::Listener;
use super::outbox::Outbox;

/// Tells the session as long as it lives.
#[derive(Debug)]
pub(super) struct Sight {
    state: Rc<State>,
    observer: IntersectionObserver,
    _scrolled: Closure<dyn FnMut(JsValue)>,
    _listener: Listener,
}

#[derive(Debug)]
struct State {
    document: Document,
    outbox: Rc<Outbox>,
    is_in_view: Cell<bool>,
    /// It is seen elsewhere.
    is_kept: Cell<bool>,
}

impl State {
    fn look(&self) {
        let is_here = self.is_in_view.get() && !self.document.hidden();
        self.outbox.set_seen(is_here || self.is_kept.get());
    }
}

impl Sight {
    /// Watches this element, which the desktop is in. It is seen until the browser says that it is not.
    pub(super) fn watch(element: &Element, outbox: Rc<Outbox>) -> Result<Self, JsValue> {
        let document = document()?;
        let state = Rc::new(State {
            document: document.clone(),
            outbox,
            is_in_view: Cell::new(true),
            is_kept: Cell::new(false),
        });
        let (for_scrolled, for_shown) = (state.clone(), state.clone());
        let scrolled = Closure::<dyn FnMut(JsValue)>::new(move |entries: JsValue| {
            // There is one for each change since the last call: the last one is how it is.
            let last = entries.unchecked_into::<Array>().pop();
            let last: IntersectionObserverEntry = last.unchecked_into();
            for_scrolled.is_in_view.set(last.is_intersecting());
            for_scrolled.look();
        });
        let observer = IntersectionObserver::new(scrolled.as_ref().unchecked_ref())?;
        observer.observe(element);
        state.look();
        Ok(Self {
            state,
            observer,
            _scrolled: scrolled,
            _listener: Listener::new(&document, "visibilitychange", move |_: JsValue| for_shown.look()),
        })
    }

    /// Whether it is seen elsewhere, even while it is not here.
    pub(super) fn keep(&self, keep: bool) {
        self.state.is_kept.set(keep);
        self.state.look();
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
