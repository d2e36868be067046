//! Sessions that a configuration lists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::health::HealthAddress;
use crate::secret::Secret;
use crate::session::{Session, State, Target, is_name};
use crate::vencrypt::{self, Login, Trust};

/// Sessions, and the one that the root shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    by_id: BTreeMap<String, Session>,
    default: Option<String>,
}

impl Listed {
    /// These sessions. The root shows the named one, or the only one there is.
    #[must_use]
    pub fn new(sessions: Vec<Session>, default: Option<String>) -> Self {
        let by_id: BTreeMap<_, _> = sessions
            .into_iter()
            .map(|session| (session.id.clone(), session))
            .collect();
        let only = by_id.keys().next().filter(|_| by_id.len() == 1).cloned();
        Self {
            default: default.or(only),
            by_id,
        }
    }

    /// The session of that name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Session> {
        self.by_id.get(id)
    }

    /// The name of the one that the root shows.
    #[must_use]
    pub fn default_session(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Session> {
        self.by_id.values()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// A table `[sessions.NAME]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSession {
    target: String,
    ca: Option<PathBuf>,
    fingerprint: Option<String>,
    server_name: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    provider: Option<String>,
    vm_id: Option<String>,
    vm_address: Option<String>,
    health: Option<String>,
}

impl FileSession {
    /// The session of this name. The files that are named are in this folder.
    pub(crate) fn read(self, folder: &Path, id: String) -> Result<Session> {
        if !is_name(&id) {
            bail!("sessions.{id:?}: a name has letters, digits and -_.~ only");
        }
        let mut target = self
            .target
            .parse()
            .with_context(|| format!("sessions.{id}.target"))?;
        self.read_vencrypt(folder, &mut target)
            .with_context(|| format!("sessions.{id}"))?;
        let health = self
            .health
            .as_deref()
            .map(HealthAddress::from_str)
            .transpose()
            .with_context(|| format!("sessions.{id}.health"))?;
        Ok(Session {
            id,
            state: State::Ready(target),
            since: None,
            provider: self.provider,
            vm_id: self.vm_id,
            vm_address: self.vm_address,
            health,
        })
    }

    /// The keys that are for targets inside TLS alone.
    fn read_vencrypt(&self, folder: &Path, target: &mut Target) -> Result<()> {
        let Self {
            ca,
            fingerprint,
            server_name,
            username,
            password,
            ..
        } = self;
        let Target::Vencrypt(target) = target else {
            let given = [
                ("ca", ca.is_some()),
                ("fingerprint", fingerprint.is_some()),
                ("server_name", server_name.is_some()),
                ("username", username.is_some()),
                ("password", password.is_some()),
            ];
            if let Some((key, _)) = given.into_iter().find(|(_, given)| *given) {
                bail!("{key}: only a vencrypt+tcp:// target has a use for it");
            }
            return Ok(());
        };
        if let Some(name) = server_name {
            target.server_name = vencrypt::server_name(name)
                .with_context(|| format!("server_name: {name:?} is no host's name"))?;
        }
        target.trust = match (ca, fingerprint) {
            (None, None) => Trust::System,
            (Some(file), None) => Trust::in_file(&folder.join(file)).context("ca")?,
            (None, Some(text)) => Trust::Pinned(text.parse().context("fingerprint")?),
            (Some(_), Some(_)) => bail!("ca, fingerprint: a pinned certificate needs no authority"),
        };
        target.login = match (username, password) {
            (None, None) => Login::Viewer,
            (None, Some(password)) => Login::Password(password.clone()),
            (Some(username), Some(password)) => Login::User {
                username: username.clone(),
                password: password.clone(),
            },
            (Some(_), None) => bail!("username: it needs a password with it"),
        };
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use crate::config::Config;

    fn session(target: &str, keys: &str) -> Result<Session> {
        let config = Config::parse(&format!("[sessions.a]\ntarget = '{target}:5900'\n{keys}"))?;
        Ok(config.listed.get("a").unwrap().clone())
    }

    fn vencrypt(keys: &str) -> vencrypt::Vencrypt {
        match session("vencrypt+tcp://[::1]", keys).unwrap().state {
            State::Ready(Target::Vencrypt(vencrypt)) => *vencrypt,
            other => panic!("{other:?}"),
        }
    }

    const FINGERPRINT: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_target_inside_tls_has_keys_of_its_own() {
        let usual = vencrypt("");
        assert_eq!(usual.server_name.to_str(), "::1");
        assert_eq!((usual.trust, usual.login), (Trust::System, Login::Viewer));
        let keys = format!("fingerprint = '{FINGERPRINT}'\nserver_name = 'vm.example'\npassword = 'p'");
        let pinned = vencrypt(&keys);
        assert_eq!(pinned.server_name.to_str(), "vm.example");
        assert_eq!(pinned.trust, Trust::Pinned(FINGERPRINT.parse().unwrap()));
        assert_eq!(pinned.login, Login::Password("p".into()));
        let login = Login::User {
            username: "u".into(),
            password: "p".into(),
        };
        assert_eq!(vencrypt("username = 'u'\npassword = 'p'").login, login);
    }

    #[test]
    fn what_is_wrong_with_the_keys_for_tls_is_said() {
        for (scheme, keys, expected) in [
            ("tcp", "ca = 'x'", "sessions.a: ca: only a vencrypt+tcp:// target"),
            (
                "tcp",
                "password = 'x'",
                "sessions.a: password: only a vencrypt+tcp:// target",
            ),
            (
                "vencrypt+tcp",
                "ca = '/nowhere/ca.pem'",
                "sessions.a: ca: cannot read /nowhere/ca.pem",
            ),
            (
                "vencrypt+tcp",
                "ca = '/dev/null'",
                "sessions.a: ca: there is no certificate in /dev/null",
            ),
            (
                "vencrypt+tcp",
                "fingerprint = 'sha256:00'",
                "sessions.a: fingerprint: expected \"sha256:\"",
            ),
            (
                "vencrypt+tcp",
                "server_name = '-'",
                "sessions.a: server_name: \"-\"",
            ),
            (
                "vencrypt+tcp",
                "username = 'u'",
                "sessions.a: username: it needs a password",
            ),
            (
                "vencrypt+tcp",
                &format!("ca = 'x'\nfingerprint = '{FINGERPRINT}'"),
                "sessions.a: ca, fingerprint: ",
            ),
        ] {
            let error = format!("{:#}", session(&format!("{scheme}://vm"), keys).unwrap_err());
            assert!(error.starts_with(expected), "{error:?} is not {expected:?}");
        }
    }

    #[test]
    fn a_ca_is_looked_for_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(
            &file,
            "[sessions.a]\ntarget = 'vencrypt+tcp://vm:5900'\nca = 'ca.pem'",
        )
        .unwrap();
        let params = rcgen::CertificateParams::default();
        let ca = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        let state = Config::load(&file)
            .unwrap()
            .listed
            .get("a")
            .unwrap()
            .state
            .clone();
        let State::Ready(Target::Vencrypt(target)) = state else {
            panic!("{state:?}");
        };
        assert_eq!(target.trust, Trust::Authorities(vec![ca.der().clone()]));
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = session("vencrypt+tcp://vm", "username = 'u'\npassword = '31415926'").unwrap();
        let description = serde_json::to_string(&shown.description(None)).unwrap();
        for text in [format!("{shown:?}"), description] {
            assert!(!text.contains("31415926"), "{text}");
        }
        // Nor where something is wrong with it.
        for keys in [
            "password = 31415926",
            "password = x31415926",
            "password = '31415926",
            "password = ['31415926']",
        ] {
            let error = format!("{:?}", session("vencrypt+tcp://vm", keys).unwrap_err());
            assert!(!error.contains("31415926") && error.contains("line 3"), "{error}");
        }
    }
}
