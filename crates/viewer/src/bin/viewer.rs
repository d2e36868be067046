//! The viewer's wasm module: all that the page needs to show a frame. The user interface is another one, which comes
//! when there is something to see already.
//!
//! The same module runs on the page and in the worker that the page starts.

use std::cell::RefCell;
use std::mem::{Discriminant, discriminant};
use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use porthole_viewer::page::{Options, Viewer, address};
use porthole_viewer::settings::Settings;
use porthole_viewer::{Command, Ending, Event, Hop, decode, encode, session};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, HtmlElement};
use zeroize::Zeroize;

fn main() {
    let scope = js_sys::global();
    if scope.has_type::<DedicatedWorkerGlobalScope>() {
        session::run_in_worker(scope.unchecked_into());
    }
}

/// The viewer on its page, as the user interface sees it. What goes through are postcard's bytes.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Page {
    viewer: Viewer,
    settings: Settings,
    told: Rc<Told>,
    settled: Promise,
}

/// Puts the viewer into the page's `#desktop` and connects, where the page's address does not say otherwise.
///
/// # Errors
/// What the browser says if it lacks something that the viewer needs.
#[wasm_bindgen]
pub fn start() -> Result<Page, JsValue> {
    let settings = address::settings()?;
    let told = Rc::new(Told::default());
    let settled = Promise::new(&mut |resolve, _| {
        told.settle.replace(Some(resolve));
    });
    let options = Options {
        on_page: settings.on_page,
        presentation: settings.presentation,
    };
    let viewer = {
        let told = told.clone();
        Viewer::new(&element("desktop")?, options, move |event| told.tell(&event))?
    };
    viewer.send(&Command::Observe(settings.debug));
    if !settings.autoconnect {
        told.settled();
    } else {
        match address::websocket(&settings.path) {
            Ok(url) => {
                let options = settings.connect_options(url, settings.credentials.clone());
                viewer.send(&Command::Connect(Box::new(options)));
            }
            Err(reason) => told.tell(&Event::Disconnected(Ending {
                hop: Hop::Page,
                clean: false,
                reason,
                advice: None,
                code: None,
                login_failed: false,
            })),
        }
    }
    Ok(Page {
        viewer,
        settings,
        told,
        settled,
    })
}

#[wasm_bindgen]
impl Page {
    /// Resolves when there is something for a person: the first frame, a question, or the end of the connection.
    #[wasm_bindgen(getter)]
    pub fn settled(&self) -> Promise {
        self.settled.clone()
    }

    /// The settings in the page's address.
    #[wasm_bindgen(getter)]
    pub fn settings(&self) -> Vec<u8> {
        encode(&self.settings)
    }

    /// Has `hear` told all events, those first that there were before.
    pub fn attach(&self, hear: Function) {
        self.told.attach(hear);
    }

    /// Sends a [`Command`].
    pub fn send(&self, mut command: Vec<u8>) {
        if let Ok(command) = decode(&command) {
            self.viewer.send(&command);
        }
        // It may have been a password.
        command.zeroize();
    }

    /// Another [`porthole_viewer::page::Presentation`]; see [`Viewer::present`].
    pub fn present(&self, presentation: &[u8], zoomed_anew: bool) {
        if let Ok(presentation) = decode(presentation) {
            self.viewer.present(presentation, zoomed_anew);
        }
    }

    /// The element that the desktop's canvas stands in, for as long as there is a page.
    #[wasm_bindgen(getter)]
    pub fn surface(&self) -> HtmlElement {
        self.viewer.surface()
    }

    /// How many CSS pixels one of the remote screen's is wide.
    #[wasm_bindgen(getter)]
    pub fn scale(&self) -> f64 {
        self.viewer.scale()
    }

    /// Zooms in by this factor about a point of the window, in CSS pixels.
    pub fn zoom(&self, factor: f64, x: f64, y: f64) {
        self.viewer.zoom(factor, x, y);
    }

