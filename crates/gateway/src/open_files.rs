//! How many files the gateway may have open: each connection takes two.

use std::sync::OnceLock;

use rustix::process::{Resource, getrlimit, setrlimit};

/// What the limit was before it was raised.
static BEFORE: OnceLock<u64> = OnceLock::new();

/// Raises the limit to the most that the system allows. The usual one is for 500 connections, and so low only for programs
/// that use select(2).
pub fn raise() {
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    limit.current = limit.maximum;
    if setrlimit(Resource::Nofile, limit).is_ok()
        && let Some(before) = before
    {
        // It is raised once.
        let _ = BEFORE.set(before);
    }
}

/// What the limit was, if it was raised. Commands that the gateway starts are to have that: some programs go through all
/// files that there might be.
pub(crate) fn before() -> Option<u64> {
    BEFORE.get().copied()
}

/// Lowers the limit for this process and all that it starts.
pub fn lower(to: u64) {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(to);
    // It was allowed before.
    let _ = setrlimit(Resource::Nofile, limit);
}
