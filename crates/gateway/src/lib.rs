//! The gateway: serves the viewer's page, and carries its WebSocket on to the desktop.
//!
//! [`server`] has the routes, [`bridge`] carries bytes both ways, [`session`] says what there is to show, [`vencrypt`]
//! speaks TLS with targets that want it.

pub mod bridge;
pub mod close;
pub mod config;
mod demo;
mod metrics;
pub mod origin;
pub mod secret;
mod server;
pub mod session;
mod site;
pub mod vencrypt;

pub use config::Config;
pub use server::serve;
