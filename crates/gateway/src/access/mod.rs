//! Who may in.
//!
//! Two ways, each of them optional: a signed token that a caller brings ([`token`]), and an HTTP endpoint that decides
//! from the caller's own headers ([`forward_auth`]). With both, whoever brings a token is judged by it, and the others
//! by the endpoint. From which pages a browser may come is another question, and [`crate::origin`]'s.

mod forward_auth;
mod token;

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;

use crate::close::Close;
use crate::http_client::HttpClient;

pub(crate) use forward_auth::FileForwardAuth;
pub use forward_auth::ForwardAuth;
pub(crate) use token::FileTokens;
pub use token::Tokens;

/// What is asked for, and by whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    /// Whose connection it came by.
    pub(crate) peer: IpAddr,
    /// Whether that is TLS.
    pub(crate) is_tls: bool,
    /// The session that it is about; none where it is about them all.
    pub(crate) session: Option<&'a str>,
}

/// Somebody who may in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Who that is, where it is known.
    pub(crate) who: Option<String>,
    /// Whether it may only look.
    pub(crate) view_only: bool,
}

/// Why somebody may not.
#[derive(Debug)]
pub(crate) struct Denied {
    /// As HTTP says it.
    pub(crate) status: StatusCode,
    /// In words.
    pub(crate) reason: String,
    /// What the endpoint itself answered, which may lead to a login.
    answer: Option<Box<Response<Body>>>,
}

impl Denied {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            answer: None,
        }
    }

    fn no_token() -> Self {
        let reason = "a token is needed: ?access_token=…, or Authorization: Bearer …";
        Self::new(StatusCode::UNAUTHORIZED, reason)
    }

    /// The answer to a request.
    pub(crate) fn into_response(self) -> Response<Body> {
        if let Some(answer) = self.answer {
            return *answer;
        }
        let mut response = (self.status, format!("{}\n", self.reason)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// The end of a WebSocket.
    pub(crate) fn close(&self) -> Close {
        let code = match self.status {
            StatusCode::UNAUTHORIZED => Close::UNAUTHORIZED,
            StatusCode::BAD_GATEWAY => Close::FAILED_DEPENDENCY,
            StatusCode::TOO_MANY_REQUESTS => Close::TOO_OFTEN,
            _ => Close::FORBIDDEN,
        };
        Close::new(code, self.reason.as_str())
    }
}

/// What the configuration demands.
#[derive(Debug)]
pub(crate) struct Access {
    tokens: Option<Tokens>,
    forward_auth: Option<ForwardAuth>,
    client: HttpClient,
}

impl Access {
    pub(crate) fn new(tokens: Option<Tokens>, forward_auth: Option<ForwardAuth>, client: HttpClient) -> Self {
        Self {
            tokens,
            forward_auth,
            client,
        }
    }

    /// Lets a caller in, or says why not.
    pub(crate) async fn admit(&self, request: Request<'_>) -> Result<Caller, Denied> {
        if let Some(tokens) = &self.tokens {
            let brought = token::find(request);
            if !brought.is_empty() || self.forward_auth.is_none() {
                return tokens.check_any(&brought, request.session);
            }
        }
        match &self.forward_auth {
            Some(endpoint) => endpoint.ask(&self.client, request).await,
            None => Ok(Caller::default()),
        }
    }

    /// Where a page's address brings a token: the same address without it, and the cookie that has it from then on, so
    /// that it stays in no history and all that the page asks for is let in, too.
    pub(crate) fn take_token(&self, request: Request<'_>, caller: &Caller) -> Option<Response<Body>> {
        self.tokens.as_ref()?;
        token::into_cookie(request, caller)
    }
}

/// A query without the token in it, which is nobody's but the gateway's.
pub(crate) fn without_token(query: &str) -> String {
    token::split(query).1
}
