//! The command line.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::gateway;
use crate::support::{closed_port, peer, within};

async fn command(arguments: &[&str]) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_porthole-gateway"))
        .arg("diagnose")
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    let output = within(output).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn the_command_prints_each_step_and_ends_with_0_when_all_is_sound() {
    let gateway = gateway().await;
    let url = format!("http://{}/api/auth/session/vm/novnc", gateway.address);
    let (code, text) = command(&[&url]).await;
    assert_eq!(code, Some(0), "{text}");
    for step in [
        "page",
        "connection",
        "upgrade",
        "greeting",
        "login",
        "first picture",
        "sound",
    ] {
        assert!(text.contains(step), "{step} is not in {text}");
    }
    let gone = closed_port().await;
    let (code, text) = command(&["--timeout", "1", &format!("tcp://{gone}")]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("✗ connection") && text.contains("nothing-listens: "),
        "{text}"
    );
    let (code, text) = command(&["no address"]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no address"), "{text}");
}

#[tokio::test]
async fn with_a_password_a_login_is_finished() {
    let server = peer(|mut stream| async move {
        let talk = async {
            stream.write_all(b"RFB 003.008\n").await?;
            stream.read_exact(&mut [0; 12]).await?;
            stream.write_all(&[1, 2]).await?;
            stream.read_exact(&mut [0; 1]).await?;
            stream.write_all(&[0; 16]).await?;
            let mut response = [0; 16];
            stream.read_exact(&mut response).await?;
            // What DES makes of zeros is not zeros.
            let verdict = u32::from(response == [0; 16]);
            stream.write_all(&verdict.to_be_bytes()).await?;
            stream.read_exact(&mut [0; 1]).await
        };
        let _ = talk.await;
    })
    .await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "secret12\n").unwrap();
    let (_, text) = command(&[
        "--password-file",
        file.to_str().unwrap(),
        &format!("tcp://{server}"),
    ])
    .await;
    assert!(text.contains("VNC Authentication: done"), "{text}");
    let (code, text) = command(&[&format!("tcp://{server}")]).await;
    assert!(text.contains("wants a login"), "{text}");
    assert_eq!(code, Some(0), "all hops are sound: {text}");
}
