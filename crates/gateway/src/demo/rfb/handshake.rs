//! The handshake (RFC 6143, 7.1 to 7.3): versions 3.3, 3.7 and 3.8, security type None.

use super::Error;
use super::client_message::Decoder;
use super::pixel_format::PixelFormat;
use crate::demo::geometry::Size;

const NAME: &str = "Porthole demo";
const SECURITY_NONE: u8 = 1;

/// Which of the three published versions is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V3_3,
    V3_7,
    V3_8,
}

/// What the client has to say next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handshake {
    Version,
    Security(ThreeSevenOrLater),
    ClientInit,
}

/// Whether a SecurityResult follows the choice of None: only from 3.8 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ThreeSevenOrLater {
    sends_result: bool,
}

/// The server speaks first.
pub(crate) const PROTOCOL_VERSION: &[u8; 12] = b"RFB 003.008\n";

impl Handshake {
    /// Takes the next step, if its bytes are there: `Ok(None)` when the handshake is over.
    ///
    /// # Errors
    /// Bytes that are not RFB, or a security type that was not offered.
    pub(crate) fn advance(self, input: &mut Decoder, size: Size, out: &mut Vec<u8>) -> Result<Step, Error> {
        match self {
            Self::Version => {
                let Some(bytes) = input.take(PROTOCOL_VERSION.len()) else {
                    return Ok(Step::Wait);
                };
                Ok(Step::Next(match parse_version(&bytes)? {
                    Version::V3_3 => {
                        out.extend(u32::from(SECURITY_NONE).to_be_bytes());
                        Self::ClientInit
                    }
                    version => {
                        out.extend([1, SECURITY_NONE]);
                        Self::Security(ThreeSevenOrLater {
                            sends_result: version == Version::V3_8,
                        })
                    }
                }))
            }
            Self::Security(version) => {
                let Some(choice) = input.take(1) else {
                    return Ok(Step::Wait);
                };
                if choice != [SECURITY_NONE] {
                    return Err(Error::SecurityType(choice.first().copied().unwrap_or_default()));
                }
                if version.sends_result {
                    out.extend(0_u32.to_be_bytes());
                }
                Ok(Step::Next(Self::ClientInit))
            }
            Self::ClientInit => {
                // The shared flag does not matter: every connection has a desktop of its own.
                if input.take(1).is_none() {
                    return Ok(Step::Wait);
                }
                server_init(size, out);
                Ok(Step::Done)
            }
        }
    }
}

/// What became of a step of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Bytes are missing.
    Wait,
    Next(Handshake),
    Done,
}

fn parse_version(bytes: &[u8]) -> Result<Version, Error> {
    let numbers = std::str::from_utf8(bytes).ok().and_then(|text| {
        let (major, minor) = text.strip_prefix("RFB ")?.strip_suffix('\n')?.split_once('.')?;
        Some((major.parse::<u16>().ok()?, minor.parse::<u16>().ok()?))
    });
    match numbers {
        Some((3, 0..=6)) => Ok(Version::V3_3),
        Some((3, 7)) => Ok(Version::V3_7),
        // Clients that announce 3.889 or 4.1 mean 3.8.
        Some((3.., _)) => Ok(Version::V3_8),
        _ => Err(Error::ProtocolVersion(bytes.escape_ascii().to_string())),
    }
}

fn server_init(size: Size, out: &mut Vec<u8>) {
    out.extend((size.width as u16).to_be_bytes());
    out.extend((size.height as u16).to_be_bytes());
    out.extend(PixelFormat::SERVER.to_bytes());
    out.extend((NAME.len() as u32).to_be_bytes());
    out.extend(NAME.as_bytes());
}
