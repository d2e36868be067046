//! A gateway in a process of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::support::within;

const BINARY: &str = env!("CARGO_BIN_EXE_porthole-gateway");

/// One that listens on a free port. It is killed when this is dropped.
pub(crate) struct GatewayProcess {
    pub(crate) address: String,
    pub(crate) child: Child,
    /// Where it goes on talking.
    _output: BufReader<ChildStdout>,
    /// With its configuration and its log.
    folder: TempDir,
}

impl GatewayProcess {
    /// With this configuration.
    pub(crate) async fn start(config: &str) -> Self {
        Self::start_by(config, Command::new(BINARY)).await
    }

    /// One that may open only so many files, if it does nothing about that.
    pub(crate) async fn with_open_files(config: &str, count: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -Sn {count}; exec \"$@\""), "sh", BINARY]);
        Self::start_by(config, shell).await
    }

    /// One that trusts these authorities and no others.
    pub(crate) async fn trusting(config: &str, authorities: &Path) -> Self {
        let mut command = Command::new(BINARY);
        command.env("SSL_CERT_FILE", authorities);
        Self::start_by(config, command).await
    }

    /// How much memory it has.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(log(&self.folder)).unwrap()
    }

    async fn start_by(config: &str, mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, config).unwrap();
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--config"])
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(File::create(log(&folder)).unwrap())
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
            folder,
        }
    }
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}
