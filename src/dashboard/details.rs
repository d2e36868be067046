//! What is known of a session's machine.

use leptos::prelude::*;
use porthole::element::{Element, element};

use crate::api::{Health, Session, Status};
use crate::dashboard::Dashboard;
use crate::since::{age, clock, spoken, stopwatch};

/// The list beside the desktop.
pub(crate) fn details(dashboard: Dashboard) -> Element {
    let row = |name: &'static str, label: &'static str, value: fn(&Session) -> Option<String>| {
        row(name, label, move || {
            dashboard
                .session
                .with(|session| session.as_ref().and_then(value))
                .unwrap_or_else(|| "not known".to_owned())
        })
    };
    let since = self::row("since", "Since", move || {
        // With the clock, so that the span grows.
        dashboard.now.get();
        dashboard
            .session
            .with(|session| session.as_ref().and_then(|it| it.since.as_deref().map(since)))
            .unwrap_or_else(|| "not known".to_owned())
    });
    let took = self::row("took", "Came up within", move || {
        let took = dashboard.progress.get().took();
        took.map_or_else(|| "not known".to_owned(), stopwatch)
    });
    let connection = self::row("connection", "Connection", move || dashboard.connection.get());
    element("aside")
        .class("details")
        // It scrolls on small screens, by keys, too.
        .attr("tabindex", "0")
        .attr("aria-labelledby", "details-title")
        .child(element("h2").id("details-title").text("Machine"))
        .child(
            element("dl")
                .child(row("provider", "Provider", |it| it.provider.clone()))
                .child(row("status", "Status", |it| Some(word(it.status).to_owned())))
                .child(row("vm-id", "VM", |it| it.vm_id.clone()))
                .child(row("vm-address", "Address", |it| it.vm_address.clone()))
                .child(since)
                .child(took)
                .child(row("health", "Health", |it| Some(health(it.health.as_ref()))))
                .child(connection)
                .child(row("session", "Session", |it| Some(it.id.clone()))),
        )
}

fn row(name: &'static str, label: &'static str, value: impl Fn() -> String + Send + 'static) -> Element {
    element("div")
        .attr("data-detail", name)
        .child(element("dt").text(label))
        .child(element("dd").text_with(value))
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Creating => "creating",
        Status::Booting => "booting",
        Status::Ready => "ready",
        Status::Failed => "failed",
        Status::Ended => "ended",
    }
}

fn since(time: &str) -> String {
    match age(time) {
        Some(age) => format!("{}, for {}", clock(time), spoken(age)),
        None => "not known".to_owned(),
    }
}

/// What the agent says in a line.
fn health(health: Option<&Health>) -> String {
    let Some(health) = health else {
        return "no agent to ask".to_owned();
    };
    let sessions = match health.active_sessions {
        None => String::new(),
        Some(1) => ", 1 active session".to_owned(),
        Some(count) => format!(", {count} active sessions"),
    };
    let reason = health.reason.as_ref().map(|why| format!(": {why}"));
    format!("{}{sessions}{}", health.status, reason.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_a_line_of_the_agents_words() {
        let of = |active_sessions, reason: Option<&str>| {
            health(Some(&Health {
                status: "ok".into(),
                active_sessions,
                reason: reason.map(str::to_owned),
            }))
        };
        assert_eq!(of(Some(1), None), "ok, 1 active session");
        assert_eq!(of(Some(0), None), "ok, 0 active sessions");
        assert_eq!(of(None, Some("why")), "ok: why");
        assert_eq!(health(None), "no agent to ask");
    }
}
