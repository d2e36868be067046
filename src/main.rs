//! The page: the viewer with a user interface around it.
//!
//! Elements are made by Leptos's builder and not by its `view!` macro: the macro makes static parts by
//! `innerHTML`, which Trusted Types forbid.

mod address;
mod app;
mod bar;
mod clipboard;
mod debug;
mod icons;
mod password;
mod phase;
mod session;
mod settings;
mod status;

fn main() {
    // What the document shows while this module loads has done its service.
    if let Some(loading) = leptos::prelude::document().get_element_by_id("loading") {
        loading.remove();
    }
    leptos::mount::mount_to_body(app::app);
}
