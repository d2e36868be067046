//! Somebody who is connected to a session, and is to be told when it is over.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::Sessions;
use super::spawn::User;
use crate::close::Close;
use crate::headers;
use crate::session::State;

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
            let mut changes = self.sessions.changes();
            // Room for asking is there only while it is asked: most of the time nothing happens.
            match Box::pin(self.source()).await {
                // The others need not be asked again with each change of theirs: as long as this one has the session, it goes on.
                Ok(source) => changes.swap_remove(source).await,
                Err(close) => return close,
            }
        }
    }

    /// Whether the session is over whose desktop has just ended the connection; what its viewer is to be told then.
    pub(crate) async fn is_over_too(&self) -> Option<Close> {
        self.sessions.settled(&self.id).await;
        self.source().await.err()
    }

    /// The place of the source that has the session; what its viewer is to be told where it is over.
    async fn source(&self) -> Result<usize, Close> {
        let id = &self.id;
        let Some((source, found)) = self.sessions.locate(id, &self.caller).await else {
            let reason = format!("session \"{id}\" has ended: it is not there any more");
            return Err(Close::new(Close::ENDED, reason));
        };
        match found {
            Ok(session) if matches!(session.state, State::Failed(_) | State::Ended(_)) => {
                session.target().map(|_| source)
            }
            // That nobody can say, or not to this caller any more, takes no desktop away from who works at it.
            _ => Ok(source),
        }
    }
}
