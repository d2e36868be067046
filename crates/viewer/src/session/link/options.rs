//! What the page says of a connection, in the protocol's own types.

use porthole_rfb::{self as rfb, Config, Encoding, PixelFormat, SecurityType, Subsampling};

use crate::{ConnectOptions, Credential, Credentials, Depth};

pub(super) fn config(options: &ConnectOptions, can_decode_video: bool) -> Config {
    let mut usual = Config::default();
    // A video loses something, and a server that has it prefers it where it comes before other encodings.
    if can_decode_video && options.quality.is_some() {
        usual.encodings.insert(0, Encoding::H264);
    }
    Config {
        shared: options.shared,
        repeater_id: options.repeater_id.clone(),
        security_types: options
            .security_types
            .as_ref()
            .map(|numbers| numbers.iter().copied().map(SecurityType).collect()),
        encodings: match &options.encodings {
            Some(numbers) => numbers.iter().copied().map(Encoding).collect(),
            None => usual.encodings,
        },
        jpeg_quality: options.quality,
        fine_jpeg_quality: options.fine_quality,
        jpeg_subsampling: options.subsampling.and_then(subsampling),
        compression_level: options.compression,
        pixel_format: match options.depth {
            Depth::Server => None,
            Depth::Low => Some(PixelFormat::BGR233),
            Depth::High => Some(PixelFormat::RGB565),
            Depth::True => usual.pixel_format,
        },
        requests_updates: false,
        ..usual
    }
}

/// What a person answered, in the protocol's own type. Nothing of it is copied.
pub(super) fn answers(mut credentials: Credentials) -> rfb::Credentials {
    let mut answers = rfb::Credentials::default();
    std::mem::swap(&mut answers.username, &mut credentials.username);
    std::mem::swap(&mut answers.password, &mut credentials.password);
    std::mem::swap(&mut answers.target, &mut credentials.target);
    answers
}

pub(super) fn credential(credential: &rfb::Credential) -> Credential {
    match credential {
        rfb::Credential::Username => Credential::Username,
        rfb::Credential::Password => Credential::Password,
        rfb::Credential::Target => Credential::Target,
    }
}

fn subsampling(factor: u8) -> Option<Subsampling> {
    Some(match factor {
        0 => Subsampling::Grey,
        1 => Subsampling::None,
        2 => Subsampling::Two,
        4 => Subsampling::Four,
        _ => return None,
    })
}
