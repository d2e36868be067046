//! The two directions of a connection, between the conversation and whoever moves the bytes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use crate::seal::Seal;

/// What ends a conversation: what is wrong with what the client sent. Nothing is wrong with a login that is refused.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// Clones are the same wire.
#[derive(Clone, Default)]
pub(crate) struct Wire(Rc<Pipe>);

#[derive(Default)]
struct Pipe {
    input: RefCell<VecDeque<u8>>,
    /// What came out of sealed records and is not read yet.
    opened: RefCell<VecDeque<u8>>,
    output: RefCell<Vec<u8>>,
    seal: RefCell<Option<Seal>>,
    /// Whether all that is read and written goes through the seal.
    is_sealed: Cell<bool>,
}

// ---- for whoever moves the bytes ---------------------------------------------------------------------------

impl Wire {
    pub(crate) fn arrived(&self, bytes: &[u8]) {
        self.0.input.borrow_mut().extend(bytes);
    }

    pub(crate) fn leaving(&self) -> Vec<u8> {
        self.0.output.take()
    }
}

// ---- for the conversation ----------------------------------------------------------------------------------

impl Wire {
    /// The next bytes, once they are there.
    pub(crate) async fn bytes(&self, count: usize) -> Result<Vec<u8>> {
        if !self.0.is_sealed.get() {
            return Ok(take(&self.0.input, count).await);
        }
        while self.0.opened.borrow().len() < count {
            let record = self.record().await?;
            self.0.opened.borrow_mut().extend(record);
        }
        Ok(take(&self.0.opened, count).await)
    }

    pub(crate) async fn array<const N: usize>(&self) -> Result<[u8; N]> {
        Ok(self.bytes(N).await?.try_into().unwrap())
    }

    pub(crate) async fn u8(&self) -> Result<u8> {
        Ok(u8::from_be_bytes(self.array().await?))
    }

    pub(crate) async fn u16(&self) -> Result<u16> {
        Ok(u16::from_be_bytes(self.array().await?))
    }

    pub(crate) async fn u32(&self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.array().await?))
    }

    /// That many bytes of text in UTF-8.
    pub(crate) async fn text(&self, length: usize) -> Result<String> {
        text(self.bytes(length).await?)
    }

    pub(crate) fn put(&self, bytes: &[u8]) {
        let mut output = self.0.output.borrow_mut();
        match &mut *self.0.seal.borrow_mut() {
            Some(seal) if self.0.is_sealed.get() => seal.stream(bytes, &mut output),
            _ => output.extend_from_slice(bytes),
        }
    }
}

// ---- records (RSA-AES) -------------------------------------------------------------------------------------

impl Wire {
    /// From here on there are records.
    pub(crate) fn set_seal(&self, seal: Seal) {
        *self.0.seal.borrow_mut() = Some(seal);
    }

    /// From here on there is nothing but records, whose ends have no meaning.
    pub(crate) fn seal_everything(&self) {
        self.0.is_sealed.set(true);
    }

    /// The content of the next record.
    pub(crate) async fn record(&self) -> Result<Vec<u8>> {
        let header: Vec<u8> = take(&self.0.input, 2).await;
        let length = usize::from(header[0]) << 8 | usize::from(header[1]);
        let sealed = take(&self.0.input, length + 16).await;
        let mut seal = self.0.seal.borrow_mut();
        let seal = seal.as_mut().ok_or("records come after the keys")?;
        seal.open(&header, &sealed)
            .ok_or_else(|| format!("the MAC of the client's record {} is wrong", seal.opened()))
    }

    pub(crate) fn put_record(&self, content: &[u8]) {
        let mut output = self.0.output.borrow_mut();
        if let Some(seal) = &mut *self.0.seal.borrow_mut() {
            seal.record(content, &mut output);
        }
    }
}

async fn take(queue: &RefCell<VecDeque<u8>>, count: usize) -> Vec<u8> {
    poll_fn(|_| {
        let mut queue = queue.borrow_mut();
        if queue.len() < count {
            Poll::Pending
        } else {
            Poll::Ready(queue.drain(..count).collect())
        }
    })
    .await
}

pub(crate) fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes)
        .map_err(|error| format!("a text is not UTF-8: {}", error.as_bytes().escape_ascii()))
}
