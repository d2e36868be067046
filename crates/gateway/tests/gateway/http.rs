//! What the gateway serves by HTTP.

use crate::support::Gateway;
use porthole_gateway::Config;

const PAGE: &str = "/api/auth/session/demo/novnc";

#[tokio::test]
async fn the_page_is_the_same_bytes_with_and_without_a_slash_and_for_the_debug_page() {
    let gateway = Gateway::start(Config::default()).await;
    let (status, head, page) = gateway.get(PAGE).await;
    assert_eq!(status, 200);
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(head.contains("cache-control: no-cache"), "{head}");
    for path in ["/novnc/", "/novnc/debug", "/novnc/debug/", "/novnc/index.html"] {
        let (status, _, body) = gateway.get(&format!("/api/auth/session/demo{path}")).await;
        assert_eq!((status, &body), (200, &page), "{path}");
    }
    for path in ["/debug", "/debug/", "/index.html"] {
        let (status, _, body) = gateway.get(path).await;
        assert_eq!((status, &body), (200, &page), "{path}");
    }
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist/index.html");
    if let Ok(built) = std::fs::read(site) {
        assert_eq!(page, built, "the page is dist/index.html byte for byte");
    }
}

#[tokio::test]
async fn the_page_comes_under_the_strict_policy() {
    let gateway = Gateway::start(Config::default()).await;
    let (_, head, _) = gateway.get(PAGE).await;
    let policy = head
        .lines()
        .find_map(|line| line.strip_prefix("content-security-policy: "))
        .unwrap();
    for directive in [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-ancestors 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types porthole",
    ] {
        assert!(
            policy.split("; ").any(|it| it == directive),
            "{directive} is not in {policy}"
        );
    }
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains("data:")
    );
    assert!(head.contains("x-content-type-options: nosniff"));
}

#[tokio::test]
async fn the_page_is_compressed_for_those_who_take_it_and_not_sent_again() {
    let gateway = Gateway::start(Config::default()).await;
    let (_, head, plain) = gateway.get(PAGE).await;
    assert!(!head.contains("content-encoding"));
    let (_, head, small) = gateway
        .request("GET", PAGE, "Accept-Encoding: gzip, br\r\n")
        .await;
    assert!(
        head.contains("content-encoding: br") && head.contains("vary: accept-encoding"),
        "{head}"
    );
    assert!(small.len() < plain.len());
    let etag = head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap()
        .to_owned();
    // The header was lowercased; the tag is case-sensitive, so it is taken from the plain answer as it stands.
    assert!(etag.ends_with("-br\""));
    let (status, head, body) = gateway.request("HEAD", PAGE, "").await;
    assert_eq!((status, body.len()), (200, 0), "{head}");
}

#[tokio::test]
async fn the_root_leads_to_the_only_session_or_lists_them() {
    let gateway = Gateway::start(Config::default()).await;
    let (status, head, _) = gateway.get("/").await;
    assert_eq!(status, 307);
    assert!(head.contains(&format!("location: {PAGE}")), "{head}");
    let two = Config::parse("[sessions.a]\ntarget = 'demo:'\n[sessions.b]\ntarget = 'demo:'").unwrap();
    let gateway = Gateway::start(two).await;
    let (status, _, body) = gateway.get("/").await;
    let body = String::from_utf8(body).unwrap();
    assert_eq!(status, 200);
    assert!(
        body.contains("href=\"/api/auth/session/a/novnc\"") && body.contains("/b/novnc"),
        "{body}"
    );
}

#[tokio::test]
async fn a_session_is_described_without_its_target() {
    let text = "[sessions.vm]\ntarget = 'tcp://192.0.2.7:5901'\nprovider = 'cloud'\nvm_id = 'i-1'\n";
    let gateway = Gateway::start(Config::parse(text).unwrap()).await;
    let (status, _, body) = gateway.get("/api/auth/session/vm").await;
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(
        json,
        serde_json::json!({
            "id": "vm", "provider": "cloud", "vmId": "i-1", "vmAddress": null, "status": "ready",
            "viewerPath": "/api/auth/session/vm/novnc",
        })
    );
}

#[tokio::test]
async fn the_page_is_told_which_other_origins_may_embed_it() {
    let text = "allowed_origins = ['https://Dashboard.example/', 'http://127.0.0.1:3000']\ndemo = true\n";
    for (config, origins) in [
        (Config::default(), serde_json::json!([])),
        (
            Config::parse(text).unwrap(),
            serde_json::json!(["https://dashboard.example", "http://127.0.0.1:3000"]),
        ),
    ] {
        let gateway = Gateway::start(config).await;
        for path in [&format!("{PAGE}/embedders.json"), "/embedders.json"] {
            let (status, head, body) = gateway.get(path).await;
            let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((status, &json), (200, &origins), "{path}");
            assert!(head.contains("cache-control: no-store"), "{head}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_words() {
    let gateway = Gateway::start(Config::default()).await;
    for path in [
        "/api/auth/session/x",
        "/api/auth/session/x/novnc",
        "/api/auth/session/x/novnc/index.html",
    ] {
        let (status, _, body) = gateway.get(path).await;
        assert_eq!(
            (status, &body[..]),
            (404, &b"There is no session \"x\".\n"[..]),
            "{path}"
        );
    }
    for path in [
        "/nothing",
        "/api/auth/session/demo/novnc/nothing.js",
        "/api/auth/session/demo/novnc/../../x",
    ] {
        assert_eq!(gateway.get(path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_plain_request_for_the_websocket_is_told_what_is_missing() {
    let gateway = Gateway::start(Config::default()).await;
    let (status, head, body) = gateway.get(&format!("{PAGE}/websock")).await;
    assert_eq!(status, 426);
    assert!(head.contains("upgrade: websocket"));
    assert_eq!(
        String::from_utf8(body).unwrap(),
        "This address is for WebSockets. A proxy on the way has to pass Upgrade and Connection on, by HTTP/1.1.\n"
    );
}

#[tokio::test]
async fn health_and_metrics_answer() {
    let gateway = Gateway::start(Config::default()).await;
    assert_eq!(gateway.get("/health").await.0, 200);
    let (status, _, body) = gateway.get("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        String::from_utf8(body)
            .unwrap()
            .contains("\nporthole_connections 0\n")
    );
}
