//! The WebSocket's upgrade.

use futures_util::{SinkExt, StreamExt};
use porthole_doctor::{Cause, Check, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

use super::{
    BINARY, UPGRADES, WEBSOCK, gateway, names, nginx, nginx_at, silence_names, websocket, websockify,
};
use crate::support::{http_peer, json_answer, peer};

#[tokio::test]
async fn nginx_without_the_upgrades_headers_is_named_with_what_it_needs() {
    let gateway = gateway().await;
    let own = websocket(|_| Ok(BINARY.into()), websockify).await;
    // Neither of them, one of the two, and both by HTTP 1.0, which has no upgrades.
    for directives in [
        "",
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;",
        &UPGRADES.replace("proxy_http_version 1.1; ", ""),
    ] {
        let nginx = nginx(&gateway.address, directives).await;
        let report = names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::UpgradeLost).await;
        assert!(
            report.to_string().contains("proxy_set_header Upgrade"),
            "{report}"
        );
    }
    let nginx = nginx(&own, "").await;
    names(&format!("ws://{}/websockify", nginx.address), Cause::UpgradeLost).await;
}

#[tokio::test]
async fn a_wrong_path_is_named() {
    let gateway = gateway().await;
    names(
        &format!("ws://{}/vnc/websockify", gateway.address),
        Cause::WrongPath,
    )
    .await;
    let nginx = nginx_at("/vnc/", &gateway.address, UPGRADES).await;
    names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::WrongPath).await;
    names(
        &format!("http://{}/nothing/there", gateway.address),
        Cause::WrongPath,
    )
    .await;
}

#[tokio::test]
async fn a_slash_too_few_is_named_whether_the_hop_redirects_or_is_silent() {
    let gateway = gateway().await;
    let nginx = nginx_at("/vnc/", &gateway.address, UPGRADES).await;
    names(&format!("ws://{}/vnc", nginx.address), Cause::TrailingSlash).await;
    // As Next.js does: the page is led on, the upgrade is not answered.
    let next = next("308 Permanent Redirect\r\nLocation: /websock/").await;
    silence_names(&format!("ws://{next}/websock"), Cause::TrailingSlash).await;
    // And where only one of the spellings opens.
    let own = websocket(
        |head| match head.starts_with("GET /websockify/ ") {
            true => Ok(BINARY.into()),
            false => Err(json_answer("404 Not Found", "{}")),
        },
        websockify,
    )
    .await;
    names(&format!("ws://{own}/websockify"), Cause::TrailingSlash).await;
}

