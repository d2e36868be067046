//! How the gateway is asked to end.

/// Whether it is to, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Shutdown {
    /// It is not.
    #[default]
    No,
    /// It takes nobody new, and ends when all have left or their grace time is over.
    Drain,
    /// It tells all who are connected, and ends.
    Now,
}
