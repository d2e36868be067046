//! How a session's VM says that it is.
//!
//! A VM may have an agent of its own that answers a plain `GET` with `{"status": "ok", "activeSessions": 1}`. A session
//! whose source knows the agent's address is ready once the agent has said that all is well; from then on what it says is
//! shown and changes nothing, since a desktop may well be there while its agent is not. The answer comes from inside of
//! the VM, where anybody may have written it: it is bounded in time and size, and nothing but these two values goes on.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use porthole_doctor::readable;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tracing::debug;

use crate::http_client::{HttpClient, address};
use crate::session::{Session, State};

/// Where an agent is asked: `http://` or `https://`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HealthAddress(Uri);

impl FromStr for HealthAddress {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        address(text).map(Self)
    }
}

impl HealthAddress {
    /// Its host, without the brackets that an address of IPv6 has.
    pub(crate) fn host(&self) -> &str {
        let host = self.0.host().unwrap_or_default();
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }
}

/// What an agent says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Its own word, or `unknown` where it has none.
    status: String,
    /// How many sessions it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    active_sessions: Option<u64>,
    /// What is wrong with its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An agent's JSON, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    status: String,
    #[serde(alias = "active_sessions")]
    active_sessions: Option<u64>,
}

/// How long an agent may take: somebody waits for the session's JSON meanwhile.
const WITHIN: Duration = Duration::from_secs(2);

/// How many bytes it may answer.
const MOST_BYTES: usize = 16 << 10;

/// How long what it said holds, however many ask.
const HOLDS: Duration = Duration::from_secs(1);

/// How many agents are remembered, and for how long after they were asked last.
const MOST_AGENTS: usize = 10_000;
const REMEMBERED: Duration = Duration::from_secs(600);

/// The words for that all is well that health checks have.
const WELL: [&str; 4] = ["ok", "healthy", "pass", "up"];

impl Health {
    fn unknown(reason: String) -> Self {
        Self {
            status: "unknown".to_owned(),
            active_sessions: None,
            reason: Some(readable(&reason)),
        }
    }

    /// Whether all is well.
    fn is_well(&self) -> bool {
        self.reason.is_none() && WELL.iter().any(|word| self.status.eq_ignore_ascii_case(word))
    }
}

/// What was heard last, and since when it has been known that the VM is up.
#[derive(Debug, Clone)]
struct Heard {
    at: Instant,
    health: Health,
    up_since: Option<OffsetDateTime>,
}

/// One agent. While it is asked, others wait for the same answer.
type Agent = Arc<tokio::sync::Mutex<Option<Heard>>>;

/// A session's agent: another VM of the same session's is another one.
type Key = (String, HealthAddress);

/// All agents that were asked.
#[derive(Debug)]
pub(crate) struct Agents {
    client: HttpClient,
    agents: Mutex<HashMap<Key, (Instant, Agent)>>,
}

impl Agents {
    pub(crate) fn new(client: HttpClient) -> Self {
        Self {
            client,
            agents: Mutex::default(),
        }
    }

    /// A session as its agent makes it: what its source calls ready is booting until the agent has been well.
    pub(crate) async fn examine(&self, session: Session) -> (Session, Option<Health>) {
        let (State::Ready(_), Some(address)) = (&session.state, &session.health) else {
            return (session, None);
        };
        let Heard { health, up_since, .. } = self.ask(&session.id, address).await;
        let session = match up_since {
            Some(since) => Session {
                since: session.since.max(Some(since)),
                ..session
            },
            None => Session {
                state: State::Booting,
                ..session
            },
        };
        (session, Some(health))
    }

    async fn ask(&self, id: &str, address: &HealthAddress) -> Heard {
        let agent = self.agent(id, address);
        let mut last = agent.lock().await;
        if let Some(heard) = last.as_ref().filter(|heard| heard.at.elapsed() < HOLDS) {
            return heard.clone();
        }
        let health = self.get(address).await;
        if let Some(reason) = &health.reason {
            debug!(session = id, address = %address.0, reason, "the VM's agent is not well");
        }
        let before = last.as_ref().and_then(|heard| heard.up_since);
        let heard = Heard {
            at: Instant::now(),
            up_since: before.or_else(|| health.is_well().then(OffsetDateTime::now_utc)),
            health,
        };
        *last = Some(heard.clone());
        heard
    }

    fn agent(&self, id: &str, address: &HealthAddress) -> Agent {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (id.to_owned(), address.clone());
        if !agents.contains_key(&key) {
            agents.retain(|_, (asked, _)| asked.elapsed() < REMEMBERED);
            if agents.len() >= MOST_AGENTS {
                return Agent::default();
            }
        }
        let (asked, agent) = agents
            .entry(key)
            .or_insert_with(|| (Instant::now(), Agent::default()));
        *asked = Instant::now();
        Arc::clone(agent)
    }

    async fn get(&self, address: &HealthAddress) -> Health {
        let accept = (header::ACCEPT, HeaderValue::from_static("application/json"));
        let headers = HeaderMap::from_iter([accept]);
        let answer = match self
            .client
            .get(address.0.clone(), headers, WITHIN, MOST_BYTES)
            .await
        {
            Ok(answer) => answer,
            Err(why) => return Health::unknown(format!("the VM's agent {why}")),
        };
        let said: Result<Said, _> = serde_json::from_slice(&answer.body);
        let is_success = answer.status.is_success();
        let wrong = (!is_success).then(|| format!("the VM's agent answered {}", answer.status));
        match said {
            Ok(said) => Health {
                status: readable(&said.status),
                active_sessions: said.active_sessions,
                reason: wrong,
            },
            Err(error) => Health::unknown(wrong.unwrap_or_else(|| {
                format!("the VM's agent answered what is not {{\"status\": …}}: {error}")
            })),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_http_is_one() {
        for (text, host) in [
            ("http://192.0.2.7:8080/health", "192.0.2.7"),
            ("https://vm.example/health?a=b", "vm.example"),
            ("http://[2001:db8::7]:1/", "2001:db8::7"),
        ] {
            assert_eq!(text.parse::<HealthAddress>().unwrap().host(), host);
        }
        for text in [
            "",
            "/health",
            "192.0.2.7:8080",
            "ftp://vm/",
            "file:///etc/passwd",
            "http://",
        ] {
            let error = text.parse::<HealthAddress>().unwrap_err().to_string();
            assert!(error.contains("is no http://"), "{error}");
        }
        let with_password = "http://user:31415926@vm/".parse::<HealthAddress>();
        let error = with_password.unwrap_err().to_string();
        assert!(
            error.contains("no user") && !error.contains("31415926"),
            "{error}"
        );
    }

    #[test]
    fn all_is_well_only_where_the_agent_says_so_and_nothing_is_wrong() {
        let says = |status: &str, reason: Option<&str>| Health {
            status: status.to_owned(),
            active_sessions: None,
            reason: reason.map(str::to_owned),
        };
        assert!(says("ok", None).is_well());
        assert!(says("Healthy", None).is_well());
        assert!(!says("starting", None).is_well());
        assert!(!says("not ok", None).is_well());
        assert!(!says("ok", Some("the VM's agent answered 503")).is_well());
        assert!(!Health::unknown("x".into()).is_well());
    }
}
