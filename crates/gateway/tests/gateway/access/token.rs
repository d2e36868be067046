//! Signed tokens.

use futures_util::SinkExt;
use porthole_gateway::Config;
use ring::signature::Ed25519KeyPair;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use super::{PAGE, SECRET, WEBSOCK, hs256, in_seconds, signed, token};
use crate::support::{Gateway, Log, closed, http_peer, peer, read, until};

const GREETING: &[u8] = b"RFB 003.008\n";

/// A gateway with the session `vm`, whose desktop greets, and these keys about tokens.
async fn with(keys: &str) -> Gateway {
    let vm = peer(|mut stream| async move { stream.write_all(GREETING).await.unwrap() }).await;
    let text = format!("[tokens]\n{keys}\n[sessions.vm]\ntarget = 'tcp://{vm}'");
    Gateway::start(Config::parse(&text).unwrap()).await
}

async fn is_let_in(gateway: &Gateway, token: &str) {
    let bearer = format!("Bearer {token}");
    let (status, _, _) = gateway
        .request("GET", PAGE, &format!("Authorization: {bearer}\r\n"))
        .await;
    assert_eq!(status, 200);
    let mut socket = gateway
        .open(WEBSOCK, &[("authorization", &bearer)])
        .await
        .unwrap();
    assert_eq!(read(&mut socket, 12).await, GREETING);
}

async fn is_not_let_in(gateway: &Gateway, token: &str, status: u16, expected: &str) {
    for path in [
        PAGE,
        "/api/auth/session/vm",
        "/api/auth/session/vm/novnc/index.html",
    ] {
        let (answered, _, body) = gateway.get(&format!("{path}?access_token={token}")).await;
        let text = String::from_utf8(body).unwrap();
        assert_eq!(answered, status, "{text}");
        assert!(text.contains(expected), "{text:?} is not {expected:?}");
    }
    let mut socket = gateway
        .open(&format!("{WEBSOCK}?access_token={token}"), &[])
        .await
        .unwrap();
    let (code, reason) = closed(&mut socket).await;
    assert_eq!(code, 4000 + status, "{reason}");
    assert!(reason.contains(expected), "{reason:?} is not {expected:?}");
}

#[tokio::test]
async fn a_token_lets_in_to_its_session() {
    let gateway = with(&format!("secret = '{SECRET}'")).await;
    is_let_in(&gateway, &token(json!({}))).await;
    is_let_in(&gateway, &token(json!({ "session": "*" }))).await;
    is_let_in(&gateway, &token(json!({ "nbf": in_seconds(-60), "aud": "x" }))).await;
}

#[tokio::test]
async fn a_token_that_is_not_right_does_not_and_the_reason_is_said() {
    let gateway = with(&format!("secret = '{SECRET}'")).await;
    let no_exp = hs256(SECRET.as_bytes(), &json!({ "session": "vm" }));
    let no_session = hs256(SECRET.as_bytes(), &json!({ "exp": in_seconds(60) }));
    let unsigned = signed("none", &json!({ "session": "*", "exp": in_seconds(60) }), |_| {
        Vec::new()
    });
    let mut changed = token(json!({}));
    changed.insert(changed.find('.').unwrap() + 3, 'A');
    for (token, status, expected) in [
        ("".to_owned(), 401, "the token is none"),
        ("x.y.z".to_owned(), 401, "the token"),
        (
            token(json!({ "session": "other" })),
            403,
            "the token is for session \"other\", not for session \"vm\"",
        ),
        (
            token(json!({ "exp": in_seconds(-60) })),
            401,
            "the token has expired",
        ),
        (
            token(json!({ "nbf": in_seconds(60) })),
            401,
            "the token does not hold yet",
        ),
        (no_exp, 401, "the token says nothing of \"exp\""),
        (no_session, 401, "missing field `session`"),
        (
            hs256(
                b"another secret of thirty-two bytes",
                &json!({ "session": "vm", "exp": in_seconds(60) }),
            ),
            401,
            "the token's signature is wrong",
        ),
        (unsigned, 401, "the token"),
        (changed, 401, "the token"),
    ] {
        is_not_let_in(&gateway, &token, status, expected).await;
    }
    for path in [PAGE, "/api/auth/session/vm", "/"] {
        let (status, head, body) = gateway.get(path).await;
        if path != "/" {
            assert_eq!(status, 401);
            assert!(head.contains("www-authenticate: bearer"), "{head}");
            assert!(String::from_utf8(body).unwrap().contains("a token is needed"));
        }
    }
    let (code, reason) = closed(&mut gateway.open(WEBSOCK, &[]).await.unwrap()).await;
    assert_eq!(code, 4401, "{reason}");
    // Nor does one for a session start others.
    let mine = format!("/api/auth/session?access_token={}", token(json!({})));
    let (status, text) = gateway.post(&mine, r#"{"provider":"p"}"#).await;
    assert_eq!(status, 403, "{text}");
    assert_eq!(
        text,
        "the token is for session \"vm\", not for what concerns them all\n"
    );
}

#[tokio::test]
async fn tokens_may_be_signed_by_ed25519() {
    let folder = tempfile::tempdir().unwrap();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, key.public_key_pem()).unwrap();
    let gateway = with(&format!("public_key = '{}'", file.display())).await;
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&key.serialize_der()).unwrap();
    let claims = json!({ "session": "vm", "exp": in_seconds(60) });
    let sign = |text: &[u8]| pair.sign(text).as_ref().to_vec();
    is_let_in(&gateway, &signed("EdDSA", &claims, sign)).await;
    // The public key is public: it must not do for a secret.
    let pem = std::fs::read(&file).unwrap();
    let expected = "the token is signed by HS256, for which the gateway has no key";
    for secret in [&pem[..], key.public_key_raw()] {
        is_not_let_in(&gateway, &hs256(secret, &claims), 401, expected).await;
    }
}

