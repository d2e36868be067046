//! The server without a socket.

use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::config::Config;
use crate::handshake;
use crate::record::Record;
use crate::wire::{Result, Wire};

/// One connection to the mock, as seen from its socket.
pub struct Server {
    wire: Wire,
    record: Rc<RefCell<Record>>,
    /// The rest of what is to be said, or `None` when it is over.
    conversation: Option<Pin<Box<dyn Future<Output = Result<()>>>>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("record", &self.record)
            .field("is_over", &self.is_over())
            .finish_non_exhaustive()
    }
}

impl Server {
    /// A client has just connected. The greeting is to be sent.
    pub fn new(config: Config) -> Self {
        let (wire, record) = (Wire::default(), Rc::default());
        let mut server = Self {
            conversation: Some(Box::pin(handshake::converse(
                config,
                wire.clone(),
                Rc::clone(&record),
            ))),
            wire,
            record,
        };
        server.go_on();
        server
    }

    /// Takes what the client has sent, in any slicing.
    pub fn handle_input(&mut self, bytes: &[u8]) {
        self.wire.arrived(bytes);
        self.go_on();
    }

    /// What is to be sent.
    pub fn poll_transmit(&mut self) -> Vec<u8> {
        self.wire.leaving()
    }

    /// Whether the server closes the connection once everything is sent.
    pub fn is_over(&self) -> bool {
        self.conversation.is_none()
    }

    /// What the client did.
    pub fn record(&self) -> Record {
        self.record.borrow().clone()
    }

    fn go_on(&mut self) {
        let Some(conversation) = &mut self.conversation else {
            return;
        };
        let context = &mut Context::from_waker(Waker::noop());
        if let Poll::Ready(end) = conversation.as_mut().poll(context) {
            self.conversation = None;
            self.record.borrow_mut().complaint = end.err();
        }
    }
}
