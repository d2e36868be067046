//! Sessions that the configuration lists. Its file is read again when it changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::HeaderMap;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::watch;
use tracing::{info, warn};

use super::{Absent, Source};
use crate::config::Config;
use crate::session::Session;
use crate::watch::Watch;

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

#[derive(Debug)]
pub(super) struct FileSource {
    now: watch::Sender<Arc<Listed>>,
}

impl FileSource {
    pub(super) fn new(listed: Listed) -> Self {
        Self {
            now: watch::Sender::new(Arc::new(listed)),
        }
    }

    fn now(&self) -> Arc<Listed> {
        Arc::clone(&self.now.borrow())
    }

    /// Takes over what the configuration's file says whenever that changes, for ever. One that cannot be read changes
    /// nothing: those who are connected, and those who come, have nothing to do with a slip of the keyboard.
    pub(super) async fn follow(&self, mut config: Config) {
        let Some(path) = config.file.clone() else {
            return std::future::pending().await;
        };
        let mut watch = Watch::new(vec![path.clone()]);
        loop {
            watch.changed().await;
            let read = match Config::load(&path) {
                Ok(read) => Config {
                    keeper: config.keeper.clone(),
                    ..read
                },
                Err(error) => {
                    warn!(
                        cause = format!("{error:#}"),
                        "the configuration cannot be used: the sessions stay as they were"
                    );
                    continue;
                }
            };
            let listed = read.listed.clone();
            if *self.now() != listed {
                info!(
                    sessions = listed.iter().count(),
                    "the configuration has changed: its sessions are taken over"
                );
                self.now.send_replace(Arc::new(listed));
            }
            let before = std::mem::replace(&mut config, read);
            if !config.differs_in_sessions_alone(&before) {
                warn!(
                    "the configuration has changed in more than its sessions: that takes effect after a restart"
                );
            }
        }
    }
}

impl Source for FileSource {
    fn find<'a>(&'a self, id: &'a str, _caller: &'a HeaderMap) -> BoxFuture<'a, Result<Session, Absent>> {
        Box::pin(ready(self.now().get(id).cloned().ok_or(Absent::Unknown)))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            let _ = now.changed().await;
        })
    }

    fn listed(&self) -> Vec<Session> {
        self.now().iter().cloned().collect()
    }

    fn default_session(&self) -> Option<String> {
        self.now().default.clone()
    }
}
