//! What a mock is like, and in which ways it misbehaves.

use crate::keys::{OAKLEY_GROUP_2, ServerKey, bytes};

/// What a mock is like.
#[derive(Debug, Clone)]
pub struct Config {
    /// The version of RFB it speaks.
    pub version: Version,
    /// Whether there is a repeater before it, which asks for the server's ID first.
    pub is_behind_repeater: bool,
    /// The logins that it offers, in this order. Before 3.7 the first is the only one; without any, it refuses.
    pub logins: Vec<Login>,
    /// The user who may log in.
    pub user: String,
    /// That user's password.
    pub password: String,
    /// Width and height of its screen.
    pub size: (u16, u16),
    /// The desktop's name.
    pub name: String,
    /// What its random numbers come from.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            version: Version::V3_8,
            is_behind_repeater: false,
            logins: vec![Login::None],
            user: "porthole".to_owned(),
            password: "secret12".to_owned(),
            size: (64, 48),
            name: "a mock server".to_owned(),
            seed: 1,
        }
    }
}

impl Config {
    /// With this as the only login.
    pub fn with(login: Login) -> Self {
        Self {
            logins: vec![login],
            ..Self::default()
        }
    }
}

/// A version of RFB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The server picks the security type.
    V3_3,
    /// The client picks it.
    V3_7,
    /// A refusal has a reason.
    V3_8,
}

impl Version {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::V3_3, Self::V3_7, Self::V3_8];

    /// Its greeting.
    pub fn greeting(self) -> [u8; 12] {
        match self {
            Self::V3_3 => *b"RFB 003.003\n",
            Self::V3_7 => *b"RFB 003.007\n",
            Self::V3_8 => *b"RFB 003.008\n",
        }
    }
}

/// A login that the mock offers. Tight and VeNCrypt offer others in turn.
#[derive(Debug, Clone)]
pub enum Login {
    /// None.
    None,
    /// A challenge that the password encrypts.
    VncAuthentication,
    /// RSA-AES.
    RsaAes(RsaAes),
    /// Apple's Diffie-Hellman.
    DiffieHellman(DiffieHellman),
    /// UltraVNC's.
    MsLogonII(MsLogonII),
    /// xvp's.
    Xvp,
    /// TightVNC's list.
    Tight(Tight),
    /// VeNCrypt's list.
    VeNCrypt(VeNCrypt),
    /// User and password as they are. VeNCrypt calls it Plain, Tight the Unix login.
    Plain,
    /// A number with nothing behind it: whoever picks it is turned away.
    Unknown(u32),
}

/// RSA-AES.
#[derive(Debug, Clone)]
pub struct RsaAes {
    /// What the keys are made with.
    pub strength: Strength,
    /// Whether everything after the login is in records, too.
    pub is_session_sealed: bool,
    /// The subtype: 1 asks for user and password, 2 for the password.
    pub subtype: u8,
    /// The server's key.
    pub key: ServerKey,
    /// How many bytes of a sealed session go into a record.
    pub record_length: u16,
    /// What it does wrong with its keys.
    pub fault: Option<RsaFault>,
    /// At which of its records it does what wrong. 0 has the hash, 1 the subtype, 2 the `SecurityResult`, if that is in
    /// a record.
    pub record_fault: Option<(u128, RecordFault)>,
}

impl RsaAes {
    /// Security type 5: everything sealed by AES of 128 bits.
    pub fn ra2() -> Self {
        Self {
            strength: Strength::Aes128,
            is_session_sealed: true,
            subtype: 1,
            key: ServerKey::bits_2048(),
            record_length: 8192,
            fault: None,
            record_fault: None,
        }
    }

    /// Security type 6: only the login sealed.
    pub fn ra2_ne() -> Self {
        Self {
            is_session_sealed: false,
            ..Self::ra2()
        }
    }

    /// Security type 129.
    pub fn ra2_256() -> Self {
        Self {
            strength: Strength::Aes256,
            ..Self::ra2()
        }
    }

    /// Security type 130.
    pub fn ra2_ne_256() -> Self {
        Self {
            strength: Strength::Aes256,
            ..Self::ra2_ne()
        }
    }

    /// The four of them.
    pub fn all() -> [Self; 4] {
        [Self::ra2(), Self::ra2_ne(), Self::ra2_256(), Self::ra2_ne_256()]
    }

