//! A session that ends while somebody is connected to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use futures_util::SinkExt;
use porthole_gateway::Config;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    DEADLINE, Gateway, Log, Socket, closed, closed_port, http_peer, json_answer, peer, read,
};

const GREETING: &[u8] = b"RFB 003.008\n";

/// A desktop that ends its connection when it has heard anything at all.
async fn desktop(mut stream: TcpStream) {
    stream.write_all(GREETING).await.unwrap();
    let _ = stream.read(&mut [0; 16]).await;
}

/// A command whose only process is the desktop, which does this when it has heard something.
fn spawned(then: &str) -> String {
    format!(
        "[providers.p]\ncommand = ['python3', '-c', '''\nimport socket, sys\nserver = socket.create_server((\"127.0.0.1\", 0))\n\
         print(\"tcp://127.0.0.1:%d\" % server.getsockname()[1], flush=True)\n\
         viewer, _ = server.accept()\nviewer.sendall(b\"RFB 003.008\\n\")\nviewer.recv(16)\n{then}\n''']"
    )
}

/// Starts a desktop, and connects to it when it is ready.
async fn start(gateway: &Gateway) -> (String, Socket) {
    let (status, text) = gateway.post("/api/auth/session", r#"{"provider":"p"}"#).await;
    assert_eq!(status, 201, "{text}");
    let session: Value = serde_json::from_str(&text).unwrap();
    let id = session["id"].as_str().unwrap().to_owned();
    let path = format!("/api/auth/session/{id}");
    crate::support::until(async || gateway.json(&path).await.1["status"] == "ready").await;
    let socket = connect(gateway, &id).await;
    (id, socket)
}

async fn connect(gateway: &Gateway, id: &str) -> Socket {
    let path = format!("/api/auth/session/{id}/novnc/websock");
    let mut socket = gateway.open(&path, &[]).await.unwrap();
    assert_eq!(read(&mut socket, GREETING.len()).await, GREETING);
    socket
}

async fn say(socket: &mut Socket, text: &'static [u8]) {
    socket.send(Message::Binary(text.into())).await.unwrap();
}

/// The log's line for the one connection.
fn last_words(log: &Log) -> String {
    let text = log.text();
    let line = text.lines().find(|line| line.contains("connection ended"));
    line.unwrap().to_owned()
}

#[tokio::test]
async fn a_viewer_of_a_desktop_that_is_ended_is_told_so() {
    let log = Log::here();
    let gateway = Gateway::start(Config::parse(&spawned("")).unwrap()).await;
    let (id, mut socket) = start(&gateway).await;
    let path = format!("/api/auth/session/{id}");
    assert_eq!(gateway.request("DELETE", &path, "").await.0, 204);
    let ended = format!("session \"{id}\" has ended");
    assert_eq!(closed(&mut socket).await, (4410, ended));
    gateway.stop().await;
    let line = last_words(&log);
    assert!(line.contains("hop=\"gateway\" reached=\"vm 127.0.0.1:"), "{line}");
    assert!(line.contains("cause=\"4410 session"), "{line}");
}

#[tokio::test]
async fn a_viewer_is_told_of_the_end_behind_that_of_its_server() {
    // It goes when the gateway has seen the server's end, not sooner.
    let seen = "viewer.shutdown(socket.SHUT_WR)\nviewer.recv(16)\n";
    for (then, code, expected) in [
        ("", 4410, "has ended"),
        (
            "sys.exit(\"out of memory\")",
            4502,
            "failed: its command ended with exit status: 1: out of memory",
        ),
    ] {
        let log = Log::here();
        let mut config = Config::parse(&spawned(&[seen, then].concat())).unwrap();
        // However long it takes to go on a machine with much to do.
        config.timeouts.ends_with_desktop = DEADLINE;
        let gateway = Gateway::start(config).await;
        let (id, mut socket) = start(&gateway).await;
        say(&mut socket, GREETING).await;
        assert_eq!(
            closed(&mut socket).await,
            (code, format!("session \"{id}\" {expected}"))
        );
        gateway.stop().await;
        // What was seen of it is in the log.
        let line = last_words(&log);
        assert!(line.contains("closed the connection after 12 bytes)"), "{line}");
    }
}

#[tokio::test]
async fn a_server_that_ends_a_connection_ends_no_session() {
    let text = spawned("viewer.close()\nserver.accept()");
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let (_, mut socket) = start(&gateway).await;
    say(&mut socket, GREETING).await;
    let (code, reason) = closed(&mut socket).await;
    assert_eq!(code, 1000);
    assert!(
        reason.ends_with("closed the connection after 12 bytes"),
        "{reason}"
    );
    gateway.stop().await;
}

#[tokio::test]
async fn a_viewer_of_a_session_that_the_configuration_has_no_more_is_told_so_and_no_other() {
    let vm = peer(desktop).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.toml");
    let session = |id: &str| format!("[sessions.{id}]\ntarget = 'tcp://{vm}'\n");
    std::fs::write(&path, session("gone") + &session("kept")).unwrap();
    let gateway = Gateway::start(Config::load(&path).unwrap()).await;
    let (mut gone, mut kept) = (connect(&gateway, "gone").await, connect(&gateway, "kept").await);
    std::fs::write(&path, session("kept") + &session("new")).unwrap();
    let ended = "session \"gone\" has ended: it is not there any more".to_owned();
    assert_eq!(closed(&mut gone).await, (4410, ended));
    say(&mut kept, GREETING).await;
    assert_eq!(closed(&mut kept).await.0, 1000);
}

#[tokio::test]
async fn a_viewer_that_comes_while_its_session_ends_hears_of_that_and_not_of_a_server_that_is_gone() {
    const SAYS: [&str; 2] = [
        r#"{"id":"vm","vmIp":"127.0.0.1","status":"ready"}"#,
        r#"{"id":"vm","vmIp":"127.0.0.1","status":"ended","reason":"its time is up"}"#,
    ];
    let log = Log::here();
    let asked = Arc::new(AtomicU8::new(0));
    let times = Arc::clone(&asked);
    let controller = http_peer(move |_| {
        let time = usize::from(times.fetch_add(1, Relaxed));
        json_answer("200 OK", SAYS[time.min(1)])
    })
    .await;
    let gone = closed_port().await;
    let port = gone.rsplit_once(':').unwrap().1;
    let text = format!("[controller]\nbase = 'http://{controller}'\ntarget = 'tcp://{{vm_ip}}:{port}'");
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let mut socket = gateway
        .open("/api/auth/session/vm/novnc/websock", &[])
        .await
        .unwrap();
    let ended = "session \"vm\" has ended: its time is up".to_owned();
    assert_eq!(closed(&mut socket).await, (4410, ended));
    gateway.stop().await;
    let line = last_words(&log);
    assert!(line.contains("hop=\"gateway\" reached=\"gateway\""), "{line}");
    // What was seen of it is in the log.
    assert!(line.contains("refused the connection"), "{line}");
}

#[tokio::test]
async fn a_change_of_one_source_has_nobody_ask_another_one() {
    const VIEWERS: usize = 20;
    const CHANGES: usize = 10;
    let asked = Arc::new(AtomicUsize::new(0));
    let times = Arc::clone(&asked);
    let controller = http_peer(move |head| {
        times.fetch_add(1, Relaxed);
        let id = head.split([' ', '/']).nth(5).unwrap();
        json_answer(
            "200 OK",
            &format!(r#"{{"id":"{id}","vmIp":"127.0.0.1","status":"ready"}}"#),
        )
    })
    .await;
    let vm = peer(desktop).await;
    let port = vm.rsplit_once(':').unwrap().1;
    let text = format!(
        "[controller]\nbase = 'http://{controller}'\ntarget = 'tcp://{{vm_ip}}:{port}'\ncache_seconds = 0\n\
         [providers.p]\ncommand = ['false']"
    );
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let started = Instant::now();
    let mut viewers = Vec::new();
    for number in 0..VIEWERS {
        viewers.push(connect(&gateway, &format!("vm{number}")).await);
    }
    // Each on its way to the desktop, and once more as soon as it is there.
    crate::support::until(async || asked.load(Relaxed) >= 2 * VIEWERS).await;
    for _ in 0..CHANGES {
        let (status, text) = gateway.post("/api/auth/session", r#"{"provider":"p"}"#).await;
        assert_eq!(status, 201, "{text}");
        let session: Value = serde_json::from_str(&text).unwrap();
        let path = format!("/api/auth/session/{}", session["id"].as_str().unwrap());
        crate::support::until(async || gateway.json(&path).await.1["status"] == "failed").await;
    }
    // Everybody is asked about every ten seconds in any case.
    let looks = usize::try_from(started.elapsed().as_secs() / 10).unwrap();
    let asked = asked.load(Relaxed);
    assert!(asked <= (2 + looks) * VIEWERS, "asked {asked} times");
}

#[tokio::test]
async fn a_viewer_is_told_what_the_controller_says_by_then() {
    const NOW: [(&str, &str); 7] = [
        ("200 OK", r#""status":"ready""#),
        ("200 OK", r#""status":"terminated","reason":"its time is up""#),
        ("200 OK", r#""status":"error","reason":"no power""#),
        ("404 Not Found", r#""status":"ready""#),
        // Of these, nobody knows that it is over.
        ("200 OK", r#""status":"booting""#),
        ("403 Forbidden", r#""status":"ready""#),
        ("500 Internal Server Error", r#""status":"ready""#),
    ];
    let now = Arc::new(AtomicU8::new(0));
    let state = Arc::clone(&now);
    let controller = http_peer(move |_| {
        let (status, more) = NOW[usize::from(state.load(Relaxed))];
        json_answer(status, &format!(r#"{{"id":"vm","vmIp":"127.0.0.1",{more}}}"#))
    })
    .await;
    let vm = peer(desktop).await;
    let port = vm.rsplit_once(':').unwrap().1;
    let with = async |keys| {
        let text =
            format!("[controller]\nbase = 'http://{controller}'\ntarget = 'tcp://{{vm_ip}}:{port}'\n{keys}");
        Gateway::start(Config::parse(&text).unwrap()).await
    };
    for (state, code, expected) in [
        (1, 4410, "session \"vm\" has ended: its time is up"),
        (2, 4502, "session \"vm\" failed: no power"),
        (3, 4410, "session \"vm\" has ended: it is not there any more"),
        (4, 1000, "closed the connection after 12 bytes"),
        (5, 1000, "closed the connection after 12 bytes"),
        (6, 1000, "closed the connection after 12 bytes"),
    ] {
        now.store(0, Relaxed);
        // However long an answer holds.
        let gateway = with("cache_seconds = 600").await;
        let mut socket = connect(&gateway, "vm").await;
        now.store(state, Relaxed);
        say(&mut socket, GREETING).await;
        let (closed, reason) = closed(&mut socket).await;
        assert!(
            closed == code && reason.ends_with(expected),
            "{state}: {closed} {reason}"
        );
    }
    // Nor does it take the server's end.
    now.store(0, Relaxed);
    let gateway = with("").await;
    let mut socket = connect(&gateway, "vm").await;
    now.store(1, Relaxed);
    let ended = "session \"vm\" has ended: its time is up".to_owned();
    assert_eq!(closed(&mut socket).await, (4410, ended));
}
