//! What ends a session of the demo desktop.

/// Why a session ended, in words for a log line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    /// The client did not finish the handshake in time.
    #[error("the client did not finish the handshake within {0} s")]
    HandshakeTimeout(u64),
    /// The first twelve bytes are not a ProtocolVersion message.
    #[error("not an RFB client: its first bytes are {0:?}")]
    ProtocolVersion(String),
    /// The client chose a security type that was not offered.
    #[error("the client chose security type {0}, and only None (1) is offered")]
    SecurityType(u8),
    /// A message type that this server does not know; nothing after it can be told apart.
    #[error("unknown client message {0}")]
    UnknownMessage(u8),
    /// A pixel format that cannot be served.
    #[error("SetPixelFormat: {0}")]
    PixelFormat(&'static str),
    /// A clipboard text of more bytes than are accepted.
    #[error("ClientCutText of {0} bytes, and at most {1} are accepted")]
    CutTextLength(u32, u32),
    /// A fence with more payload than the protocol allows.
    #[error("ClientFence with a payload of {0} bytes, and at most 64 are allowed")]
    FenceLength(u8),
    /// The compressor failed, which needs a client format that breaks an invariant.
    #[error("ZRLE: the compressor failed: {0}")]
    Compress(#[from] flate2::CompressError),
}
