//! What people do with keyboard and pointer, as state machines without the DOM.
