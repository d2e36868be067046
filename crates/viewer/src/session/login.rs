//! Logins that are a wasm module of their own (`crates/logins`), which is loaded when a server wants one of them. What goes
//! to and fro is described there.

use std::rc::Rc;

use porthole_rfb::{
    Cipher, Credential, Credentials, Exchange, Login, LoginError, LoginStep, SecurityType, ServerKey,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

use super::scope::Scope;
use super::words;

#[wasm_bindgen]
extern "C" {
    /// What `logins.js` exports, once its module is ready.
    type Logins;

    #[wasm_bindgen(method, structural, catch)]
    fn begin(this: &Logins, security_type: u32) -> Result<Ciphered, JsValue>;

    /// Its class `Login`.
    type Ciphered;

    #[wasm_bindgen(method, structural, catch)]
    fn advance(
        this: &Ciphered,
        input: &[u8],
        credentials: &[u8],
        is_approved: bool,
    ) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    fn open(this: &Ciphered, sealed: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    fn seal(this: &Ciphered, plain: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(method, structural)]
    fn free(this: &Ciphered);
}

/// Loads the module and begins a login.
pub(super) async fn load(scope: &Scope, security_type: SecurityType) -> Result<Box<dyn Login>, String> {
    let begin = async {
        let module: Logins = JsFuture::from(scope.part("logins")?).await?.unchecked_into();
        module.begin(security_type.0)
    };
    let login = begin.await.map_err(|error| words(&error))?;
    Ok(Box::new(Ciphers {
        module: Rc::new(Owned(login)),
        is_sealed: false,
    }))
}

/// Keys are wiped when the module's object is freed, which is not left to the garbage collector.
struct Owned(Ciphered);

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.free();
    }
}

/// A login in the other module, and after it the cipher.
struct Ciphers {
    module: Rc<Owned>,
    /// What comes after the login is encrypted.
    is_sealed: bool,
}

fn failed(error: &JsValue) -> LoginError {
    LoginError::Broken(words(error))
}

/// The number in front, and the rest.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

/// Cannot be: both modules are of one build.
fn unreadable() -> LoginError {
    "the viewer's parts are of different builds".into()
}

impl Login for Ciphers {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        let credentials = credentials(exchange.credentials());
        let answer = self
            .module
            .0
            .advance(exchange.peek(), &credentials, exchange.is_approved())
            .map_err(|error| failed(&error))?;
        let (step, rest) = answer.split_first().ok_or_else(unreadable)?;
        let (used, rest) = number(rest).ok_or_else(unreadable)?;
        exchange.take(used);
        let step = match step {
            0 => LoginStep::NeedMore,
            1 => LoginStep::NeedCredentials(&[Credential::Password]),
            2 => LoginStep::NeedCredentials(&[Credential::Username, Credential::Password]),
            3 => {
                let key = || {
                    let (sha256, rest) = rest.split_first_chunk()?;
                    let (fingerprint, bytes) = rest.split_first_chunk()?;
                    Some(ServerKey {
                        bytes: bytes.to_vec(),
                        sha256: *sha256,
                        fingerprint: *fingerprint,
                    })
                };
                return Ok(LoginStep::NeedApproval(key().ok_or_else(unreadable)?));
            }
            4 | 5 => {
                self.is_sealed = *step == 5;
                LoginStep::Done
            }
            _ => return Err(LoginError::Broken(String::from_utf8_lossy(rest).into_owned())),
        };
        exchange.send(rest);
        Ok(step)
    }

    fn cipher(&mut self) -> Option<Box<dyn Cipher>> {
        self.is_sealed.then(|| -> Box<dyn Cipher> {
            Box::new(Self {
                module: self.module.clone(),
                is_sealed: true,
            })
        })
    }
}

impl Cipher for Ciphers {
    fn open(&mut self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), LoginError> {
        let answer = self.module.0.open(sealed).map_err(|error| failed(&error))?;
        let (length, rest) = number(&answer).ok_or_else(unreadable)?;
        let (opened, reason) = rest.split_at_checked(length).ok_or_else(unreadable)?;
        plain.extend_from_slice(opened);
        if reason.is_empty() {
            Ok(())
        } else {
            Err(LoginError::Broken(String::from_utf8_lossy(reason).into_owned()))
        }
    }

    fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) {
        // What a module that has failed does not seal is not sent; the server will say that it misses it.
        sealed.extend(self.module.0.seal(plain).unwrap_or_default());
    }
}

fn credentials(given: Option<&Credentials>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(given) = given {
        let (username, password) = (given.username.as_deref(), given.password.as_deref());
        let is_given = u8::from(username.is_some()) | u8::from(password.is_some()) << 1;
        let (username, password) = (username.unwrap_or_default(), password.unwrap_or_default());
        // Were it to grow, what it was before would stay in memory.
        bytes.reserve_exact(2 + username.len() + password.len());
        bytes.push(is_given);
        bytes.extend_from_slice(username.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(password.as_bytes());
    }
    bytes
}
