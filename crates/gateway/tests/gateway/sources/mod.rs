//! Where sessions come from.

mod file;
mod http;
mod spawn;
