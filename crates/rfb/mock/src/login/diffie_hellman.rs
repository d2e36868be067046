//! Apple's: Diffie-Hellman gives a key for AES, by MD5 of the shared number in the length that the server said.

use super::terminated;
use crate::ciphers::{aes_128_ecb_decrypt, md5, power};
use crate::config::DiffieHellman;
use crate::handshake::{Talk, Verdict};
use crate::wire::Result;

/// User and password have this many bytes each.
const FIELD: usize = 64;

pub(super) async fn run(talk: &Talk, parameters: &DiffieHellman) -> Result<Verdict> {
    let secret: [u8; 32] = talk.dice.borrow_mut().bytes();
    let public_value = parameters
        .public_value
        .clone()
        .unwrap_or_else(|| power(&parameters.generator.to_be_bytes(), &secret, &parameters.prime));
    let wire = &talk.wire;
    wire.put(&parameters.generator.to_be_bytes());
    wire.put(&parameters.key_length.to_be_bytes());
    wire.put(&parameters.prime);
    wire.put(&public_value);
    let mut credentials: [u8; 2 * FIELD] = wire.array().await?;
    let client_value = wire.bytes(parameters.key_length.into()).await?;
    let key = md5(&power(&client_value, &secret, &parameters.prime));
    aes_128_ecb_decrypt(&key, &mut credentials);
    let (user, password) = credentials.split_at(FIELD);
    let (user, password) = (terminated(user)?, terminated(password)?);
    let mut chance = client_value;
    chance.extend(&credentials[user.len() + 1..FIELD]);
    chance.extend(&credentials[FIELD + password.len() + 1..]);
    talk.record.borrow_mut().chance = chance;
    Ok(talk.check(Some(user), password))
}
