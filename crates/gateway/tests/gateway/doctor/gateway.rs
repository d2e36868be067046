//! What the gateway tells a page of its own way to a desktop.

use porthole_doctor::Cause;
use porthole_gateway::{Config, Shutdown};
use serde_json::Value;

use super::{BINARY, WEBSOCK, gateway, names, says, vnc, websocket, websockify};
use crate::support::{Gateway, closed_port, http_peer, json_answer};

const DIAGNOSE: &str = "/api/auth/session/vm/novnc/diagnose";

fn cause(report: &Value) -> &str {
    report["cause"]["name"].as_str().unwrap_or("none")
}

#[tokio::test]
async fn the_gateway_tells_of_its_own_way_to_a_desktop() {
    let gateway = gateway().await;
    let (status, report) = gateway.json(DIAGNOSE).await;
    assert_eq!(
        (status, &report["sound"], cause(&report)),
        (200, &true.into(), "none")
    );
    let checks: Vec<&str> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["check"].as_str().unwrap())
        .collect();
    assert_eq!(
        checks,
        ["session", "connection", "greeting", "login", "first picture"]
    );
    // And what is in front passes it on.
    let edge =
        Gateway::start(Config::parse(&format!("upstream = 'http://{}'", gateway.address)).unwrap()).await;
    assert_eq!(edge.json(DIAGNOSE).await.1["sound"], true);
    // At the root it is about the default session.
    let demo = Gateway::start(Config::default()).await;
    assert_eq!(demo.json("/diagnose").await.1["sound"], true);
}

#[tokio::test]
async fn the_gateway_names_what_is_wrong_with_a_target() {
    let gone = closed_port().await;
    let silent = says(b"").await;
    let vnc = vnc().await;
    let plain = websocket(|_| Ok(BINARY.into()), websockify).await;
    for (target, expected) in [
        (format!("tcp://{gone}"), "nothing-listens"),
        (format!("ws://{gone}/websockify?token=secret"), "nothing-listens"),
        ("tcp://no-such-host.invalid:5900".to_owned(), "name-unknown"),
        (format!("tcp://{silent}"), "server-silent"),
        (format!("ws://{vnc}/websockify"), "raw-vnc"),
        (format!("wss://{plain}/websockify"), "wss-to-plain"),
        (format!("vencrypt+tcp://{vnc}"), "vencrypt-failed"),
        ("unix:/nowhere/vnc".to_owned(), "nothing-listens"),
        (format!("ws://{plain}/websockify"), "none"),
    ] {
        let text = format!("connect_timeout_seconds = 3\n[sessions.vm]\ntarget = '{target}'");
        let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
        let (status, report) = gateway.json(DIAGNOSE).await;
        assert_eq!((status, cause(&report)), (200, expected), "{target}: {report}");
        assert!(!report.to_string().contains("secret"), "{report}");
    }
}

#[tokio::test]
async fn how_a_session_stands_is_named() {
    for (status, by_websocket, by_gateway) in [
        ("creating", Cause::NotReady, "not-ready"),
        ("ended", Cause::SessionEnded, "session-ended"),
        // A WebSocket is closed with why.
        ("failed", Cause::VmGone, "session-failed"),
    ] {
        let session = format!(
            r#"{{"id": "vm", "status": "{status}", "reason": "the controller of its disk is full"}}"#
        );
        let controller = http_peer(move |_| json_answer("200 OK", &session)).await;
        let text = format!("[controller]\nbase = 'http://{controller}'\ntarget = 'tcp://127.0.0.1:1'");
        let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
        names(&format!("ws://{}{WEBSOCK}", gateway.address), by_websocket).await;
        let (_, report) = gateway.json(DIAGNOSE).await;
        assert_eq!(cause(&report), by_gateway, "{report}");
    }
}

#[tokio::test]
async fn a_controller_that_is_down_and_a_session_that_there_is_not_are_named_wherever_it_is_looked_from() {
    let controller = closed_port().await;
    let text = format!("[controller]\nbase = 'http://{controller}'\ntarget = 'tcp://127.0.0.1:1'");
    let down = Gateway::start(Config::parse(&text).unwrap()).await;
    let unknown = Gateway::with_target("demo:").await;
    let (own, other) = ("/api/auth/session/vm/novnc", "/api/auth/session/other/novnc");
    for (gateway, page, cause_of_it, name) in [
        (&down, own, Cause::ControllerDown, "controller-down"),
        (&unknown, other, Cause::NoSession, "no-session"),
    ] {
        names(&format!("http://{}{page}", gateway.address), cause_of_it).await;
        names(&format!("ws://{}{page}/websock", gateway.address), cause_of_it).await;
        let (_, report) = gateway.json(&format!("{page}/diagnose")).await;
        assert_eq!(cause(&report), name, "{report}");
    }
}

#[tokio::test]
async fn a_report_is_for_who_may_use_the_session_and_counts_as_a_connection() {
    let text = "[tokens]\nsecret = 'a secret of more than thirty-two bytes'\n[sessions.vm]\ntarget = 'demo:'";
    let closed = Gateway::start(Config::parse(text).unwrap()).await;
    assert_eq!(closed.get(DIAGNOSE).await.0, 401);
    let gateway = gateway().await;
    let evil = "Origin: https://evil.example\r\n";
    assert_eq!(gateway.request("GET", DIAGNOSE, evil).await.0, 403);
    let other = DIAGNOSE.replace("/vm/", "/other/");
    assert_eq!(cause(&gateway.json(&other).await.1), "no-session");
    let text = "max_connections_per_session = 0\n[sessions.vm]\ntarget = 'demo:'";
    let full = Gateway::start(Config::parse(text).unwrap()).await;
    assert_eq!(cause(&full.json(DIAGNOSE).await.1), "too-many-connections");
}

#[tokio::test]
async fn a_gateway_that_drains_says_so_and_connects_nowhere() {
    let gateway = gateway().await;
    let _held = gateway.connect().await;
    gateway.ask(Shutdown::Drain);
    crate::support::until(async || gateway.get("/health").await.0 == 503).await;
    assert_eq!(cause(&gateway.json(DIAGNOSE).await.1), "shutting-down");
}