    /// Moves what is shown by so many CSS pixels, as a hand moves paper. Says whether there was more of it.
    pub fn pan(&self, right: f64, down: f64) -> bool {
        self.viewer.pan(right, down)
    }

    /// Whether somebody sees the remote screen elsewhere, even while the page is hidden.
    pub fn keep_seen(&self, keep: bool) {
        self.viewer.keep_seen(keep);
    }
}

/// Who is told the session's events: nobody yet, or the user interface.
#[derive(Debug, Default)]
struct Told {
    hear: RefCell<Option<Function>>,
    /// What there was before anybody heard it, encoded, each with its kind.
    before: RefCell<Vec<(Discriminant<Event>, Vec<u8>)>>,
    settle: RefCell<Option<Function>>,
}

/// Of events that only tell the news no more than this are kept for somebody who never comes.
const MOST_NEWS: usize = 500;

impl Told {
    fn tell(&self, event: &Event) {
        match event {
            Event::FirstFrame => {
                first_frame();
                self.settled();
            }
            Event::CredentialsRequired { .. } | Event::ServerKey { .. } | Event::Disconnected(_) => {
                self.settled();
            }
            _ => {}
        }
        let hear = self.hear.borrow().clone();
        let bytes = encode(event);
        if let Some(hear) = hear {
            call(&hear, &bytes);
            return;
        }
        let mut before = self.before.borrow_mut();
        let kind = discriminant(event);
        match event {
            // The last says what is so by now, and a server may tell others for hours.
            Event::Resized { .. }
            | Event::Screens(_)
            | Event::Name(_)
            | Event::Cursor(_)
            | Event::PointerMoved { .. }
            | Event::PointerMode { .. }
            | Event::LockKeys(_)
            | Event::Clipboard(_)
            | Event::Statistics(_) => before.retain(|(of, _)| *of != kind),
            Event::Bell
            | Event::Log(_)
            | Event::Notice(_)
            | Event::ResizeRefused(_)
            | Event::ClipboardTrouble(_)
                if before.len() >= MOST_NEWS =>
            {
                return;
            }
            _ => {}
        }
        before.push((kind, bytes));
    }

    fn attach(&self, hear: Function) {
        for (_, bytes) in self.before.take() {
            call(&hear, &bytes);
        }
        self.hear.replace(Some(hear));
    }

    fn settled(&self) {
        if let Some(settle) = self.settle.take() {
            // A promise's own function does not throw.
            let _ = settle.call0(&JsValue::UNDEFINED);
        }
    }
}

fn call(hear: &Function, event: &[u8]) {
    let bytes = Uint8Array::from(event);
    // What it throws, it says on the console itself.
    let _ = hear.call1(&JsValue::UNDEFINED, &bytes);
}

/// What the document shows while it loads has done its service; and the page's own timeline has the moment.
fn first_frame() {
    if let Ok(loading) = element("loading") {
        loading.set_hidden(true);
    }
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        // Fails only for names that are taken.
        let _ = performance.mark("porthole-first-frame");
    }
}

fn element(id: &str) -> Result<HtmlElement, JsValue> {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    element
        .and_then(|element| element.dyn_into().ok())
        .ok_or_else(|| JsValue::from_str("the page lacks an element"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_tells_for_hours_is_not_kept_for_nobody() {
        let told = Told::default();
        for x in 0..2000 {
            told.tell(&Event::PointerMoved { x, y: 0 });
            told.tell(&Event::Name(format!("desktop {x}")));
            told.tell(&Event::Bell);
        }
        told.tell(&Event::KeysByPlace);
        let before = told.before.take();
        assert!(before.len() <= MOST_NEWS + 3, "{}", before.len());
        let last: Vec<_> = before
            .iter()
            .rev()
            .take(3)
            .map(|(_, bytes)| bytes.clone())
            .collect();
        let name = Event::Name("desktop 1999".to_owned());
        let moved = Event::PointerMoved { x: 1999, y: 0 };
        assert_eq!(
            last,
            [Event::KeysByPlace, name, moved].map(|event| encode(&event))
        );
    }
}
