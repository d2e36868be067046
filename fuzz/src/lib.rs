//! What every fuzz target does: one call into an oracle of `crates/rfb/tests/rfb`, and a look at the memory it took.

mod memory;
#[path = "../../crates/rfb/tests/rfb/oracle/mod.rs"]
#[allow(dead_code, reason = "the plain tests use more of it")]
mod oracle;

use oracle::{LENGTHS, Target, check_target};

/// Many times what the oracle's limits let a client hold, and far less than what a length from the wire can say.
const MAX_BYTES: usize = 16 << 20;

/// Checks an input of the target with this name. The lengths take turns with those of the inputs, so that it is
/// fast.
pub fn check(name: &str, input: &[u8]) {
    memory::begin();
    let length = LENGTHS[input.len() % LENGTHS.len()];
    check_target(Target::named(name), input, &[length]);
    let peak = memory::peak();
    assert!(peak <= MAX_BYTES, "{peak} bytes of memory");
}
