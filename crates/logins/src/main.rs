//! The logins with ciphers, `porthole_rfb::logins`, as a wasm module of their own: the viewer's session loads it when a
//! server wants one of them (`crates/viewer/src/session/login.rs`, which has the other side of what is said here).

use porthole_rfb::{Cipher, Credentials, Exchange, LoginError, LoginStep, SecurityType, logins};
use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

/// The module does nothing before [`begin`].
fn main() {}

#[wasm_bindgen]
extern "C" {
    /// The browser's source of random bytes, which is there without a secure context, too.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// A login, and the cipher that it leaves behind where it does.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Login {
    login: Box<dyn porthole_rfb::Login>,
    cipher: Option<Box<dyn Cipher>>,
}

/// The login of the security type of this number, if it is one of those in here.
#[wasm_bindgen]
pub fn begin(security_type: u32) -> Option<Login> {
    let mut seed = Zeroizing::new([0; 32]);
    get_random_values(&mut *seed);
    Some(Login {
        login: logins::login(SecurityType(security_type), *seed)?,
        cipher: None,
    })
}

#[wasm_bindgen]
impl Login {
    /// `porthole_rfb::Login::advance`. `credentials` are none if they are empty; else a byte whose first bit says that
    /// there is a user name and whose second one that there is a password, the user name, a zero, the password.
    ///
    /// The answer is a step (0: more bytes, 1: the password, 2: user name and password, 3: approval, 4: done, 5: done,
    /// and what comes next is encrypted, 6: failed), how many bytes were used in 4 bytes, little-endian, and what is to
    /// be sent; or, for approval, SHA-256, fingerprint and key; or, after a failure, the reason.
    pub fn advance(&mut self, input: &[u8], mut credentials: Vec<u8>, is_approved: bool) -> Vec<u8> {
        let answers = answers(&credentials);
        credentials.zeroize();
        let mut output = Vec::new();
        let mut exchange = Exchange::new(input, answers.as_ref(), is_approved, &mut output);
        let step = self.login.advance(&mut exchange);
        let used = (input.len() - exchange.peek().len()) as u32;
        let step = match step {
            Ok(LoginStep::NeedMore) => 0,
            Ok(LoginStep::NeedCredentials(asked)) => asked.len().min(2) as u8,
            Ok(LoginStep::NeedApproval(key)) => {
                output = [&key.sha256[..], &key.fingerprint, &key.bytes].concat();
                3
            }
            Ok(LoginStep::Done) => {
                self.cipher = self.login.cipher();
                if self.cipher.is_some() { 5 } else { 4 }
            }
            // None of these goes on as another one.
            Ok(LoginStep::Continue(_)) => 6,
            Err(error) => {
                output = words(error).into_bytes();
                6
            }
        };
        let mut answer = vec![step];
        answer.extend_from_slice(&used.to_le_bytes());
        answer.append(&mut output);
        answer
    }

    /// `porthole_rfb::Cipher::open`: how many bytes that gave, in 4 bytes, little-endian, those, and then the reason if it
    /// failed.
    pub fn open(&mut self, sealed: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        let opened = match &mut self.cipher {
            Some(cipher) => cipher.open(sealed, &mut plain),
            None => Err("nothing is encrypted".into()),
        };
        let mut answer = (plain.len() as u32).to_le_bytes().to_vec();
        answer.append(&mut plain);
        if let Err(error) = opened {
            answer.extend_from_slice(words(error).as_bytes());
        }
        answer
    }

    /// `porthole_rfb::Cipher::seal`.
    pub fn seal(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        if let Some(cipher) = &mut self.cipher {
            cipher.seal(plain, &mut sealed);
        }
        sealed
    }
}

fn answers(bytes: &[u8]) -> Option<Credentials> {
    let (given, rest) = bytes.split_first()?;
    let mut parts = rest.splitn(2, |byte| *byte == 0);
    let mut next = || {
        parts
            .next()
            .map(|part| String::from_utf8_lossy(part).into_owned())
    };
    let mut credentials = Credentials::default();
    let (username, password) = (next(), next());
    credentials.username = username.filter(|_| given & 1 != 0);
    credentials.password = password.filter(|_| given & 2 != 0);
    Some(credentials)
}

fn words(error: LoginError) -> String {
    match error {
        LoginError::Broken(reason) => reason,
        LoginError::NothingInCommon(_) => String::new(),
    }
}
