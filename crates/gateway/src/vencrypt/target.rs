//! The target's side: from its greeting through `VeNCrypt` and TLS to the login, as far as the gateway does that.
//!
//! Nothing that a target says is taken at its word here: each list has at most 255 entries because its count is a
//! byte, and of a reason only the beginning is read.

use porthole_rfb::{SecurityType, Version, vnc_authentication};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::client::TlsStream;

use super::security_type::VENCRYPT;
use super::{Login, Offer, VENCRYPT_0_2, Vencrypt, ViewerLogin, tls};

/// Why a target cannot be used: a sentence whose subject is the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// For the person in front of the viewer.
    pub(crate) reason: String,
    /// More of it, for whoever keeps the gateway.
    pub(crate) detail: Option<String>,
    /// Whether the target ended the connection without a word of RFB's.
    pub(super) is_end: bool,
}

impl Failure {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            detail: None,
            is_end: false,
        }
    }

    pub(super) fn ended(reason: impl Into<String>) -> Self {
        Self {
            is_end: true,
            ..Self::new(reason)
        }
    }

    pub(super) fn with_detail(self, detail: String) -> Self {
        Self {
            detail: Some(match self.detail {
                Some(before) => format!("{before}; {detail}"),
                None => detail,
            }),
            ..self
        }
    }
}

/// `VeNCrypt`'s subtypes that come with a certificate and that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "these are the specification's names")]
enum Subtype {
    X509None = 260,
    X509Vnc = 261,
    X509Plain = 262,
}

const SUBTYPES: [Subtype; 3] = [Subtype::X509None, Subtype::X509Vnc, Subtype::X509Plain];

/// The most that is read of a reason.
const REASON: usize = 1024;

/// Negotiates over a stream that has just been opened. What it returns stands right behind the login, where there was
/// one to be done by the gateway, or right before it.
pub(crate) async fn connect<S>(mut stream: S, target: &Vencrypt) -> Result<(TlsStream<S>, Offer), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let version = agree_on_version(&mut stream).await?;
    choose_security_type(&mut stream).await?;
    let subtype = choose_subtype(&mut stream, &target.login).await?;
    let (mut stream, client_certificate) = tls::connect(stream, target).await?;
    let login = log_in(&mut stream, subtype, version, &target.login)
        .await
        .map_err(|failure| client_certificate.explain(failure))?;
    Ok((stream, Offer { version, login }))
}

async fn agree_on_version<S>(stream: &mut S) -> Result<Version, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = read(stream, "greeting").await?;
    let Some(version) = Version::from_greeting(&greeting) else {
        return Err(Failure::new(format!(
            "does not speak RFB: it sent \"{}\"",
            greeting.escape_ascii()
        )));
    };
    write(stream, version.greeting()).await?;
    if version == Version::V3_3 {
        // A server that turns everybody away may do so in 3.3, in which its reason comes in a security type's place.
        return match read(stream, "security type").await.map(u32::from_be_bytes) {
            Ok(0) => Err(turned_away(stream).await?),
            _ => Err(Failure::new("speaks RFB 3.3, which has no VeNCrypt")),
        };
    }
    Ok(version)
}

async fn choose_security_type<S>(stream: &mut S) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let [count] = read(stream, "list of security types").await?;
    if count == 0 {
        return Err(turned_away(stream).await?);
    }
    let mut offered = vec![0; count.into()];
    read_into(stream, &mut offered, "list of security types").await?;
    if !offered.contains(&VENCRYPT) {
        // To go on without TLS is not for the gateway to decide, let alone for who may stand between.
        let names: Vec<String> = offered.into_iter().map(|number| name(number.into())).collect();
        return Err(Failure::new(format!(
            "offers no VeNCrypt, which vencrypt+tcp:// is for; it offers {}",
            names.join(", ")
        )));
    }
    write(stream, &[VENCRYPT]).await
}

async fn choose_subtype<S>(stream: &mut S, login: &Login) -> Result<Subtype, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let version: [u8; 2] = read(stream, "version of VeNCrypt").await?;
    if version < VENCRYPT_0_2 {
        let [major, minor] = version;
        return Err(Failure::new(format!(
            "speaks VeNCrypt {major}.{minor}, and 0.2 is needed"
        )));
    }
    write(stream, &VENCRYPT_0_2).await?;
    let [refused] = read(stream, "answer to VeNCrypt's version").await?;
    if refused != 0 {
        return Err(Failure::new("refused VeNCrypt 0.2"));
    }
    let [count] = read(stream, "list of VeNCrypt's subtypes").await?;
    let mut offered = vec![0; usize::from(count) * 4];
    read_into(stream, &mut offered, "list of VeNCrypt's subtypes").await?;
    let (offered, _) = offered.as_chunks();
    let offered: Vec<u32> = offered.iter().copied().map(u32::from_be_bytes).collect();
    let subtype = pick(&offered, login).map_err(Failure::new)?;
    write(stream, &(subtype as u32).to_be_bytes()).await?;
    let [accepted] = read(stream, "answer to VeNCrypt's subtype").await?;
    if accepted != 1 {
        return Err(Failure::new(format!(
            "offers {subtype:?} and then refuses to begin it"
        )));
    }
    Ok(subtype)
}

