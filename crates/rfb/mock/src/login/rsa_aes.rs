//! RSA-AES: both sides encrypt a random number for the other's RSA key; AES keys come of the two.

use crate::ciphers::{power, sha1, sha256};
use crate::config::{RsaAes, RsaFault, Strength};
use crate::dice::Dice;
use crate::handshake::{Talk, Verdict};
use crate::seal::Seal;
use crate::wire::{Result, Wire};

/// The bytes of a random number.
const RANDOM: usize = 16;

/// What the mock takes of a client.
const KEY_BITS: std::ops::RangeInclusive<u32> = 1024..=8192;

/// What the client sends as its key.
struct ClientKey {
    bits: u32,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

pub(super) async fn run(talk: &Talk, config: &RsaAes) -> Result<Verdict> {
    let wire = &talk.wire;
    let server_wire = config.key.wire();
    wire.put(&server_wire);
    let client_key = client_key(wire).await?;
    let client_wire = [
        &client_key.bits.to_be_bytes()[..],
        &client_key.modulus,
        &client_key.exponent,
    ]
    .concat();
    talk.record.borrow_mut().key_bits = Some(client_key.bits);

    let server_random: [u8; RANDOM] = talk.dice.borrow_mut().bytes();
    let encrypted = encrypted(
        &server_random,
        &client_key,
        config.fault,
        &mut talk.dice.borrow_mut(),
    );
    let length = match config.fault {
        Some(RsaFault::RandomLength(length)) => length,
        _ => encrypted.len() as u16,
    };
    wire.put(&length.to_be_bytes());
    wire.put(&encrypted);
    let client_random = client_random(wire, config).await?;
    talk.record.borrow_mut().chance = [&client_random[..], &client_wire].concat();

    let hash = |parts: &[&[u8]]| match config.strength {
        Strength::Aes128 => sha1(parts),
        Strength::Aes256 => sha256(parts),
    };
    let key_length = match config.strength {
        Strength::Aes128 => 16,
        Strength::Aes256 => 32,
    };
    let client_session_key = hash(&[&server_random, &client_random]);
    let server_session_key = hash(&[&client_random, &server_random]);
    wire.set_seal(Seal::new(
        &client_session_key[..key_length],
        &server_session_key[..key_length],
        config.record_length,
        config.record_fault,
    ));

    let mut server_hash = hash(&[&server_wire, &client_wire]);
    if config.fault == Some(RsaFault::Hash) {
        server_hash[0] ^= 1;
    }
    wire.put_record(&server_hash);
    if wire.record().await? != hash(&[&client_wire, &server_wire]) {
        return Err("the client's hash is not of the keys that were exchanged".to_owned());
    }
    wire.put_record(&[config.subtype]);
    let (user, password) = credentials(&wire.record().await?)?;
    if config.is_session_sealed {
        wire.seal_everything();
    }
    match config.subtype {
        1 => Ok(talk.check(Some(user), password)),
        2 if user.is_empty() => Ok(talk.check(None, password)),
        2 => Err(format!(
            "the client sends the user {user:?}, who was not asked for"
        )),
        subtype => Err(format!(
            "the client answers subtype {subtype}, which there is not"
        )),
    }
}

async fn client_key(wire: &Wire) -> Result<ClientKey> {
    let bits = wire.u32().await?;
    if !KEY_BITS.contains(&bits) {
        return Err(format!("the client's key has {bits} bits"));
    }
    let length = bits.div_ceil(8) as usize;
    let key = ClientKey {
        bits,
        modulus: wire.bytes(length).await?,
        exponent: wire.bytes(length).await?,
    };
    // The length is the modulus's, whose upper bit is set, and a product of odd primes is odd.
    let is_long = key.modulus[0].leading_zeros() == bits.next_multiple_of(8) - bits;
    if !is_long || key.modulus.last().is_none_or(|byte| byte % 2 == 0) {
        return Err(format!("the client's modulus is none of {bits} bits"));
    }
    if key.exponent.last().is_none_or(|byte| byte % 2 == 0) {
        return Err("the client's public exponent is even".to_owned());
    }
    Ok(key)
}

/// EME-PKCS1-v1_5 (RFC 8017, 7.2.1): 0, 2, at least eight random bytes that are not 0, 0, the message.
fn encrypted(random: &[u8], key: &ClientKey, fault: Option<RsaFault>, dice: &mut Dice) -> Vec<u8> {
    let message = match fault {
        Some(RsaFault::ShortRandom(length)) => &random[..length],
        _ => random,
    };
    let mut padded = vec![0, 2];
    while padded.len() + 1 + message.len() < key.modulus.len() {
        padded.push((dice.number() % 255) as u8 + 1);
    }
    padded.push(0);
    padded.extend_from_slice(message);
    if fault == Some(RsaFault::RandomWithoutPadding) {
        padded[1] = 1;
    }
    power(&padded, &key.exponent, &key.modulus)
}

async fn client_random(wire: &Wire, config: &RsaAes) -> Result<Vec<u8>> {
    let length = usize::from(wire.u16().await?);
    if length != config.key.modulus.len() {
        return Err(format!(
            "the client's random number is encrypted in {length} bytes"
        ));
    }
    let encrypted = wire.bytes(length).await?;
    let padded = power(&encrypted, &config.key.private, &config.key.modulus);
    let separator = length - RANDOM - 1;
    let (padding, random) = padded.split_at(separator);
    if padding[..2] != [0, 2] || padding[2..].contains(&0) || random[0] != 0 {
        return Err("the client's random number is not padded as by PKCS #1".to_owned());
    }
    Ok(random[1..].to_vec())
}

/// A length and that many bytes, twice.
fn credentials(record: &[u8]) -> Result<(String, String)> {
    let field = |bytes: &[u8]| {
        let (length, rest) = bytes.split_first().ok_or("the credentials end early")?;
        let (field, rest) = rest
            .split_at_checked(usize::from(*length))
            .ok_or("the credentials are shorter than they say")?;
        Ok::<_, String>((crate::wire::text(field.to_vec())?, rest.to_vec()))
    };
    let (user, rest) = field(record)?;
    let (password, rest) = field(&rest)?;
    if rest.is_empty() {
        Ok((user, password))
    } else {
        Err(format!("{} bytes follow the credentials", rest.len()))
    }
}
