//! The edge role: the hop in front of another gateway, beside a dashboard. Page, assets and WebSocket go on to it as they
//! come.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::warn;

use super::asked::Asked;
use super::record::Record;
use super::websock::{Begun, answer, place};
use super::{Gateway, Shared};
use crate::bridge::{Connected, Route};
use crate::close::Close;
use crate::config::Upstream;
use crate::headers;

/// How long a page may take to be answered. A browser that waits for ever tells nobody why.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Whatever is asked for.
pub(super) async fn forward(
    State(gateway): Shared,
    asked: Asked,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    // The router has this role for no gateway without one.
    let Some(upstream) = gateway.config.upstream.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match upgrade {
        Ok(upgrade) => websock(gateway, &upstream, asked, upgrade).await,
        Err(_) => page(&gateway, &upstream, &asked, request.into_body()).await,
    }
}

fn onward(asked: &Asked) -> HeaderMap {
    let mut onward = headers::end_to_end(&asked.headers);
    headers::add_forwarded(&mut onward, &asked.headers, asked.peer, asked.is_tls);
    onward
}

async fn page(gateway: &Gateway, upstream: &Upstream, asked: &Asked, body: Body) -> Response {
    let failed = |status: StatusCode, why: String| {
        let text = format!("{upstream} {why}");
        warn!(path = asked.uri.path(), hop = %upstream, cause = text, "no answer");
        (status, format!("{text}\n")).into_response()
    };
    let Some(uri) = upstream.uri(&asked.uri) else {
        return failed(StatusCode::BAD_REQUEST, "has no such address".to_owned());
    };
    let mut request = Request::new(body);
    *request.method_mut() = asked.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = onward(asked);
    match timeout(ANSWER_WITHIN, gateway.client.send(request)).await {
        Ok(Ok(response)) => passed_on(response.map(Body::new)),
        Ok(Err(why)) => failed(StatusCode::BAD_GATEWAY, why),
        Err(_) => {
            let within = ANSWER_WITHIN.as_secs();
            failed(
                StatusCode::GATEWAY_TIMEOUT,
                format!("did not answer within {within} s"),
            )
        }
    }
}

fn passed_on(mut response: Response) -> Response {
    let headers = headers::end_to_end(response.headers());
    *response.headers_mut() = headers;
    response
}

/// How an upgrade comes out.
enum Upgraded {
    Open(Connected),
    /// The upstream has an answer of its own, such as a refusal in words.
    Answered(Response),
}

async fn websock(
    gateway: Arc<Gateway>,
    upstream: &Upstream,
    asked: Asked,
    upgrade: WebSocketUpgrade,
) -> Response {
    let session = session_of(asked.uri.path()).to_owned();
    let mut record = Record::begin(Arc::clone(&gateway), session.clone(), asked.client(&gateway));
    if gateway.is_draining() {
        return answer(upgrade, Err(Close::shutting_down()), record);
    }
    let place = match place(&gateway, &session, &asked) {
        Ok(place) => place,
        Err(close) => return answer(upgrade, Err(close), record),
    };
    record.target(upstream.to_string());
    let timeouts = gateway.config.timeouts.clone();
    let within = timeouts.connect;
    let upgraded = timeout(within, reach(&gateway, upstream, &asked))
        .await
        .unwrap_or_else(|_| {
            let reason = format!("{upstream} did not answer within {} s", within.as_secs());
            Err(Close::new(Close::TIMEOUT, reason))
        });
    let begun = match upgraded {
        Ok(Upgraded::Open(connected)) => {
            record.reached();
            let route = Route {
                name: upstream.to_string(),
                view_only: false,
                timeouts,
            };
            Ok(Begun {
                route,
                connected,
                _place: place,
                visit: None,
            })
        }
        Ok(Upgraded::Answered(response)) => {
            record.answered(format!(
                "{upstream} answered {} to the WebSocket upgrade",
                response.status()
            ));
            return response;
        }
        Err(close) => Err(close),
    };
    answer(upgrade, begun, record)
}

async fn reach(gateway: &Gateway, upstream: &Upstream, asked: &Asked) -> Result<Upgraded, Close> {
    let unreachable = |why: &str| Close::new(Close::UNREACHABLE, format!("{upstream} {why}"));
    let uri = upstream
        .uri(&asked.uri)
        .ok_or_else(|| unreachable("has no such address"))?;
    let key = generate_key();
    let mut headers = onward(asked);
    for (name, value) in [
        (header::CONNECTION, "Upgrade"),
        (header::UPGRADE, "websocket"),
        (header::SEC_WEBSOCKET_VERSION, "13"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        header::SEC_WEBSOCKET_KEY,
        HeaderValue::from_str(&key).map_err(|_| unreachable("cannot be asked"))?,
    );
    if let Some(protocols) = asked.headers.get(header::SEC_WEBSOCKET_PROTOCOL) {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocols.clone());
    }
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let response = gateway
        .client
        .send(request)
        .await
        .map_err(|why| unreachable(&why))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(Upgraded::Answered(passed_on(response.map(Body::new))));
    }
    let header = |name| response.headers().get(name).cloned();
    let expected = derive_accept_key(key.as_bytes());
    if header(header::SEC_WEBSOCKET_ACCEPT).is_none_or(|accept| accept != expected.as_str()) {
        return Err(unreachable("does not speak WebSocket"));
    }
    let protocol = header(header::SEC_WEBSOCKET_PROTOCOL);
    let stream = hyper::upgrade::on(response)
        .await
        .map_err(|error| unreachable(&format!("broke the connection: {error}")))?;
    // What came with the answer is in the stream.
    let (stream, first) = (Box::new(TokioIo::new(stream)), Bytes::new());
    Ok(Upgraded::Open(Connected::by_websocket(stream, first, protocol)))
}

/// The session in a path, for the log and the limits.
fn session_of(path: &str) -> &str {
    path.strip_prefix("/api/auth/session/")
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default()
}
