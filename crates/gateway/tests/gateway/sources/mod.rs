//! Where sessions come from.

mod ending;
mod file;
mod http;
mod spawn;
