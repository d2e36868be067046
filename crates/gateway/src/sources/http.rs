//! Sessions that a controller knows: `GET {base}/api/auth/session/{id}`.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use futures_util::future::{BoxFuture, ready};
use porthole_doctor::CONTROLLER;
use serde::Deserialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::sleep;

use super::answers::Answers;
use super::{Absent, Source};
use crate::config::seconds;
use crate::headers;
use crate::health::HealthAddress;
use crate::http_client::{Answer, HttpClient, address};
use crate::session::{Session, State, Target, is_name};

/// Which controller, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    /// Its address up to `/api/auth/session/`.
    base: String,
    /// A target with `{vm_ip}`, `{vm_id}` and `{id}` in it.
    target: String,
    /// The address of a VM's agent, with the same in it.
    health: Option<String>,
    /// Whether it is told the caller's cookies and bearer.
    pass_credentials: bool,
    timeout: Duration,
    /// How long an answer holds.
    cache: Duration,
}

/// The table `[controller]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileController {
    base: String,
    target: String,
    health: Option<String>,
    #[serde(default)]
    pass_credentials: bool,
    timeout_seconds: Option<NonZeroU32>,
    cache_seconds: Option<u32>,
}

const USUAL_TIMEOUT: Duration = Duration::from_secs(5);
const USUAL_CACHE: Duration = Duration::from_secs(2);

/// A session's JSON is a few hundred bytes.
const MOST_BYTES: usize = 64 << 10;

/// How often it is asked about a session to which somebody is connected, who is to hear of its end.
const LOOK_EVERY: Duration = Duration::from_secs(10);

impl TryFrom<FileController> for Controller {
    type Error = anyhow::Error;

    fn try_from(file: FileController) -> Result<Self> {
        let base = file.base.trim_end_matches('/').to_owned();
        if address(&base).context("base")?.query().is_some() {
            bail!("base: {base:?} has a query, and a path is to follow it");
        }
        let filled = fill(&file.target, "id", "vm", "192.0.2.1").context("target")?;
        filled.parse::<Target>().context("target")?;
        if let Some(template) = &file.health {
            let filled = fill(template, "id", "vm", "192.0.2.1").context("health")?;
            filled.parse::<HealthAddress>().context("health")?;
        }
        Ok(Self {
            base,
            target: file.target,
            health: file.health,
            pass_credentials: file.pass_credentials,
            timeout: seconds(file.timeout_seconds).unwrap_or(USUAL_TIMEOUT),
            cache: file
                .cache_seconds
                .map_or(USUAL_CACHE, |count| Duration::from_secs(count.into())),
        })
    }
}

/// Puts a session's own values into the template of an address.
fn fill(template: &str, id: &str, vm_id: &str, vm_ip: &str) -> Result<String> {
    let filled = template
        .replace("{id}", id)
        .replace("{vm_id}", vm_id)
        .replace("{vm_ip}", vm_ip);
    if filled.contains(['{', '}']) {
        bail!("{template:?} has more in braces than {{id}}, {{vm_id}} and {{vm_ip}}");
    }
    Ok(filled)
}

/// What the controller says of a session.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    id: String,
    provider: Option<String>,
    vm_id: Option<String>,
    vm_ip: Option<String>,
    status: String,
    /// Why. What is no text is for somebody else.
    #[serde(default)]
    reason: Value,
    /// Since when. Where that is no time as RFC 3339 has it, it is something else, and nothing depends on it.
    #[serde(default)]
    since: Value,
    /// The address of the VM's agent.
    health_url: Option<String>,
}

#[derive(Debug)]
pub(super) struct HttpSource {
    controller: Controller,
    client: HttpClient,
    answers: Answers,
}

impl HttpSource {
    pub(super) fn new(controller: Controller, client: HttpClient) -> Self {
        Self {
            answers: Answers::new(controller.cache),
            controller,
            client,
        }
    }

    async fn ask(&self, id: &str, caller: &HeaderMap) -> Result<Session, Absent> {
        let credentials = self.credentials(caller);
        let key = (id.to_owned(), credentials.values().cloned().collect());
        self.answers.get(key, self.ask_anew(id, credentials)).await
    }

    fn credentials(&self, caller: &HeaderMap) -> HeaderMap {
        if self.controller.pass_credentials {
            headers::credentials(caller)
        } else {
            HeaderMap::new()
        }
    }

