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
use axum::routing::get;
use axum::{Router, body::Body};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::bridge;
use crate::close::Close;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::origin;
use crate::session::{Session, Target};
use crate::site;

/// What all handlers share.
#[derive(Debug)]
struct Gateway {
    config: Config,
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
    for session in config.sessions.iter() {
        info!(session = session.id, target = %session.target, path = session.viewer_path(), "session");
    }
    let gateway = Arc::new(Gateway {
        config,
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
        .route("/api/auth/session/{id}", get(describe))
        .route("/api/auth/session/{id}/novnc", get(session_page))
        .route("/api/auth/session/{id}/novnc/", get(session_page))
        .route("/api/auth/session/{id}/novnc/{*rest}", get(below_session))
        .route("/{*rest}", get(below_root))
        .with_state(gateway)
}

async fn root(State(gateway): Shared) -> Response {
    match gateway.config.sessions.default_session() {
        Some(session) => Redirect::temporary(&session.viewer_path()).into_response(),
        None => sessions_page(&gateway).into_response(),
    }
}

/// A list without script or style. Names need no escaping: the configuration allows none that would.
fn sessions_page(gateway: &Gateway) -> impl IntoResponse + use<> {
    let items: String = gateway
        .config
        .sessions
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

async fn describe(State(gateway): Shared, Path(id): Path<String>) -> Response {
    match gateway.config.sessions.get(&id) {
        Some(session) => ([(header::CACHE_CONTROL, "no-store")], Json(session.description())).into_response(),
        None => no_session(&id),
    }
}

async fn session_page(State(gateway): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match gateway.config.sessions.get(&id) {
        Some(_) => file(&gateway, "index.html", &headers),
        None => no_session(&id),
    }
}

async fn below_session(
    State(gateway): Shared,
    Path((id, rest)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let session = gateway.config.sessions.get(&id).cloned();
    if let Some(suffix) = rest.strip_prefix("websock") {
        return websock(
            gateway,
            id,
            session,
            suffix_with(suffix, query),
            &headers,
            upgrade,
        );
    }
    match session {
        Some(_) => page_or_file(&gateway, &rest, &headers),
        None => no_session(&id),
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
        let session = gateway.config.sessions.default_session().cloned();
        let id = session
            .as_ref()
            .map_or_else(String::new, |session| session.id.clone());
        return websock(
            gateway,
            id,
            session,
            suffix_with(suffix, query),
            &headers,
            upgrade,
        );
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

fn no_session(id: &str) -> Response {
    (StatusCode::NOT_FOUND, format!("There is no session {id:?}.\n")).into_response()
}

/// The WebSocket of a session. Once its origin is known to be right it is accepted in any case, since only an
/// open WebSocket can be told what is wrong.
fn websock(
    gateway: Arc<Gateway>,
    id: String,
    session: Option<Session>,
    suffix: String,
    headers: &HeaderMap,
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
    if let Err(refused) = origin::check(headers, &gateway.config.allowed_origins) {
        gateway.metrics.refused.fetch_add(1, Relaxed);
        warn!(session = id, hop = "browser", cause = %refused, "refused");
        return (StatusCode::FORBIDDEN, format!("{refused}\n")).into_response();
    }
    let upgrade = upgrade
        .protocols(["binary"])
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE);
    let origin = headers.get(header::ORIGIN).cloned();
    let closing = gateway.closing.subscribe();
    upgrade.on_upgrade(async move |socket| {
        gateway.metrics.opened.fetch_add(1, Relaxed);
        let target = session.map(|session| session.target).ok_or_else(|| {
            let what = if id.is_empty() {
                "no default session".to_owned()
            } else {
                format!("no session \"{id}\"")
            };
            Close::new(Close::NO_SESSION, what)
        });
        let name = target
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
            session = id,
            hop = if summary.by_browser { "browser".to_owned() } else { name },
            cause = %summary.close,
            bytes_up = summary.bytes_up,
            bytes_down = summary.bytes_down,
            seconds = summary.duration.as_secs(),
            "connection ended"
        );
    })
}
