//! Connections, apart from what is asked for on them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::Request;
use axum::http::{StatusCode, Version};
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

    /// A place for a connection, until it is a WebSocket's or ends. That of a proxy is for many, who have addresses of their own.
    fn place(&self, peer: SocketAddr) -> io::Result<Place> {
        let peer = peer.ip().to_canonical();
        let address = (!self.gateway.config.trusts(&peer)).then_some(peer);
        self.gateway.http_places.take(None, address).map_err(|close| {
            self.gateway.refuse("limit", "", &close.reason);
            io::Error::other(close.reason)
        })
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Acceptor {
    type Stream = Stream;
    /// What answers on a connection holds its place: WebSockets have left it.
    type Service = AddExtension<S, Arc<Place>>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let acceptor = self.clone();
        Box::pin(async move {
            let place = Arc::new(acceptor.place(stream.peer_addr()?)?);
            let stream = acceptor.stream(stream).await?;
            Ok((stream, Extension(place).layer(service)))
        })
    }
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
