//! VeNCrypt: a version and a list of subtypes. Plain is 256; what is below is a security type. There is no TLS in here.

use super::{run as run_login, security_type};
use crate::config::VeNCrypt;
use crate::handshake::{Extension, Talk, Verdict};
use crate::wire::Result;

pub(super) async fn run(talk: &Talk, vencrypt: &VeNCrypt) -> Result<(Verdict, Extension)> {
    let wire = &talk.wire;
    let (major, minor) = vencrypt.version;
    wire.put(&[major, minor]);
    let [client_major, client_minor] = wire.array().await?;
    let version = (client_major, client_minor);
    talk.record.borrow_mut().vencrypt = Some(version);
    if version > vencrypt.version || version != (0, 2) || vencrypt.refuses_version {
        // 0.0 is a client that knows none; 0.1 is not described any more.
        wire.put(&[255]);
        return Err(format!("VeNCrypt {client_major}.{client_minor} is not to be had"));
    }
    wire.put(&[0, vencrypt.logins.len() as u8]);
    for login in &vencrypt.logins {
        wire.put(&security_type(login).to_be_bytes());
    }
    if vencrypt.logins.is_empty() {
        return Err("there is no subtype".to_owned());
    }
    let chosen = wire.u32().await?;
    let login = talk.choose(&vencrypt.logins, security_type, chosen)?;
    run_login(talk, &login).await
}
