//! The desktop in a small window of the browser's, which stays in front of all others.

use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use porthole_viewer::Command;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlVideoElement, MediaStream};

use crate::phase::Phase;
use crate::session::Session;

#[wasm_bindgen]
extern "C" {
    /// A document, or a video, with what web-sys does not know of.
    #[derive(Debug, Clone)]
    type Pictured;

    #[wasm_bindgen(method, getter, structural, js_name = pictureInPictureEnabled)]
    fn is_enabled(this: &Pictured) -> Option<bool>;

    #[wasm_bindgen(method, getter, structural, js_name = pictureInPictureElement)]
    fn element(this: &Pictured) -> JsValue;

    #[wasm_bindgen(method, structural, js_name = exitPictureInPicture)]
    fn exit(this: &Pictured) -> Promise;

    #[wasm_bindgen(method, catch, structural, js_name = requestPictureInPicture)]
    fn request(this: &Pictured) -> Result<Promise, JsValue>;

    /// A canvas that can be filmed.
    type Filmed;

    #[wasm_bindgen(method, catch, structural, js_name = captureStream)]
    fn capture(this: &Filmed) -> Result<MediaStream, JsValue>;
}

fn page() -> Pictured {
    document().unchecked_into()
}

/// Whether this browser can. Of those that have such windows, Safari stops showing a canvas that a worker paints on once it
/// is filmed; Chromium is the one that says what it is in this way.
pub(super) fn is_possible() -> bool {
    let is_chromium = Reflect::has(&window().navigator(), &"userAgentData".into()) == Ok(true);
    is_chromium && page().is_enabled() == Some(true)
}

/// It does not outlive the desktop.
pub(super) fn start(session: Session) {
    Effect::new(move |_| {
        if session.phase.get() != Phase::Connected {
            close();
        }
    });
}

pub(super) fn toggle(session: Session) {
    if page().element().is_object() {
        return close();
    }
    spawn_local(async move {
        if open(session).await.is_err() {
            session.tell("This browser does not show the desktop in a window of its own.");
        }
    });
}

fn close() {
    if is_possible() && page().element().is_object() {
        // That it was closed meanwhile is as well.
        let _ = page().exit();
    }
}

async fn open(session: Session) -> Result<(), JsValue> {
    let canvas = document()
        .query_selector("#desktop canvas")?
        .ok_or("there is no desktop")?;
    let film = canvas.unchecked_into::<Filmed>().capture()?;
    let video: HtmlVideoElement = document().create_element("video")?.unchecked_into();
    video.set_muted(true);
    video.set_src_object(Some(&film));
    // What is not painted is not filmed.
    session.send(Command::Seen(true));
    JsFuture::from(video.play()?).await?;
    let left = Closure::once_into_js(move || {
        for track in film.get_tracks() {
            track.unchecked_into::<web_sys::MediaStreamTrack>().stop();
        }
        session.keep_seen(false);
        session.in_small_window.set(false);
    });
    video.add_event_listener_with_callback("leavepictureinpicture", left.unchecked_ref())?;
    JsFuture::from(video.unchecked_into::<Pictured>().request()?).await?;
    // It is seen there while this page is in the background.
    session.keep_seen(true);
    session.in_small_window.set(true);
    Ok(())
}
