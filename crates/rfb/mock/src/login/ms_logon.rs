//! UltraVNC's: Diffie-Hellman of 64 bits gives a key for DES, which is the initial vector, too.

use super::terminated;
use crate::ciphers::{des_cbc_decrypt, power, reversed};
use crate::config::MsLogonII;
use crate::handshake::{Talk, Verdict};
use crate::wire::Result;

const USER: usize = 256;
const PASSWORD: usize = 64;

pub(super) async fn run(talk: &Talk, parameters: &MsLogonII) -> Result<Verdict> {
    let secret: [u8; 8] = talk.dice.borrow_mut().bytes();
    let [generator, modulus] = [parameters.generator, parameters.modulus].map(u64::to_be_bytes);
    let public_value = match parameters.public_value {
        Some(value) => value.to_be_bytes().to_vec(),
        None => power(&generator, &secret, &modulus),
    };
    let wire = &talk.wire;
    wire.put(&generator);
    wire.put(&modulus);
    wire.put(&public_value);
    let client_value: [u8; 8] = wire.array().await?;
    let mut user: [u8; USER] = wire.array().await?;
    let mut password: [u8; PASSWORD] = wire.array().await?;
    let key: [u8; 8] = power(&client_value, &secret, &modulus).try_into().unwrap();
    des_cbc_decrypt(reversed(key), key, &mut user);
    des_cbc_decrypt(reversed(key), key, &mut password);
    let (name, word) = (terminated(&user)?, terminated(&password)?);
    let padding = [&user[name.len() + 1..], &password[word.len() + 1..]].concat();
    talk.record.borrow_mut().chance = [&client_value[..], &padding].concat();
    Ok(talk.check(Some(name), word))
}
