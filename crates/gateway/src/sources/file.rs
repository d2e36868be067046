//! The sessions that the configuration lists, as its file has them now: it is read again when it changes.

use std::sync::Arc;

use axum::http::HeaderMap;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::watch;
use tracing::{info, warn};

use super::{Absent, Listed, Source};
use crate::config::Config;
use crate::session::Session;
use crate::watch::Watch;

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
        self.now().default_session().map(str::to_owned)
    }
}