/// A login that the configuration has is used where the target takes it. Without one the target's own order decides,
/// which is its owner's.
fn pick(offered: &[u32], login: &Login) -> Result<Subtype, String> {
    let known = |number: &u32| SUBTYPES.into_iter().find(|&it| it as u32 == *number);
    let first = offered.iter().find_map(known);
    let preferred = match login {
        Login::Viewer => first,
        Login::Password(_) => first_of(&[Subtype::X509Vnc, Subtype::X509None], offered),
        Login::User { .. } => first_of(&[Subtype::X509Plain, Subtype::X509None], offered),
    };
    preferred.ok_or_else(|| {
        let needed = match login {
            _ if first.is_none() => "none of VeNCrypt's X509None, X509Vnc and X509Plain",
            Login::User { .. } => "no X509Plain for the configured username",
            _ => "no X509Vnc for the configured password",
        };
        if offered.is_empty() {
            return "offers VeNCrypt without any subtype".to_owned();
        }
        let names: Vec<String> = offered.iter().copied().map(name).collect();
        format!("offers {needed}, only {}", names.join(", "))
    })
}

fn first_of(wanted: &[Subtype], offered: &[u32]) -> Option<Subtype> {
    wanted.iter().copied().find(|&it| offered.contains(&(it as u32)))
}

/// Logs in where the gateway can; says what is left for the viewer to do.
async fn log_in<S>(
    stream: &mut S,
    subtype: Subtype,
    version: Version,
    login: &Login,
) -> Result<ViewerLogin, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match (subtype, login) {
        (Subtype::X509None, _) => {}
        (Subtype::X509Vnc, Login::Password(password)) => {
            let challenge = read(stream, "challenge").await?;
            write(
                stream,
                &vnc_authentication::response(challenge, password.reveal()),
            )
            .await?;
        }
        (Subtype::X509Vnc, _) => return Ok(ViewerLogin::VncAuthentication),
        (Subtype::X509Plain, Login::User { username, password }) => {
            let mut message = Vec::new();
            let texts = [username.as_str(), password.reveal()];
            for text in texts {
                let length = u32::try_from(text.len())
                    .map_err(|_| Failure::new("is given too long a configured login"))?;
                message.extend_from_slice(&length.to_be_bytes());
            }
            message.extend(texts.into_iter().flat_map(str::bytes));
            write(stream, &message).await?;
        }
        (Subtype::X509Plain, _) => return Ok(ViewerLogin::Plain),
    }
    // In 3.7, too, which has none where there was no login: VeNCrypt is one in any case.
    let result = read(stream, "verdict on the login").await?;
    match u32::from_be_bytes(result) {
        0 => Ok(ViewerLogin::None),
        result => {
            let what = if matches!(login, Login::Viewer) {
                "login"
            } else {
                "configured login"
            };
            let reason = match version {
                Version::V3_8 => read_reason(stream).await?,
                _ if result == 2 => "too many attempts".to_owned(),
                _ => String::new(),
            };
            Err(Failure::new(with_reason(&format!("refused the {what}"), &reason)))
        }
    }
}

/// Reads why a target will have nobody.
async fn turned_away<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Failure, Failure> {
    let reason = read_reason(stream).await?;
    Ok(Failure::new(with_reason("turned the connection away", &reason)))
}

fn with_reason(what: &str, reason: &str) -> String {
    if reason.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {reason}")
    }
}

/// A reason, without what would make something else of a line in the log.
async fn read_reason<S: AsyncRead + Unpin>(stream: &mut S) -> Result<String, Failure> {
    let length = u32::from_be_bytes(read(stream, "reason").await?);
    let mut text = vec![0; usize::try_from(length).map_or(REASON, |length| length.min(REASON))];
    read_into(stream, &mut text, "reason").await?;
    let text = String::from_utf8_lossy(&text).replace(char::is_control, " ");
    Ok(text.trim().to_owned())
}

async fn read<const COUNT: usize>(
    stream: &mut (impl AsyncRead + Unpin),
    what: &str,
) -> Result<[u8; COUNT], Failure> {
    let mut bytes = [0; COUNT];
    read_into(stream, &mut bytes, what).await?;
    Ok(bytes)
}

async fn read_into(
    stream: &mut (impl AsyncRead + Unpin),
    bytes: &mut [u8],
    what: &str,
) -> Result<(), Failure> {
    match stream.read_exact(bytes).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(Failure::ended(format!("closed the connection before its {what}")))
        }
        // In TLS 1.3 a target finds fault with the handshake after the gateway has done its part.
        Err(error) => Err(tls::tls_error(&error).map_or_else(
            || Failure::ended(format!("broke the connection before its {what}: {error}")),
            tls::failure,
        )),
    }
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), Failure> {
    let written = async {
        stream.write_all(bytes).await?;
        // A TLS stream keeps what did not go out at once.
        stream.flush().await
    };
    written
        .await
        .map_err(|error| Failure::ended(format!("broke the connection in the handshake: {error}")))
}

/// A security type's name, of one of `VeNCrypt`'s without saying so.
fn name(number: u32) -> String {
    let security_type = SecurityType(number);
    match security_type.name() {
        Some(name) => name.trim_start_matches("VeNCrypt ").to_owned(),
        None => security_type.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subtype_is_the_logins_and_else_the_targets_first() {
        let user = Login::User {
            username: "u".into(),
            password: "p".into(),
        };
        let password = Login::Password("p".into());
        let all = [258, 261, 260, 262];
        for (offered, login, expected) in [
            (&all[..], &Login::Viewer, Some(Subtype::X509Vnc)),
            (&all[..], &password, Some(Subtype::X509Vnc)),
            (&all[..], &user, Some(Subtype::X509Plain)),
            (&[260, 262], &password, Some(Subtype::X509None)),
            (&[260, 261], &user, Some(Subtype::X509None)),
            (&[262], &password, None),
            (&[261], &user, None),
            (&[256, 257, 258, 259, 263], &Login::Viewer, None),
        ] {
            assert_eq!(pick(offered, login).ok(), expected, "{offered:?} {login:?}");
        }
    }
}
