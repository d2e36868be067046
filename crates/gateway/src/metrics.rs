//! Counts, in the text format of Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What is counted over all connections.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// WebSockets that were opened.
    pub(crate) opened: AtomicU64,
    /// Those of them that have ended.
    pub(crate) ended: AtomicU64,
    /// Those of them whose target could not be reached.
    pub(crate) unreachable: AtomicU64,
    /// Requests for a WebSocket that were refused.
    pub(crate) refused: AtomicU64,
    /// Bytes from browsers to targets.
    pub(crate) bytes_up: AtomicU64,
    /// Bytes from targets to browsers.
    pub(crate) bytes_down: AtomicU64,
}

impl Metrics {
    pub(crate) fn render(&self) -> String {
        let opened = self.opened.load(Relaxed);
        let open = opened.saturating_sub(self.ended.load(Relaxed));
        let mut text = String::new();
        for (name, kind, help, value) in [
            ("connections", "gauge", "WebSockets that are open.", open),
            (
                "connections_total",
                "counter",
                "WebSockets that were opened.",
                opened,
            ),
            (
                "connections_unreachable_total",
                "counter",
                "WebSockets whose target could not be reached.",
                self.unreachable.load(Relaxed),
            ),
            (
                "connections_refused_total",
                "counter",
                "WebSocket requests that were refused.",
                self.refused.load(Relaxed),
            ),
            (
                "bytes_up_total",
                "counter",
                "Bytes from browsers to targets.",
                self.bytes_up.load(Relaxed),
            ),
            (
                "bytes_down_total",
                "counter",
                "Bytes from targets to browsers.",
                self.bytes_down.load(Relaxed),
            ),
        ] {
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "# HELP porthole_{name} {help}\n# TYPE porthole_{name} {kind}\nporthole_{name} {value}"
            );
        }
        text
    }
}
