//! Targets that are spoken to inside TLS: RFB's security type `VeNCrypt` with a certificate (rfbproto.rst, "VeNCrypt").
//!
//! TLS begins in the middle of RFB's own handshake, so the gateway takes part in that on both sides: with the target
//! it speaks `VeNCrypt`, and to the viewer it offers what that leaves to be done. From the login on it only carries
//! bytes again.
//!
//! | inside TLS | the configuration has | the viewer is offered |
//! |---|---|---|
//! | `X509None` | | None |
//! | `X509Vnc` | `password` | None: the gateway has logged in |
//! | `X509Vnc` | | VNC Authentication, whose challenge and response pass through |
//! | `X509Plain` | `username`, `password` | None: the gateway has logged in |
//! | `X509Plain` | | VeNCrypt's `Plain`, whose answer passes through |
//!
//! [`target`] speaks with the target and [`viewer`] with the viewer; [`tls`] says which certificates are trusted.

mod fingerprint;
pub(crate) mod target;
pub(crate) mod tls;
mod trust;
pub(crate) mod viewer;

use porthole_rfb::Version;
use rustls::pki_types::ServerName;

use crate::secret::Secret;

pub use fingerprint::{BadFingerprint, Fingerprint};
pub use trust::Trust;

/// A target of the scheme `vencrypt+tcp:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vencrypt {
    /// Host and port.
    pub authority: String,
    /// The name that its certificate has to be for: the host, unless the configuration has another.
    pub server_name: ServerName<'static>,
    /// Which certificates will do.
    pub trust: Trust,
    /// Who logs in.
    pub login: Login,
}

/// Who logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// The viewer, where a login is asked for.
    Viewer,
    /// The gateway, with a password for VNC Authentication.
    Password(Secret),
    /// The gateway, with a user's name and password.
    User {
        /// The user's name.
        username: String,
        /// The user's password.
        password: Secret,
    },
}

/// What the viewer is to be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offer {
    /// 3.7 or 3.8: 3.3 has no `VeNCrypt`.
    version: Version,
    login: ViewerLogin,
}

impl Offer {
    /// Whether nobody has to log in any more.
    pub(crate) fn is_logged_in(self) -> bool {
        self.login == ViewerLogin::None
    }
}

/// What is left for the viewer to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ViewerLogin {
    None,
    VncAuthentication,
    Plain,
}

/// RFB's numbers of security types.
mod security_type {
    pub(super) const NONE: u8 = 1;
    pub(super) const VNC_AUTHENTICATION: u8 = 2;
    pub(super) const VENCRYPT: u8 = 19;
}

/// The one version of `VeNCrypt` that is spoken, which came in 2007.
const VENCRYPT_0_2: [u8; 2] = [0, 2];

impl Vencrypt {
    /// A target without anything special about it; `None` where the host is no name that a certificate can have.
    #[must_use]
    pub fn new(authority: &str, host: &str) -> Option<Self> {
        Some(Self {
            authority: authority.to_owned(),
            server_name: server_name(host)?,
            trust: Trust::System,
            login: Login::Viewer,
        })
    }
}

/// A host's name or address, an IPv6 address with or without brackets, as certificates name it.
pub(crate) fn server_name(host: &str) -> Option<ServerName<'static>> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    ServerName::try_from(bare.to_owned()).ok()
}
