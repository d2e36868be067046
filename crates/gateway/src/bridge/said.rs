//! What a viewer says, part by part, from the handshake on, and what asks for pixels in it.
//!
//! Where the length of a part follows from what the server has said, that has to be told ([`told`]). What is encrypted to the
//! end of the connection, RA2 and RA2-256, cannot be followed.

/// What comes from the viewer next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    #[default]
    Version,
    /// Nothing before the server has spoken: in RFB 3.3 it chooses the security type.
    Silence,
    SecurityType,
    VncResponse,
    VencryptVersion,
    VencryptSubtype,
    PlainLengths,
    /// So many bytes that end a login.
    Credentials(usize),
    /// xvp's, and VNC Authentication after them.
    Names,
    RsaKey,
    RsaRandom,
    RsaHash,
    RsaCredentials,
    /// Tight's choice of a tunnel, if there are any.
    Tunnels,
    Tunnel,
    /// Tight's choice of a login, if there are any.
    Logins,
    Login,
    /// The answer to a key of Apple's, whose length is not known.
    Key,
    Init,
    Message,
}

impl Client {
    /// Whether what comes depends on what the server says before it: [`told`].
    pub(super) fn waits(self) -> bool {
        matches!(self, Self::Silence | Self::Tunnels | Self::Logins | Self::Key)
    }
}

/// A part of what the viewer has said. What asks for pixels goes on to the desktop of a viewer that may only look.
pub(super) enum Part {
    /// So many bytes go on.
    Pass(usize),
    /// So many bytes stay here, whether they have come already or not.
    Drop(usize),
    /// So many bytes go on as these instead.
    Replace(usize, Vec<u8>),
    /// More is needed.
    Incomplete,
}

const NONE: u8 = 1;
const VNC_AUTHENTICATION: u8 = 2;
const RA2NE: u8 = 6;
const TIGHT: u8 = 16;
const VENCRYPT: u8 = 19;
const XVP: u8 = 22;
const DIFFIE_HELLMAN: u8 = 30;
const MS_LOGON_II: u8 = 113;
const RA2NE_256: u8 = 130;

/// The logins that can be followed whatever the server says.
pub(super) const FOLLOWED: [u8; 7] = [
    NONE,
    VNC_AUTHENTICATION,
    RA2NE,
    VENCRYPT,
    XVP,
    MS_LOGON_II,
    RA2NE_256,
];

/// `VeNCrypt`'s subtype that is a name and a password and nothing else, and Tight's number of the same.
const PLAIN: u32 = 256;
const TIGHT_PLAIN: u32 = 129;

/// Nobody's name or password is longer.
const LONGEST_CREDENTIAL: u32 = 4096;

/// MSLogonII's public value, name and password.
const MS_LOGON_II_ANSWER: usize = 8 + 256 + 64;

/// Name and password of Apple's Diffie-Hellman, before a public value that is as long as the server's key; and how long such
/// keys are.
const DIFFIE_HELLMAN_CREDENTIALS: usize = 128;
const DIFFIE_HELLMAN_KEYS: std::ops::RangeInclusive<u32> = 64..=1024;

/// How many bits an RSA key has, at most, and what is behind each message that AES seals.
const LONGEST_RSA_KEY: u32 = 8192;
const MAC: usize = 16;

/// ExtendedMouseButtons. With it a PointerEvent has one byte more, if the server has agreed by a rectangle; whether it
/// has cannot be told without looking at pixels, so that a viewer that may only look must not ask for it.
pub(super) const EXTENDED_MOUSE_BUTTONS: i32 = -316;

/// rfbproto, "ClientFence".
const LONGEST_FENCE: usize = 64;

