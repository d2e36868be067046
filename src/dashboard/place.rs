//! The session in the page's own address, behind `#`: so that it is found again when the page is loaded again, and no
//! server sees it.

use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;

const NAME: &str = "#session=";

/// The session that the address names.
pub(crate) fn session() -> Option<String> {
    session_in(&window().location().hash().ok()?)
}

/// Anybody may have made the address: what is no session's name, as the gateway has them, might lead elsewhere.
fn session_in(hash: &str) -> Option<String> {
    let id = hash.strip_prefix(NAME)?;
    let is_name = !matches!(id, "" | "." | "..")
        && id.len() <= LONGEST
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
    is_name.then(|| id.to_owned())
}

/// Longer names make addresses that servers refuse.
const LONGEST: usize = 1000;

/// Has the address name this session, or none.
pub(crate) fn remember(id: Option<&str>) {
    let location = window().location();
    let hash = id.map(|id| format!("{NAME}{id}")).unwrap_or_default();
    // Whole, since an address that begins with # would be relative to the page's base.
    let (Ok(path), Ok(query)) = (location.pathname(), location.search()) else {
        return;
    };
    if let Ok(history) = window().history() {
        // Without it the session is still there, and only not found again.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&[path, query, hash].concat()));
    }
}

/// The address of a session's viewer, relative to the page's base.
pub(crate) fn viewer(id: &str) -> String {
    format!("api/auth/session/{id}/novnc")
}

/// Says in the tab what is in it.
pub(crate) fn set_title(text: Option<&str>) {
    let title = match text {
        Some(text) => [text, " — Remote CLI"].concat(),
        None => "Remote CLI".to_owned(),
    };
    document().set_title(&title);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sessions_name_is_taken_from_an_address() {
        assert_eq!(session_in("#session=build-42"), Some("build-42".to_owned()));
        for hash in [
            "",
            "#",
            "#session",
            "#session=",
            "#session=..",
            "#session=../../evil",
            "#session=a/b",
            "#session=a%2fb",
            "#session=a?b",
            "#session=//evil.example",
            "#session=javascript:alert(1)",
            "#session=ä",
            &["#session=", &"a".repeat(1001)].concat(),
        ] {
            assert_eq!(session_in(hash), None, "{hash}");
        }
    }
}
