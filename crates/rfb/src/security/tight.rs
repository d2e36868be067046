//! Tight (rfbproto, "Tight Security Type"): a list of tunnels, of which there are none that anybody uses, a list of logins,
//! and after `ServerInit` a list of what the server can do.

use super::{Exchange, Login, LoginError, LoginStep, SecurityType, choose};

/// How many tunnels or logins a server may list.
const MOST: u32 = 256;

/// Code, vendor and signature, all of which must match.
type Capability = [u8; 16];

const NO_TUNNEL: &Capability = b"\0\0\0\0TGHTNOTUNNEL";
/// What Siemens's panels list in place of it. They take the request for no tunnel all the same.
const SIEMENS: &Capability = b"\0\0\0\x01SICRSCHANNEL";

/// The logins that are known.
const LOGINS: [(&Capability, SecurityType); 4] = [
    (b"\0\0\0\x01STDVNOAUTH__", SecurityType::NONE),
    (b"\0\0\0\x02STDVVNCAUTH_", SecurityType::VNC_AUTHENTICATION),
    (b"\0\0\0\x81TGHTULGNAUTH", SecurityType::TIGHT_UNIX_LOGIN),
    (b"\0\0\0\x13VENCVENCRYPT", SecurityType::VENCRYPT),
];

/// What is to be read next.
#[derive(Debug, Default)]
pub(crate) enum Tight {
    #[default]
    TunnelCount,
    Tunnels(List),
    LoginCount,
    Logins(List),
}

/// A list under way.
#[derive(Debug)]
pub(crate) struct List {
    left: u32,
    items: Vec<Capability>,
}

impl Login for Tight {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        loop {
            *self = match self {
                Self::TunnelCount => match exchange.input.u32() {
                    None => break,
                    Some(0) => Self::LoginCount,
                    Some(count) => Self::Tunnels(List::new("the server lists more than 256 tunnels", count)?),
                },
                Self::Tunnels(list) => {
                    let Some(tunnels) = list.collect(exchange) else {
                        break;
                    };
                    if !tunnels.iter().any(|it| [NO_TUNNEL, SIEMENS].contains(&it)) {
                        return Err(names(
                            "the server insists on a tunnel that is not known here: ",
                            tunnels,
                        ));
                    }
                    exchange.send(&[0; 4]);
                    Self::LoginCount
                }
                Self::LoginCount => match exchange.input.u32() {
                    None => break,
                    Some(0) => return Ok(LoginStep::Continue(SecurityType::NONE)),
                    Some(count) => Self::Logins(List::new("the server lists more than 256 logins", count)?),
                },
                Self::Logins(list) => {
                    let Some(logins) = list.collect(exchange) else {
                        break;
                    };
                    let find = |it: &Capability| LOGINS.iter().find(|(login, _)| *login == it);
                    let types = logins.iter().filter_map(|it| Some(find(it)?.1));
                    let Some(login) = choose(types) else {
                        return Err(names("the server wants a login that is not known here: ", logins));
                    };
                    let Some((code, _)) = LOGINS.iter().find(|(_, it)| *it == login) else {
                        break;
                    };
                    exchange.output.extend(code.iter().take(4));
                    return Ok(LoginStep::Continue(login));
                }
            };
        }
        Ok(LoginStep::NeedMore)
    }
}

impl List {
    /// `too_many` are the words for more than [`MOST`].
    fn new(too_many: &str, count: u32) -> Result<Self, LoginError> {
        if count > MOST {
            return Err(too_many.into());
        }
        Ok(Self {
            left: count,
            items: Vec::new(),
        })
    }

    /// All of it, once it is there.
    fn collect(&mut self, exchange: &mut Exchange<'_, '_>) -> Option<&[Capability]> {
        while self.left > 0 {
            self.items.push(exchange.input.array()?);
            self.left -= 1;
        }
        Some(&self.items)
    }
}

/// How many of a list are named in an error.
const SHOWN: usize = 8;

/// A sentence that ends in the vendors and signatures of capabilities.
fn names(sentence: &str, capabilities: &[Capability]) -> LoginError {
    let mut text = sentence.to_owned();
    for (at, [_, _, _, _, name @ ..]) in capabilities.iter().take(SHOWN).enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        text.push_str(&String::from_utf8_lossy(name));
    }
    text.into()
}