#[tokio::test]
async fn issuer_and_audience_have_to_be_those_of_the_configuration() {
    let gateway = with(&format!(
        "secret = '{SECRET}'\nissuer = 'us'\naudience = 'porthole'"
    ))
    .await;
    is_let_in(&gateway, &token(json!({ "iss": "us", "aud": "porthole" }))).await;
    for (claims, expected) in [
        (
            json!({ "iss": "them", "aud": "porthole" }),
            "the token is of another issuer",
        ),
        (
            json!({ "iss": "us", "aud": "x" }),
            "the token is for another audience",
        ),
        (json!({ "iss": "us" }), "the token says nothing of \"aud\""),
    ] {
        is_not_let_in(&gateway, &token(claims), 401, expected).await;
    }
}

#[tokio::test]
async fn a_pages_token_moves_into_a_cookie_that_holds_for_all_below_it() {
    let log = Log::here();
    let gateway = with(&format!("secret = '{SECRET}'")).await;
    let token = token(json!({}));
    for (address, location) in [
        (format!("{PAGE}?access_token={token}"), "novnc"),
        (
            format!("{PAGE}/?resize=off&access_token={token}&depth=8"),
            "./?resize=off&depth=8",
        ),
    ] {
        let (status, head, _) = gateway.get(&address).await;
        assert_eq!(status, 303);
        assert!(head.contains(&format!("\r\nlocation: {location}\r\n")), "{head}");
        assert!(head.contains("; httponly; samesite=lax"), "{head}");
        assert!(head.contains("referrer-policy: no-referrer"), "{head}");
    }
    let (_, head, _) = gateway
        .request(
            "GET",
            &format!("{PAGE}?access_token={token}"),
            "X-Forwarded-Proto: https\r\n",
        )
        .await;
    assert!(head.contains("; secure; samesite=none; partitioned"), "{head}");
    let cookie = format!("a=b; porthole_token={token}");
    let (status, _, _) = gateway
        .request("GET", PAGE, &format!("Cookie: {cookie}\r\n"))
        .await;
    assert_eq!(status, 200);
    let mut socket = gateway.open(WEBSOCK, &[("cookie", &cookie)]).await.unwrap();
    assert_eq!(read(&mut socket, 12).await, GREETING);
    closed(&mut socket).await;
    gateway.stop().await;
    assert!(log.text().contains("who=\"ada\""), "{}", log.text());
    assert!(!log.text().contains(&token), "{}", log.text());
}

#[tokio::test]
async fn an_old_cookie_keeps_out_nobody_who_has_one_that_holds() {
    let gateway = with(&format!("secret = '{SECRET}'")).await;
    let old = token(json!({ "exp": in_seconds(-60) }));
    let (holds, other) = (
        token(json!({ "session": "*" })),
        token(json!({ "session": "other" })),
    );
    // A browser sends first the one with the longest path, which may be of an earlier visit.
    for (cookies, status, expected) in [
        (format!("porthole_token={old}; porthole_token={holds}"), 200, "<"),
        (format!("porthole_token={holds}; porthole_token={old}"), 200, "<"),
        (
            format!("porthole_token={old}; porthole_token={other}"),
            401,
            "the token has expired",
        ),
        (
            format!("porthole_token={other}; porthole_token={old}"),
            403,
            "the token is for session \"other\"",
        ),
    ] {
        let header = format!("Cookie: {cookies}\r\n");
        let (answered, _, body) = gateway.request("GET", PAGE, &header).await;
        let text = String::from_utf8(body).unwrap();
        assert_eq!(answered, status, "{text}");
        assert!(text.starts_with(expected), "{text:?} is not {expected:?}");
    }
}

#[tokio::test]
async fn whoever_has_connected_stays_connected_when_the_token_expires() {
    let vm = peer(|mut stream| async move {
        stream.write_all(GREETING).await.unwrap();
        let (mut from, mut to) = stream.split();
        let _ = tokio::io::copy(&mut from, &mut to).await;
    })
    .await;
    let text = format!("[tokens]\nsecret = '{SECRET}'\n[sessions.vm]\ntarget = 'tcp://{vm}'");
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    // It is taken for ten seconds longer, since clocks differ.
    let token = token(json!({ "exp": in_seconds(-2) }));
    let address = format!("{WEBSOCK}?access_token={token}");
    let mut socket = gateway.open(&address, &[]).await.unwrap();
    assert_eq!(read(&mut socket, 12).await, GREETING);
    until(async || {
        gateway
            .get(&format!("/api/auth/session/vm?access_token={token}"))
            .await
            .0
            == 401
    })
    .await;
    let late = closed(&mut gateway.open(&address, &[]).await.unwrap()).await;
    assert_eq!(late, (4401, "the token has expired".into()));
    socket.send(Message::binary(GREETING)).await.unwrap();
    assert_eq!(read(&mut socket, 12).await, GREETING);
}

#[tokio::test]
async fn a_token_is_not_told_to_the_target() {
    let vm = http_peer(|head| {
        assert!(head.starts_with("GET /websockify?a=b HTTP/1.1\r\n"), "{head}");
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_owned()
    })
    .await;
    let text = format!("[tokens]\nsecret = '{SECRET}'\n[sessions.vm]\ntarget = 'ws://{vm}/websockify'");
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let address = format!("{WEBSOCK}?a=b&access_token={}", token(json!({})));
    let (code, reason) = closed(&mut gateway.open(&address, &[]).await.unwrap()).await;
    assert_eq!(
        (code, reason),
        (
            4502,
            format!("vm {vm} answered 403 Forbidden to the WebSocket upgrade")
        )
    );
}
