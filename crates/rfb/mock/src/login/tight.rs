//! TightVNC's: a list of tunnels, a list of logins, and more lists in `ServerInit`.

use super::{run as run_login, security_type};
use crate::config::{Capability, Login, Tight};
use crate::handshake::{Extension, Talk, Verdict};
use crate::wire::Result;

pub(super) async fn run(talk: &Talk, tight: &Tight) -> Result<(Verdict, Extension)> {
    let wire = &talk.wire;
    let count = tight.tunnel_count.unwrap_or(tight.tunnels.len() as u32);
    wire.put(&count.to_be_bytes());
    wire.put(
        &tight
            .tunnels
            .iter()
            .flat_map(Capability::wire)
            .collect::<Vec<_>>(),
    );
    if count > 0 {
        let tunnel = wire.u32().await?;
        talk.record.borrow_mut().tunnel = Some(tunnel);
        if tunnel != 0 {
            return Err(format!("the client wants tunnel {tunnel}"));
        }
    }
    let capabilities: Vec<Capability> = tight.logins.iter().map(capability).collect();
    let count = tight.login_count.unwrap_or(capabilities.len() as u32);
    wire.put(&count.to_be_bytes());
    wire.put(&capabilities.iter().flat_map(Capability::wire).collect::<Vec<_>>());
    let verdict = if count == 0 {
        Verdict::NoLogin
    } else {
        let chosen = wire.u32().await?;
        let login = talk.choose(&tight.logins, |login| capability(login).0 as u32, chosen)?;
        run_login(talk, &login).await?.0
    };
    Ok((verdict, Some(tight.lists.clone())))
}

/// A login as Tight registers it.
fn capability(login: &Login) -> Capability {
    match login {
        Login::None => Capability(1, *b"STDV", *b"NOAUTH__"),
        Login::VncAuthentication => Capability(2, *b"STDV", *b"VNCAUTH_"),
        Login::VeNCrypt(_) => Capability(19, *b"VENC", *b"VENCRYPT"),
        Login::Plain => Capability(129, *b"TGHT", *b"ULGNAUTH"),
        other => Capability(security_type(other) as i32, *b"MOCK", *b"UNKNOWN_"),
    }
}
