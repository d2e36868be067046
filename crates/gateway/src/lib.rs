//! The gateway: serves the viewer's page, and carries its WebSocket on to the desktop.
//!
//! [`server`] has the routes, [`bridge`] carries bytes both ways, [`session`] is what there is to show, [`sources`]
//! where it comes from and [`health`] how its VM says that it is, [`access`] says who may in, [`vencrypt`] speaks TLS with
//! targets that want it, [`doctor`] looks at the hops when a desktop is not to be seen.

pub mod access;
mod bridge;
pub mod close;
pub mod config;
mod demo;
pub mod doctor;
mod headers;
pub mod health;
mod http_client;
pub mod keep;
pub mod limits;
mod metrics;
pub mod open_files;
pub mod origin;
pub mod secret;
mod server;
pub mod session;
mod shutdown;
mod site;
pub mod sources;
pub mod tls;
pub mod vencrypt;
mod watch;

pub use config::Config;
pub use server::serve;
pub use shutdown::Shutdown;
