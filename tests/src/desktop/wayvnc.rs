//! wayvnc, which shows a screen of sway's that nobody else sees.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::certificates::Certificates;
use crate::image::Image;
use crate::process::{Process, free_port, is_root, listening};
use crate::wait::{LONG, until};

/// Debian's `nobody`: sway refuses root.
const NOBODY: u32 = 65_534;

#[derive(Debug)]
pub struct Wayvnc {
    pub port: u16,
    size: (u16, u16),
    _server: Process,
    session: Session,
}

/// sway, and the folder that is its own.
#[derive(Debug)]
struct Session {
    _sway: Process,
    folder: TempDir,
}

impl Wayvnc {
    pub fn start(size: (u16, u16)) -> Self {
        Self::start_with(size, |_| String::new())
    }

    /// With a login by VeNCrypt's X509Plain.
    pub fn with_user(size: (u16, u16), (name, password): (&str, &str), certificates: &Certificates) -> Self {
        Self::start_with(size, |folder| {
            // Where this program's user can read them.
            let [certificate, key] = [
                ("certificate", certificates.certificate()),
                ("key", certificates.key()),
            ]
            .map(|(name, from)| {
                let to = folder.join(name);
                std::fs::write(&to, std::fs::read(from).unwrap()).unwrap();
                to
            });
            format!(
                "enable_auth=true\nusername={name}\npassword={password}\ncertificate_file={}\nprivate_key_file={}\n",
                certificate.display(),
                key.display()
            )
        })
    }

    fn start_with(size: (u16, u16), config: impl Fn(&Path) -> String) -> Self {
        let session = Session::start(size);
        let port = free_port();
        let file = session.folder.path().join("wayvnc");
        let config = config(session.folder.path());
        std::fs::write(&file, format!("address=127.0.0.1\nport={port}\n{config}")).unwrap();
        let server = Process::start(session.command("wayvnc").arg("--config").arg(file));
        listening(port);
        Self {
            port,
            size,
            _server: server,
            session,
        }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// The screen as it is.
    pub fn picture(&self) -> Image {
        let output = self
            .session
            .command("grim")
            .args(["-t", "ppm", "-"])
            .output()
            .unwrap();
        Image::from_ppm(&output.stdout).expect("a PPM")
    }

    /// Has the screen show this, which is as large as the screen.
    pub fn show(&self, seed: u32) {
        let picture = Image::painted((self.size.0.into(), self.size.1.into()), seed);
        let file = self.session.folder.path().join("picture.ppm");
        std::fs::write(&file, picture.to_ppm()).unwrap();
        let set = format!("output * background {} stretch", file.display());
        assert!(
            self.session
                .command("swaymsg")
                .args(["--quiet", &set])
                .status()
                .unwrap()
                .success()
        );
        until("sway shows the picture", LONG, || {
            if self.picture() == picture {
                Ok(())
            } else {
                Err(String::new())
            }
        });
    }

    /// Has a program own this session's clipboard.
    pub fn copy(&self, text: &str) -> Process {
        Process::start(self.session.command("wl-copy").args(["--foreground", text]))
    }

    pub fn pasted(&self) -> String {
        let output = self
            .session
            .command("wl-paste")
            .arg("--no-newline")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A terminal over the whole screen, and the file into which what is typed goes line by line.
    pub fn terminal(&self) -> (Process, PathBuf) {
        let typed = self.session.folder.path().join("typed");
        let script = format!("printf '\\033[?25l'; exec cat > {}", typed.display());
        let terminal = Process::start(self.session.command("foot").args(["sh", "-c", &script]));
        until("the terminal reads", LONG, || {
            if typed.exists() {
                Ok(())
            } else {
                Err(terminal.stderr())
            }
        });
        (terminal, typed)
    }
}

impl Session {
    fn start((width, height): (u16, u16)) -> Self {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join("sway");
        std::fs::write(
            &config,
            format!(
                "output HEADLESS-1 resolution {width}x{height}\nxwayland disable\ndefault_border none\n\
                 seat * hide_cursor 1\ninput * repeat_rate 0\n"
            ),
        )
        .unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let mut command = as_somebody("sway", &folder);
        command
            .env_remove("WAYLAND_DISPLAY")
            .envs([
                ("WLR_BACKENDS", "headless"),
                ("WLR_LIBINPUT_NO_DEVICES", "1"),
                ("WLR_RENDERER", "pixman"),
            ])
            .arg("--config")
            .arg(config);
        let sway = Process::start(&mut command);
        let session = Self { _sway: sway, folder };
        until("sway answers", LONG, || {
            let mut asked = session.command("swaymsg");
            let answer = asked.args(["--type", "get_outputs"]).output().unwrap();
            if answer.status.success() {
                Ok(())
            } else {
                Err(String::from_utf8_lossy(&answer.stderr).into_owned())
            }
        });
        session
    }

    fn command(&self, program: &str) -> Command {
        as_somebody(program, &self.folder)
    }
}

/// A program with this as its home, by somebody who is not root.
fn as_somebody(program: &str, folder: &TempDir) -> Command {
    let path = folder.path();
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        let nobody = NOBODY.to_string();
        command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups", program]);
        command
    } else {
        Command::new(program)
    };
    command
        .env("HOME", path)
        .env("XDG_RUNTIME_DIR", path)
        .env("XDG_CONFIG_HOME", path)
        .env("SWAYSOCK", path.join("ipc"))
        // In a folder of its own sway takes the first name.
        .env("WAYLAND_DISPLAY", "wayland-1")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .current_dir(path);
    command
}
