//! What the viewer in the frame tells of its connection (docs/EMBEDDING.md).

use js_sys::Reflect;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlIFrameElement, MessageEvent};

/// Has `told` hear what the viewer says of its connection, in words, as long as the frame is there.
pub(crate) fn listen(told: RwSignal<String>) {
    told.set("loading".to_owned());
    let listening = window_event_listener(ev::message, move |message| {
        if is_from_frame(&message)
            && let Some(words) = words(&message.data())
        {
            told.set(words);
        }
    });
    on_cleanup(move || listening.remove());
}

fn is_from_frame(message: &MessageEvent) -> bool {
    let frame = document().query_selector("iframe").ok().flatten();
    let Some(window_in_frame) = frame
        .and_then(|frame| frame.dyn_into::<HtmlIFrameElement>().ok())
        .and_then(|frame| frame.content_window())
    else {
        return false;
    };
    let is_own = window()
        .location()
        .origin()
        .is_ok_and(|own| own == message.origin());
    let source: JsValue = message.source().map(Into::into).unwrap_or_default();
    is_own && source == JsValue::from(window_in_frame)
}

/// A message in words; none where it says nothing of the connection.
fn words(message: &JsValue) -> Option<String> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let detail = get(message, "detail").unwrap_or_default();
    let text = |name: &str| get(&detail, name).and_then(|it| it.as_string());
    let number = |name: &str| get(&detail, name).and_then(|it| it.as_f64()).unwrap_or_default();
    match get(message, "porthole")?.as_string()?.as_str() {
        "connecting" => Some("connecting".to_owned()),
        "connected" | "resize" => Some(format!("connected, {} × {}", number("width"), number("height"))),
        "disconnected" => Some(format!("ended: {}", text("reason").unwrap_or_default())),
        _ => None,
    }
}
