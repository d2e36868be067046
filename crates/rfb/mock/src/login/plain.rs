//! VeNCrypt's Plain and Tight's Unix login, which are the same: user and password as they are.

use crate::handshake::{Talk, Verdict};
use crate::wire::Result;

/// More than anybody's.
const LONGEST: u32 = 4096;

pub(super) async fn run(talk: &Talk) -> Result<Verdict> {
    let (user, password) = (talk.wire.u32().await?, talk.wire.u32().await?);
    if user.max(password) > LONGEST {
        return Err(format!("a user of {user} and a password of {password} bytes"));
    }
    let user = talk.wire.text(user as usize).await?;
    let password = talk.wire.text(password as usize).await?;
    Ok(talk.check(Some(user), password))
}