/// A hop that answers ordinary requests with this, and upgrades never.
async fn next(answer: &'static str) -> String {
    peer(move |mut stream| async move {
        let mut head = vec![0; 4096];
        let length = stream.read(&mut head).await.unwrap_or(0);
        if !String::from_utf8_lossy(&head[..length]).contains("Upgrade: websocket") {
            let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(text.as_bytes()).await;
            return;
        }
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

#[tokio::test]
async fn a_hop_that_never_answers_the_upgrade_is_named() {
    for answer in ["200 OK", "404 Not Found"] {
        let next = next(answer).await;
        silence_names(&format!("ws://{next}/websock"), Cause::SilentHop).await;
    }
}

#[tokio::test]
async fn a_redirect_is_told_from_a_login() {
    let away = nginx("", "return 301 https://other.example$request_uri;").await;
    names(&format!("ws://{}{WEBSOCK}", away.address), Cause::Redirected).await;
    names(&format!("http://{}/", away.address), Cause::Redirected).await;
    for login in [
        nginx("", "return 302 /login?next=$request_uri;").await,
        nginx("", "return 401;").await,
        nginx("", "return 403;").await,
    ] {
        names(&format!("ws://{}{WEBSOCK}", login.address), Cause::AuthWall).await;
        names(&format!("http://{}/", login.address), Cause::AuthWall).await;
    }
    // As Next.js does: a middleware leads the page to a login, and the upgrade is not answered.
    for answer in ["401 Unauthorized", "307 Temporary Redirect\r\nLocation: /hello"] {
        let next = next(answer).await;
        silence_names(&format!("ws://{next}/websock"), Cause::AuthWall).await;
    }
}

#[tokio::test]
async fn an_origin_that_may_not_connect_is_named_with_its_setting() {
    let gateway = gateway().await;
    // Host is the backend's, and nothing says what the browser asked for.
    let directives = UPGRADES.replace("$http_host", "backend:4000");
    let nginx = nginx(&gateway.address, &directives).await;
    let report = names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::OriginRefused).await;
    let text = report.to_string();
    assert!(
        text.contains(&nginx.address) && text.contains("allowed_origins"),
        "{text}"
    );
}

#[tokio::test]
async fn a_subprotocol_that_is_refused_or_not_answered_is_named() {
    let refuses = websocket(
        |head| match head.contains("Sec-WebSocket-Protocol") {
            true => Err(json_answer("400 Bad Request", "Invalid protocol selected")),
            false => Ok(String::new()),
        },
        websockify,
    )
    .await;
    names(&format!("ws://{refuses}/"), Cause::SubprotocolRefused).await;
    let ignores = websocket(|_| Ok(String::new()), websockify).await;
    let report = names(&format!("ws://{ignores}/"), Cause::SubprotocolMissing).await;
    assert!(report.is_sound(), "the viewer tries without: {report}");
}

#[tokio::test]
async fn compression_that_nobody_asked_for_is_named() {
    let agrees = websocket(
        |_| {
            Ok(format!(
                "{BINARY}Sec-WebSocket-Extensions: permessage-deflate\r\n"
            ))
        },
        websockify,
    )
    .await;
    names(&format!("ws://{agrees}/"), Cause::Deflate).await;
    let compresses = websocket(
        |_| Ok(BINARY.into()),
        |stream| async move {
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            let header = FrameHeader {
                is_final: true,
                rsv1: true,
                opcode: OpCode::Data(Data::Binary),
                ..FrameHeader::default()
            };
            let frame = Frame::from_payload(header, b"\x0a\x72\x73\x52".to_vec().into());
            let _ = socket.send(Message::Frame(frame)).await;
            let _ = socket.next().await;
        },
    )
    .await;
    let report = names(&format!("ws://{compresses}/"), Cause::Deflate).await;
    // Where it ended is no better for what was wrong before.
    let broken = |check| {
        let mut lines = report.lines.iter();
        lines.any(|line| line.check == check && line.verdict == Verdict::Broken)
    };
    assert!(broken(Check::Upgrade) && broken(Check::Greeting), "{report}");
}

#[tokio::test]
async fn an_upgrade_that_is_agreed_to_with_the_wrong_key_is_named() {
    let cache = http_peer(|head| match head.contains("Sec-WebSocket-Key") {
        true => "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n".to_owned(),
        false => json_answer("200 OK", "{}"),
    })
    .await;
    names(&format!("ws://{cache}/"), Cause::WrongAccept).await;
}

#[tokio::test]
async fn a_refusal_that_is_nothing_else_is_named_with_its_words() {
    for (answer, cause) in [
        ("418 I'm a teapot", Cause::RequestRefused),
        ("300 Multiple Choices", Cause::NotOpened),
    ] {
        let server = http_peer(move |head| match head.contains("Sec-WebSocket-Key") {
            true => json_answer(answer, "{}"),
            false => json_answer("200 OK", "{}"),
        })
        .await;
        let report = names(&format!("ws://{server}/"), cause).await;
        assert!(report.to_string().contains(answer), "{report}");
    }
}

#[tokio::test]
async fn a_page_where_a_websocket_should_be_is_named() {
    let web = http_peer(|_| json_answer("200 OK", "{}")).await;
    names(&format!("ws://{web}/"), Cause::NoWebSocket).await;
    let broken = http_peer(|_| json_answer("500 Internal Server Error", "{}")).await;
    names(&format!("ws://{broken}/"), Cause::ServerError).await;
}
