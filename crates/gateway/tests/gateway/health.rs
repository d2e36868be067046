//! What a VM's own agent says of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use porthole_gateway::Config;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::support::{Gateway, closed_port, http_peer, json_answer, peer, read, until, within};

const PATH: &str = "/api/auth/session/vm";
const WELL: &str = r#"{"status":"ok","activeSessions":1,"version":"1.2","target":"tcp://127.0.0.1:22"}"#;

/// A gateway with the session `vm`, whose agent is there.
async fn with(agent: &str) -> Gateway {
    let vm = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    let text = format!("[sessions.vm]\ntarget = 'tcp://{vm}'\nhealth = 'http://{agent}/health'");
    Gateway::start(Config::parse(&text).unwrap()).await
}

#[tokio::test]
async fn a_session_is_ready_once_its_agent_is_well_and_stays_so() {
    let is_well = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&is_well);
    let agent = http_peer(move |head| {
        assert!(head.starts_with("GET /health HTTP/1.1\r\n"), "{head}");
        assert!(!head.to_ascii_lowercase().contains("cookie"), "{head}");
        if now.load(Relaxed) {
            json_answer("200 OK", WELL)
        } else {
            json_answer("503 Service Unavailable", r#"{"status":"starting"}"#)
        }
    })
    .await;
    let gateway = with(&agent).await;
    let session = async || {
        let (status, _, body) = gateway.request("GET", PATH, "Cookie: login=1\r\n").await;
        assert_eq!(status, 200);
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    let first = session().await;
    assert_eq!(first["status"], "booting");
    assert_eq!(
        first["health"],
        json!({ "status": "starting", "reason": "the VM's agent answered 503 Service Unavailable" })
    );
    assert_eq!(first.get("since"), None);
    // Who wants to see the desktop may try.
    let mut socket = gateway.connect().await;
    assert_eq!(read(&mut socket, 12).await, b"RFB 003.008\n");

    is_well.store(true, Relaxed);
    until(async || session().await["status"] == "ready").await;
    let ready = session().await;
    assert_eq!(ready["health"], json!({ "status": "ok", "activeSessions": 1 }));
    assert!(ready["since"].as_str().unwrap().ends_with('Z'), "{ready}");

    is_well.store(false, Relaxed);
    until(async || session().await["health"]["status"] == "starting").await;
    let sick = session().await;
    assert_eq!(
        (&sick["status"], &sick["since"]),
        (&ready["status"], &ready["since"])
    );
}

#[tokio::test]
async fn whatever_else_an_agent_answers_is_said_in_words() {
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n".to_owned();
    for (answer, expected) in [
        (
            json_answer("200 OK", &format!("{{\"status\":\"{}\"}}", "x".repeat(100_000))),
            "the VM's agent answered with more than 16384 bytes",
        ),
        (
            json_answer("200 OK", "<html>"),
            "the VM's agent answered what is not {\"status\": …}: expected value",
        ),
        (json_answer("200 OK", "{}"), "missing field `status`"),
        (
            json_answer("200 OK", r#"{"status":"ok","activeSessions":-1}"#),
            "invalid value: integer `-1`",
        ),
        (
            json_answer("200 OK", r#"{"status":"ok","activeSessions":1e99}"#),
            "invalid type: floating point",
        ),
        (json_answer("200 OK", "\u{0}\u{1}"), "expected value"),
        (
            json_answer("500 Internal Server Error", ""),
            "the VM's agent answered 500 Internal Server Error",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_owned(),
            "the VM's agent answered 302 Found",
        ),
        (
            "RFB 003.008\n".to_owned(),
            "the VM's agent does not speak HTTP",
        ),
        (
            String::new(),
            "the VM's agent closed the connection before it answered",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_owned(),
            "the VM's agent broke off in its answer",
        ),
        (chunks, "the VM's agent broke off in its answer"),
    ] {
        says(&http_peer(move |_| answer.clone()).await, expected).await;
    }
    says(&closed_port().await, "the VM's agent refused the connection").await;
    // Neither one that never answers nor one that never ends keeps anybody waiting for longer than a moment.
    let silent = peer(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    says(&silent, "the VM's agent did not answer within 2 s").await;
    let endless = peer(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head).await.unwrap();
        while stream.write_all(b"1\r\n \r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    says(&endless, "the VM's agent did not answer within 2 s").await;
}

/// That this agent makes the gateway say so, and the session stay where it is.
async fn says(agent: &str, expected: &str) {
    let gateway = with(agent).await;
    let (status, session) = within(gateway.json(PATH)).await;
    assert_eq!((status, &session["status"]), (200, &json!("booting")));
    let reason = session["health"]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains(expected), "{session} is not {expected:?}");
    assert!(reason.len() <= 200, "{reason}");
    // Where it is is not said.
    assert!(!session.to_string().contains(agent), "{session}");
    assert_eq!(gateway.get(&format!("{PATH}/novnc")).await.0, 200);
}

#[tokio::test]
async fn an_agents_word_is_shown_and_no_more_of_its_answer() {
    let long = format!(r#"{{"status":"{}"}}"#, "ü".repeat(400));
    for (answer, status) in [
        (WELL.to_owned(), "ok".to_owned()),
        (
            r#"{"status":"<b>degraded</b>","active_sessions":3}"#.to_owned(),
            "<b>degraded</b>".to_owned(),
        ),
        (long, "ü".repeat(300)),
        (
            r#"{"status":"o\u001b[1mk\u202e\n"}"#.to_owned(),
            "o [1mk  ".to_owned(),
        ),
    ] {
        let agent = http_peer(move |_| json_answer("200 OK", &answer)).await;
        let gateway = with(&agent).await;
        let session = gateway.json(PATH).await.1;
        assert_eq!(session["health"]["status"], status);
        let shown = session.to_string();
        assert!(!shown.contains("version") && !shown.contains("target"), "{shown}");
    }
}

#[tokio::test]
async fn however_many_ask_an_agent_is_asked_once_a_second() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let agent = peer(move |mut stream| {
        counting.fetch_add(1, Relaxed);
        async move {
            // Longer than it usually takes all of them to ask.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let _ = stream.write_all(json_answer("200 OK", WELL).as_bytes()).await;
        }
    })
    .await;
    let gateway = with(&agent).await;
    let started = Instant::now();
    let (a, b, c) = tokio::join!(gateway.json(PATH), gateway.json(PATH), gateway.json(PATH));
    for (_, session) in [a, b, c] {
        assert_eq!(session["status"], "ready");
    }
    // On a machine that takes that long to have them all ask, it is asked again.
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
    let asked = asked.load(Relaxed);
    assert!(
        (1..=1 + seconds).contains(&asked),
        "asked {asked} times in {seconds} s"
    );
}

#[tokio::test]
async fn a_desktop_that_a_command_starts_may_have_an_agent() {
    let vm = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    let is_well = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&is_well);
    let agent = http_peer(move |_| {
        let status = if now.load(Relaxed) { "ok" } else { "starting" };
        json_answer("200 OK", &format!(r#"{{"status":"{status}"}}"#))
    })
    .await;
    let text = format!(
        "[providers.p]\ncommand = ['sh', '-c', 'echo {vm} {agent}; exec sleep 1000']\n\
         target = 'tcp://{{1}}'\nhealth = 'http://{{2}}/'"
    );
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let (_, created) = gateway.post("/api/auth/session", r#"{"provider":"p"}"#).await;
    let id = serde_json::from_str::<Value>(&created).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/auth/session/{id}");
    until(async || gateway.json(&path).await.1["health"]["status"] == "starting").await;
    assert_eq!(gateway.json(&path).await.1["status"], "booting");
    is_well.store(true, Relaxed);
    until(async || gateway.json(&path).await.1["status"] == "ready").await;
    gateway.stop().await;
}
