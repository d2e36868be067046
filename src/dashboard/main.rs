//! The dashboard: connects a provider, tells how its machine comes up, and has its desktop in a frame. A page and a wasm
//! module of its own, so that the viewer's page has nothing of it to load.

mod api;
mod app;
mod connect;
mod dashboard;
mod desktop;
mod details;
mod failure;
mod place;
mod progress;
mod since;
mod timer;
mod viewer;

/// Puts everything into the document.
fn main() {
    app::mount();
}
