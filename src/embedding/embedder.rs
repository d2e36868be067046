//! Who the embedder is, and whether it may be one.
//!
//! It hears what is copied on the desktop and types there. So it has to be a page that could do so anyway: one of this
//! page's own origin, or of an origin whose pages may open the WebSocket themselves.

use js_sys::{Object, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Response, Url, Window};

use super::message::Outgoing;

/// The other origins, as JSON. A gateway answers with its `allowed_origins`; who serves the site in another way may put
/// another file in its place.
const NAMED: &str = "embedders.json";

/// The page around this one, and its origin.
#[derive(Debug, Clone)]
pub(crate) struct Embedder {
    page: Window,
    origin: String,
}

impl Embedder {
    /// The page around this one if it is of the same origin.
    pub(super) fn own() -> Option<Self> {
        let page = parent()?;
        // The browser lets pages of one origin see this of each other, and no others. What it says is not asked: a page
        // that was written by a script has its origin from that.
        page.location().origin().ok()?;
        let origin = window().location().origin().ok()?;
        Some(Self { page, origin })
    }

    /// The page around this one if its origin is among those that are named.
    pub(super) async fn named() -> Option<Self> {
        let page = parent()?;
        let origin = origin_of_parent()?;
        let answer = JsFuture::from(window().fetch_with_str(NAMED)).await.ok()?;
        let answer: Response = answer.unchecked_into();
        let named = JsFuture::from(answer.text().ok()?).await.ok()?;
        let named: Vec<String> = serde_json_wasm::from_str(&named.as_string()?).ok()?;
        named.contains(&origin).then_some(Self { page, origin })
    }

    /// Whether it is the one who says this.
    pub(crate) fn says(&self, event: &MessageEvent) -> bool {
        event
            .source()
            .is_some_and(|source| Object::is(&source, &self.page))
            && event.origin() == self.origin
    }

    /// Says something to it, and to nobody else: the browser looks at the origin once more.
    pub(crate) fn tell(&self, message: &Outgoing) {
        if let Some(message) = message.to_js() {
            // Fails for an origin that is none, and these are.
            let _ = self.page.post_message(&message, &self.origin);
        }
    }
}

fn parent() -> Option<Window> {
    let window = window();
    let parent = window.parent().ok()??;
    (!Object::is(&parent, &window)).then_some(parent)
}

/// What the browser says of it, or, where that does not, who asked for this page.
fn origin_of_parent() -> Option<String> {
    let ancestors = Reflect::get(&window().location(), &"ancestorOrigins".into()).ok()?;
    let nearest = Reflect::get_u32(&ancestors, 0).ok().and_then(|it| it.as_string());
    nearest.or_else(|| Some(Url::new(&document().referrer()).ok()?.origin()))
}
