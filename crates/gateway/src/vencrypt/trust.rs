//! Whose certificates are trusted.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Fingerprint;

/// Which certificates will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Those of the authorities that the operating system knows.
    System,
    /// Those of these authorities.
    Authorities(Vec<CertificateDer<'static>>),
    /// This one. Its name, dates and issuer do not matter then.
    Pinned(Fingerprint),
}

impl Trust {
    /// The authorities in a PEM file.
    pub(crate) fn in_file(file: &Path) -> Result<Self> {
        let read = || format!("cannot read {}", file.display());
        let text = std::fs::read(file).with_context(read)?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<_, _>>()
            .with_context(read)?;
        if certificates.is_empty() {
            bail!("there is no certificate in {}", file.display());
        }
        for certificate in &certificates {
            RootCertStore::empty()
                .add(certificate.clone())
                .with_context(|| format!("a certificate in {} cannot be an authority's", file.display()))?;
        }
        Ok(Self::Authorities(certificates))
    }
}
