//! An endpoint that decides.

use std::sync::{Arc, Mutex};

use porthole_doctor::Cause;
use porthole_gateway::Config;

use super::WEBSOCK;
use crate::doctor::diagnosed;
use crate::support::{Gateway, Log, closed, closed_port, http_peer, peer, read};

const PAGE: &str = "/api/auth/session/demo/novnc";
const DEMO: &str = "/api/auth/session/demo/novnc/websock";

async fn asking(endpoint: &str) -> Gateway {
    asking_with(endpoint, "").await
}

/// With this key besides.
async fn asking_with(endpoint: &str, key: &str) -> Gateway {
    let text = format!("demo = true\n[forward_auth]\nurl = 'http://{endpoint}/verify?x'\n{key}");
    Gateway::start(Config::parse(&text).unwrap()).await
}

#[tokio::test]
async fn the_endpoint_sees_the_callers_own_headers_and_lets_in() {
    let log = Log::here();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let endpoint = http_peer(move |head| {
        seen.lock().unwrap().push(head.to_ascii_lowercase());
        "HTTP/1.1 204 No Content\r\nRemote-User: ada\r\nConnection: close\r\n\r\n".to_owned()
    })
    .await;
    let gateway = asking(&endpoint).await;
    let caller = "Cookie: login=1\r\nX-Forwarded-For: 192.0.2.9\r\nIf-None-Match: W/\"x\"\r\n";
    assert_eq!(
        gateway.request("GET", &format!("{PAGE}?depth=8"), caller).await.0,
        200
    );
    let mut socket = gateway.open(DEMO, &[("cookie", "login=2")]).await.unwrap();
    assert_eq!(read(&mut socket, 12).await[..4], *b"RFB ");
    socket.close(None).await.unwrap();
    gateway.stop().await;
    let heads = heads.lock().unwrap();
    for line in [
        "get /verify?x http/1.1",
        "cookie: login=1",
        "x-forwarded-method: get",
        "x-forwarded-uri: /api/auth/session/demo/novnc?depth=8",
        "x-forwarded-for: 192.0.2.9, 127.0.0.1",
        "x-forwarded-proto: http",
    ] {
        assert!(
            heads[0].lines().any(|it| it == line),
            "{line:?} is not in {}",
            heads[0]
        );
    }
    // What the caller has already is of the page, and not of the endpoint's answer.
    assert!(!heads[0].contains("if-none-match"), "{}", heads[0]);
    assert!(
        heads[1].contains("cookie: login=2") && !heads[1].contains("upgrade"),
        "{}",
        heads[1]
    );
    assert!(log.text().contains("who=\"ada\""), "{}", log.text());
}

