//! What is remembered on this device from visit to visit.

use web_sys::Storage;

use super::window;

/// What comes before each name: other pages of the same origin have theirs.
const PREFIX: &str = "porthole-";

/// What is remembered by this name, where the browser lets this page remember anything.
#[must_use]
pub fn recall(name: &str) -> Option<String> {
    storage()?.get_item(&[PREFIX, name].concat()).ok()?
}

/// Remembers it. A setting is remembered by its name and as the address would have it.
pub fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full storage means that it is chosen anew another time.
        let _ = storage.set_item(&[PREFIX, name].concat(), value);
    }
}

/// In a frame of another site it may not even be looked at.
fn storage() -> Option<Storage> {
    window().ok()?.local_storage().ok()?
}