/// Takes the next part of what the viewer said, of which there is at least one byte.
///
/// # Errors
/// That it cannot be followed: words that follow upon the viewer.
pub(super) fn next(client: &mut Client, said: &[u8]) -> Result<Part, String> {
    let (part, then) = match *client {
        Client::Version => (fixed(said, 12), version(said)?),
        Client::Silence | Client::Tunnels | Client::Logins | Client::Key => {
            return Err("spoke out of turn".to_owned());
        }
        Client::SecurityType => (Part::Pass(1), security_type(byte_at(said, 0).into())?),
        Client::VncResponse => (fixed(said, 16), Client::Init),
        Client::VencryptVersion => (fixed(said, 2), Client::VencryptSubtype),
        Client::VencryptSubtype => (fixed(said, 4), subtype(said)?),
        Client::PlainLengths => (fixed(said, 8), plain(said)?),
        Client::Credentials(length) => (fixed(said, length), Client::Init),
        Client::Names => {
            let names = usize::from(byte_at(said, 0)) + usize::from(byte_at(said, 1));
            (fixed(said, 2 + names), Client::VncResponse)
        }
        Client::RsaKey => (rsa_key(said)?, Client::RsaRandom),
        Client::RsaRandom => (counted(said, 0)?, Client::RsaHash),
        Client::RsaHash => (counted(said, MAC)?, Client::RsaCredentials),
        Client::RsaCredentials => (counted(said, MAC)?, Client::Init),
        Client::Tunnel => (fixed(said, 4), Client::Logins),
        Client::Login => (fixed(said, 4), login(said)?),
        // Nobody else's connection ends because somebody looks.
        Client::Init => (Part::Replace(1, vec![1]), Client::Message),
        Client::Message => (message(said)?, Client::Message),
    };
    if !matches!(part, Part::Incomplete) {
        *client = then;
    }
    Ok(part)
}

/// So many bytes go on once they are there.
fn fixed(said: &[u8], length: usize) -> Part {
    if said.len() < length {
        Part::Incomplete
    } else {
        Part::Pass(length)
    }
}

fn version(said: &[u8]) -> Result<Client, String> {
    match said.first_chunk::<12>() {
        None => Ok(Client::Version),
        Some(b"RFB 003.003\n") => Ok(Client::Silence),
        Some(b"RFB 003.007\n" | b"RFB 003.008\n") => Ok(Client::SecurityType),
        Some(other) => Err(format!(
            "answered the greeting with \"{}\", and 3.3, 3.7 or 3.8 is needed",
            other.trim_ascii_end().escape_ascii()
        )),
    }
}

/// What comes where the server has said the number that this depends on: the security type that it has chosen, how many
/// tunnels or logins it lists, the length of its key.
///
/// # Errors
/// As [`next`]'s.
pub(super) fn told(client: Client, number: u32) -> Result<Client, String> {
    Ok(match client {
        Client::Silence => security_type(number)?,
        Client::Tunnels if number == 0 => Client::Logins,
        Client::Tunnels => Client::Tunnel,
        Client::Logins if number == 0 => Client::Init,
        Client::Logins => Client::Login,
        Client::Key if DIFFIE_HELLMAN_KEYS.contains(&number) => {
            Client::Credentials(DIFFIE_HELLMAN_CREDENTIALS + number as usize)
        }
        Client::Key => return Err(format!("was sent a key of {number} bytes")),
        other => other,
    })
}

/// What comes after this security type has been chosen.
///
/// # Errors
/// As [`next`]'s.
pub(super) fn security_type(number: u32) -> Result<Client, String> {
    let cannot = || format!("chose security type {number}, which cannot be followed");
    Ok(match u8::try_from(number).map_err(|_| cannot())? {
        NONE => Client::Init,
        VNC_AUTHENTICATION => Client::VncResponse,
        RA2NE | RA2NE_256 => Client::RsaKey,
        TIGHT => Client::Tunnels,
        VENCRYPT => Client::VencryptVersion,
        XVP => Client::Names,
        DIFFIE_HELLMAN => Client::Key,
        MS_LOGON_II => Client::Credentials(MS_LOGON_II_ANSWER),
        _ => return Err(cannot()),
    })
}

fn subtype(said: &[u8]) -> Result<Client, String> {
    match u32_at(said, 0) {
        None => Ok(Client::VencryptSubtype),
        Some(PLAIN) => Ok(Client::PlainLengths),
        Some(number @ (1 | 2)) => security_type(number),
        Some(other) => Err(format!(
            "chose VeNCrypt's subtype {other}, which cannot be followed; Plain (256) can be"
        )),
    }
}

/// One of Tight's logins.
fn login(said: &[u8]) -> Result<Client, String> {
    match u32_at(said, 0) {
        None => Ok(Client::Login),
        Some(TIGHT_PLAIN) => Ok(Client::PlainLengths),
        Some(number @ (1 | 2 | 19)) => security_type(number),
        Some(other) => Err(format!("chose Tight's login {other}, which cannot be followed")),
    }
}

/// RSA-AES's public key: its length in bits, and two numbers of that length.
fn rsa_key(said: &[u8]) -> Result<Part, String> {
    match u32_at(said, 0) {
        None => Ok(Part::Incomplete),
        Some(bits @ ..=LONGEST_RSA_KEY) => Ok(fixed(said, 4 + 2 * bits.div_ceil(8) as usize)),
        Some(bits) => Err(format!("has a key of {bits} bits")),
    }
}

