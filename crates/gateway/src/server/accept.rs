//! Connections, apart from what is asked for on them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::Request;
use axum::http::{StatusCode, Version, header};
use axum::middleware::{AddExtension, Next};
use axum::response::{IntoResponse, Response};
use axum_server::ConnectionShutdown;
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsConfig;
use futures_util::future::BoxFuture;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tower_layer::Layer;

use super::{GRACE, Gateway};
use crate::close::Close;
use crate::limits::Place;

/// Accepts connections for which there is a place, inside TLS where there is a certificate.
#[derive(Clone)]
pub(super) struct Acceptor {
    gateway: Arc<Gateway>,
    certificate: Option<RustlsConfig>,
}

/// TLS has more than a kilobyte to remember, which those without it need not have room for.
type Stream = Either<Box<TlsStream<TcpStream>>, TcpStream>;

impl Acceptor {
    pub(super) fn new(gateway: Arc<Gateway>, certificate: Option<RustlsConfig>) -> Self {
        Self { gateway, certificate }
    }

    async fn stream(&self, stream: TcpStream) -> io::Result<Stream> {
        let timeouts = &self.gateway.config.timeouts;
        // Keys and pointer moves of the browser's must not wait for one another, nor what answers them.
        stream.set_nodelay(true)?;
        #[cfg(target_os = "linux")]
        SockRef::from(&stream).set_tcp_user_timeout(Some(timeouts.stalled))?;
        match &self.certificate {
            Some(certificate) => {
                let tls = TlsAcceptor::from(certificate.get_inner());
                let stream = timeout(timeouts.handshake, tls.accept(stream)).await??;
                Ok(Either::Left(Box::new(stream)))
            }
            None => Ok(Either::Right(stream)),
        }
    }

    /// That of a proxy is for many, who have addresses of their own.
    fn admit(&self, peer: SocketAddr) -> io::Result<Admission> {
        let peer = peer.ip().to_canonical();
        let address = (!self.gateway.config.trusts(&peer)).then_some(peer);
        let (place, too_many) = match self.gateway.http_places.take(None, address) {
            Ok(place) => (place, None),
            Err(Close { reason, .. }) => {
                self.gateway.refuse("limit", "", &reason);
                // Whoever comes when even these are taken hears nothing.
                let place = self.gateway.turned_away.take(None, None);
                (place.map_err(|_| io::Error::other(reason.clone()))?, Some(reason))
            }
        };
        Ok(Admission {
            _place: place,
            too_many,
        })
    }
}

/// What a connection holds until it is a WebSocket's or ends.
#[derive(Debug)]
pub(super) struct Admission {
    _place: Place,
    /// Why it is one too many: then its place is there to tell it so.
    too_many: Option<String>,
}

/// How many there may be at a time that are told that they are too many.
pub(super) const MOST_TURNED_AWAY: usize = 64;

impl<S: Send + 'static> Accept<TcpStream, S> for Acceptor {
    type Stream = Stream;
    /// What answers on a connection holds its place: WebSockets have left it.
    type Service = AddExtension<S, Arc<Admission>>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let acceptor = self.clone();
        Box::pin(async move {
            let admission = Arc::new(acceptor.admit(stream.peer_addr()?)?);
            let stream = acceptor.stream(stream).await?;
            Ok((stream, Extension(admission).layer(service)))
        })
    }
}

/// Tells connections that are too many so, by their first request, and ends them.
pub(super) async fn within_limits(
    Extension(admission): Extension<Arc<Admission>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(reason) = &admission.too_many else {
        return next.run(request).await;
    };
    let headers = [(header::RETRY_AFTER, "5"), (header::CONNECTION, "close")];
    let text = format!("There are too many connections: {reason}. Please try again in a moment.\n");
    (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response()
}

/// Ends connections that speak HTTP/2 with their first request. WebSockets are HTTP/1's here, so that no browser and no proxy
/// has a use for it, and nothing ends such a connection on which nothing is asked for any more.
pub(super) async fn http1_only(
    Extension(connection): Extension<ConnectionShutdown>,
    request: Request,
    next: Next,
) -> Response {
    if request.version() != Version::HTTP_2 {
        return next.run(request).await;
    }
    connection.graceful_shutdown();
    // It may wait for the other side, which may never say a word.
    tokio::spawn(async move {
        sleep(GRACE).await;
        connection.shutdown();
    });
    let text = "The gateway speaks HTTP/1.1, which WebSockets need.\n";
    (StatusCode::HTTP_VERSION_NOT_SUPPORTED, text).into_response()
}
