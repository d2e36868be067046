//! The gateway's own certificate, which is read again when its files change.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;
use tracing::{info, warn};

use crate::watch::Watch;

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
}

/// The table `[tls]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileTls {
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Reads the table. Its files are looked for in this folder, and read to see that they fit.
    pub(crate) fn read(folder: &Path, file: FileTls) -> Result<Self> {
        let tls = Self {
            certificate: folder.join(file.certificate),
            key: folder.join(file.key),
        };
        tls.load()?;
        Ok(tls)
    }

    /// What a listener takes.
    pub(crate) fn listener(&self) -> Result<RustlsConfig> {
        Ok(RustlsConfig::from_config(self.load()?))
    }

    /// Follows the files, for ever. New ones that do not fit change nothing.
    pub(crate) async fn follow(&self, listener: &RustlsConfig) {
        let mut watch = Watch::new(vec![self.certificate.clone(), self.key.clone()]);
        loop {
            watch.changed().await;
            match self.load() {
                Ok(config) => {
                    listener.reload_from_config(config);
                    info!("the certificate has changed, and is used from now on");
                }
                Err(error) => warn!(
                    cause = format!("{error:#}"),
                    "the certificate has changed and cannot be used: the one before it stays"
                ),
            }
        }
    }

    fn load(&self) -> Result<Arc<ServerConfig>> {
        let at = |path: &Path| format!("cannot read {}", path.display());
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .with_context(|| at(&self.certificate))
            .context("certificate")?;
        if chain.is_empty() {
            bail!("certificate: there is none in {}", self.certificate.display());
        }
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .with_context(|| at(&self.key))
            .context("key")?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .context("certificate and key do not fit together")?;
        // WebSockets of HTTP/2 are another thing, which no browser insists on.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
