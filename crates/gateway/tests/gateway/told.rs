//! What is told of a connection when it is over.

use futures_util::StreamExt;
use porthole_gateway::Config;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::process::GatewayProcess;
use crate::support::{Gateway, Log, closed, closed_port, http_peer, peer, read};

#[tokio::test]
async fn each_connection_has_one_line_with_who_session_hop_bytes_and_cause() {
    let log = Log::here();
    let endpoint =
        http_peer(|_| "HTTP/1.1 204 No Content\r\nRemote-User: ada\r\nConnection: close\r\n\r\n".to_owned())
            .await;
    let vm = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    let gone = closed_port().await;
    let text = format!(
        "trusted_proxies = ['127.0.0.1/32']\n[forward_auth]\nurl = 'http://{endpoint}/'\n\
         [sessions.vm]\ntarget = 'tcp://{vm}'\n[sessions.gone]\ntarget = 'tcp://{gone}'"
    );
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let from = [("x-forwarded-for", "192.0.2.9")];
    for session in ["vm", "gone", "none"] {
        let path = format!("/api/auth/session/{session}/novnc/websock");
        let mut socket = gateway.open(&path, &from).await.unwrap();
        if session == "vm" {
            read(&mut socket, 12).await;
        }
        closed(&mut socket).await;
    }
    gateway.stop().await;
    let log = log.text();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("connection ended"))
        .collect();
    let expected = [
        format!(
            "session=\"vm\" peer=192.0.2.9 who=\"ada\" hop=\"vm {vm}\" reached=\"vm {vm}\" \
             cause=\"1000 vm {vm} closed the connection after 12 bytes\" bytes_up=0 bytes_down=12"
        ),
        format!(
            "session=\"gone\" peer=192.0.2.9 who=\"ada\" hop=\"vm {gone}\" reached=\"gateway\" \
             cause=\"4502 vm {gone} refused the connection\" bytes_up=0 bytes_down=0"
        ),
        "session=\"none\" peer=192.0.2.9 who=\"ada\" hop=\"gateway\" reached=\"gateway\" \
         cause=\"4404 no session \\\"none\\\"\" bytes_up=0 bytes_down=0"
            .to_owned(),
    ];
    assert_eq!(lines.len(), expected.len(), "{log}");
    for (line, expected) in lines.iter().zip(&expected) {
        let told = before_seconds(line);
        assert!(
            told.ends_with(expected),
            "{told:?} does not end with {expected:?}"
        );
    }
}

/// A line up to how long the connection has lasted, which is its end and depends on how much else the machine has to do.
fn before_seconds(line: &str) -> &str {
    let (told, seconds) = line.rsplit_once(" seconds=").unwrap();
    assert!(seconds.parse::<u64>().is_ok(), "{line}");
    told
}

#[tokio::test]
async fn no_reason_and_no_name_ends_a_line_of_the_log() {
    let log = Log::here();
    let gateway = Gateway::start(Config::default()).await;
    let demo = "/api/auth/session/demo/novnc/websock";
    let mut socket = gateway.open(demo, &[]).await.unwrap();
    let reason = "gone\n2026-01-02T03:04:05Z  INFO forged\r\u{1b}[31m";
    let frame = CloseFrame {
        code: 4001.into(),
        reason: reason.into(),
    };
    socket.close(Some(frame)).await.unwrap();
    while socket.next().await.is_some_and(|message| message.is_ok()) {}
    let named = demo.replace("demo", "a%0Aforged");
    let end = closed(&mut gateway.open(&named, &[]).await.unwrap()).await;
    assert_eq!(end, (4404, "no session \"a\\nforged\"".to_owned()));
    gateway.stop().await;
    let log = log.text();
    let forged: Vec<&str> = log.lines().filter(|line| line.contains("forged")).collect();
    assert_eq!(forged.len(), 2, "{log}");
    for line in forged {
        assert!(line.contains(" connection ended session="), "{line}");
        before_seconds(line);
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

#[tokio::test]
async fn a_log_that_is_kept_has_no_colours() {
    let gateway = GatewayProcess::start("demo = true").await;
    crate::support::until(async || gateway.log().contains("session=\"demo\" target=\"demo desktop\"")).await;
    assert!(!gateway.log().contains('\u{1b}'), "{:?}", gateway.log());
}

#[tokio::test]
async fn the_metrics_count_connections_by_how_they_ended_and_refusals_by_what_refused() {
    let vm = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    let gone = closed_port().await;
    let text = format!("[sessions.vm]\ntarget = 'tcp://{vm}'\n[sessions.gone]\ntarget = 'tcp://{gone}'");
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    for (session, times) in [("vm", 2), ("gone", 1)] {
        for _ in 0..times {
            let path = format!("/api/auth/session/{session}/novnc/websock");
            closed(&mut gateway.open(&path, &[]).await.unwrap()).await;
        }
    }
    let evil = [("origin", "https://evil.example")];
    assert!(
        gateway
            .open("/api/auth/session/vm/novnc/websock", &evil)
            .await
            .is_err()
    );
    let metrics = async || String::from_utf8(gateway.get("/metrics").await.2).unwrap();
    // A browser may see its end before the gateway has counted it.
    crate::support::until(async || metrics().await.contains("\nporthole_connections 0\n")).await;
    let metrics = metrics().await;
    for line in [
        "porthole_connections_total 3",
        "porthole_connections_ended_total{by=\"target\",code=\"1000\"} 2",
        "porthole_connections_ended_total{by=\"target\",code=\"4502\"} 1",
        "porthole_connections_unreachable_total 1",
        "porthole_refused_total{by=\"origin\"} 1",
        "porthole_bytes_down_total 24",
        "porthole_draining 0",
    ] {
        assert!(
            metrics.lines().any(|it| it == line),
            "{line:?} is not in {metrics}"
        );
    }
    // Every sample belongs to a family that is announced before it.
    for sample in metrics.lines().filter(|line| !line.starts_with('#')) {
        let name = sample.split(['{', ' ']).next().unwrap();
        assert!(metrics.contains(&format!("# TYPE {name} ")), "{name}");
    }
}
