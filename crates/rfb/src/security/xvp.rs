//! xvp authentication (rfbproto, "xvp Authentication"): whom and what to connect to, and then VNC Authentication.

use super::{Credential, Exchange, Login, LoginError, LoginStep, SecurityType};

#[derive(Debug)]
pub(crate) struct Xvp;

impl Login for Xvp {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        // The password is not sent yet, but a person is asked once.
        let target = exchange.credentials.and_then(|it| it.target.as_deref());
        let (Some(username), Some(_), Some(target)) = (exchange.username(), exchange.password(), target)
        else {
            return Ok(LoginStep::NeedCredentials(&[
                Credential::Username,
                Credential::Password,
                Credential::Target,
            ]));
        };
        for (what, text) in [("the user name", username), ("the target", target)] {
            let length =
                u8::try_from(text.len()).map_err(|_| [what, " is longer than 255 bytes"].concat())?;
            exchange.output.push(length);
        }
        exchange.output.extend_from_slice(username.as_bytes());
        exchange.output.extend_from_slice(target.as_bytes());
        Ok(LoginStep::Continue(SecurityType::VNC_AUTHENTICATION))
    }
}
