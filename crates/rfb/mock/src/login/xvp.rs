//! xvp: a user and a machine, and then VNC Authentication. (rfbproto has the server send the two; that is a slip: what
//! it introduces them as, a user and "a target system that the client wishes to connect to", only the client knows.)

use super::vnc_authentication;
use crate::handshake::{Talk, Verdict};
use crate::wire::Result;

pub(super) async fn run(talk: &Talk) -> Result<Verdict> {
    let [user, target] = talk.wire.array().await?;
    let user = talk.wire.text(user.into()).await?;
    let target = talk.wire.text(target.into()).await?;
    let is_user = user == talk.config.user;
    {
        let mut record = talk.record.borrow_mut();
        record.user = Some(user);
        record.target = Some(target);
    }
    let verdict = vnc_authentication::run(talk).await?;
    Ok(if is_user { verdict } else { Verdict::Wrong })
}
