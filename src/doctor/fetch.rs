//! Ordinary requests.

use js_sys::{Array, Promise};
use porthole_doctor::{Answer, Head};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, RequestRedirect, Response, window};

/// How much of a body is looked at, in letters.
const MOST_BODY: usize = 2_000;

/// What a WebSocket's address answers to an ordinary request.
pub(super) async fn plain(websocket_url: &str, patience: i32) -> Answer {
    let url = http(websocket_url);
    match get(&url, RequestRedirect::Manual, patience).await {
        Err(answer) => answer,
        // Only a redirection that is not followed has none; to know where it leads it is followed.
        Ok(response) if response.status() == 0 => match get(&url, RequestRedirect::Follow, patience).await {
            Ok(followed) => Answer::Redirected(Some(followed.url())),
            Err(_) => Answer::Redirected(None),
        },
        Ok(response) => Answer::Http(head(&response, patience).await),
    }
}

async fn head(response: &Response, patience: i32) -> Head {
    let names = ["server", "content-type"];
    let headers = names.into_iter().filter_map(|name| {
        let value = response.headers().get(name).ok().flatten()?;
        Some((name.to_owned(), value))
    });
    let headers = headers.collect();
    // It ends with the patience, and with the length of what is kept.
    let body = match response.text() {
        Ok(text) => within(text, patience)
            .await
            .ok()
            .and_then(|text| text.as_string()),
        Err(_) => None,
    };
    Head {
        status: response.status(),
        words: response.status_text(),
        headers,
        body: body.unwrap_or_default().chars().take(MOST_BODY).collect(),
    }
}

/// Asks by GET, with the page's cookies.
pub(super) async fn get(url: &str, redirect: RequestRedirect, patience: i32) -> Result<Response, Answer> {
    let options = RequestInit::new();
    options.set_redirect(redirect);
    options.set_cache(RequestCache::NoStore);
    let window = window().ok_or(Answer::Failed)?;
    match within(window.fetch_with_str_and_init(url, &options), patience).await {
        Ok(value) => value.dyn_into().map_err(|_| Answer::Silent),
        Err(_) => Err(Answer::Failed),
    }
}

/// What comes of a promise in time; undefined where it takes longer.
pub(super) async fn within(promise: Promise, patience: i32) -> Result<JsValue, JsValue> {
    let timer = Promise::new(&mut |resolve, _| {
        let set = window()
            .map(|window| window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, patience));
        // Without a window there is no page.
        drop(set);
    });
    JsFuture::from(Promise::race(&Array::of2(&promise, &timer))).await
}

/// `ws:` becomes `http:`, and `wss:` `https:`.
pub(super) fn http(websocket_url: &str) -> String {
    match websocket_url.strip_prefix("ws") {
        Some(rest) => ["http", rest].concat(),
        None => websocket_url.to_owned(),
    }
}
