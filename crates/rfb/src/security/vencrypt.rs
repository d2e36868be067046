//! VeNCrypt (rfbproto, "VeNCrypt"): a list of subtypes. Those with TLS need a TLS stack, which a page does not have.

use super::{Exchange, Login, LoginError, LoginStep, SecurityType, choose};

/// The only version that is spoken.
const VERSION: [u8; 2] = [0, 2];

/// What is to be read next.
#[derive(Debug, Default)]
pub(crate) enum VeNCrypt {
    #[default]
    Version,
    Acknowledgement,
    Count,
    Subtypes {
        count: usize,
    },
}

impl Login for VeNCrypt {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        loop {
            *self = match self {
                Self::Version => {
                    let Some(version) = exchange.input.array() else {
                        break;
                    };
                    // 1.0 would do 0.2, too: the client answers with the highest that it knows.
                    if version < VERSION {
                        return Err("the server's version is older than 0.2".into());
                    }
                    exchange.send(&VERSION);
                    Self::Acknowledgement
                }
                Self::Acknowledgement => match exchange.input.u8() {
                    None => break,
                    Some(0) => Self::Count,
                    Some(_) => return Err("the server does not speak version 0.2".into()),
                },
                Self::Count => match exchange.input.u8() {
                    None => break,
                    Some(0) => return Err("the server offers no subtype".into()),
                    Some(count) => Self::Subtypes {
                        count: usize::from(count),
                    },
                },
                Self::Subtypes { count } => {
                    let Some(offered) = exchange.take(*count * 4) else {
                        break;
                    };
                    let (numbers, _) = offered.as_chunks::<4>();
                    let offered = numbers
                        .iter()
                        .map(|number| SecurityType(u32::from_be_bytes(*number)));
                    // VeNCrypt inside of VeNCrypt would have no end.
                    let possible = offered
                        .clone()
                        .filter(|it| ![SecurityType::VENCRYPT, SecurityType::TIGHT_UNIX_LOGIN].contains(it));
                    let Some(subtype) = choose(possible) else {
                        return Err(LoginError::NothingInCommon(offered.collect()));
                    };
                    exchange.send(&subtype.0.to_be_bytes());
                    return Ok(LoginStep::Continue(subtype));
                }
            };
        }
        Ok(LoginStep::NeedMore)
    }
}
