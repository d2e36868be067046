//! The way from the page to the session.

use std::cell::{Cell, RefCell};

use super::channel::Channel;
use crate::Command;

/// Where commands are put in. All parts of the page's half share one.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    channel: RefCell<Option<Channel>>,
    /// Whether a desktop is there.
    pub(super) connected: Cell<bool>,
    /// Whether it is only looked at.
    pub(super) view_only: Cell<bool>,
    /// Whether nobody can see it.
    unseen: Cell<bool>,
}

impl Outbox {
    /// Puts another session, or none, at the other end.
    pub(super) fn connect_to(&self, channel: Option<Channel>) {
        let before = self.channel.replace(channel);
        drop(before);
    }

    /// Whether there is a session at the other end.
    pub(super) fn has_session(&self) -> bool {
        self.channel.borrow().is_some()
    }

    /// The session is ready to be sent commands.
    pub(super) fn session_ready(&self) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.ready();
            if self.unseen.get() {
                channel.send(&Command::Seen(false));
            }
        }
    }

    /// Tells the session, and every later one, whether somebody can see the desktop.
    pub(super) fn set_seen(&self, seen: bool) {
        if self.unseen.replace(!seen) == seen {
            self.send(&Command::Seen(seen));
        }
    }

    pub(super) fn send(&self, command: &Command) {
        if let Some(channel) = &*self.channel.borrow() {
            channel.send(command);
        }
    }

    /// Whether the desktop is there to be asked for something.
    pub(super) fn may_ask(&self) -> bool {
        self.connected.get() && !self.view_only.get()
    }
}
