//! nginx.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::support::DEADLINE;

/// nginx, on a free port. It is killed when this is dropped.
pub(crate) struct Nginx {
    pub(crate) address: String,
    _process: Child,
    _folder: TempDir,
}

impl Nginx {
    /// With this configuration, which listens on port 8080.
    pub(crate) async fn start(text: &str) -> Self {
        // It runs from a folder of its own, for whoever runs the tests.
        let text = text.to_owned().instead(
            "http {",
            "http {\naccess_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; \
             uwsgi_temp_path uwsgi; scgi_temp_path scgi;",
        );
        // Between looking for a free port and taking it somebody else may take it.
        for _ in 0..5 {
            if let Some(nginx) = Self::try_to_start(&text).await {
                return nginx;
            }
        }
        panic!("nginx does not start");
    }

    async fn try_to_start(text: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let address = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let file = folder.path().join("nginx.conf");
        std::fs::write(
            &file,
            text.to_owned()
                .instead("listen 8080", &format!("listen {address}")),
        )
        .unwrap();
        let directives = format!(
            "daemon off; master_process off; pid {}/pid; error_log stderr;",
            folder.path().display()
        );
        let mut process = Command::new("/usr/sbin/nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .args(["-g", &directives])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("/usr/sbin/nginx does not start: `cargo xtask setup --tests` installs it");
        loop {
            if TcpStream::connect(&address).await.is_ok() {
                return Some(Self {
                    address,
                    _process: process,
                    _folder: folder,
                });
            }
            if process.try_wait().unwrap().is_some() {
                return None;
            }
            tokio::time::sleep(DEADLINE / 1000).await;
        }
    }
}

pub(crate) trait Instead {
    /// With something else in place of what is there for certain.
    fn instead(self, what: &str, other: &str) -> String;
}

impl Instead for String {
    fn instead(self, what: &str, other: &str) -> String {
        assert!(self.contains(what), "{what:?} is not in {self}");
        self.replace(what, other)
    }
}
