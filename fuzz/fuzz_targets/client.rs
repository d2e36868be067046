//! Anything that a server may send.

#![no_main]

#[path = "../../crates/rfb/tests/rfb/oracle.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracle::check(input));
