//! The gateway's API, as far as the dashboard needs it. Its addresses are relative to the page's base, which is the folder
//! that the gateway is at.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use web_sys::{AbortSignal, RequestCache, RequestRedirect};

use crate::failure::Failure;

/// What can be started.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Provider {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A session, as the gateway describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) provider: Option<String>,
    pub(crate) vm_id: Option<String>,
    pub(crate) vm_address: Option<String>,
    pub(crate) status: Status,
    /// Since when it has that status (RFC 3339).
    pub(crate) since: Option<String>,
    /// Why it has failed or ended.
    pub(crate) reason: Option<String>,
    pub(crate) health: Option<Health>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Creating,
    Booting,
    Ready,
    Failed,
    Ended,
}

/// What the VM's own agent says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    pub(crate) status: String,
    pub(crate) active_sessions: Option<u64>,
    pub(crate) reason: Option<String>,
}

/// How long an answer is awaited, in milliseconds.
const PATIENCE: u32 = 10_000;

const SESSION: &str = "api/auth/session";

/// What there is to choose.
pub(crate) async fn providers() -> Result<Vec<Provider>, Failure> {
    let answer = send(prepared(Request::get("api/auth/providers")).build()).await?;
    read(answer).await
}

/// Begins to start a desktop of this provider's.
pub(crate) async fn create(provider: &str) -> Result<Session, Failure> {
    let wanted = serde_json::json!({ "provider": provider });
    let answer = send(prepared(Request::post(SESSION)).json(&wanted)).await?;
    read(answer).await
}

/// How a session is now.
pub(crate) async fn session(id: &str) -> Result<Session, Failure> {
    let answer = send(prepared(Request::get(&address(id))).build()).await?;
    read(answer).await
}

/// Ends a session.
pub(crate) async fn end(id: &str) -> Result<(), Failure> {
    send(prepared(Request::delete(&address(id))).build())
        .await
        .map(drop)
}

fn address(id: &str) -> String {
    format!("{SESSION}/{id}")
}

fn prepared(request: RequestBuilder) -> RequestBuilder {
    request
        .cache(RequestCache::NoStore)
        // To wherever a proxy sends who has to log in first: what is there is not what was asked for.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)))
}

async fn send(request: Result<Request, gloo_net::Error>) -> Result<Response, Failure> {
    let request = request.map_err(|_| Failure::unreachable())?;
    let answer = request.send().await.map_err(|_| Failure::unreachable())?;
    if answer.ok() {
        return Ok(answer);
    }
    // The gateway's own words are plain text. What else there is is a proxy's page.
    let is_text = answer
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.starts_with("text/plain"));
    let words = if is_text {
        answer.text().await.unwrap_or_default()
    } else {
        String::new()
    };
    Err(Failure::answered(answer.status(), &words))
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    answer.json().await.map_err(|_| Failure::garbled())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_with_and_without_what_is_not_known_of_it() {
        let session: Session = serde_json::from_str(
            r#"{"id":"a","provider":null,"vmId":"i-7","vmAddress":null,"status":"booting","viewerPath":"/x",
                "health":{"status":"unknown","reason":"why"}}"#,
        )
        .unwrap();
        assert_eq!(session.status, Status::Booting);
        assert_eq!(
            (session.vm_id.as_deref(), session.vm_address),
            (Some("i-7"), None)
        );
        assert_eq!(session.health.unwrap().reason.as_deref(), Some("why"));
        let other = r#"{"id":"a","status":"frozen"}"#;
        assert!(serde_json::from_str::<Session>(other).is_err());
    }
}
