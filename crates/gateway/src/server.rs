//! The routes.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::Result;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, body::Body};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use crate::bridge;
use crate::close::Close;
use crate::config::Config;
use crate::http_client::HttpClient;
use crate::metrics::Metrics;
use crate::origin;
use crate::session::{Session, Target};
use crate::site;
use crate::sources::{Absent, Choice, NotStarted, Sessions};

/// What all handlers share.
#[derive(Debug)]
struct Gateway {
    config: Config,
    sessions: Arc<Sessions>,
    metrics: Metrics,
    /// The page's Content-Security-Policy.
    policy: HeaderValue,
    /// Becomes true when the gateway shuts down. Every connection holds a receiver as long as it lasts.
    closing: watch::Sender<bool>,
}

type Shared = State<Arc<Gateway>>;

/// How long connections may take to end when the gateway shuts down.
const GRACE: Duration = Duration::from_secs(5);

/// The largest message that a browser may send: the viewer's own are far smaller, but for clipboard texts.
const MAX_MESSAGE: usize = 32 << 20;

/// Serves until `shutdown` is done; then ends all connections with words, and returns.
///
/// # Errors
/// Where the configuration cannot be put into headers, or the listener fails.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let policy = HeaderValue::try_from(site::content_security_policy(&config.frame_ancestors))?;
    if !site::IS_BUILT {
        warn!("the site is not in this binary: `cargo xtask build` builds both");
    }
    let sessions = Arc::new(Sessions::new(&config, &HttpClient::new()?));
    for session in sessions.listed() {
        info!(
            session = session.id,
            target = session.target().map(Target::to_string).unwrap_or_default(),
            path = session.viewer_path(),
            "session"
        );
    }
    let (followed, as_it_is) = (Arc::clone(&sessions), config.clone());
    let following = AbortOnDropHandle::new(tokio::spawn(async move { followed.follow(as_it_is).await }));
    let gateway = Arc::new(Gateway {
        config,
        sessions,
        metrics: Metrics::default(),
        policy,
        closing: watch::Sender::new(false),
    });
    let closing = Arc::clone(&gateway);
    axum::serve(listener, router(Arc::clone(&gateway)))
        .with_graceful_shutdown(async move {
            shutdown.await;
            closing.closing.send_replace(true);
        })
        .await?;
    drop(following);
    gateway.sessions.shut_down().await;
    // WebSockets are no longer the HTTP server's, so it does not wait for them.
    if timeout(GRACE, gateway.closing.closed()).await.is_err() {
        warn!(
            connections = gateway.closing.receiver_count(),
            "ended with connections still open"
        );
    }
    Ok(())
}

fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/", get(root))
        .route(
            "/health",
            get(|| async { Json(serde_json::json!({ "status": "ok" })) }),
        )
        .route("/metrics", get(metrics))
        .route("/api/auth/providers", get(providers))
        .route("/api/auth/session", post(create))
        .route("/api/auth/session/{id}", get(describe).delete(end))
        .route("/api/auth/session/{id}/novnc", get(session_page))
        .route("/api/auth/session/{id}/novnc/", get(session_page))
        .route("/api/auth/session/{id}/novnc/{*rest}", get(below_session))
        .route("/{*rest}", get(below_root))
        .with_state(gateway)
}

async fn root(State(gateway): Shared) -> Response {
    match gateway.sessions.default_session() {
        Some(id) => Redirect::temporary(&format!("/api/auth/session/{id}/novnc")).into_response(),
        None => sessions_page(&gateway).into_response(),
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

async fn metrics(State(gateway): Shared) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        gateway.metrics.render(),
    )
}

async fn describe(State(gateway): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match gateway.sessions.find(&id, &headers).await {
        Ok(session) => described(StatusCode::OK, &session),
        Err(absent) => no_session(&id, &absent),
    }
}

fn described(status: StatusCode, session: &Session) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(session.description())).into_response()
}

async fn providers(State(gateway): Shared) -> Json<Vec<Choice>> {
    Json(gateway.sessions.providers())
}

/// Which provider is to start a desktop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    provider: String,
}

async fn create(State(gateway): Shared, headers: HeaderMap, Json(wanted): Json<Wanted>) -> Response {
    if let Some(refused) = refused_origin(&gateway, "", &headers) {
        return refused;
    }
    match gateway.sessions.start(&wanted.provider) {
        Ok(session) => described(StatusCode::CREATED, &session),
        Err(error) => {
            let status = match error {
                NotStarted::NoProvider(_) => StatusCode::NOT_FOUND,
                NotStarted::Full { .. } => StatusCode::TOO_MANY_REQUESTS,
                NotStarted::Closing | NotStarted::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            warn!(hop = "gateway", cause = %error, "no desktop is started");
            (status, format!("{error}\n")).into_response()
        }
    }
}

async fn end(State(gateway): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refused) = refused_origin(&gateway, &id, &headers) {
        return refused;
    }
    if gateway.sessions.end(&id) {
        return StatusCode::NO_CONTENT.into_response();
    }
    match gateway.sessions.find(&id, &headers).await {
        Ok(_) => {
            let text = format!("The session {id:?} was not started here, and is not ended here.\n");
            (StatusCode::CONFLICT, text).into_response()
        }
        Err(absent) => no_session(&id, &absent),
    }
}

