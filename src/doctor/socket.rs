//! A WebSocket to look at.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Function, Promise, Uint8Array};
use porthole_doctor::Answer;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::fetch::within;

/// What has happened on it.
#[derive(Debug)]
pub(super) enum Happened {
    Opened,
    Bytes(Vec<u8>),
    Text,
    Closed { code: u16, reason: String },
}

/// One that is being looked at. It is closed when this is dropped.
pub(super) struct Socket {
    socket: WebSocket,
    inbox: Rc<Inbox>,
    _open: Closure<dyn Fn()>,
    _message: Closure<dyn Fn(MessageEvent)>,
    _close: Closure<dyn Fn(CloseEvent)>,
}

#[derive(Default)]
struct Inbox {
    happened: RefCell<VecDeque<Happened>>,
    wake: RefCell<Option<Function>>,
}

/// What comes faster than it is looked at is of no use.
const MOST_WAITING: usize = 64;

impl Inbox {
    fn put(&self, happened: Happened) {
        let mut queue = self.happened.borrow_mut();
        if queue.len() < MOST_WAITING || matches!(happened, Happened::Closed { .. }) {
            queue.push_back(happened);
        }
        drop(queue);
        if let Some(wake) = self.wake.take() {
            // A promise's own function does not throw.
            let _ = wake.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Socket {
    /// Opens one, and says how that went.
    pub(super) async fn open(url: &str, offer_subprotocol: bool, patience: i32) -> (Answer, Option<Self>) {
        let opened = if offer_subprotocol {
            WebSocket::new_with_str(url, "binary")
        } else {
            WebSocket::new(url)
        };
        let Ok(socket) = opened else {
            return (Answer::Failed, None);
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let inbox = Rc::new(Inbox::default());
        let (open, message, close) = (inbox.clone(), inbox.clone(), inbox.clone());
        let on_open = Closure::<dyn Fn()>::new(move || open.put(Happened::Opened));
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            message.put(match event.data().dyn_into::<ArrayBuffer>() {
                Ok(buffer) => Happened::Bytes(Uint8Array::new(&buffer).to_vec()),
                Err(_) => Happened::Text,
            });
        });
        let on_close = Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| {
            close.put(Happened::Closed {
                code: event.code(),
                reason: event.reason(),
            });
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        let socket = Self {
            socket,
            inbox,
            _open: on_open,
            _message: on_message,
            _close: on_close,
        };
        match socket.next(patience).await {
            Some(Happened::Opened) => (Answer::Opened, Some(socket)),
            Some(_) => (Answer::Failed, None),
            None => (Answer::Silent, None),
        }
    }

    /// What happens next; none where nothing does in time.
    pub(super) async fn next(&self, patience: i32) -> Option<Happened> {
        if let Some(happened) = self.inbox.happened.borrow_mut().pop_front() {
            return Some(happened);
        }
        let woken = Promise::new(&mut |resolve, _| {
            self.inbox.wake.replace(Some(resolve));
        });
        // It does not fail.
        let _ = within(woken, patience).await;
        self.inbox.happened.borrow_mut().pop_front()
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        // One that is closing says so by itself.
        let _ = self.socket.send_with_u8_array(bytes);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing cannot fail without a code and a reason.
        let _ = self.socket.close();
    }
}
