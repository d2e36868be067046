//! User name and password as they are: VeNCrypt's subtype Plain (rfbproto, "VeNCrypt") and Tight's Unix login (rfbproto,
//! "Tight Unix Login Authentication"), which have the same message.

use super::{Credential, Exchange, Login, LoginError, LoginStep};

#[derive(Debug)]
pub(crate) struct Plain;

impl Login for Plain {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        let (Some(username), Some(password)) = (exchange.username(), exchange.password()) else {
            return Ok(LoginStep::NeedCredentials(&[
                Credential::Username,
                Credential::Password,
            ]));
        };
        for (what, text) in [("the user name", username), ("the password", password)] {
            let length = u32::try_from(text.len()).map_err(|_| [what, " is too long to be sent"].concat())?;
            exchange.output.extend_from_slice(&length.to_be_bytes());
        }
        exchange.output.extend_from_slice(username.as_bytes());
        exchange.output.extend_from_slice(password.as_bytes());
        Ok(LoginStep::Done)
    }
}
