//! Certificates for servers, made anew for each test.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

/// A folder with an authority's certificate, and with one that it has issued for 127.0.0.1 and that one's key.
#[derive(Debug)]
pub struct Certificates {
    folder: TempDir,
}

impl Certificates {
    pub fn new() -> Self {
        Self::with_key(&KeyPair::generate().unwrap())
    }

    /// With the only kind of key that some servers take.
    pub fn with_rsa() -> Self {
        let made = Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
            .stderr(Stdio::null())
            .output()
            .expect("openssl is missing: `cargo xtask setup --tests` installs it");
        Self::with_key(&KeyPair::from_pem(&String::from_utf8(made.stdout).unwrap()).unwrap())
    }

    fn with_key(key: &KeyPair) -> Self {
        let folder = TempDir::new().unwrap();
        let mut params = CertificateParams::default();
        // Each authority has a name of its own.
        let name = folder.path().display().to_string();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(key, &authority).unwrap();
        // The names are those that QEMU looks for in a folder.
        for (name, text) in [
            ("ca-cert.pem", authority.pem()),
            ("server-cert.pem", certificate.pem()),
            ("server-key.pem", key.serialize_pem()),
            ("server-both.pem", key.serialize_pem() + &certificate.pem()),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The authority's own.
    pub fn authority(&self) -> PathBuf {
        self.file("ca-cert.pem")
    }

    pub fn certificate(&self) -> PathBuf {
        self.file("server-cert.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.file("server-key.pem")
    }

    /// Key and certificate in one file.
    pub fn both(&self) -> PathBuf {
        self.file("server-both.pem")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}
