//! The viewer's page, below each session and at the root; and the dashboard's.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Redirect, Response};

use super::asked::Asked;
use super::websock::websock;
use super::{Gateway, Shared, no_session};
use crate::site;

pub(super) async fn root(State(gateway): Shared, asked: Asked) -> Response {
    let sessions = &gateway.sessions;
    match sessions.default_session() {
        Some(id) => Redirect::temporary(&format!("/api/auth/session/{id}/novnc")).into_response(),
        None if sessions.listed().is_empty() && !sessions.providers().is_empty() => {
            Redirect::temporary("/dashboard/remote-cli").into_response()
        }
        None => match asked.admitted(&gateway, None).await {
            Ok(_) => sessions_page(&gateway).into_response(),
            Err(denied) => denied.into_response(),
        },
    }
}

/// A list without script or style. Names need no escaping: the configuration allows none that would.
fn sessions_page(gateway: &Gateway) -> impl IntoResponse + use<> {
    let items: String = gateway
        .sessions
        .listed()
        .iter()
        .map(|session| {
            format!(
                "<li><a href=\"{}\">{}</a></li>",
                session.viewer_path(),
                session.id
            )
        })
        .collect();
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Porthole</title><h1>Sessions</h1><ul>{items}</ul></html>"
    );
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        html,
    )
}

pub(super) async fn session(State(gateway): Shared, Path(id): Path<String>, asked: Asked) -> Response {
    page(&gateway, &id, "index.html", &asked).await
}

pub(super) async fn below_session(
    State(gateway): Shared,
    Path((id, rest)): Path<(String, String)>,
    asked: Asked,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // Below /api/auth/session/{id}/novnc.
    match asked.after_websock(5).map(str::to_owned) {
        Some(suffix) => websock(gateway, Some(id), &suffix, asked, upgrade).await,
        None => page(&gateway, &id, name_of(&rest), &asked).await,
    }
}

/// The dashboard, for whom all sessions are. Its addresses are relative to the folder above its own.
pub(super) async fn dashboard(State(gateway): Shared, asked: Asked) -> Response {
    let caller = match asked.admitted(&gateway, None).await {
        Ok(caller) => caller,
        Err(denied) => return denied.into_response(),
    };
    let redirect = gateway.access.take_token(asked.request(None), &caller);
    redirect.unwrap_or_else(|| match site::file(DASHBOARD) {
        Some(file) => site::respond(file, &asked.headers, &gateway.dashboard_policy),
        None => nothing(),
    })
}

/// There they would lead elsewhere.
pub(super) async fn dashboard_without_slash(asked: Asked) -> Response {
    let query = asked.uri.query().map(|query| format!("?{query}"));
    // Relative, since a proxy in front may have put it elsewhere.
    Redirect::permanent(&format!("../remote-cli{}", query.unwrap_or_default())).into_response()
}

/// The site at the root is the default session's, and the debug page. It is the same for everybody.
pub(super) async fn below_root(
    State(gateway): Shared,
    Path(rest): Path<String>,
    asked: Asked,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match asked.after_websock(0).map(str::to_owned) {
        Some(suffix) => {
            let id = gateway.sessions.default_session();
            websock(gateway, id, &suffix, asked, upgrade).await
        }
        None => file(&gateway, name_of(&rest), &asked.headers),
    }
}

/// A file of the site, for whom its session is.
async fn page(gateway: &Arc<Gateway>, id: &str, name: &str, asked: &Asked) -> Response {
    let caller = match asked.admitted(gateway, Some(id)).await {
        Ok(caller) => caller,
        Err(denied) => return denied.into_response(),
    };
    if let Err(absent) = gateway.sessions.find(id, &asked.headers).await {
        return no_session(id, &absent);
    }
    let redirect = gateway.access.take_token(asked.request(Some(id)), &caller);
    redirect.unwrap_or_else(|| file(gateway, name, &asked.headers))
}

/// The dashboard's file, which is right at its own address alone.
const DASHBOARD: &str = "dashboard.html";

/// Which file a path below a page stands for.
fn name_of(rest: &str) -> &str {
    match rest.trim_end_matches('/') {
        "debug" => "index.html",
        name => name,
    }
}

/// Whom the page listens to when it is embedded, besides pages of its own origin. The site has one that names nobody.
const EMBEDDERS: &str = "embedders.json";

fn file(gateway: &Gateway, name: &str, headers: &HeaderMap) -> Response<Body> {
    if name == EMBEDDERS {
        return embedders(gateway);
    }
    match site::file(name) {
        Some(file) if name != DASHBOARD => site::respond(file, headers, &gateway.policy),
        _ => nothing(),
    }
}

/// A page that may open the WebSocket can do all that it might have the viewer do.
fn embedders(gateway: &Gateway) -> Response<Body> {
    let origins = Json(&gateway.config.allowed_origins);
    ([(header::CACHE_CONTROL, "no-store")], origins).into_response()
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}
