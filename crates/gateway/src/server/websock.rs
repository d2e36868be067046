//! The WebSocket of a session.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::asked::Asked;
use super::record::Record;
use super::{Gateway, refused_origin};
use crate::bridge::{self, Connected, Onward, Route};
use crate::close::Close;
use crate::headers;
use crate::limits::Place;
use crate::session::Target;
use crate::sources::{Absent, Visit};

/// The largest message that a browser may send: the viewer's own are far smaller, but for clipboard texts.
const MAX_MESSAGE: usize = 32 << 20;

/// What a browser's WebSocket reads at once. Viewers say little; what is longer has a buffer of its own meanwhile.
const READ_BUFFER: usize = 2 << 10;

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
        let text = "This address is for WebSockets. A proxy on the way has to pass Upgrade and Connection on, by HTTP/1.1.\n";
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
    let mut record = Record::begin(Arc::clone(&gateway), session, asked.client(&gateway));
    let begun = begin(&gateway, id.as_deref(), suffix, &asked, &mut record).await;
    answer(upgrade, begun, record)
}

/// Answers a browser, carries what it says and hears, or tells it why not.
pub(super) fn answer(upgrade: WebSocketUpgrade, begun: Result<Begun, Close>, mut record: Record) -> Response {
    let mut upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    let chosen = begun
        .as_ref()
        .ok()
        .and_then(|begun| begun.connected.protocol.clone());
    match chosen {
        Some(chosen) if upgrade.requested_protocols().any(|offered| *offered == chosen) => {
            upgrade.set_selected_protocol(chosen);
        }
        // A browser that offers it wants it answered, also by a target that has no WebSocket.
        _ => upgrade = upgrade.protocols(["binary"]),
    }
    upgrade.on_upgrade(async move |socket| {
        record.opened();
        match begun {
            Ok(begun) => {
                let Begun {
                    route,
                    connected,
                    visit,
                    _place,
                } = begun;
                let summary = bridge::run(socket, &route, connected, record.closing(), visit.as_ref()).await;
                record.ended(summary);
            }
            Err(close) => {
                bridge::refuse(socket, &close).await;
                record.refused(close);
            }
        }
    })
}

/// A connection that has what it needs.
pub(super) struct Begun {
    pub(super) route: Route,
    pub(super) connected: Connected,
    /// Held as long as it lasts.
    pub(super) _place: Place,
    /// Of the session, where that is known here.
    pub(super) visit: Option<Visit>,
}

/// Goes the way to a session's desktop before the browser is answered: its answer has the desktop's subprotocol in it. A
/// browser that leaves meanwhile is not waited for.
async fn begin(
    gateway: &Arc<Gateway>,
    id: Option<&str>,
    suffix: String,
    asked: &Asked,
    record: &mut Record,
) -> Result<Begun, Close> {
    if gateway.is_draining() {
        return Err(Close::shutting_down());
    }
    let caller = asked
        .admitted(gateway, id)
        .await
        .map_err(|denied| denied.close())?;
    record.who(&caller);
    let place = place(gateway, id.unwrap_or_default(), asked)?;
    let target = target(gateway, id, asked).await?;
    let visit = id.map(|id| Visit::new(&gateway.sessions, id, &asked.headers));
    record.target(target.to_string());
    let timeouts = gateway.config.timeouts.clone();
    let connected = match bridge::connect(&target, &onward(&target, suffix, asked), timeouts.connect).await {
        Ok(connected) => connected,
        Err(close) => return Err(not_reached(close, visit.as_ref(), record).await),
    };
    record.reached();
    let route = Route {
        name: target.to_string(),
        view_only: caller.view_only,
        timeouts,
    };
    Ok(Begun {
        route,
        connected,
        _place: place,
        visit,
    })
}

/// Why a desktop is not reached: it may be that the session has ended meanwhile, and its server with it.
async fn not_reached(close: Close, visit: Option<&Visit>, record: &mut Record) -> Close {
    let over = match visit {
        Some(visit) => visit.is_over_too().await,
        None => None,
    };
    match over {
        Some(over) => {
            record.over();
            over.with_detail(Some(close.to_string()))
        }
        None => close,
    }
}

/// A place for one more connection.
pub(super) fn place(gateway: &Gateway, session: &str, asked: &Asked) -> Result<Place, Close> {
    gateway
        .places
        .take(Some(session), Some(asked.client(gateway)))
        .inspect_err(|close| gateway.refuse("limit", session, &close.reason))
}

/// What a WebSocket target gets of the browser's headers: not what the browser proves itself with, which is for the
/// gateway and for whoever it asks.
fn onward(target: &Target, suffix: String, asked: &Asked) -> Onward {
    if !matches!(target, Target::WebSocket { .. }) {
        return Onward::default();
    }
    let mut headers = headers::end_to_end(&asked.headers);
    for name in headers::CREDENTIALS {
        headers.remove(name);
    }
    headers::add_forwarded(&mut headers, &asked.headers, asked.peer, asked.is_tls);
    Onward {
        suffix,
        headers,
        protocols: asked.headers.get(header::SEC_WEBSOCKET_PROTOCOL).cloned(),
    }
}

/// Where a session's desktop is; or what its viewer is to be told instead.
async fn target(gateway: &Gateway, id: Option<&str>, asked: &Asked) -> Result<Target, Close> {
    let Some(id) = id else {
        return Err(Close::new(Close::NO_SESSION, "no default session"));
    };
    match gateway.sessions.find(id, &asked.headers).await {
        Ok(session) => session.target().cloned(),
        Err(Absent::Unknown) => Err(Close::new(Close::NO_SESSION, format!("no session {id:?}"))),
        Err(Absent::Forbidden(why)) => Err(Close::new(Close::FORBIDDEN, why)),
        Err(Absent::Failed(why)) => Err(Close::new(Close::FAILED_DEPENDENCY, why)),
    }
}
