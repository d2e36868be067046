//! What is pasted into the panel, with its formatting.

use porthole_viewer::Clipboard;
use web_sys::ClipboardEvent;

use super::plain;

/// What a paste event carries.
pub(super) fn content(event: &ClipboardEvent) -> Option<Clipboard> {
    let data = event.clipboard_data()?;
    let get = |format: &str| data.get_data(format).ok().filter(|data| !data.is_empty());
    Some(Clipboard {
        text: get("text/plain"),
        html: get("text/html").map(|html| fragment(&html).to_owned()),
        rtf: get("text/rtf").map(String::into_bytes),
    })
}

/// What the field holds: what was just pasted, where that is all of it, or else text that has been written.
pub(super) fn after_input(text: String, pasted: Option<Clipboard>) -> Clipboard {
    // A field ends its lines with line feeds.
    let is_all = |pasted: &Clipboard| {
        let pasted = pasted.text.as_deref().unwrap_or_default();
        pasted.replace("\r\n", "\n").replace('\r', "\n") == text
    };
    match pasted.filter(is_all) {
        Some(pasted) => pasted,
        None => plain(text),
    }
}

/// What stands between the marks that Windows puts around a fragment.
fn fragment(html: &str) -> &str {
    let begin = html.split_once("<!--StartFragment-->").map(|(_, rest)| rest);
    let inner = begin.and_then(|rest| rest.rsplit_once("<!--EndFragment-->"));
    inner.map_or(html, |(fragment, _)| fragment)
}
