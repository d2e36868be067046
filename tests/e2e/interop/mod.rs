//! The interoperability matrix: every server that can be had, with all that it serves. Each test makes one row of it,
//! prints it and compares it with the one in docs/INTEROP.md.

mod clipboard;
mod cursor;
mod document;
mod input;
mod logins;
mod pixels;
mod resize;
mod row;
mod rows;
mod view;

const SIZE: (u16, u16) = (801, 603);
const PASSWORD: &str = "secret12";
