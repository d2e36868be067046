//! A gateway in a process of its own.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::support::within;

/// One that listens on a free port. It is killed when this is dropped.
pub(crate) struct GatewayProcess {
    pub(crate) address: String,
    pub(crate) child: Child,
    /// Where it goes on talking.
    _output: BufReader<ChildStdout>,
    /// With its configuration.
    _folder: TempDir,
}

impl GatewayProcess {
    /// With this configuration.
    pub(crate) async fn start(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_porthole-gateway"))
            .args(["--listen", "127.0.0.1:0", "--config"])
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        within(output.read_line(&mut line)).await.unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap();
        Self {
            address: address.trim_end_matches('/').to_owned(),
            child,
            _output: output,
            _folder: folder,
        }
    }
}