    async fn ask_anew(&self, id: &str, mut headers: HeaderMap) -> Result<Session, Absent> {
        let Controller { base, timeout, .. } = &self.controller;
        let failed = |why: String| Absent::Failed(format!("{CONTROLLER} {base} {why}"));
        let uri = format!("{base}/api/auth/session/{id}")
            .parse()
            .map_err(|_| failed("has an invalid address".to_owned()))?;
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self
            .client
            .get(uri, headers, *timeout, MOST_BYTES)
            .await
            .map_err(failed)?;
        match answer.status {
            StatusCode::OK => read(&self.controller, id, &answer).map_err(failed),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Absent::Unknown),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(Absent::Forbidden(format!(
                "{CONTROLLER} does not let you have this session: it answered {status}"
            ))),
            status if status.is_redirection() => {
                let to = answer
                    .headers
                    .get(header::LOCATION)
                    .and_then(|it| it.to_str().ok());
                let to = to.map_or_else(String::new, |to| format!(" to {to}"));
                Err(failed(format!(
                    "answered {status}{to} where it should answer JSON"
                )))
            }
            status => Err(failed(format!("answered {status}"))),
        }
    }
}

impl Source for HttpSource {
    fn find<'a>(&'a self, id: &'a str, caller: &'a HeaderMap) -> BoxFuture<'a, Result<Session, Absent>> {
        Box::pin(self.ask(id, caller))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        Box::pin(sleep(LOOK_EVERY))
    }

    fn settled<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ()> {
        self.answers.forget(id);
        Box::pin(ready(()))
    }
}

/// Makes a session of an answer; or what is wrong with it, in words that follow upon the controller's name.
fn read(controller: &Controller, id: &str, answer: &Answer) -> Result<Session, String> {
    let said = serde_json::from_slice(&answer.body).map(in_one_spelling);
    let known: Known = said.and_then(serde_json::from_value).map_err(|error| {
        let kind = answer
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|it| it.to_str().ok());
        match kind {
            Some(kind) if !kind.contains("json") => format!("answered {kind} where it should answer JSON"),
            _ => format!("answered JSON that is none of a session: {error}"),
        }
    })?;
    if known.id != id {
        return Err(format!(
            "was asked for session {id:?} and answered with {:?}",
            known.id
        ));
    }
    let state = match known.status.to_ascii_lowercase().as_str() {
        "ready" | "running" | "active" => State::Ready(target_of(&controller.target, &known)?),
        "creating" | "created" | "pending" | "provisioning" => State::Creating,
        "booting" | "starting" => State::Booting,
        "failed" | "error" => {
            let reason = known.reason.as_str();
            State::Failed(reason.unwrap_or("its controller does not say why").to_owned())
        }
        "ended" | "stopped" | "terminated" | "deleted" | "expired" => {
            State::Ended(known.reason.as_str().map(str::to_owned))
        }
        status => {
            return Err(format!(
                "says that the session is {status:?}; known are creating, booting, ready, failed \
                 and ended"
            ));
        }
    };
    let since = known.since.as_str();
    Ok(Session {
        health: match state {
            State::Ready(_) => health_of(controller.health.as_deref(), &known)?,
            _ => None,
        },
        id: known.id,
        state,
        since: since.and_then(|since| OffsetDateTime::parse(since, &Rfc3339).ok()),
        provider: known.provider,
        vm_id: known.vm_id,
        vm_address: known.vm_ip,
    })
}

/// What a controller says, each thing by one name. Some say it by both, perhaps with nothing by one of them; and what
/// numbers its VMs may write numbers.
fn in_one_spelling(mut said: Map<String, Value>) -> Value {
    for (other, name) in [
        ("vm_id", "vmId"),
        ("vm_ip", "vmIp"),
        ("health_url", "healthUrl"),
        ("message", "reason"),
    ] {
        if let Some(value) = said.remove(other)
            && said.get(name).is_none_or(Value::is_null)
        {
            said.insert(name.to_owned(), value);
        }
    }
    for name in ["id", "vmId"] {
        if let Some(value) = said.get_mut(name)
            && value.is_number()
        {
            *value = Value::String(value.to_string());
        }
    }
    Value::Object(said)
}

