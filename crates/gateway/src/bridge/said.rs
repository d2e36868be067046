//! What a viewer says, part by part, from the handshake on, and what asks for pixels in it.
//!
//! The handshake is followed as far as the length of each part is known without the server's own part of it.

/// What comes from the viewer next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    #[default]
    Version,
    /// Nothing before the server has spoken.
    Silence,
    SecurityType,
    VncResponse,
    VencryptVersion,
    VencryptSubtype,
    PlainLengths,
    PlainCredentials(usize),
    Init,
    Message,
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
const VENCRYPT: u8 = 19;

/// The logins that can be followed.
pub(super) const FOLLOWED: [u8; 3] = [NONE, VNC_AUTHENTICATION, VENCRYPT];

/// `VeNCrypt`'s subtype that is a name and a password and nothing else.
const PLAIN: u32 = 256;

/// Nobody's name or password is longer.
const LONGEST_CREDENTIAL: u32 = 4096;

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
        Client::Silence => return Err("spoke out of turn".to_owned()),
        Client::SecurityType => (Part::Pass(1), security_type(said)?),
        Client::VncResponse => (fixed(said, 16), Client::Init),
        Client::VencryptVersion => (fixed(said, 2), Client::VencryptSubtype),
        Client::VencryptSubtype => (fixed(said, 4), subtype(said)?),
        Client::PlainLengths => (fixed(said, 8), plain(said)?),
        Client::PlainCredentials(length) => (fixed(said, length), Client::Init),
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

fn security_type(said: &[u8]) -> Result<Client, String> {
    match said.first().copied().unwrap_or_default() {
        NONE => Ok(Client::Init),
        VNC_AUTHENTICATION => Ok(Client::VncResponse),
        VENCRYPT => Ok(Client::VencryptVersion),
        other => Err(format!("chose security type {other}, which it was not offered")),
    }
}

fn subtype(said: &[u8]) -> Result<Client, String> {
    match u32_at(said, 0) {
        None => Ok(Client::VencryptSubtype),
        Some(PLAIN) => Ok(Client::PlainLengths),
        Some(other) => Err(format!(
            "chose VeNCrypt's subtype {other}, which cannot be followed; Plain (256) can be"
        )),
    }
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
        length => Ok(Client::PlainCredentials(length)),
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

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk::<4>)
        .copied()
        .map(u32::from_be_bytes)
}
