//! The WebSocket of a session.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::info;

use super::asked::Asked;
use super::{Gateway, refused_origin};
use crate::access::Caller;
use crate::bridge;
use crate::close::Close;
use crate::session::Target;
use crate::sources::Absent;

/// The largest message that a browser may send: the viewer's own are far smaller, but for clipboard texts.
const MAX_MESSAGE: usize = 32 << 20;

/// Once its origin is known to be right it is accepted in any case, since only an open WebSocket can be told what is
/// wrong.
pub(super) async fn websock(
    gateway: Arc<Gateway>,
    id: Option<String>,
    path: &str,
    asked: Asked,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        let text =
            "This address is for WebSockets. A proxy on the way has to pass Upgrade and Connection on.\n";
        return (
            StatusCode::UPGRADE_REQUIRED,
            [(header::UPGRADE, "websocket")],
            text,
        )
            .into_response();
    };
    let Some(suffix) = asked.suffix(&gateway, path) else {
        let text = "No address climbs out of the path that its session has.\n";
        return (StatusCode::BAD_REQUEST, text).into_response();
    };
    let session = id.clone().unwrap_or_default();
    if let Some(refused) = refused_origin(&gateway, &session, &asked.headers) {
        return refused;
    }
    let (caller, target) = match asked.admitted(&gateway, id.as_deref()).await {
        Ok(caller) => (caller, target(&gateway, id.as_deref(), &asked).await),
        Err(denied) => (Caller::default(), Err(denied.close())),
    };
    let upgrade = upgrade
        .protocols(["binary"])
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    let closing = gateway.closing.subscribe();
    upgrade.on_upgrade(async move |socket| {
        gateway.metrics.opened.fetch_add(1, Relaxed);
        let hop = target
            .as_ref()
            .map_or_else(|_| "gateway".to_owned(), Target::to_string);
        let route = bridge::Route {
            target,
            suffix,
            origin: asked.headers.get(header::ORIGIN).cloned(),
            view_only: caller.view_only,
            timeouts: gateway.config.timeouts.clone(),
        };
        // Held until the last word on it is said, which a gateway that shuts down waits for.
        let _open = closing.clone();
        let summary = bridge::run(socket, route, closing).await;
        gateway.metrics.ended.fetch_add(1, Relaxed);
        gateway.metrics.bytes_up.fetch_add(summary.bytes_up, Relaxed);
        gateway.metrics.bytes_down.fetch_add(summary.bytes_down, Relaxed);
        if !summary.reached {
            gateway.metrics.unreachable.fetch_add(1, Relaxed);
        }
        info!(
            session,
            peer = %asked.peer,
            who = caller.who.unwrap_or_default(),
            hop = if summary.by_browser { "browser".to_owned() } else { hop },
            cause = %summary.close,
            bytes_up = summary.bytes_up,
            bytes_down = summary.bytes_down,
            seconds = summary.duration.as_secs(),
            "connection ended"
        );
    })
}

/// Where a session's desktop is; or what its viewer is to be told instead.
async fn target(gateway: &Gateway, id: Option<&str>, asked: &Asked) -> Result<Target, Close> {
    let Some(id) = id else {
        return Err(Close::new(Close::NO_SESSION, "no default session"));
    };
    match gateway.sessions.find(id, &asked.headers).await {
        Ok(session) => session.target().cloned(),
        Err(Absent::Unknown) => Err(Close::new(Close::NO_SESSION, format!("no session \"{id}\""))),
        Err(Absent::Forbidden(why)) => Err(Close::new(Close::FORBIDDEN, why)),
        Err(Absent::Failed(why)) => Err(Close::new(Close::UNREACHABLE, why)),
    }
}