/// Where the VM of a ready session is.
fn target_of(template: &str, known: &Known) -> Result<Target, String> {
    fill_known(template, known)?
        .parse()
        .map_err(|_| "names a VM that makes no target".to_owned())
}

/// Where the agent of a ready session's VM is asked: as the controller says, but nowhere else than at that VM, or as the
/// configuration does.
fn health_of(template: Option<&str>, known: &Known) -> Result<Option<HealthAddress>, String> {
    let Some(text) = known.health_url.as_deref() else {
        return match template {
            Some(template) => fill_known(template, known)?
                .parse()
                .map(Some)
                .map_err(|_| "names a VM whose agent has no address".to_owned()),
            None => Ok(None),
        };
    };
    let address: HealthAddress = text
        .parse()
        .map_err(|error| format!("has a healthUrl that is none: {error}"))?;
    if known.vm_ip.as_deref() != Some(address.host()) {
        return Err(format!(
            "has a healthUrl that is not at the VM's own address: {text:?}"
        ));
    }
    Ok(Some(address))
}

/// A template with what a controller says of a VM: only where that cannot change more of an address than it should.
fn fill_known(template: &str, known: &Known) -> Result<String, String> {
    let vm_ip = match known.vm_ip.as_deref() {
        None | Some("") if template.contains("{vm_ip}") => {
            return Err("says that the session is ready, but not its vmIp".to_owned());
        }
        None => String::new(),
        Some(text) => match text.parse::<IpAddr>() {
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            Ok(IpAddr::V4(address)) => address.to_string(),
            Err(_) if is_host(text) => text.to_owned(),
            Err(_) => return Err(format!("has a vmIp that is none: {text:?}")),
        },
    };
    let vm_id = known.vm_id.as_deref().unwrap_or_default();
    if template.contains("{vm_id}") && !is_name(vm_id) {
        return Err(format!(
            "has a vmId that cannot be a part of an address: {vm_id:?}"
        ));
    }
    fill(template, &known.id, vm_id, &vm_ip).map_err(|_| "names a VM that makes no address".to_owned())
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const TARGET: &str = "ws://{vm_ip}:6080/websockify?token={vm_id}";

    fn file(base: &str, target: &str, health: Option<&str>) -> FileController {
        FileController {
            base: base.to_owned(),
            target: target.to_owned(),
            health: health.map(str::to_owned),
            pass_credentials: false,
            timeout_seconds: None,
            cache_seconds: None,
        }
    }

    fn controller() -> Controller {
        file("http://c", TARGET, Some("http://{vm_ip}:8080/health"))
            .try_into()
            .unwrap()
    }

    fn answer(body: &str) -> Answer {
        Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        }
    }

    #[test]
    fn a_session_is_read_in_camel_and_in_snake_case() {
        for body in [
            r#"{"id":"a","provider":"p","vmId":"i-1","vmIp":"192.0.2.7","status":"ready","more":1}"#,
            r#"{"id":"a","provider":"p","vm_id":"i-1","vm_ip":"192.0.2.7","status":"Running"}"#,
            r#"{"id":"a","provider":"p","vmId":"i-1","vm_id":"i-1","vmIp":null,"vm_ip":"192.0.2.7","status":"ready"}"#,
            r#"{"id":"a","provider":"p","vmId":"i-1","vmIp":"192.0.2.7","status":"ready","reason":null,"message":{"more":1}}"#,
        ] {
            let session = read(&controller(), "a", &answer(body)).unwrap();
            let target = "ws://192.0.2.7:6080/websockify?token=i-1".parse().unwrap();
            assert_eq!(session.state, State::Ready(target));
            assert_eq!(session.provider.as_deref(), Some("p"));
            assert_eq!(session.vm_id.as_deref(), Some("i-1"));
            assert_eq!(session.vm_address.as_deref(), Some("192.0.2.7"));
        }
        for since in ["\"yesterday\"", "1767323045000", "{}"] {
            let body = format!(r#"{{"id":"a","status":"pending","since":{since}}}"#);
            assert_eq!(read(&controller(), "a", &answer(&body)).unwrap().since, None);
        }
        let numbered = r#"{"id":7,"vmId":101,"vmIp":"192.0.2.7","status":"ready"}"#;
        let session = read(&controller(), "7", &answer(numbered)).unwrap();
        assert_eq!(
            (session.id.as_str(), session.vm_id.as_deref()),
            ("7", Some("101"))
        );
        let six = r#"{"id":"a","vmId":"i","vmIp":"2001:db8::7","status":"ready"}"#;
        let target = "ws://[2001:db8::7]:6080/websockify?token=i".parse().unwrap();
        assert_eq!(
            read(&controller(), "a", &answer(six)).unwrap().state,
            State::Ready(target)
        );
    }

    #[test]
    fn a_vms_agent_is_where_the_controller_or_the_configuration_says() {
        for (said, expected) in [
            ("", "http://192.0.2.7:8080/health"),
            (
                r#","healthUrl":"http://192.0.2.7:9/well""#,
                "http://192.0.2.7:9/well",
            ),
        ] {
            let body = format!(
                r#"{{"id":"a","vmId":"i","vmIp":"192.0.2.7","status":"ready","since":"2026-01-02T03:04:05Z"{said}}}"#
            );
            let session = read(&controller(), "a", &answer(&body)).unwrap();
            assert_eq!(session.health, Some(expected.parse().unwrap()));
            assert_eq!(session.since.map(|it| it.unix_timestamp()), Some(1_767_323_045));
        }
    }

    #[test]
    fn a_session_that_is_not_ready_needs_no_vm() {
        for (status, state) in [
            ("pending", State::Creating),
            ("booting", State::Booting),
            ("error", State::Failed("no quota".into())),
            ("terminated", State::Ended(Some("no quota".into()))),
        ] {
            let body = format!(r#"{{"id":"a","vmIp":null,"status":"{status}","reason":"no quota"}}"#);
            assert_eq!(read(&controller(), "a", &answer(&body)).unwrap().state, state);
        }
    }

    #[test]
    fn an_answer_that_is_wrong_is_said_to_be_so() {
        for (body, expected) in [
            ("", "answered JSON that is none of a session: EOF"),
            ("[]", "answered JSON that is none of a session"),
            (r#"{"id":"a"}"#, "missing field `status`"),
            (
                r#"{"id":"b","status":"ready"}"#,
                "was asked for session \"a\" and answered with \"b\"",
            ),
            (
                r#"{"id":"a","status":"warm"}"#,
                "says that the session is \"warm\"",
            ),
            (r#"{"id":"a","status":"ready","vmId":"i"}"#, "but not its vmIp"),
            (
                r#"{"id":"a","status":"ready","vmId":"i","vmIp":"evil/x@y"}"#,
                "has a vmIp that is none: \"evil/x@y\"",
            ),
            (
                r#"{"id":"a","status":"ready","vmId":"i&x=y","vmIp":"vm"}"#,
                "has a vmId that cannot be a part of an address",
            ),
            (
                r#"{"id":"a","status":"ready","vmId":"i","vmIp":"192.0.2.7","healthUrl":"192.0.2.7:8080"}"#,
                "has a healthUrl that is none: \"192.0.2.7:8080\" is no http://",
            ),
            (
                r#"{"id":"a","status":"ready","vmId":"i","vmIp":"192.0.2.7","healthUrl":"http://127.0.0.1:8080/"}"#,
                "has a healthUrl that is not at the VM's own address",
            ),
        ] {
            let error = read(&controller(), "a", &answer(body)).unwrap_err();
            assert!(error.contains(expected), "{error:?} is not {expected:?}");
        }
    }

    #[test]
    fn what_is_wrong_in_the_configuration_is_said_by_its_key() {
        for (base, target, key) in [
            ("controller", TARGET, "base: "),
            ("ftp://controller", TARGET, "base: "),
            ("http://c?x", TARGET, "base: "),
            ("http://user:password@c", TARGET, "base: there may be no user"),
            ("http://c", "{vm_ip}:5900", "target"),
            ("http://c", "tcp://{ip}:5900", "target"),
        ] {
            let error = format!(
                "{:#}",
                Controller::try_from(file(base, target, None)).unwrap_err()
            );
            assert!(error.starts_with(key), "{error}");
        }
        for health in ["{vm_ip}:8080", "http://{ip}:8080/"] {
            let file = file("http://c", TARGET, Some(health));
            let error = format!("{:#}", Controller::try_from(file).unwrap_err());
            assert!(error.starts_with("health: "), "{error}");
        }
    }
}
