//! Somebody who is connected to a session, and is to be told when it is over.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::spawn::User;
use super::{Absent, Sessions};
use crate::close::Close;
use crate::headers;
use crate::session::{Session, State};

/// One who is connected, until it is dropped.
#[derive(Debug)]
pub(crate) struct Visit {
    sessions: Arc<Sessions>,
    id: String,
    /// What its source is asked with.
    caller: HeaderMap,
    /// As which a desktop that was started here counts it.
    _user: Option<User>,
}

impl Visit {
    pub(crate) fn new(sessions: &Arc<Sessions>, id: &str, caller: &HeaderMap) -> Self {
        Self {
            _user: sessions.spawn.user(id),
            sessions: Arc::clone(sessions),
            id: id.to_owned(),
            caller: headers::credentials(caller),
        }
    }

    /// Waits until the session is over; what its viewer is to be told.
    pub(crate) async fn over(&self) -> Close {
        loop {
            let changed = self.sessions.changed();
            // Room for asking is there only while it is asked: most of the time nothing happens.
            if let Some(close) = Box::pin(self.is_over()).await {
                return close;
            }
            changed.await;
        }
    }

    /// Whether the session is over whose desktop has just ended the connection; what its viewer is to be told then.
    pub(crate) async fn is_over_too(&self) -> Option<Close> {
        self.sessions.settled(&self.id).await;
        self.is_over().await
    }

    async fn is_over(&self) -> Option<Close> {
        let id = &self.id;
        match self.sessions.find(id, &self.caller).await {
            Ok(Session {
                state: State::Creating | State::Booting | State::Ready(_),
                ..
            }) => None,
            Ok(session) => session.target().err(),
            Err(Absent::Unknown) => {
                let reason = format!("session \"{id}\" has ended: it is not there any more");
                Some(Close::new(Close::ENDED, reason))
            }
            // That nobody can say, or not to this caller any more, takes no desktop away from who works at it.
            Err(Absent::Forbidden(_) | Absent::Failed(_)) => None,
        }
    }
}
