//! VeNCrypt's list of logins.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| porthole_fuzz::check(env!("CARGO_BIN_NAME"), input));
