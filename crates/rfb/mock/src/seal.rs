//! The records of RSA-AES: a length, as many bytes encrypted by AES in EAX mode, and a MAC of 16 bytes. The length is
//! the associated data; the nonce counts records in each direction, as a little-endian number of 16 bytes.

use crate::ciphers::AesEax;
use crate::config::RecordFault;

pub(crate) struct Seal {
    incoming: AesEax,
    outgoing: AesEax,
    /// How many records have come.
    opened: u128,
    /// How many have gone.
    sealed: u128,
    /// How many bytes of a stream go into a record.
    record_length: u16,
    /// At which record, and what.
    fault: Option<(u128, RecordFault)>,
}

impl Seal {
    pub(crate) fn new(
        client_key: &[u8],
        server_key: &[u8],
        record_length: u16,
        fault: Option<(u128, RecordFault)>,
    ) -> Self {
        Self {
            incoming: AesEax::new(client_key),
            outgoing: AesEax::new(server_key),
            opened: 0,
            sealed: 0,
            record_length,
            fault,
        }
    }

    pub(crate) fn opened(&self) -> u128 {
        self.opened
    }

    /// The content of a record of which these are the length's bytes and the rest.
    pub(crate) fn open(&mut self, header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let content = self.incoming.open(&self.opened.to_le_bytes(), header, sealed)?;
        self.opened += 1;
        Some(content)
    }

    /// Puts a stream's bytes into records of the usual length.
    pub(crate) fn stream(&mut self, bytes: &[u8], output: &mut Vec<u8>) {
        for piece in bytes.chunks(usize::from(self.record_length)) {
            self.record(piece, output);
        }
    }

    /// Puts all of it into one record.
    pub(crate) fn record(&mut self, content: &[u8], output: &mut Vec<u8>) {
        let fault = self
            .fault
            .take_if(|(at, _)| *at == self.sealed)
            .map(|(_, fault)| fault);
        let mut content = content.to_vec();
        match fault {
            Some(RecordFault::EmptyBefore) => output.extend(self.sealed_record(&[])),
            Some(RecordFault::Content(other)) => content = vec![0xEE; usize::from(other)],
            _ => {}
        }
        if let Some(RecordFault::Replay) = fault {
            self.sealed = self.sealed.checked_sub(1).expect("a record before the first");
        }
        let mut record = self.sealed_record(&content);
        match fault {
            Some(RecordFault::Ciphertext) => record[2] ^= 1,
            Some(RecordFault::Mac) => *record.last_mut().unwrap() ^= 0x80,
            Some(RecordFault::Length(length)) => record[..2].copy_from_slice(&length.to_be_bytes()),
            _ => {}
        }
        output.extend(record);
    }

    fn sealed_record(&mut self, content: &[u8]) -> Vec<u8> {
        let header = u16::try_from(content.len()).unwrap().to_be_bytes();
        let sealed = self.outgoing.seal(&self.sealed.to_le_bytes(), &header, content);
        self.sealed += 1;
        [&header[..], &sealed].concat()
    }
}
