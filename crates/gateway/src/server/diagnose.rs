//! What the gateway sees when it goes the way to a session's desktop, for a page that wants to know why it shows none.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Json, Response};
use porthole_doctor::{Cause, Seen, Standing};
use tracing::info;

use super::asked::Asked;
use super::websock::place;
use super::{Gateway, Shared, no_session, refused_origin};
use crate::doctor::{self, Options};
use crate::session::{State as How, Target};
use crate::sources::Absent;

/// The longest that a step is waited for. The page has to be answered while somebody still looks at it.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn session(state: Shared, Path(id): Path<String>, asked: Asked) -> Response {
    diagnose(&state.0, Some(&id), &asked).await
}

/// The page at the root shows the default session.
pub(super) async fn root(State(gateway): Shared, asked: Asked) -> Response {
    let id = gateway.sessions.default_session();
    diagnose(&gateway, id.as_deref(), &asked).await
}

/// Who may use the session may know what is on the way to it, and no more often than there may be connections: this is one.
async fn diagnose(gateway: &Arc<Gateway>, id: Option<&str>, asked: &Asked) -> Response {
    let name = id.unwrap_or_default();
    if let Some(refused) = refused_origin(gateway, name, &asked.headers) {
        return refused;
    }
    if let Err(denied) = asked.admitted(gateway, id).await {
        return denied.into_response();
    }
    let seen = match place(gateway, name, asked) {
        _ if gateway.is_draining() => standing(Standing::Draining),
        Err(close) => standing(Standing::Full(close.reason)),
        Ok(_place) => match gateway.sessions.find(name, &asked.headers).await {
            Err(absent @ Absent::Forbidden(_)) => return no_session(name, &absent),
            Err(Absent::Unknown) => standing(Standing::Unknown),
            Err(Absent::Failed(why)) => standing(Standing::Unanswered(why)),
            Ok(session) => match &session.state {
                How::Ready(target) => look(gateway, target).await,
                How::Creating | How::Booting => standing(Standing::Creating),
                How::Failed(why) => standing(Standing::Failed(why.clone())),
                How::Ended(_) => standing(Standing::Ended),
            },
        },
    };
    let report = seen.report();
    let cause = report.cause.map_or("none", Cause::name);
    info!(session = name, peer = %asked.client(gateway), target = report.of, cause, "diagnosed");
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (headers, Json(doctor::document(&report))).into_response()
}

async fn look(gateway: &Gateway, target: &Target) -> Seen {
    let options = Options {
        patience: gateway.config.timeouts.connect.min(PATIENCE),
        quiet: None,
        password: None,
    };
    Seen {
        session: Some(Standing::Ready),
        ..doctor::examine_target(target, &options).await
    }
}

fn standing(standing: Standing) -> Seen {
    Seen {
        session: Some(standing),
        ..Seen::default()
    }
}