    pub(crate) fn number(&self) -> u32 {
        match (self.strength, self.is_session_sealed) {
            (Strength::Aes128, true) => 5,
            (Strength::Aes128, false) => 6,
            (Strength::Aes256, true) => 129,
            (Strength::Aes256, false) => 130,
        }
    }
}

/// What RSA-AES makes its keys with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// SHA-1, AES of 128 bits.
    Aes128,
    /// SHA-256, AES of 256 bits.
    Aes256,
}

/// What a server can do wrong with its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaFault {
    /// Its hash is of other keys than were sent, as somebody's in the middle would be.
    Hash,
    /// It says that the encrypted random number has this length.
    RandomLength(u16),
    /// The random number is encrypted without padding.
    RandomWithoutPadding,
    /// Only this many bytes of the random number are encrypted.
    ShortRandom(usize),
}

/// What a server can do wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFault {
    /// A bit of the ciphertext is another.
    Ciphertext,
    /// A bit of the MAC is another.
    Mac,
    /// The length says this, the rest being as it was.
    Length(u16),
    /// The content is this many bytes of something else, sealed as it must be.
    Content(u16),
    /// The counter is the one of the record before it.
    Replay,
    /// Not wrong: a record without content goes before it.
    EmptyBefore,
}

/// Apple's Diffie-Hellman.
#[derive(Debug, Clone)]
pub struct DiffieHellman {
    /// The generator.
    pub generator: u16,
    /// The length in bytes that the server says its numbers have.
    pub key_length: u16,
    /// The prime, in as many bytes as are sent.
    pub prime: Vec<u8>,
    /// What is sent in place of the public value.
    pub public_value: Option<Vec<u8>>,
}

impl Default for DiffieHellman {
    fn default() -> Self {
        Self {
            generator: 2,
            key_length: 128,
            prime: bytes(OAKLEY_GROUP_2),
            public_value: None,
        }
    }
}

/// MSLogonII.
#[derive(Debug, Clone)]
pub struct MsLogonII {
    /// The generator.
    pub generator: u64,
    /// The modulus.
    pub modulus: u64,
    /// What is sent in place of the public value.
    pub public_value: Option<u64>,
}

impl Default for MsLogonII {
    fn default() -> Self {
        Self {
            generator: 2,
            // The largest prime of 64 bits.
            modulus: 0xFFFF_FFFF_FFFF_FFC5,
            public_value: None,
        }
    }
}

/// Tight's security type.
#[derive(Debug, Clone, Default)]
pub struct Tight {
    /// The tunnels.
    pub tunnels: Vec<Capability>,
    /// How many tunnels it says it has.
    pub tunnel_count: Option<u32>,
    /// The logins. Without any, it goes on as with none.
    pub logins: Vec<Login>,
    /// How many logins it says it has.
    pub login_count: Option<u32>,
    /// What it says it can, in `ServerInit`.
    pub lists: Lists,
}

/// The lists at the end of `ServerInit` after Tight's security type.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// Messages of the server.
    pub server_messages: Vec<Capability>,
    /// Messages of the client.
    pub client_messages: Vec<Capability>,
    /// Encodings.
    pub encodings: Vec<Capability>,
}

/// One entry of a list: code, vendor and signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability(pub i32, pub [u8; 4], pub [u8; 8]);

impl Capability {
    /// No tunnel.
    pub const NO_TUNNEL: Self = Self(0, *b"TGHT", *b"NOTUNNEL");
    /// What Siemens's panels list, which take no tunnel all the same.
    pub const SIEMENS: Self = Self(1, *b"SICR", *b"SCHANNEL");

    pub(crate) fn wire(&self) -> Vec<u8> {
        [&self.0.to_be_bytes()[..], &self.1, &self.2].concat()
    }
}

/// VeNCrypt.
#[derive(Debug, Clone)]
pub struct VeNCrypt {
    /// The highest version it has.
    pub version: (u8, u8),
    /// Whether it takes back that it has the version that was picked.
    pub refuses_version: bool,
    /// The subtypes.
    pub logins: Vec<Login>,
}

impl VeNCrypt {
    /// Version 0.2 with these subtypes.
    pub fn with(logins: Vec<Login>) -> Self {
        Self {
            version: (0, 2),
            refuses_version: false,
            logins,
        }
    }
}
