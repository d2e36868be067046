//! What a viewer says to the gateway.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| porthole_fuzz::check_viewer(input));
