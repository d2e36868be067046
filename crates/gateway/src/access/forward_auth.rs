//! An HTTP endpoint that decides, as for Traefik's and Caddy's `forward_auth` and nginx's `auth_request`.

use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header};
use porthole_doctor::DECIDES;
use serde::Deserialize;

use super::{Caller, Denied, Request};
use crate::config::seconds;
use crate::headers;
use crate::http_client::{Answer, HttpClient, address};

/// Which endpoint, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardAuth {
    url: Uri,
    timeout: Duration,
    /// The header of its answer that says who a caller is.
    user_header: HeaderName,
}

/// The table `[forward_auth]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileForwardAuth {
    url: String,
    timeout_seconds: Option<NonZeroU32>,
    user_header: Option<String>,
}

const USUAL_TIMEOUT: Duration = Duration::from_secs(5);

/// A page to log in at is not long.
const MOST_BYTES: usize = 256 << 10;

/// By this header of its answer the endpoint says that a caller may only look.
const VIEW_ONLY: HeaderName = HeaderName::from_static("x-porthole-view-only");

/// A caller's headers that are about what it asks the gateway for: an endpoint that hears them, too, may answer 304, which
/// decides nothing.
const OF_WHAT_IS_ASKED_FOR: [HeaderName; 8] = [
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
    header::RANGE,
];

impl TryFrom<FileForwardAuth> for ForwardAuth {
    type Error = anyhow::Error;

    fn try_from(file: FileForwardAuth) -> Result<Self> {
        let user_header = file.user_header.as_deref().unwrap_or("remote-user");
        Ok(Self {
            url: address(&file.url).context("url")?,
            timeout: seconds(file.timeout_seconds).unwrap_or(USUAL_TIMEOUT),
            user_header: user_header
                .parse()
                .with_context(|| format!("user_header: {user_header:?} is no header's name"))?,
        })
    }
}

impl ForwardAuth {
    pub(super) async fn ask(&self, client: &HttpClient, request: Request<'_>) -> Result<Caller, Denied> {
        let mut headers = headers::end_to_end(request.headers);
        for name in OF_WHAT_IS_ASKED_FOR {
            headers.remove(name);
        }
        let path = request.uri.path_and_query().map_or("/", |it| it.as_str());
        for (name, value) in [
            ("x-forwarded-method", request.method.as_str()),
            ("x-forwarded-uri", path),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        headers::add_forwarded(&mut headers, request.headers, request.peer, request.is_tls);
        let asked = client
            .get(self.url.clone(), headers, self.timeout, MOST_BYTES)
            .await;
        let host = self.url.authority().map_or("", |it| it.as_str());
        let is_down = |why: String| Denied::new(StatusCode::BAD_GATEWAY, format!("{host}, {DECIDES}, {why}"));
        let answer = asked.map_err(is_down)?;
        if answer.status.is_success() {
            return Ok(self.caller(&answer.headers));
        }
        if answer.status.is_server_error() {
            return Err(is_down(format!("answered {}", answer.status)));
        }
        Err(denied(host, answer))
    }

    fn caller(&self, headers: &HeaderMap) -> Caller {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        Caller {
            who: text(&self.user_header).map(str::to_owned),
            view_only: text(&VIEW_ONLY).is_some_and(|text| text.eq_ignore_ascii_case("true")),
        }
    }
}

/// The endpoint's own answer goes to a browser as it is: it may lead to a login.
fn denied(host: &str, answer: Answer) -> Denied {
    let (status, says) = match answer.status {
        // Who was never judged need not log in again.
        StatusCode::TOO_MANY_REQUESTS => (StatusCode::TOO_MANY_REQUESTS, "is asked too often"),
        StatusCode::FORBIDDEN => (StatusCode::FORBIDDEN, "does not let you in"),
        _ => (StatusCode::UNAUTHORIZED, "does not let you in"),
    };
    let reason = format!("{host} {says}: it answered {}", answer.status);
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = headers::end_to_end(&answer.headers);
    Denied {
        answer: Some(Box::new(response)),
        ..Denied::new(status, reason)
    }
}
