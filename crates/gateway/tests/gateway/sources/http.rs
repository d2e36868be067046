//! A controller that knows the sessions.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use porthole_gateway::Config;
use tokio::io::AsyncWriteExt;

use crate::support::{Gateway, closed, closed_port, http_peer, json_answer, peer, read};

/// A gateway that asks this controller, with these keys besides.
async fn asking(controller: &str, port: &str, keys: &str) -> Gateway {
    let text =
        format!("[controller]\nbase = 'http://{controller}/v1/'\ntarget = 'tcp://{{vm_ip}}:{port}'\n{keys}");
    Gateway::start(Config::parse(&text).unwrap()).await
}

/// A controller that answers this to every request, and the heads of the requests that it got.
async fn controller(status: &'static str, json: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let address = http_peer(move |head| {
        seen.lock().unwrap().push(head.to_ascii_lowercase());
        json_answer(status, json)
    })
    .await;
    (address, heads)
}

const READY: &str = r#"{"id":"s-1","provider":"cloud","vmId":"i-7","vmIp":"127.0.0.1","status":"ready"}"#;
const PATH: &str = "/api/auth/session/s-1";
const WEBSOCK: &str = "/api/auth/session/s-1/novnc/websock";

#[tokio::test]
async fn a_session_that_the_controller_knows_leads_to_its_vm() {
    let vm = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    let (controller, heads) = controller("200 OK", READY).await;
    let gateway = asking(&controller, vm.rsplit_once(':').unwrap().1, "").await;
    let started = Instant::now();
    let (status, json) = gateway.json(PATH).await;
    assert_eq!(status, 200);
    assert_eq!(
        json,
        serde_json::json!({
            "id": "s-1", "provider": "cloud", "vmId": "i-7", "vmAddress": "127.0.0.1", "status": "ready",
            "viewerPath": "/api/auth/session/s-1/novnc",
        })
    );
    assert_eq!(gateway.get(&format!("{PATH}/novnc")).await.0, 200);
    let mut socket = gateway.open(WEBSOCK, &[]).await.unwrap();
    assert_eq!(read(&mut socket, 12).await, b"RFB 003.008\n");
    let heads = heads.lock().unwrap();
    assert!(
        heads[0].starts_with("get /v1/api/auth/session/s-1 http/1.1\r\n"),
        "{heads:?}"
    );
    // An answer holds for two seconds.
    let most = 1 + started.elapsed().as_secs() / 2;
    assert!(heads.len() as u64 <= most, "{most}: {heads:?}");
}

#[tokio::test]
async fn credentials_are_passed_on_only_where_the_configuration_says_so() {
    let caller = "Cookie: login=1\r\nAuthorization: Bearer b\r\nX-Other: o\r\n";
    for (keys, passed) in [("", false), ("pass_credentials = true", true)] {
        let (controller, heads) = controller("200 OK", READY).await;
        let gateway = asking(&controller, "1", keys).await;
        assert_eq!(gateway.request("GET", PATH, caller).await.0, 200);
        let head = heads.lock().unwrap()[0].clone();
        assert_eq!(head.contains("\r\ncookie: login=1\r\n"), passed, "{head}");
        assert_eq!(head.contains("\r\nauthorization: bearer b\r\n"), passed, "{head}");
        assert!(!head.contains("x-other"), "{head}");
    }
}

#[tokio::test]
async fn one_callers_answer_is_never_anothers() {
    let address = http_peer(|head| {
        if head.contains("cookie: mine") {
            json_answer("200 OK", READY)
        } else {
            json_answer("403 Forbidden", "{}")
        }
    })
    .await;
    let gateway = asking(&address, "1", "pass_credentials = true\ncache_seconds = 600").await;
    for _ in 0..2 {
        assert_eq!(gateway.request("GET", PATH, "Cookie: mine\r\n").await.0, 200);
        assert_eq!(gateway.request("GET", PATH, "Cookie: yours\r\n").await.0, 403);
        assert_eq!(gateway.get(PATH).await.0, 403);
    }
}

#[tokio::test]
async fn the_controller_is_not_asked_again_while_its_answer_holds() {
    let (controller, heads) = controller("200 OK", READY).await;
    let gateway = asking(&controller, "1", "cache_seconds = 600").await;
    for _ in 0..5 {
        assert_eq!(gateway.get(PATH).await.0, 200);
    }
    assert_eq!(heads.lock().unwrap().len(), 1);
    // Whatever is no name is never asked for.
    for path in [
        "/api/auth/session/..%2fadmin",
        "/api/auth/session/a%3fb/novnc",
        "/api/auth/session/%2e%2e",
    ] {
        assert_eq!(gateway.get(path).await.0, 404, "{path}");
    }
    assert_eq!(heads.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn every_answer_that_is_wrong_is_said_in_words() {
    for (answer, status, code, expected) in [
        (json_answer("404 Not Found", "{}"), 404, 4404, "o session \"s-1\""),
        (
            json_answer("401 Unauthorized", "{}"),
            403,
            4403,
            "the controller does not let you have this session: it answered 401 Unauthorized",
        ),
        (
            json_answer("500 Internal Server Error", ""),
            502,
            4424,
            "answered 500 Internal Server Error",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_owned(),
            502,
            4424,
            "answered 302 Found to /login where it should answer JSON",
        ),
        (
            json_answer("200 OK", "<html>").replace("application/json", "text/html"),
            502,
            4424,
            "answered text/html where it should answer JSON",
        ),
        (
            json_answer("200 OK", "{}"),
            502,
            4424,
            "answered JSON that is none of a session: missing field `id`",
        ),
        (
            json_answer("200 OK", r#"{"id":"s-1","status":"up"}"#),
            502,
            4424,
            "says that the session is \"up\"",
        ),
        (
            json_answer("200 OK", &"x".repeat(100_000)),
            502,
            4424,
            "answered with more than 65536 bytes",
        ),
        (
            String::new(),
            502,
            4424,
            "closed the connection before it answered",
        ),
        ("RFB 003.008\n".to_owned(), 502, 4424, "does not speak HTTP"),
    ] {
        let address = http_peer(move |_| answer.clone()).await;
        says(&address, "", status, code, expected).await;
    }
    says(&closed_port().await, "", 502, 4424, "refused the connection").await;
    let silent = peer(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    says(
        &silent,
        "timeout_seconds = 1",
        502,
        4424,
        "did not answer within 1 s",
    )
    .await;
}

/// That this controller makes the gateway, with these keys, answer so to a request and to a viewer.
async fn says(controller: &str, keys: &str, status: u16, code: u16, expected: &str) {
    let gateway = asking(controller, "1", keys).await;
    let (answered, _, body) = gateway.get(PATH).await;
    let text = String::from_utf8(body).unwrap();
    assert_eq!(answered, status, "{text}");
    assert!(text.contains(expected), "{text:?} is not {expected:?}");
    let (closed, reason) = closed(&mut gateway.open(WEBSOCK, &[]).await.unwrap()).await;
    assert_eq!(closed, code, "{reason}");
    assert!(
        reason.contains(&expected[..expected.len().min(60)]),
        "{reason:?} is not {expected:?}"
    );
    if status == 502 {
        assert!(text.contains(controller), "{text:?} does not name {controller}");
    }
}
