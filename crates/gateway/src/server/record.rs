//! What is told of a WebSocket when it is over: a line in the log, and counts.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use tokio::sync::watch;
use tracing::info;

use super::Gateway;
use crate::access::Caller;
use crate::bridge::{Side, Summary};
use crate::close::Close;

/// One WebSocket. Whichever way it comes to its end, that is told once.
#[derive(Debug)]
pub(super) struct Record {
    gateway: Arc<Gateway>,
    session: String,
    peer: IpAddr,
    who: String,
    started: Instant,
    /// The target, as it is named.
    target: Option<String>,
    is_reached: bool,
    is_open: bool,
    by: Side,
    close: Close,
    bytes_up: u64,
    bytes_down: u64,
    /// Becomes true when the gateway ends, which then waits until this is told. Each connection has one of these.
    closing: watch::Receiver<bool>,
}

impl Record {
    pub(super) fn begin(gateway: Arc<Gateway>, session: String, peer: IpAddr) -> Self {
        Self {
            session,
            peer,
            who: String::new(),
            started: Instant::now(),
            target: None,
            is_reached: false,
            is_open: false,
            by: Side::Browser,
            close: Close::new(Close::BROKEN, "the browser went away before it was answered"),
            bytes_up: 0,
            bytes_down: 0,
            closing: gateway.closing.subscribe(),
            gateway,
        }
    }

    /// Becomes true when the gateway ends.
    pub(super) fn closing(&mut self) -> &mut watch::Receiver<bool> {
        &mut self.closing
    }

    pub(super) fn who(&mut self, caller: &Caller) {
        self.who = caller.who.clone().unwrap_or_default();
    }

    pub(super) fn target(&mut self, name: String) {
        self.target = Some(name);
    }

    pub(super) fn reached(&mut self) {
        self.is_reached = true;
    }

    /// That the session has ended meanwhile, and its target with it.
    pub(super) fn over(&mut self) {
        self.target = None;
    }

    pub(super) fn opened(&mut self) {
        self.is_open = true;
        self.gateway.metrics.opened.fetch_add(1, Relaxed);
    }

    pub(super) fn ended(&mut self, summary: Summary) {
        self.by = summary.by;
        self.close = summary.close;
        self.bytes_up = summary.bytes_up;
        self.bytes_down = summary.bytes_down;
    }

    pub(super) fn refused(&mut self, close: Close) {
        self.by = match self.target {
            Some(_) => Side::Target,
            None => Side::Gateway,
        };
        self.close = close;
    }

    /// That the target had an answer of its own, which the browser gets.
    pub(super) fn answered(&mut self, what: String) {
        self.by = Side::Target;
        self.close = Close::new(Close::UNREACHABLE, what);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let by = match self.by {
            Side::Browser => "browser",
            Side::Gateway => "gateway",
            Side::Target => "target",
        };
        let lasted = self.started.elapsed();
        let metrics = &self.gateway.metrics;
        if self.is_open {
            metrics.ended(by, self.close.code);
            let milliseconds = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX);
            metrics.lasted.fetch_add(milliseconds, Relaxed);
        }
        metrics.bytes_up.fetch_add(self.bytes_up, Relaxed);
        metrics.bytes_down.fetch_add(self.bytes_down, Relaxed);
        if self.target.is_some() && !self.is_reached {
            metrics.unreachable.fetch_add(1, Relaxed);
        }
        let target = self.target.as_deref();
        info!(
            session = self.session,
            peer = %self.peer,
            who = self.who,
            hop = target.filter(|_| self.by == Side::Target).unwrap_or(by),
            reached = target.filter(|_| self.is_reached).unwrap_or("gateway"),
            // In quotes: a reason comes from a browser or a target, which may put the end of the line into it.
            cause = self.close.to_string(),
            bytes_up = self.bytes_up,
            bytes_down = self.bytes_down,
            seconds = lasted.as_secs(),
            "connection ended"
        );
    }
}
