//! What is in this computer's clipboard: as somebody pastes it, or, where the browser lets the page look, by looking.

use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::*;
use porthole_viewer::Clipboard;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ClipboardEvent, ClipboardItem, PermissionState, PermissionStatus};

use super::{picture, policy};

/// What there is, and the file with the picture, which has yet to be decoded.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) content: Clipboard,
    pub(super) picture: Option<Blob>,
}

impl Found {
    /// All of it. A picture that the browser cannot decode is left out.
    pub(super) async fn decoded(self) -> Clipboard {
        let mut content = self.content;
        if let Some(file) = self.picture {
            content.dib = picture::bitmap(&file).await.ok();
        }
        content
    }
}

/// What a paste event carries.
pub(super) fn pasted(event: &ClipboardEvent) -> Found {
    let Some(data) = event.clipboard_data() else {
        return Found::default();
    };
    let get = |format: &str| data.get_data(format).ok().filter(|data| !data.is_empty());
    let files = data.files();
    let pictures = (0..files.as_ref().map_or(0, |files| files.length()))
        .filter_map(|at| files.as_ref()?.get(at))
        .map(Blob::from)
        .filter(|file| file.type_().starts_with("image/"));
    Found {
        content: Clipboard {
            text: get("text/plain"),
            html: get("text/html").map(|html| fragment(&html).to_owned()),
            rtf: get("text/rtf").map(String::into_bytes),
            dib: None,
        },
        picture: pictures.into_iter().next(),
    }
}

/// Begins to look. The browser may ask a person first, so that this is for something that they have just done, or for a
/// page that [`is_permitted`].
///
/// # Errors
/// Where the browser has no such thing: [`JsValue::UNDEFINED`].
pub(super) fn look() -> Result<Promise, JsValue> {
    let clipboard = window().navigator().clipboard();
    // Missing on pages that came by plain HTTP, and in older browsers.
    let is_missing = clipboard.is_undefined() || !Reflect::has(&clipboard, &"read".into())?;
    if is_missing || !policy::allows("clipboard-read") {
        return Err(JsValue::UNDEFINED);
    }
    Ok(clipboard.read())
}

/// What was seen there.
///
/// # Errors
/// What the browser says: that nobody has permitted it, mostly.
pub(super) async fn seen(promise: Promise) -> Result<Found, JsValue> {
    let items: Array = JsFuture::from(promise).await?.unchecked_into();
    let mut found = Found::default();
    // A clipboard with several items has several things of one kind, such as files.
    let Some(item) = items.iter().next() else {
        return Ok(found);
    };
    let item: ClipboardItem = item.unchecked_into();
    for format in item.types().iter().filter_map(|format| format.as_string()) {
        let blob: Blob = JsFuture::from(item.get_type(&format)).await?.unchecked_into();
        match &*format {
            "text/plain" => found.content.text = text(&blob).await?,
            "text/html" => {
                let html = text(&blob).await?;
                found.content.html = html.map(|html| fragment(&html).to_owned());
            }
            "image/png" => found.picture = Some(blob),
            _ => {}
        }
    }
    Ok(found)
}

async fn text(blob: &Blob) -> Result<Option<String>, JsValue> {
    let text = JsFuture::from(blob.text()).await?.as_string();
    Ok(text.filter(|text| !text.is_empty()))
}

/// Whether a person has permitted the page to look without being asked anew. Only Chromium has such a permission; in other
/// browsers they are asked each time.
pub(super) async fn is_permitted() -> bool {
    query().await.is_ok_and(|state| state == PermissionState::Granted)
}

async fn query() -> Result<PermissionState, JsValue> {
    let what = Object::new();
    Reflect::set(&what, &"name".into(), &"clipboard-read".into())?;
    let status = JsFuture::from(window().navigator().permissions()?.query(&what)?).await?;
    Ok(status.unchecked_into::<PermissionStatus>().state())
}

/// What stands between the marks that Windows puts around a fragment.
fn fragment(html: &str) -> &str {
    let begin = html.split_once("<!--StartFragment-->").map(|(_, rest)| rest);
    let inner = begin.and_then(|rest| rest.rsplit_once("<!--EndFragment-->"));
    inner.map_or(html, |(fragment, _)| fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_what_stands_between_its_marks() {
        for (html, expected) in [
            ("<p>x", "<p>x"),
            (
                "<html><!--StartFragment--><b>x</b><!--EndFragment--></html>",
                "<b>x</b>",
            ),
            (
                "<!--StartFragment-->without an end",
                "<!--StartFragment-->without an end",
            ),
        ] {
            assert_eq!(fragment(html), expected);
        }
    }
}
