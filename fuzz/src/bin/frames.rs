//! What a target's WebSocket sends to the gateway.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| porthole_fuzz::check_frames(input));
