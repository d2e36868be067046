//! The viewer without Leptos.
