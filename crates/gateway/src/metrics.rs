//! Counts, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// What is counted over all connections.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// WebSockets that were opened.
    pub(crate) opened: AtomicU64,
    /// WebSockets whose target could not be reached.
    pub(crate) unreachable: AtomicU64,
    /// Bytes from browsers to targets.
    pub(crate) bytes_up: AtomicU64,
    /// Bytes from targets to browsers.
    pub(crate) bytes_down: AtomicU64,
    /// Milliseconds that ended connections have lasted.
    pub(crate) lasted: AtomicU64,
    /// Requests that were refused, by what refused them.
    refused: Mutex<BTreeMap<&'static str, u64>>,
    /// Connections that ended, by who ended them and with which close code.
    ended: Mutex<BTreeMap<(&'static str, u16), u64>>,
}

impl Metrics {
    pub(crate) fn refused(&self, by: &'static str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(by).or_default() += 1;
    }

    pub(crate) fn ended(&self, by: &'static str, code: u16) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended.entry((by, code)).or_default() += 1;
    }

    pub(crate) fn render(&self, is_draining: bool) -> String {
        let refused = self
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let opened = self.opened.load(Relaxed);
        let open = opened.saturating_sub(ended.values().sum());
        let mut text = Text::default();
        text.family("connections", "gauge", "WebSockets that are open.");
        text.value("connections", "", open);
        text.family("draining", "gauge", "Whether nobody new is taken.");
        text.value("draining", "", u8::from(is_draining));
        text.family("connections_total", "counter", "WebSockets that were opened.");
        text.value("connections_total", "", opened);
        text.family(
            "connections_ended_total",
            "counter",
            "WebSockets that ended, by who ended them and the close code.",
        );
        for ((by, code), count) in ended {
            text.value(
                "connections_ended_total",
                &format!("{{by=\"{by}\",code=\"{code}\"}}"),
                count,
            );
        }
        text.family(
            "connections_unreachable_total",
            "counter",
            "WebSockets whose target could not be reached.",
        );
        text.value(
            "connections_unreachable_total",
            "",
            self.unreachable.load(Relaxed),
        );
        text.family(
            "connection_seconds_total",
            "counter",
            "How long ended WebSockets have lasted.",
        );
        let seconds = std::time::Duration::from_millis(self.lasted.load(Relaxed)).as_secs_f64();
        text.value("connection_seconds_total", "", seconds);
        text.family(
            "refused_total",
            "counter",
            "Requests that were refused, by what refused them.",
        );
        for (by, count) in refused {
            text.value("refused_total", &format!("{{by=\"{by}\"}}"), count);
        }
        text.family("bytes_up_total", "counter", "Bytes from browsers to targets.");
        text.value("bytes_up_total", "", self.bytes_up.load(Relaxed));
        text.family("bytes_down_total", "counter", "Bytes from targets to browsers.");
        text.value("bytes_down_total", "", self.bytes_down.load(Relaxed));
        text.0
    }
}

/// The format, in which every name begins with the project's. Writing to a String does not fail.
#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(
            self.0,
            "# HELP porthole_{name} {help}\n# TYPE porthole_{name} {kind}"
        );
    }

    fn value(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = writeln!(self.0, "porthole_{name}{labels} {value}");
    }
}
