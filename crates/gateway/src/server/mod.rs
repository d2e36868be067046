//! The routes.

mod api;
mod asked;
mod pages;
mod websock;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use crate::access::Access;
use crate::config::Config;
use crate::http_client::HttpClient;
use crate::metrics::Metrics;
use crate::origin;
use crate::session::Target;
use crate::site;
use crate::sources::{Absent, Sessions};

/// What all handlers share.
#[derive(Debug)]
struct Gateway {
    config: Config,
    sessions: Arc<Sessions>,
    access: Access,
    metrics: Metrics,
    /// The page's Content-Security-Policy.
    policy: HeaderValue,
    /// Becomes true when the gateway shuts down. Every connection holds a receiver as long as it lasts.
    closing: watch::Sender<bool>,
}

type Shared = State<Arc<Gateway>>;

impl Gateway {
    /// Counts and tells that somebody was not let in.
    fn refuse(&self, session: &str, cause: &str) {
        self.metrics.refused.fetch_add(1, Relaxed);
        warn!(session, hop = "browser", cause, "refused");
    }
}

/// How long connections may take to end when the gateway shuts down.
const GRACE: Duration = Duration::from_secs(5);

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
    let client = HttpClient::new()?;
    let sessions = Arc::new(Sessions::new(&config, &client));
    let access = Access::new(config.tokens.clone(), config.forward_auth.clone(), client);
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
        access,
        metrics: Metrics::default(),
        policy,
        closing: watch::Sender::new(false),
    });
    let closing = Arc::clone(&gateway);
    let service = router(Arc::clone(&gateway)).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
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
        .route("/", get(pages::root))
        .route(
            "/health",
            get(|| async { Json(serde_json::json!({ "status": "ok" })) }),
        )
        .route("/metrics", get(metrics))
        .route("/api/auth/providers", get(api::providers))
        .route("/api/auth/session", post(api::create))
        .route("/api/auth/session/{id}", get(api::describe).delete(api::end))
        .route("/api/auth/session/{id}/novnc", get(pages::session))
        .route("/api/auth/session/{id}/novnc/", get(pages::session))
        .route("/api/auth/session/{id}/novnc/{*rest}", get(pages::below_session))
        .route("/{*rest}", get(pages::below_root))
        .with_state(gateway)
}

async fn metrics(State(gateway): Shared) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        gateway.metrics.render(),
    )
}

/// That there is no session for somebody, as a request is answered.
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
    gateway.refuse(id, &refused.to_string());
    Some((StatusCode::FORBIDDEN, format!("{refused}\n")).into_response())
}
