//! VNC Authentication: DES with the password as its key encrypts a challenge.

use crate::ciphers::{des_ecb_encrypt, reversed};
use crate::handshake::{Talk, Verdict};
use crate::wire::Result;

pub(super) async fn run(talk: &Talk) -> Result<Verdict> {
    let challenge: [u8; 16] = talk.dice.borrow_mut().bytes();
    talk.wire.put(&challenge);
    let mut key = [0; 8];
    for (place, byte) in key.iter_mut().zip(talk.config.password.bytes()) {
        *place = byte;
    }
    let mut expected = challenge;
    des_ecb_encrypt(reversed(key), &mut expected);
    let response: [u8; 16] = talk.wire.array().await?;
    Ok(if response == expected {
        Verdict::Right
    } else {
        Verdict::Wrong
    })
}
