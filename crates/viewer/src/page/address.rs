//! The page's own address, and the WebSocket's.

use wasm_bindgen::JsValue;
use web_sys::Url;

use super::{document, storage, window};
use crate::settings::Settings;

/// Reads the settings, those in the address before those that are remembered on this device, and takes user name and password
/// out of the address bar and the history.
///
/// # Errors
/// What the browser says where there is no page.
pub fn settings() -> Result<Settings, JsValue> {
    let location = window()?.location();
    let part = |part: Result<String, JsValue>| part.unwrap_or_default();
    let (path, query, fragment) = (
        part(location.pathname()),
        part(location.search()),
        part(location.hash()),
    );
    let settings = Settings::remembered(storage::recall).with_address(
        &path,
        query.trim_start_matches('?'),
        fragment.trim_start_matches('#'),
    );
    if settings.credentials.is_some() {
        let rest = without_credentials(fragment.trim_start_matches('#'));
        let mark = if rest.is_empty() { "" } else { "#" };
        let address = [&path, &query, mark, &rest].concat();
        // A page that may not change its history still works.
        let _ = window()?
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    }
    Ok(settings)
}

fn without_credentials(fragment: &str) -> String {
    let is_secret = |name: &str| ["password", "username"].contains(&name);
    let parts: Vec<&str> = fragment
        .split('&')
        .filter(|part| form_urlencoded::parse(part.as_bytes()).all(|(name, _)| !is_secret(&name)))
        .collect();
    parts.join("&")
}

/// The WebSocket's address for a `path` setting: relative to the page's base, `wss:` where the page is `https:`.
///
/// # Errors
/// In words: what is wrong with it.
pub fn websocket(path: &str) -> Result<String, String> {
    let base = document().and_then(|document| document.base_uri());
    let base = base.ok().flatten().unwrap_or_default();
    let url = Url::new_with_base(path, &base).map_err(|_| ["\"", path, "\" is not an address."].concat())?;
    match url.protocol().as_str() {
        "http:" => url.set_protocol("ws:"),
        "https:" => url.set_protocol("wss:"),
        "ws:" | "wss:" => {}
        other => {
            return Err([
                "A WebSocket's address begins with ws: or wss:, not with ",
                other,
                ".",
            ]
            .concat());
        }
    }
    let own = window()
        .and_then(|window| window.location().host())
        .unwrap_or_default();
    if url.host() != own {
        return Err([
            "This page may only connect to its own host, ",
            &own,
            ", not to ",
            &url.host(),
            ".",
        ]
        .concat());
    }
    Ok(url.href())
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn user_name_and_password_alone_are_taken_out() {
        assert_eq!(
            without_credentials("resize=off&username=c&password=a%26b&x"),
            "resize=off&x"
        );
        assert_eq!(without_credentials("p%61ssword=a"), "");
        assert_eq!(without_credentials("passwords=1"), "passwords=1");
    }
}