/// A message of RSA-AES's login, with its length before it and so many bytes behind it.
fn counted(said: &[u8], more: usize) -> Result<Part, String> {
    let Some(&[high, low]) = said.first_chunk() else {
        return Ok(Part::Incomplete);
    };
    let length = u16::from_be_bytes([high, low]);
    if u32::from(length) > LONGEST_CREDENTIAL {
        return Err(format!("logs in with a message of {length} bytes"));
    }
    Ok(fixed(said, 2 + usize::from(length) + more))
}

fn plain(said: &[u8]) -> Result<Client, String> {
    let (Some(name), Some(password)) = (u32_at(said, 0), u32_at(said, 4)) else {
        return Ok(Client::PlainLengths);
    };
    if name > LONGEST_CREDENTIAL || password > LONGEST_CREDENTIAL {
        return Err(format!(
            "logs in with a name of {name} and a password of {password} bytes"
        ));
    }
    match (name + password) as usize {
        0 => Ok(Client::Init),
        length => Ok(Client::Credentials(length)),
    }
}

/// A message (RFC 6143, 7.5; rfbproto, "Client to Server Messages").
fn message(said: &[u8]) -> Result<Part, String> {
    let byte = |at: usize| said.get(at).copied();
    let part = match byte(0) {
        None => Part::Incomplete,
        // SetPixelFormat
        Some(0) => fixed(said, 20),
        // SetEncodings
        Some(2) => set_encodings(said),
        // FramebufferUpdateRequest, EnableContinuousUpdates
        Some(3 | 150) => fixed(said, 10),
        // KeyEvent
        Some(4) => Part::Drop(8),
        // PointerEvent
        Some(5) => Part::Drop(6),
        // ClientCutText; the extended one has a negative length
        Some(6) => match u32_at(said, 4) {
            None => Part::Incomplete,
            Some(length) => Part::Drop(8 + length.cast_signed().unsigned_abs() as usize),
        },
        // ClientFence
        Some(248) => match byte(8).map(usize::from) {
            None => Part::Incomplete,
            Some(length @ ..=LONGEST_FENCE) => fixed(said, 9 + length),
            Some(length) => return Err(format!("sent a fence of {length} bytes")),
        },
        // xvp
        Some(250) => Part::Drop(4),
        // SetDesktopSize
        Some(251) => match byte(6).map(usize::from) {
            None => Part::Incomplete,
            Some(screens) => Part::Drop(8 + 16 * screens),
        },
        // gii, in the byte order that its second byte tells
        Some(253) => match (byte(1), byte(2), byte(3)) {
            (Some(kind), Some(first), Some(second)) => {
                let length = match kind & 0x80 {
                    0 => u16::from_le_bytes([first, second]),
                    _ => u16::from_be_bytes([first, second]),
                };
                Part::Drop(4 + usize::from(length))
            }
            _ => Part::Incomplete,
        },
        // QEMU's: an extended KeyEvent, or audio, which is to listen
        Some(255) => match (byte(1), byte(2), byte(3)) {
            (Some(0), ..) => Part::Drop(12),
            (Some(1), Some(0), Some(0 | 1)) => fixed(said, 4),
            (Some(1), Some(0), Some(2)) => fixed(said, 10),
            (None, ..) | (Some(1), None, _) | (Some(1), _, None) => Part::Incomplete,
            (Some(kind), ..) => return Err(unknown(&format!("255 of kind {kind}"))),
        },
        Some(kind) => return Err(unknown(&kind.to_string())),
    };
    Ok(part)
}

fn unknown(message: &str) -> String {
    format!("sent message {message}, which is unknown here, and may only look")
}

/// The list, less what must not be in it.
fn set_encodings(said: &[u8]) -> Part {
    let Some(&[high, low]) = said.get(2..4).and_then(<[u8]>::first_chunk::<2>) else {
        return Part::Incomplete;
    };
    let length = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
    let Some(list) = said.get(4..length) else {
        return Part::Incomplete;
    };
    let kept: Vec<&[u8]> = list
        .chunks_exact(4)
        .filter(|number| *number != EXTENDED_MOUSE_BUTTONS.to_be_bytes())
        .collect();
    let [high, low] = u16::try_from(kept.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut message = vec![2, 0, high, low];
    message.extend(kept.concat());
    Part::Replace(length, message)
}

fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk::<4>)
        .copied()
        .map(u32::from_be_bytes)
}
