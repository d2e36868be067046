//! No login (RFC 6143, 7.2.1).

use super::{Exchange, Login, LoginError, LoginStep};

#[derive(Debug)]
pub(crate) struct None;

impl Login for None {
    fn advance(&mut self, _: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        Ok(LoginStep::Done)
    }
}
