//! What a WebSocket target is told of the browser's request, and the browser of its answer.

use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue};
use tokio_tungstenite::{accept_hdr_async, connect_async};

use crate::support::{Gateway, peer};

/// A WebSocket server that chooses this subprotocol, if any, and the headers of the requests that it got.
#[expect(
    clippy::result_large_err,
    reason = "the type of the callback is tungstenite's"
)]
async fn server(chosen: Option<&'static str>) -> (String, Arc<Mutex<Vec<HeaderMap>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heads = Arc::clone(&seen);
    let address = peer(move |stream: TcpStream| {
        let heads = Arc::clone(&heads);
        async move {
            let callback = |request: &Request, mut response: Response| {
                heads.lock().unwrap().push(request.headers().clone());
                if let Some(chosen) = chosen {
                    let value = HeaderValue::from_static(chosen);
                    response.headers_mut().insert("sec-websocket-protocol", value);
                }
                Ok(response)
            };
            let socket = accept_hdr_async(stream, callback).await;
            std::future::pending::<()>().await;
            drop(socket);
        }
    })
    .await;
    (address, seen)
}

/// The subprotocol that a browser with these headers is answered.
async fn answered(gateway: &Gateway, headers: &[(&'static str, &'static str)]) -> Option<String> {
    let url = format!("ws://{}/api/auth/session/vm/novnc/websock", gateway.address);
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request
            .headers_mut()
            .append(*name, HeaderValue::from_static(value));
    }
    let (_socket, response) = connect_async(request).await.unwrap();
    let protocol = response.headers().get("sec-websocket-protocol")?;
    Some(protocol.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_browsers_headers_reach_the_target_but_for_its_credentials() {
    let (address, seen) = server(Some("binary")).await;
    let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
    let browser = [
        ("user-agent", "a browser"),
        ("x-request-id", "7"),
        ("x-request-id", "8"),
        ("x-forwarded-for", "192.0.2.9"),
        ("x-forwarded-proto", "https"),
        ("cookie", "login=1"),
        ("authorization", "Bearer b"),
    ];
    answered(&gateway, &browser).await;
    let seen = seen.lock().unwrap();
    let values = |name: &str| -> Vec<&str> {
        seen[0]
            .get_all(name)
            .iter()
            .map(|it| it.to_str().unwrap())
            .collect()
    };
    assert_eq!(values("user-agent"), ["a browser"]);
    assert_eq!(values("x-request-id"), ["7", "8"]);
    assert_eq!(values("x-forwarded-for"), ["192.0.2.9, 127.0.0.1"]);
    assert_eq!(values("x-forwarded-proto"), ["https"]);
    assert_eq!(values("x-forwarded-host"), [&gateway.address]);
    assert_eq!(values("host"), [&address]);
    assert_eq!(values("connection"), ["Upgrade"]);
    assert!(values("cookie").is_empty() && values("authorization").is_empty());
}

#[tokio::test]
async fn the_subprotocol_is_what_browser_and_target_agree_on() {
    for (offered, chosen, answer) in [
        (Some("chat, binary"), Some("chat"), Some("chat")),
        (Some("binary"), Some("binary"), Some("binary")),
        // A target that answers none is asked again without, and a browser that offers one is answered all the same.
        (Some("binary"), None, Some("binary")),
        (None, Some("binary"), None),
        (None, None, None),
    ] {
        let (address, seen) = server(chosen).await;
        let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
        let headers: Vec<_> = offered
            .map(|offered| ("sec-websocket-protocol", offered))
            .into_iter()
            .collect();
        assert_eq!(
            answered(&gateway, &headers).await.as_deref(),
            answer,
            "{offered:?} {chosen:?}"
        );
        let first = seen.lock().unwrap()[0]["sec-websocket-protocol"].clone();
        assert_eq!(first, offered.unwrap_or("binary"));
    }
}
