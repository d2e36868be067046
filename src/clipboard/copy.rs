//! Into this computer's clipboard.

use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use porthole_viewer::Clipboard;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, ClipboardEvent, ClipboardItem, HtmlDocument};

use crate::session::Session;

/// Puts this there, with its HTML where the browser takes that, and says what came of it.
pub(crate) fn copy(session: Session, content: Clipboard) {
    spawn_local(async move {
        // Only secure pages have the first way.
        let done = write(&content).await.is_ok() || copy_command(content).is_some_and(|done| done);
        session.tell(if done {
            "Copied."
        } else {
            "This page has no access to your clipboard: select the text and copy it."
        });
    });
}

async fn write(content: &Clipboard) -> Result<(), JsValue> {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    let text = content.text.as_deref().unwrap_or_default();
    let promise = match &content.html {
        Some(html) if Reflect::has(&window(), &"ClipboardItem".into())? => {
            let formats = Object::new();
            for (format, data) in [("text/plain", text), ("text/html", html)] {
                Reflect::set(&formats, &format.into(), &blob(format, data)?.into())?;
            }
            let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&formats)?;
            clipboard.write(&Array::of1(&item))
        }
        _ => clipboard.write_text(text),
    };
    JsFuture::from(promise).await?;
    Ok(())
}

fn blob(format: &str, data: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(format);
    Blob::new_with_str_sequence_and_options(&Array::of1(&data.into()), &options)
}

/// The way of browsers before, which works on pages that are not secure, too.
fn copy_command(content: Clipboard) -> Option<bool> {
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
