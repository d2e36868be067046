//! A plain HTTP request to the address of a WebSocket that did not open, or has gone silent.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::ending::Probe;
use super::scope::Scope;

/// How long an answer is awaited, in milliseconds.
const PATIENCE: i32 = 4_000;

/// Asks.
pub(super) async fn probe(scope: &Scope, websocket_url: &str) -> Probe {
    let options = Object::new();
    for (name, value) in [
        ("redirect", "manual"),
        ("cache", "no-store"),
        ("credentials", "same-origin"),
    ] {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let answer = scope.fetch(&http_address(websocket_url), &options);
    let timer = Promise::new(&mut |resolve, _| {
        scope.set_timeout(&resolve, PATIENCE);
    });
    match JsFuture::from(Promise::race(&Array::of2(&answer, &timer))).await {
        Err(_) => Probe::Unreachable,
        Ok(value) => match value.dyn_into::<Response>() {
            Err(_) => Probe::TimedOut,
            // Only a redirection that is not followed has none.
            Ok(response) if response.status() == 0 => Probe::Redirected,
            Ok(response) => Probe::Status(response.status()),
        },
    }
}

/// `ws:` becomes `http:`, and `wss:` `https:`.
fn http_address(websocket_url: &str) -> String {
    match websocket_url.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => websocket_url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_same_but_for_its_scheme() {
        assert_eq!(http_address("wss://host/websock?a"), "https://host/websock?a");
        assert_eq!(http_address("ws://host:1/"), "http://host:1/");
    }
}
