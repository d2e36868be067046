//! Into this computer's clipboard.

use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::*;
use porthole_viewer::Clipboard;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, ClipboardEvent, ClipboardItem, HtmlDocument};

use super::{picture, policy};

/// Begins to put this there: text, HTML and picture, as far as the browser takes them. Browsers want somebody to have done
/// something just before, or, Chromium, the page to have the focus.
///
/// # Errors
/// Where the browser has no such thing: pages that came by plain HTTP, frames that may not, and older browsers.
pub(super) fn write(content: &Clipboard) -> Result<Promise, JsValue> {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() || !policy::allows("clipboard-write") {
        return Err(JsValue::UNDEFINED);
    }
    let is_plain = content.html.is_none() && content.dib.is_none();
    if is_plain || !Reflect::has(&window(), &"ClipboardItem".into())? {
        return Ok(clipboard.write_text(content.text.as_deref().unwrap_or_default()));
    }
    let formats = Object::new();
    for (format, data) in [("text/plain", &content.text), ("text/html", &content.html)] {
        if let Some(data) = data {
            Reflect::set(&formats, &format.into(), &blob(format, data)?.into())?;
        }
    }
    if let Some(dib) = &content.dib {
        // Only while a hand's doing is still fresh may this be called, so that the picture is made meanwhile.
        Reflect::set(&formats, &"image/png".into(), &picture::png(dib).into())?;
    }
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&formats)?;
    Ok(clipboard.write(&Array::of1(&item)))
}

fn blob(format: &str, data: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(format);
    Blob::new_with_str_sequence_and_options(&Array::of1(&data.into()), &options)
}

/// The way of browsers before, which works on pages that are not secure, too, and in frames that may not do the above:
/// while something is done by hand. It takes no pictures.
pub(super) fn write_by_command(content: &Clipboard) -> bool {
    (content.text.is_some() || content.html.is_some()) && command(content.clone()) == Some(true)
}

fn command(content: Clipboard) -> Option<bool> {
    let document: HtmlDocument = document().dyn_into().ok()?;
    let fill = Closure::<dyn Fn(ClipboardEvent)>::new(move |event: ClipboardEvent| {
        let Some(data) = event.clipboard_data() else {
            return;
        };
        event.prevent_default();
        // Within its own event a clipboard takes what it is given.
        let _ = data.set_data("text/plain", content.text.as_deref().unwrap_or_default());
        if let Some(html) = &content.html {
            let _ = data.set_data("text/html", html);
        }
    });
    let listener = fill.as_ref().unchecked_ref();
    document.add_event_listener_with_callback("copy", listener).ok()?;
    let done = document.exec_command("copy");
    document
        .remove_event_listener_with_callback("copy", listener)
        .ok()?;
    done.ok()
}
