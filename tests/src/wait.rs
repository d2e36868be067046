//! Waiting is asking again until it is so, and saying what it was when it never came to be.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Nothing that is waited for takes nearly as long, unless it is broken.
pub const LONG: Duration = Duration::from_secs(60);

/// Asks until there is an answer. What the probe says instead stands in the message when the time is over.
pub fn until<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match probe() {
            Ok(found) => return found,
            Err(instead) if start.elapsed() > limit => {
                panic!("{what}: not within {} s; {instead}", limit.as_secs())
            }
            Err(_) => sleep(Duration::from_millis(40)),
        }
    }
}
