//! The viewer's side: the handshake that is left for it, up to where both sides' bytes fit together.

use axum::body::Bytes;
use porthole_rfb::Version;

use super::security_type::{NONE, VENCRYPT, VNC_AUTHENTICATION};
use super::{Offer, VENCRYPT_0_2, ViewerLogin};

/// A viewer's connection.
pub(crate) trait Connection {
    /// Why it has ended.
    type Ended;

    /// Sends bytes.
    async fn send(&mut self, bytes: Bytes) -> Result<(), Self::Ended>;
    /// Waits for the next bytes, whatever their number.
    async fn receive(&mut self) -> Result<Bytes, Self::Ended>;
    /// Ends it, since it does not keep to the protocol in this way: a sentence whose subject is the viewer.
    fn refuse(&self, why: String) -> Self::Ended;
}

/// The subtype of `VeNCrypt`'s that is a login and nothing else.
const PLAIN: u32 = 256;

/// Goes through the handshake. What the viewer has sent beyond it is returned: it is the target's.
pub(crate) async fn negotiate<C: Connection>(connection: &mut C, offer: Offer) -> Result<Vec<u8>, C::Ended> {
    let mut viewer = Viewer {
        connection,
        received: Vec::new(),
    };
    let version = viewer.agree_on_version(offer.version).await?;
    match offer.login {
        ViewerLogin::None => {
            viewer.choose(NONE).await?;
            // Before 3.8 there is no verdict on a login that there was not (RFC 6143, 7.2.1).
            if version == Version::V3_8 {
                viewer.send(&0_u32.to_be_bytes()).await?;
            }
        }
        ViewerLogin::VncAuthentication => viewer.choose(VNC_AUTHENTICATION).await?,
        ViewerLogin::Plain => {
            viewer.choose(VENCRYPT).await?;
            viewer.choose_plain().await?;
        }
    }
    Ok(viewer.received)
}

struct Viewer<'a, C> {
    connection: &'a mut C,
    /// What has come and was not asked for yet.
    received: Vec<u8>,
}

impl<C: Connection> Viewer<'_, C> {
    /// A viewer may choose an older version than the one it is offered.
    async fn agree_on_version(&mut self, offered: Version) -> Result<Version, C::Ended> {
        self.send(offered.greeting()).await?;
        let greeting: [u8; Version::LENGTH] = self.receive().await?;
        [Version::V3_7, Version::V3_8]
            .into_iter()
            .find(|&version| version <= offered && version.greeting() == &greeting)
            .ok_or_else(|| {
                let greeting = greeting.trim_ascii_end().escape_ascii();
                self.connection.refuse(format!(
                    "answered RFB {offered} with \"{greeting}\", and 3.7 or 3.8 is needed"
                ))
            })
    }

    /// Offers one security type, and waits until it has been chosen.
    async fn choose(&mut self, offered: u8) -> Result<(), C::Ended> {
        self.send(&[1, offered]).await?;
        let [chosen] = self.receive().await?;
        if chosen == offered {
            return Ok(());
        }
        Err(self.connection.refuse(format!(
            "chose security type {chosen} where {offered} alone was offered"
        )))
    }

    async fn choose_plain(&mut self) -> Result<(), C::Ended> {
        self.send(&VENCRYPT_0_2).await?;
        let version: [u8; 2] = self.receive().await?;
        if version != VENCRYPT_0_2 {
            let [major, minor] = version;
            return Err(self
                .connection
                .refuse(format!("speaks VeNCrypt {major}.{minor}, and 0.2 is needed")));
        }
        // That the version will do, and the one subtype.
        let mut list = vec![0, 1];
        list.extend_from_slice(&PLAIN.to_be_bytes());
        self.send(&list).await?;
        let chosen = u32::from_be_bytes(self.receive().await?);
        if chosen == PLAIN {
            return Ok(());
        }
        Err(self.connection.refuse(format!(
            "chose VeNCrypt's subtype {chosen} where {PLAIN} alone was offered"
        )))
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), C::Ended> {
        self.connection.send(Bytes::copy_from_slice(bytes)).await
    }

    async fn receive<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], C::Ended> {
        loop {
            if let Some(&bytes) = self.received.first_chunk() {
                self.received.drain(..COUNT);
                return Ok(bytes);
            }
            let more = self.connection.receive().await?;
            self.received.extend_from_slice(&more);
        }
    }
}
