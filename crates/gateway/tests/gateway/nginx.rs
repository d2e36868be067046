//! nginx.

use std::process::Stdio;

use socket2::Socket;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::support::{DEADLINE, kept_port, within};

/// nginx, on a free port. It is killed when this is dropped.
pub(crate) struct Nginx {
    pub(crate) address: String,
    _port: Socket,
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
        let folder = TempDir::new().unwrap();
        let (address, port) = kept_port();
        let file = folder.path().join("nginx.conf");
        let text = text.instead("listen 8080", &format!("listen {address}"));
        std::fs::write(&file, text).unwrap();
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
        within(async {
            while TcpStream::connect(&address).await.is_err() {
                let ended = process.try_wait().unwrap();
                assert!(ended.is_none(), "nginx does not start: {ended:?}");
                sleep(DEADLINE / 1000).await;
            }
        })
        .await;
        Self {
            address,
            _port: port,
            _process: process,
            _folder: folder,
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