async fn session_page(State(gateway): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match gateway.sessions.find(&id, &headers).await {
        Ok(_) => file(&gateway, "index.html", &headers),
        Err(absent) => no_session(&id, &absent),
    }
}

async fn below_session(
    State(gateway): Shared,
    Path((id, rest)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if let Some(suffix) = rest.strip_prefix("websock") {
        return websock(gateway, Some(id), suffix_with(suffix, query), headers, upgrade).await;
    }
    match gateway.sessions.find(&id, &headers).await {
        Ok(_) => page_or_file(&gateway, &rest, &headers),
        Err(absent) => no_session(&id, &absent),
    }
}

/// The site at the root is the default session's, and the debug page.
async fn below_root(
    State(gateway): Shared,
    Path(rest): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if let Some(suffix) = rest.strip_prefix("websock") {
        let id = gateway.sessions.default_session();
        return websock(gateway, id, suffix_with(suffix, query), headers, upgrade).await;
    }
    page_or_file(&gateway, &rest, &headers)
}

fn suffix_with(path: &str, query: Option<String>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

fn page_or_file(gateway: &Gateway, rest: &str, headers: &HeaderMap) -> Response {
    match rest.trim_end_matches('/') {
        "debug" => file(gateway, "index.html", headers),
        name => file(gateway, name, headers),
    }
}

fn file(gateway: &Gateway, name: &str, headers: &HeaderMap) -> Response<Body> {
    match site::file(name) {
        Some(file) => site::respond(file, headers, &gateway.policy),
        None => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
    }
}

fn no_session(id: &str, absent: &Absent) -> Response {
    let (status, text) = match absent {
        Absent::Unknown => (StatusCode::NOT_FOUND, format!("There is no session {id:?}.\n")),
        Absent::Forbidden(why) => (StatusCode::FORBIDDEN, format!("{why}\n")),
        Absent::Failed(why) => {
            warn!(session = id, cause = why, "no session");
            (StatusCode::BAD_GATEWAY, format!("{why}\n"))
        }
    };
    (status, text).into_response()
}

/// The answer to a page of an origin that may not do this.
fn refused_origin(gateway: &Gateway, id: &str, headers: &HeaderMap) -> Option<Response> {
    let refused = origin::check(headers, &gateway.config.allowed_origins).err()?;
    gateway.metrics.refused.fetch_add(1, Relaxed);
    warn!(session = id, hop = "browser", cause = %refused, "refused");
    Some((StatusCode::FORBIDDEN, format!("{refused}\n")).into_response())
}

/// The WebSocket of a session. Once its origin is known to be right it is accepted in any case, since only an
/// open WebSocket can be told what is wrong.
async fn websock(
    gateway: Arc<Gateway>,
    id: Option<String>,
    suffix: String,
    headers: HeaderMap,
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
    let name = id.clone().unwrap_or_default();
    if let Some(refused) = refused_origin(&gateway, &name, &headers) {
        return refused;
    }
    let target = match id {
        Some(id) => target(&gateway, &id, &headers).await,
        None => Err(Close::new(Close::NO_SESSION, "no default session")),
    };
    let upgrade = upgrade
        .protocols(["binary"])
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    let origin = headers.get(header::ORIGIN).cloned();
    let closing = gateway.closing.subscribe();
    upgrade.on_upgrade(async move |socket| {
        gateway.metrics.opened.fetch_add(1, Relaxed);
        let hop = target
            .as_ref()
            .map_or_else(|_| "gateway".to_owned(), Target::to_string);
        let route = bridge::Route {
            target,
            suffix,
            origin,
            timeouts: gateway.config.timeouts.clone(),
        };
        let summary = bridge::run(socket, route, closing).await;
        gateway.metrics.ended.fetch_add(1, Relaxed);
        gateway.metrics.bytes_up.fetch_add(summary.bytes_up, Relaxed);
        gateway.metrics.bytes_down.fetch_add(summary.bytes_down, Relaxed);
        if !summary.reached {
            gateway.metrics.unreachable.fetch_add(1, Relaxed);
        }
        info!(
            session = name,
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
async fn target(gateway: &Gateway, id: &str, headers: &HeaderMap) -> Result<Target, Close> {
    match gateway.sessions.find(id, headers).await {
        Ok(session) => session.target().cloned(),
        Err(Absent::Unknown) => Err(Close::new(Close::NO_SESSION, format!("no session \"{id}\""))),
        Err(Absent::Forbidden(why)) => Err(Close::new(Close::FORBIDDEN, why)),
        Err(Absent::Failed(why)) => Err(Close::new(Close::UNREACHABLE, why)),
    }
}