#[tokio::test]
async fn a_caller_has_no_say_in_what_it_asks_for_nor_in_who_it_is() {
    let log = Log::here();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let endpoint = http_peer(move |head| {
        seen.lock().unwrap().push(head.to_ascii_lowercase());
        "HTTP/1.1 200 OK\r\nX-Porthole-View-Only: true\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_owned()
    })
    .await;
    let gateway = asking(&endpoint).await;
    let says = "X-Forwarded-Method: GET\r\nX-Forwarded-Uri: /public\r\nX-Forwarded-Uri: /public\r\n\
                X-Porthole-View-Only: false\r\nRemote-User: root\r\n";
    let (status, _, text) = gateway
        .request("DELETE", "/api/auth/session/demo?a=b%2Fc", says)
        .await;
    assert_eq!((status, &text[..]), (403, &b"You may only look.\n"[..]));
    let mut socket = gateway.open(DEMO, &[("remote-user", "root")]).await.unwrap();
    read(&mut socket, 12).await;
    gateway.stop().await;
    let heads = heads.lock().unwrap();
    let of = |name: &str| {
        let lines = heads[0].lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(it, _)| *it == name)
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("x-forwarded-method"), ["delete"]);
    assert_eq!(of("x-forwarded-uri"), ["/api/auth/session/demo?a=b%2fc"]);
    assert!(
        log.text().contains("who=\"\"") && !log.text().contains("root"),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn its_own_answer_goes_to_the_browser_so_that_it_can_lead_to_a_login() {
    let endpoint = http_peer(|_| {
        "HTTP/1.1 302 Found\r\nLocation: https://login.example/?back\r\nSet-Cookie: state=1\r\nContent-Length: 5\r\n\
         Connection: close\r\n\r\nlogin"
            .to_owned()
    })
    .await;
    let gateway = asking(&endpoint).await;
    let (status, head, body) = gateway.get(PAGE).await;
    assert_eq!((status, &body[..]), (302, &b"login"[..]));
    assert!(head.contains("location: https://login.example/?back"), "{head}");
    assert!(head.contains("set-cookie: state=1"), "{head}");
    let (code, reason) = closed(&mut gateway.open(DEMO, &[]).await.unwrap()).await;
    assert_eq!(
        (code, reason),
        (
            4401,
            format!("{endpoint} does not let you in: it answered 302 Found")
        )
    );
}

#[tokio::test]
async fn nobody_is_let_in_where_it_does_not_answer_and_it_is_what_is_blamed() {
    let broken =
        http_peer(|_| "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()).await;
    for (endpoint, expected) in [
        (closed_port().await, "refused the connection"),
        (broken, "answered 500 Internal Server Error"),
    ] {
        let gateway = asking(&endpoint).await;
        let expected = format!("{endpoint}, which decides who may in, {expected}");
        let (status, _, body) = gateway.get(PAGE).await;
        assert_eq!(
            (status, String::from_utf8(body).unwrap()),
            (502, format!("{expected}\n"))
        );
        let end = closed(&mut gateway.open(DEMO, &[]).await.unwrap()).await;
        assert_eq!(end, (4424, expected));
        for address in [
            format!("ws://{}{DEMO}", gateway.address),
            format!("http://{}{PAGE}", gateway.address),
        ] {
            let report = diagnosed(&address).await;
            assert_eq!(report.cause, Some(Cause::AuthDown), "{report}");
            assert!(report.to_string().contains(&endpoint), "{report}");
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_time_is_down() {
    let silent = peer(|mut stream| async move {
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await;
    let gateway = asking_with(&silent, "timeout_seconds = 1").await;
    let end = closed(&mut gateway.open(DEMO, &[]).await.unwrap()).await;
    let reason = format!("{silent}, which decides who may in, did not answer within 1 s");
    assert_eq!(end, (4424, reason));
}

#[tokio::test]
async fn who_asks_too_often_is_told_to_wait_and_not_to_log_in() {
    let endpoint = http_peer(|_| {
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlater".to_owned()
    })
    .await;
    let gateway = asking(&endpoint).await;
    let (status, head, body) = gateway.get(PAGE).await;
    assert_eq!((status, &body[..]), (429, &b"later"[..]));
    assert!(head.contains("retry-after: 7"), "{head}");
    let end = closed(&mut gateway.open(DEMO, &[]).await.unwrap()).await;
    let reason = format!("{endpoint} is asked too often: it answered 429 Too Many Requests");
    assert_eq!(end, (4429, reason));
    for address in [
        format!("ws://{}{DEMO}", gateway.address),
        format!("http://{}{PAGE}", gateway.address),
    ] {
        let report = diagnosed(&address).await;
        assert_eq!(report.cause, Some(Cause::TooOften), "{report}");
    }
}

#[tokio::test]
async fn sessions_are_no_secret_told_to_whom_it_does_not_let_in() {
    let endpoint =
        http_peer(|_| "HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()).await;
    let gateway = asking(&endpoint).await;
    for path in [
        "/api/auth/session/demo",
        "/api/auth/session/x",
        "/api/auth/providers",
    ] {
        assert_eq!(gateway.get(path).await.0, 403, "{path}");
    }
    let (code, _) = closed(&mut gateway.open(WEBSOCK, &[]).await.unwrap()).await;
    assert_eq!(code, 4403);
}
