//! The logins, each as the server sees it (rfbproto, Security Types).

mod diffie_hellman;
mod ms_logon;
mod plain;
mod rsa_aes;
mod tight;
mod vencrypt;
mod vnc_authentication;
mod xvp;

use std::pin::Pin;

use crate::config::Login;
use crate::handshake::{Extension, Talk, Verdict};
use crate::wire::Result;

/// The number of a login among the security types.
pub(crate) fn security_type(login: &Login) -> u32 {
    match login {
        Login::None => 1,
        Login::VncAuthentication => 2,
        Login::RsaAes(rsa_aes) => rsa_aes.number(),
        Login::Tight(_) => 16,
        Login::VeNCrypt(_) => 19,
        Login::Xvp => 22,
        Login::DiffieHellman(_) => 30,
        Login::MsLogonII(_) => 113,
        Login::Plain => 256,
        Login::Unknown(number) => *number,
    }
}

/// A login under way. In a box, because logins are in logins.
type Running<'a> = Pin<Box<dyn Future<Output = Result<(Verdict, Extension)>> + 'a>>;

/// Runs a login.
pub(crate) fn run<'a>(talk: &'a Talk, login: &'a Login) -> Running<'a> {
    Box::pin(async move {
        let verdict = match login {
            Login::None => Verdict::NoLogin,
            Login::VncAuthentication => vnc_authentication::run(talk).await?,
            Login::RsaAes(rsa_aes) => rsa_aes::run(talk, rsa_aes).await?,
            Login::DiffieHellman(parameters) => diffie_hellman::run(talk, parameters).await?,
            Login::MsLogonII(parameters) => ms_logon::run(talk, parameters).await?,
            Login::Xvp => xvp::run(talk).await?,
            Login::Plain => plain::run(talk).await?,
            Login::Tight(lists) => return tight::run(talk, lists).await,
            Login::VeNCrypt(vencrypt) => return vencrypt::run(talk, vencrypt).await,
            Login::Unknown(number) => return Err(format!("the client picked {number}, which is nothing")),
        };
        Ok((verdict, None))
    })
}

/// A text that ends with a zero, in a field of a fixed length.
fn terminated(field: &[u8]) -> Result<String> {
    let length = field
        .iter()
        .position(|byte| *byte == 0)
        .ok_or_else(|| format!("a text in a field of {} bytes has no end", field.len()))?;
    crate::wire::text(field[..length].to_vec())
}
