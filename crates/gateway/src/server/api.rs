//! Sessions as JSON.

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use tokio::time::timeout;
use tracing::warn;

use super::asked::Asked;
use super::{Shared, no_session, refused_origin};
use crate::health::Health;
use crate::session::Session;
use crate::sources::NotStarted;

pub(super) async fn describe(State(gateway): Shared, Path(id): Path<String>, asked: Asked) -> Response {
    if let Err(denied) = asked.admitted(&gateway, Some(&id)).await {
        return denied.into_response();
    }
    match gateway.sessions.examine(&id, &asked.headers).await {
        Ok((session, health)) => described(StatusCode::OK, &session, health.as_ref()),
        Err(absent) => no_session(&id, &absent),
    }
}

/// What holds for the moment alone.
const NOT_KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

fn described(status: StatusCode, session: &Session, health: Option<&Health>) -> Response {
    (status, NOT_KEPT, Json(session.description(health))).into_response()
}

pub(super) async fn providers(State(gateway): Shared, asked: Asked) -> Response {
    match asked.admitted(&gateway, None).await {
        Ok(_) => (NOT_KEPT, Json(gateway.sessions.providers())).into_response(),
        Err(denied) => denied.into_response(),
    }
}

/// The most bytes that say so.
pub(super) const MOST_BYTES: usize = 16 << 10;

/// Which provider is to start a desktop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    provider: String,
}

pub(super) async fn create(State(gateway): Shared, asked: Asked, request: Request) -> Response {
    if let Some(refused) = refused_origin(&gateway, "", &asked.headers) {
        return refused;
    }
    match asked.admitted(&gateway, None).await {
        Ok(caller) if caller.view_only => return only_looks(),
        Ok(_) => {}
        Err(denied) => return denied.into_response(),
    }
    // Nobody holds a connection by a body that does not come.
    let within = gateway.config.timeouts.handshake;
    let wanted = match timeout(within, Json::<Wanted>::from_request(request, &())).await {
        Ok(Ok(Json(wanted))) => wanted,
        Ok(Err(rejection)) => return rejection.into_response(),
        Err(_) => {
            let text = format!("The request's body did not come within {} s.\n", within.as_secs());
            return (StatusCode::REQUEST_TIMEOUT, text).into_response();
        }
    };
    let started = if gateway.is_draining() {
        Err(NotStarted::Closing)
    } else {
        gateway.sessions.start(&wanted.provider)
    };
    match started {
        Ok(session) => described(StatusCode::CREATED, &session, None),
        Err(error) => {
            let status = match error {
                NotStarted::NoProviders => StatusCode::NOT_IMPLEMENTED,
                NotStarted::NoProvider(_) => StatusCode::NOT_FOUND,
                NotStarted::Full { .. } => StatusCode::TOO_MANY_REQUESTS,
                NotStarted::Closing | NotStarted::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            warn!(
                hop = "gateway",
                cause = error.to_string(),
                "no desktop is started"
            );
            (status, format!("{error}\n")).into_response()
        }
    }
}

pub(super) async fn end(State(gateway): Shared, Path(id): Path<String>, asked: Asked) -> Response {
    if let Some(refused) = refused_origin(&gateway, &id, &asked.headers) {
        return refused;
    }
    match asked.admitted(&gateway, Some(&id)).await {
        Ok(caller) if caller.view_only => return only_looks(),
        Ok(_) => {}
        Err(denied) => return denied.into_response(),
    }
    if gateway.sessions.end(&id) {
        return StatusCode::NO_CONTENT.into_response();
    }
    match gateway.sessions.find(&id, &asked.headers).await {
        Ok(_) => {
            let text = format!(
                "The session {id:?} was not started by this gateway, and is not ended by it: that is done where it \
                 comes from.\n"
            );
            (StatusCode::CONFLICT, text).into_response()
        }
        Err(absent) => no_session(&id, &absent),
    }
}

fn only_looks() -> Response {
    (StatusCode::FORBIDDEN, "You may only look.\n").into_response()
}
