//! What an application chooses for a connection.

use crate::encoding::{Encoding, Subsampling};
use crate::encodings::PREFERENCE;
use crate::limits::Limits;
use crate::pixel::PixelFormat;
use crate::security::SecurityType;

/// What a connection is to be like.
#[derive(Debug, Clone)]
pub struct Config {
    /// Whether others may stay connected (`ClientInit`).
    pub shared: bool,
    /// The only security types to use; none for all that are known. It counts for what the server offers first, not for
    /// what goes on inside of Tight and VeNCrypt.
    pub security_types: Option<Vec<SecurityType>>,
    /// Which desktop to ask an UltraVNC repeater for.
    pub repeater_id: Option<String>,
    /// The encodings to ask for, the best first. Pseudo-encodings are added by the client, but for forms of a cursor
    /// where there are any here already.
    pub encodings: Vec<Encoding>,
    /// The pixel format to ask for; none for the server's own.
    pub pixel_format: Option<PixelFormat>,
    /// JPEG quality to ask for, 0 (worst) to 9; without one, no pixel is to be lossy.
    pub jpeg_quality: Option<u8>,
    /// The same, 0 (worst) to 100, for servers that know that scale.
    pub fine_jpeg_quality: Option<u8>,
    /// Chroma subsampling to ask for.
    pub jpeg_subsampling: Option<Subsampling>,
    /// Compression level to ask for, 0 (fastest) to 9 (smallest).
    pub compression_level: Option<u8>,
    /// Whether the next update is asked for as soon as one begins: the server has it to send while that one is on its way
    /// and decoded. It is never more than one, as what comes after it is looked at when that one has been decoded.
    /// Otherwise [`crate::Client::request_update`] does it.
    pub requests_updates: bool,
    /// The most that the server may make the client hold.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            shared: true,
            security_types: None,
            repeater_id: None,
            encodings: PREFERENCE.to_vec(),
            pixel_format: Some(PixelFormat::RGB888),
            jpeg_quality: None,
            fine_jpeg_quality: None,
            jpeg_subsampling: None,
            compression_level: None,
            requests_updates: true,
            limits: Limits::default(),
        }
    }
}
