//! Names what is broken on the way to a desktop.
//!
//! Whoever can look at a hop, the gateway with its sockets or the page with what a browser lets it see, writes down what it
//! saw in [`Seen`]. The table in [`Cause`] has a rule for each cause that is known, and words that a person can act on; and
//! [`Seen::report`] puts all of it in order, so that a verdict reads the same wherever it is made. [`Conversation`] speaks
//! RFB for both of them, from the greeting to the first picture.
//!
//! Nothing here does input or output, and nothing looks at a clock.

mod answer;
mod cause;
mod report;
mod rfb;
mod seen;

pub use answer::{Answer, Head, readable};
pub use cause::{CONTROLLER, Cause, DECIDES, NO_SESSION, Weight};
pub use report::{Line, Report, Verdict};
pub use rfb::Conversation;
pub use seen::{Address, Check, End, Page, Reached, Seen, Spoken, Standing, Tls};
