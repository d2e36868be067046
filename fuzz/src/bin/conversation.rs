//! What a server says to the doctor.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| porthole_fuzz::check_conversation(input));
