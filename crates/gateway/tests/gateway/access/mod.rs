//! Who may in, and where to.

mod forward_auth;
mod open_proxy;
mod token;
mod view_only;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "a secret of more than thirty-two bytes";
const PAGE: &str = "/api/auth/session/vm/novnc";
const WEBSOCK: &str = "/api/auth/session/vm/novnc/websock";

/// Seconds from now, as a token has them.
fn in_seconds(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + seconds
}

/// A token, signed by this.
fn signed(algorithm: &str, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}",
        part(&json!({ "alg": algorithm, "typ": "JWT" })),
        part(claims)
    );
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// A token of HS256 by this key.
fn hs256(secret: &[u8], claims: &Value) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    signed("HS256", claims, |text| hmac::sign(&key, text).as_ref().to_vec())
}

/// A token for the session `vm`, with this besides.
pub(crate) fn token(more: Value) -> String {
    let mut claims = json!({ "session": "vm", "exp": in_seconds(60), "sub": "ada" });
    claims
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    hs256(SECRET.as_bytes(), &claims)
}
