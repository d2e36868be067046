//! From the greeting to the verdict on the login (rfbproto, Handshaking Messages).

use std::cell::RefCell;
use std::rc::Rc;

use crate::config::{Config, Lists, Login, Version};
use crate::dice::Dice;
use crate::login;
use crate::record::Record;
use crate::session;
use crate::wire::{Result, Wire, text};

/// What a login works with.
pub(crate) struct Talk {
    pub(crate) config: Config,
    pub(crate) wire: Wire,
    pub(crate) record: Rc<RefCell<Record>>,
    pub(crate) dice: RefCell<Dice>,
}

/// How a login came out.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// There was none: before 3.8 there is no verdict either.
    NoLogin,
    Right,
    Wrong,
}

pub(crate) async fn converse(config: Config, wire: Wire, record: Rc<RefCell<Record>>) -> Result<()> {
    let dice = RefCell::new(Dice::new(config.seed));
    let talk = Talk {
        config,
        wire,
        record,
        dice,
    };
    if talk.config.is_behind_repeater {
        talk.repeater().await?;
    }
    talk.version().await?;
    let Some(login) = talk.security_type().await? else {
        return Ok(());
    };
    let (verdict, lists) = login::run(&talk, &login).await?;
    if !talk.security_result(&verdict) {
        return Ok(());
    }
    session::run(&talk, lists.as_ref()).await
}

impl Talk {
    /// UltraVNC's repeater: a greeting of its own, and 250 bytes that say which server.
    async fn repeater(&self) -> Result<()> {
        self.wire.put(b"RFB 000.000\n");
        let mut id = self.wire.bytes(250).await?;
        let length = id.iter().position(|byte| *byte == 0).unwrap_or(id.len());
        if id[length..].iter().any(|byte| *byte != 0) {
            return Err("the repeater's ID is not followed by zeros alone".to_owned());
        }
        id.truncate(length);
        self.record.borrow_mut().repeater_id = Some(text(id)?);
        Ok(())
    }

    async fn version(&self) -> Result<()> {
        let greeting = self.config.version.greeting();
        self.wire.put(&greeting);
        let answer: [u8; 12] = self.wire.array().await?;
        self.record.borrow_mut().version = Some(text(answer[..11].to_vec())?);
        if answer != greeting {
            return Err(format!(
                "the client answers with {:?}",
                answer.escape_ascii().to_string()
            ));
        }
        Ok(())
    }

    /// The login that is agreed on, or none if the server refuses.
    async fn security_type(&self) -> Result<Option<Login>> {
        let numbers: Vec<u32> = self.config.logins.iter().map(login::security_type).collect();
        if self.config.version == Version::V3_3 {
            self.wire.put(&numbers.first().unwrap_or(&0).to_be_bytes());
        } else {
            self.wire.put(&[numbers.len() as u8]);
            self.wire
                .put(&numbers.iter().map(|number| *number as u8).collect::<Vec<_>>());
        }
        if numbers.is_empty() {
            self.reason("the mock wants nobody");
            return Ok(None);
        }
        let chosen = if self.config.version == Version::V3_3 {
            numbers[0]
        } else {
            u32::from(self.wire.u8().await?)
        };
        self.choose(&self.config.logins, login::security_type, chosen)
            .map(Some)
    }

    /// The login that was picked, by its number among these.
    pub(crate) fn choose(
        &self,
        logins: &[Login],
        number: impl Fn(&Login) -> u32,
        chosen: u32,
    ) -> Result<Login> {
        self.record.borrow_mut().chosen.push(chosen);
        logins
            .iter()
            .find(|login| number(login) == chosen)
            .cloned()
            .ok_or_else(|| format!("the client picked {chosen}, which was not offered"))
    }

    /// Says how the login came out, and whether the connection goes on.
    fn security_result(&self, verdict: &Verdict) -> bool {
        let is_accepted = *verdict != Verdict::Wrong;
        self.record.borrow_mut().is_accepted = Some(is_accepted);
        if *verdict == Verdict::NoLogin && self.config.version < Version::V3_8 {
            return true;
        }
        self.wire.put(&u32::from(!is_accepted).to_be_bytes());
        if !is_accepted && self.config.version == Version::V3_8 {
            self.reason("the mock does not know you");
        }
        is_accepted
    }

    fn reason(&self, text: &str) {
        self.wire.put(&(text.len() as u32).to_be_bytes());
        self.wire.put(text.as_bytes());
    }

    /// Whether these are the user's.
    pub(crate) fn check(&self, user: Option<String>, password: String) -> Verdict {
        let is_user = user.as_ref().is_none_or(|user| *user == self.config.user);
        let is_right = is_user && password == self.config.password;
        let mut record = self.record.borrow_mut();
        record.user = user;
        record.password = Some(password);
        if is_right { Verdict::Right } else { Verdict::Wrong }
    }
}

/// What a login adds to `ServerInit`.
pub(crate) type Extension = Option<Lists>;
