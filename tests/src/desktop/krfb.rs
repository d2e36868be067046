//! krfb, which is KDE's, and shows the screen of an Xvfb. It listens on every address whatever it is told, so it has a
//! network of its own, and the way into that is a Unix socket.

use tempfile::TempDir;

use super::Display;
use crate::process::{Process, contained};
use crate::wait::{LONG, until};

/// `$1` is the socket. The relay waits for the server as long as it takes, and so does who connects to it.
const START: &str = "
    ip link set lo up
    socat UNIX-LISTEN:\"$1\",fork TCP:127.0.0.1:5900,retry=300,interval=0.1 &
    exec krfb --nodialog";

#[derive(Debug)]
pub struct Krfb {
    _server: Process,
    pub display: Display,
    folder: TempDir,
}

impl Krfb {
    pub fn with_password(size: (u16, u16), password: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let display = Display::virtual_one(size);
        // As KDE obscures what it keeps.
        let obscured: String = password
            .chars()
            .filter_map(|letter| char::from_u32(0x1_001F - letter as u32))
            .collect();
        let config = format!(
            "[Security]\nallowDesktopControl=true\nallowUnattendedAccess=true\nnoWallet=true\n\
             unattendedPassword={obscured}\n[TCP]\npublishService=false\n[FrameBuffer]\n\
             preferredFrameBufferPlugin=x11\n"
        );
        std::fs::write(folder.path().join("krfbrc"), config).unwrap();
        let socket = folder.path().join("socket");
        let server = Process::start(
            contained("dbus-run-session", true)
                .args(["--", "sh", "-c", START, "krfb"])
                .arg(&socket)
                .envs(["HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"].map(|name| (name, folder.path())))
                .env("DISPLAY", &display.name),
        );
        until("krfb's socket", LONG, || {
            if socket.exists() {
                Ok(())
            } else {
                Err(server.stderr())
            }
        });
        Self {
            _server: server,
            display,
            folder,
        }
    }

    pub fn target(&self) -> String {
        format!("unix:{}", self.folder.path().join("socket").display())
    }
}
