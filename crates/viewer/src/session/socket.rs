//! The browser's WebSocket.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::ArrayBuffer;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// The subprotocol that is offered. Nothing depends on the server's answering it.
pub(super) const SUBPROTOCOL: &str = "binary";

/// What happens on a socket.
#[derive(Debug)]
pub(super) enum SocketEvent {
    /// It is open, with this subprotocol.
    Opened(String),
    /// A binary message.
    Message(ArrayBuffer),
    /// A text message, which RFB has no use for.
    Text,
    /// It is closed, or was never opened.
    Closed { code: u16, reason: String },
}

/// A WebSocket. It is closed when it is dropped, and nothing is heard of it afterwards.
#[derive(Debug)]
pub(super) struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Begins to open a WebSocket.
    ///
    /// # Errors
    /// The browser's words if it does not even try: the address is none, or the page may not use it.
    pub(super) fn open(
        url: &str,
        offer_subprotocol: bool,
        handler: impl FnMut(SocketEvent) + 'static,
    ) -> Result<Self, String> {
        let socket = if offer_subprotocol {
            WebSocket::new_with_str(url, SUBPROTOCOL)
        } else {
            WebSocket::new(url)
        }
        .map_err(|error| super::words(&error))?;
        socket.set_binary_type(BinaryType::Arraybuffer);

        let handler = Rc::new(RefCell::new(handler));
        let on_open = {
            let (handler, socket) = (handler.clone(), socket.clone());
            Closure::<dyn FnMut()>::new(move || handler.borrow_mut()(SocketEvent::Opened(socket.protocol())))
        };
        let on_message = {
            let handler = handler.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                handler.borrow_mut()(match event.data().dyn_into() {
                    Ok(buffer) => SocketEvent::Message(buffer),
                    Err(_) => SocketEvent::Text,
                });
            })
        };
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            handler.borrow_mut()(SocketEvent::Closed {
                code: event.code(),
                reason: event.reason(),
            });
        });
        // An error event says nothing, and a close event always follows it.
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            _open: on_open,
            _message: on_message,
            _close: on_close,
        })
    }

    /// Sends a binary message. One that is sent while the socket closes is lost, as the close event will tell.
    pub(super) fn send(&self, bytes: &[u8]) {
        let _ = self.socket.send_with_u8_array(bytes);
    }

    /// How many bytes have been sent but have not left yet.
    pub(super) fn buffered(&self) -> u32 {
        self.socket.buffered_amount()
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
