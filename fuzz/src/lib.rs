//! What every fuzz target does: one call into an oracle of `crates/rfb/tests/rfb`, of `crates/doctor/tests/conversation` or
//! of the gateway's, and a look at the memory it took.

#[path = "../../crates/doctor/tests/conversation/oracle.rs"]
#[allow(dead_code, reason = "the plain tests use more of it")]
mod conversation;
mod memory;
#[path = "../../crates/rfb/tests/rfb/oracle/mod.rs"]
#[allow(dead_code, reason = "the plain tests use more of it")]
mod oracle;
#[path = "../../crates/gateway/src/bridge"]
mod bridge {
    mod held;
    mod offered;
    pub(crate) mod oracle;
    mod said;
    mod view_only;
    pub(crate) mod websocket {
        mod frames;
        pub(crate) mod oracle;
    }
}

use oracle::{LENGTHS, Target, check_target};

/// Many times what the oracle's limits let a client hold, and far less than what a length from the wire can say.
const MAX_BYTES: usize = 16 << 20;

/// What a conversation may hold: a name at its longest, several times over.
const MAX_CONVERSATION_BYTES: usize = 1 << 20;

/// What the gateway may of what it hears: the input, several times over.
const MAX_BRIDGE_BYTES: usize = 1 << 20;

/// Checks an input of the target with this name. The lengths take turns with those of the inputs, so that it is
/// fast.
pub fn check(name: &str, input: &[u8]) {
    let length = LENGTHS[input.len() % LENGTHS.len()];
    within(MAX_BYTES, || check_target(Target::named(name), input, &[length]));
}

/// Checks what a server says to the doctor.
pub fn check_conversation(input: &[u8]) {
    within(MAX_CONVERSATION_BYTES, || conversation::check(input));
}

/// Checks what a target sends to the gateway as frames.
pub fn check_frames(input: &[u8]) {
    within(MAX_BRIDGE_BYTES, || bridge::websocket::oracle::check(input));
}

/// Checks what a viewer says to the gateway.
pub fn check_viewer(input: &[u8]) {
    within(MAX_BRIDGE_BYTES, || bridge::oracle::check(input));
}

fn within(most: usize, check: impl FnOnce()) {
    memory::begin();
    check();
    let peak = memory::peak();
    assert!(peak <= most, "{peak} bytes of memory");
}
