//! What the gateway sees, which looks at the bytes themselves: its `diagnose` beside `websock`.

use js_sys::{Array, Reflect};
use porthole_doctor::Verdict;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::RequestRedirect;

use super::{Row, Trouble, fetch};

/// How long the gateway may look, in milliseconds: a few hops, each of which may be silent.
const PATIENCE: i32 = 30_000;

/// Where a WebSocket's gateway is asked, if it is one that can be.
pub(super) fn address(websocket_url: &str) -> Option<String> {
    let url = fetch::http(websocket_url);
    let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    let folder = path.strip_suffix("/websock")?;
    Some([folder, "/diagnose", query].concat())
}

/// Asks it. None where nobody there knows what is meant.
pub(super) async fn ask(address: &str) -> Option<(Option<Trouble>, Vec<Row>)> {
    let response = fetch::get(address, RequestRedirect::Error, PATIENCE).await.ok()?;
    let document = JsFuture::from(response.json().ok()?).await.ok()?;
    let lines = Reflect::get(&document, &"lines".into()).ok()?;
    let rows = lines
        .dyn_into::<Array>()
        .ok()?
        .iter()
        .filter_map(|line| row(&line))
        .collect();
    let cause = Reflect::get(&document, &"cause".into()).ok()?;
    let is_sound = Reflect::get(&document, &"sound".into()).ok()?.as_bool()?;
    Some((trouble(&cause, !is_sound), rows))
}

fn trouble(cause: &JsValue, breaks: bool) -> Option<Trouble> {
    Some(Trouble {
        name: text(cause, "name")?,
        says: text(cause, "says")?,
        mend: text(cause, "mend")?,
        breaks,
    })
}

fn row(line: &JsValue) -> Option<Row> {
    let took = Reflect::get(line, &"milliseconds".into()).ok()?.as_f64();
    let took = took.map(|it| [" (", &(it as u32).to_string(), " ms)"].concat());
    Some(Row {
        name: text(line, "check")?,
        verdict: match text(line, "verdict")?.as_str() {
            "sound" => Verdict::Sound,
            "amiss" => Verdict::Amiss,
            _ => Verdict::Broken,
        },
        seen: text(line, "seen")? + &took.unwrap_or_default(),
    })
}

/// A text in an object. None where that is no object.
fn text(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_is_asked_beside_its_websocket() {
        assert_eq!(
            address("wss://a/x/novnc/websock?access_token=t").as_deref(),
            Some("https://a/x/novnc/diagnose?access_token=t")
        );
        assert_eq!(address("ws://a/websockify"), None);
    }
}
