//! Targets that are none: what they say in place of RFB, VeNCrypt and TLS, or that they say nothing.

use porthole_gateway::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{V3_8, with};
use crate::certificates::Authority;
use crate::support::{Gateway, closed, peer};

#[tokio::test]
async fn what_a_target_says_instead_is_told() {
    let authority = Authority::new();
    let ca = format!("ca = '{}'", authority.file().display());
    let to_subtypes = |list: &[u8]| [V3_8, &[1, 19, 0, 2, 0], list].concat();
    let user = "username = 'alice'\npassword = 'secret'\n";
    for (says, keys, expected) in [
        (b"".to_vec(), "", "closed the connection before its greeting"),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            "",
            "does not speak RFB: it sent \"SSH-2.0-Open\"",
        ),
        (
            b"RFB 003.003\n\0\0\0\x02".to_vec(),
            "",
            "speaks RFB 3.3, which has no VeNCrypt",
        ),
        (
            b"RFB 003.003\n\0\0\0\0\0\0\0\x1AToo many security failures".to_vec(),
            "",
            "turned the connection away: Too many security failures",
        ),
        (
            [V3_8, b"\0\0\0\0\x04busy"].concat(),
            "",
            "turned the connection away: busy",
        ),
        (
            [V3_8, b"\0\xFF\xFF\xFF\xFF", &[b'x'; 2000]].concat(),
            "",
            "turned the connection away: xxxx",
        ),
        (
            [V3_8, &[3, 1, 2, 77]].concat(),
            "",
            "offers no VeNCrypt, which vencrypt+tcp:// is for; it offers None, VNC Authentication, security type 77",
        ),
        (
            [V3_8, &[1, 19, 0, 1]].concat(),
            "",
            "speaks VeNCrypt 0.1, and 0.2 is needed",
        ),
        ([V3_8, &[1, 19, 0, 2, 1]].concat(), "", "refused VeNCrypt 0.2"),
        (to_subtypes(&[0]), "", "offers VeNCrypt without any subtype"),
        (
            to_subtypes(&[3, 0, 0, 1, 1, 0, 0, 1, 2, 0, 0, 1, 3]),
            "",
            "offers none of VeNCrypt's X509None, X509Vnc and X509Plain, only TLSNone, TLSVnc, TLSPlain",
        ),
        (
            to_subtypes(&[3, 0, 0, 0, 2, 0, 0, 1, 7, 0, 0, 2, 0]),
            "",
            "offers none of VeNCrypt's X509None, X509Vnc and X509Plain, only VNC Authentication, TLSSASL, security type 512",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 5]),
            user,
            "offers no X509Plain for the configured username, only X509Vnc",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 6]),
            "password = 'secret'\n",
            "offers no X509Vnc for the configured password, only X509Plain",
        ),
        (
            to_subtypes(&[255, 0, 0, 1, 4]),
            "",
            "closed the connection before its list of VeNCrypt's subtypes",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 4, 0]),
            "",
            "offers X509None and then refuses to begin it",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 4, 1]),
            "",
            "closed the connection in the TLS handshake",
        ),
        (
            [&to_subtypes(&[1, 0, 0, 1, 4, 1])[..], b"\0\0\0\0 is no TLS"].concat(),
            "",
            "does not speak TLS where VeNCrypt wants it",
        ),
    ] {
        let address = peer(move |mut stream| {
            let says = says.clone();
            async move {
                stream.write_all(&says).await.unwrap();
                stream.shutdown().await.unwrap();
                // It would be reset if something were left unread.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        })
        .await;
        let gateway = with(&address, &format!("{ca}\n{keys}")).await;
        let (code, reason) = closed(&mut gateway.connect().await).await;
        assert_eq!(code, 4502);
        let whole = format!("vm {address} {expected}");
        let beginning = &whole[..whole.len().min(123)];
        assert!(reason.starts_with(beginning), "{reason:?} is not {whole:?}");
    }
}

#[tokio::test]
async fn a_target_that_stops_in_the_middle_of_the_handshake_is_given_up() {
    let says = [V3_8, &[1, 19, 0, 2, 0, 1, 0, 0, 1, 4, 1]].concat();
    for length in [0, 5, 12, 14, 16, 17, 20, says.len()] {
        let says = says[..length].to_vec();
        let address = peer(move |mut stream| {
            let says = says.clone();
            async move {
                stream.write_all(&says).await.unwrap();
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        })
        .await;
        let mut config =
            Config::parse(&format!("[sessions.vm]\ntarget = 'vencrypt+tcp://{address}'\n")).unwrap();
        config.timeouts.connect = std::time::Duration::from_millis(200);
        let gateway = Gateway::start(config).await;
        assert_eq!(closed(&mut gateway.connect().await).await.0, 4504);
    }
}
