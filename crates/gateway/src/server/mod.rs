//! The routes.

mod accept;
mod api;
mod asked;
mod diagnose;
mod edge;
mod pages;
mod record;
mod websock;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use axum_server::Handle;
use futures_util::FutureExt;
use porthole_doctor::NO_SESSION;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use accept::Acceptor;

use crate::access::Access;
use crate::config::Config;
use crate::http_client::HttpClient;
use crate::limits::{Limits, Places};
use crate::metrics::Metrics;
use crate::origin;
use crate::session::Target;
use crate::shutdown::Shutdown;
use crate::site;
use crate::sources::{Absent, Sessions};
use crate::tls::Tls;

/// What all handlers share.
#[derive(Debug)]
struct Gateway {
    config: Config,
    sessions: Arc<Sessions>,
    access: Access,
    client: HttpClient,
    /// Of WebSockets, of other connections, and of those that are too many and told so.
    places: Arc<Places>,
    http_places: Arc<Places>,
    turned_away: Arc<Places>,
    metrics: Metrics,
    /// The viewer's Content-Security-Policy, and the dashboard's.
    policy: HeaderValue,
    dashboard_policy: HeaderValue,
    draining: AtomicBool,
    /// Becomes true when the gateway shuts down. Every connection holds a receiver as long as it lasts.
    closing: watch::Sender<bool>,
}

type Shared = State<Arc<Gateway>>;

impl Gateway {
    /// Counts and tells that somebody was not let in, and by what.
    fn refuse(&self, by: &'static str, session: &str, cause: &str) {
        self.metrics.refused(by);
        warn!(session, hop = "browser", by, cause, "refused");
    }

    /// Whether nobody new is taken.
    fn is_draining(&self) -> bool {
        self.draining.load(Relaxed)
    }
}

/// How long connections may take to end once they have been told.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until it is asked to end; then ends all connections with words, and returns.
///
/// # Errors
/// Where the configuration cannot be put into headers, or the listener fails.
pub async fn serve(listener: TcpListener, config: Config, asked: watch::Receiver<Shutdown>) -> Result<()> {
    let policy = site::content_security_policy(&config.frame_ancestors);
    let dashboard_policy = HeaderValue::try_from(site::with_frames(&policy))?;
    let policy = HeaderValue::try_from(policy)?;
    if !site::IS_BUILT {
        warn!("the site is not in this binary: `cargo xtask build` builds both");
    }
    let client = HttpClient::new()?;
    let sessions = Arc::new(Sessions::new(&config, &client));
    if let Some(upstream) = &config.upstream {
        info!(%upstream, "all but /health and /metrics goes on to it");
    }
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
        access: Access::new(config.tokens.clone(), config.forward_auth.clone(), client.clone()),
        client,
        places: Arc::new(Places::new(config.limits.clone())),
        http_places: Arc::new(Places::new(config.http_limits.clone())),
        turned_away: Arc::new(Places::new(Limits {
            connections: Some(accept::MOST_TURNED_AWAY),
            ..Limits::default()
        })),
        config,
        sessions,
        metrics: Metrics::default(),
        policy,
        dashboard_policy,
        draining: AtomicBool::new(false),
        closing: watch::Sender::new(false),
    });
    let handle = Handle::new();
    let ending = end_when_asked(Arc::clone(&gateway), asked, handle.clone());
    // A listener that fails ends it all.
    tokio::try_join!(listen(listener, &gateway, handle), ending.map(Ok))?;
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

/// Answers requests until the handle says that it is over.
async fn listen(listener: TcpListener, gateway: &Arc<Gateway>, handle: Handle<SocketAddr>) -> Result<()> {
    let tls = gateway.config.tls.clone();
    let certificate = tls.as_ref().map(Tls::listener).transpose()?;
    let acceptor = Acceptor::new(Arc::clone(gateway), certificate.clone());
    let _following = tls.zip(certificate).map(|(tls, certificate)| {
        AbortOnDropHandle::new(tokio::spawn(async move { tls.follow(&certificate).await }))
    });
    let mut server = axum_server::from_tcp(listener.into_std()?)?.acceptor(acceptor);
    let keep_alive = gateway.config.timeouts.keep_alive;
    server.http_builder().http1().header_read_timeout(keep_alive);
    let router = router(Arc::clone(gateway))
        .layer(from_fn(accept::within_limits))
        .layer(from_fn(accept::http1_only));
    server
        .first_request_timeout(gateway.config.timeouts.handshake)
        .handle(handle)
        .serve(router.into_make_service_with_connect_info::<SocketAddr>())
        .await?;
    Ok(())
}

/// Waits until the gateway is asked to end, and has everybody end with it.
async fn end_when_asked(
    gateway: Arc<Gateway>,
    mut asked: watch::Receiver<Shutdown>,
    handle: Handle<SocketAddr>,
) {
    // Where nobody can ask any more, nobody is left to serve for.
    let how = asked
        .wait_for(|how| *how != Shutdown::No)
        .await
        .map_or(Shutdown::Now, |how| *how);
    gateway.draining.store(true, Relaxed);
    if how == Shutdown::Drain {
        let grace = gateway.config.timeouts.drain;
        info!(
            connections = gateway.closing.receiver_count(),
            seconds = grace.as_secs(),
            "draining: nobody new is taken"
        );
        tokio::select! {
            () = gateway.closing.closed() => {}
            () = sleep(grace) => {}
            _ = asked.wait_for(|how| *how == Shutdown::Now) => {}
        }
    }
    gateway.closing.send_replace(true);
    handle.graceful_shutdown(Some(GRACE));
}

fn router(gateway: Arc<Gateway>) -> Router {
    if gateway.config.upstream.is_some() {
        return Router::new()
            .route("/health", get(health))
            .route("/metrics", get(metrics))
            .fallback(edge::forward)
            .with_state(gateway);
    }
    Router::new()
        .route("/", get(pages::root))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/api/auth/providers", get(api::providers))
        .route(
            "/api/auth/session",
            post(api::create).layer(DefaultBodyLimit::max(api::MOST_BYTES)),
        )
        .route("/api/auth/session/{id}", get(api::describe).delete(api::end))
        .route("/api/auth/session/{id}/novnc", get(pages::session))
        .route("/api/auth/session/{id}/novnc/", get(pages::session))
        .route("/api/auth/session/{id}/novnc/diagnose", get(diagnose::session))
        .route("/api/auth/session/{id}/novnc/{*rest}", get(pages::below_session))
        .route("/diagnose", get(diagnose::root))
        .route("/dashboard/remote-cli", get(pages::dashboard))
        .route("/dashboard/remote-cli/", get(pages::dashboard_without_slash))
        .route("/{*rest}", get(pages::below_root))
        .with_state(gateway)
}

/// Whoever spreads requests over several gateways takes this one out when it drains.
async fn health(State(gateway): Shared) -> (StatusCode, Json<serde_json::Value>) {
    let (status, word) = if gateway.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ok")
    };
    (status, Json(serde_json::json!({ "status": word })))
}

async fn metrics(State(gateway): Shared) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        gateway.metrics.render(gateway.is_draining()),
    )
}

/// That there is no session for somebody, as a request is answered.
fn no_session(id: &str, absent: &Absent) -> Response {
    let (status, text) = match absent {
        Absent::Unknown => (StatusCode::NOT_FOUND, format!("{NO_SESSION} {id:?}.\n")),
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
    gateway.refuse("origin", id, &refused.to_string());
    Some((StatusCode::FORBIDDEN, format!("{refused}\n")).into_response())
}
