//! nginx, with the configuration in `examples/`.

use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, free_port, listening};

/// nginx in front of one server.
#[derive(Debug)]
pub struct Nginx {
    /// `127.0.0.1` and a port.
    pub address: String,
    process: Process,
    _folder: TempDir,
}

impl Nginx {
    pub fn before(server: &str) -> Self {
        Self::start(server, &[])
    }

    /// One that ends connections on which nothing is said for so many seconds.
    pub fn impatient(server: &str, seconds: u32) -> Self {
        Self::start(server, &[("75s", &format!("{seconds}s"))])
    }

    /// One that offers the server compression, whatever the client does, with more directives.
    pub fn offering_compression(server: &str, more: &str) -> Self {
        let version = "proxy_http_version 1.1;";
        let offer = "proxy_set_header Sec-WebSocket-Extensions permessage-deflate;";
        Self::start(server, &[(version, &format!("{version} {offer} {more}"))])
    }

    fn start(server: &str, changes: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let mut text = include_str!("../../examples/nginx/nginx.conf").to_owned();
        let places = [
            ("listen 8080", &*format!("listen {address}")),
            ("127.0.0.1:6081", server),
            ("127.0.0.1:6082", server),
            // It runs from a folder of its own, for whoever runs the tests.
            (
                "http {",
                "http {\naccess_log off; client_body_temp_path body; proxy_temp_path proxy; \
                 fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;",
            ),
        ];
        for (what, instead) in places.iter().chain(changes) {
            assert!(text.contains(what), "{what:?} is not in {text}");
            text = text.replace(what, instead);
        }
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, text).unwrap();
        let directives = format!(
            "daemon off; master_process off; pid {}/pid; error_log stderr;",
            folder.path().display()
        );
        let process = Process::start(
            Command::new("/usr/sbin/nginx")
                .arg("-p")
                .arg(folder.path())
                .arg("-c")
                .arg(&file)
                .args(["-g", &directives]),
        );
        listening(port);
        Self {
            address,
            process,
            _folder: folder,
        }
    }

    /// What it had to complain of.
    pub fn said(&self) -> String {
        self.process.stderr()
    }
}
