//! Servers that speak VeNCrypt with a certificate.

use std::fs;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::{Display, Tigervnc, listening, write_password};
use crate::certificates::Certificates;
use crate::image::Image;
use crate::process::{Process, free_port};
use crate::wait::{LONG, until};

/// The name of a service to PAM, and of the file that says how it checks a login.
const SERVICE: &str = "porthole";

impl Tigervnc {
    /// With these of VeNCrypt's subtypes, such as `X509None,X509Vnc`; the password is for VNC Authentication.
    pub fn with_tls(subtypes: &str, password: &str, certificates: &Certificates) -> Self {
        Self::start_with(free_port(), (640, 480), |folder| {
            let file = folder.join("password");
            write_password(&file, password);
            vec![
                "-SecurityTypes".into(),
                subtypes.into(),
                "-X509Cert".into(),
                certificates.certificate().into(),
                "-X509Key".into(),
                certificates.key().into(),
                "-PasswordFile".into(),
                file.into(),
            ]
        })
    }

    /// With X509Plain for this user, whom the system knows nothing of: PAM is made to look into a file of the test's
    /// own.
    pub fn with_user(user: (&str, &str), certificates: &Certificates) -> Self {
        Self::with_user_by("X509Plain", user, certificates)
    }

    /// The same with this of VeNCrypt's subtypes.
    pub fn with_user_by(subtype: &str, (name, password): (&str, &str), certificates: &Certificates) -> Self {
        let pam = certificates.folder().join("pam");
        fs::create_dir_all(&pam).unwrap();
        let users = pam.join("users");
        fs::write(&users, format!("{name}:{password}:{SERVICE}\n")).unwrap();
        let (module, users) = (pam_matrix(), users.display());
        let lines =
            ["auth", "account"].map(|what| format!("{what} required {} passdb={users}\n", module.display()));
        fs::write(pam.join(SERVICE), lines.concat()).unwrap();
        let environment = [
            ("LD_PRELOAD", "libpam_wrapper.so".into()),
            ("PAM_WRAPPER", "1".into()),
            ("PAM_WRAPPER_SERVICE_DIR", pam.into()),
        ];
        Self::start_in(&environment, free_port(), (640, 480), |_| {
            vec![
                "-SecurityTypes".into(),
                subtype.into(),
                "-X509Cert".into(),
                certificates.certificate().into(),
                "-X509Key".into(),
                certificates.key().into(),
                "-PlainUsers".into(),
                name.into(),
                "-PAMService".into(),
                SERVICE.into(),
            ]
        })
    }
}

/// x11vnc with X509Vnc, in front of an Xvfb.
#[derive(Debug)]
pub struct TlsX11vnc {
    pub port: u16,
    _server: Process,
    pub display: Display,
    _folder: TempDir,
}

impl TlsX11vnc {
    /// It takes a certificate with an RSA key.
    pub fn start(password: &str, certificates: &Certificates) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("password");
        write_password(&file, password);
        let display = Display::start(Command::new("Xvfb").args(["-screen", "0", "640x480x24"]));
        let port = free_port();
        let server = Process::start(
            display
                .command("x11vnc")
                .args(["-display", &display.name, "-rfbport", &port.to_string()])
                .args([
                    "-localhost",
                    "-no6",
                    "-forever",
                    "-shared",
                    "-noxdamage",
                    "-quiet",
                ])
                .args(["-vencrypt", "force", "-ssl"])
                .arg(certificates.both())
                .arg("-rfbauth")
                .arg(&file),
        );
        listening(port);
        Self {
            port,
            _server: server,
            display,
            _folder: folder,
        }
    }
}

/// QEMU with X509Vnc and nothing to boot from: what it shows is its BIOS's screen.
#[derive(Debug)]
pub struct TlsQemu {
    pub port: u16,
    folder: TempDir,
    _server: Process,
}

impl TlsQemu {
    pub fn start(password: &str, certificates: &Certificates) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        // QEMU counts from VNC's first port.
        let display = port - 5900;
        let server = Process::start(
            Command::new("qemu-system-x86_64")
                .args([
                    "-M",
                    "pc",
                    "-m",
                    "16",
                    "-nodefaults",
                    "-vga",
                    "std",
                    "-display",
                    "none",
                ])
                .arg("-object")
                .arg(format!(
                    "tls-creds-x509,id=tls,dir={},endpoint=server,verify-peer=off",
                    certificates.folder().display()
                ))
                .arg("-object")
                .arg(format!("secret,id=password,data={password}"))
                .arg("-vnc")
                .arg(format!(
                    "127.0.0.1:{display},tls-creds=tls,password-secret=password"
                ))
                .arg("-monitor")
                .arg(format!("unix:{},server=on,wait=off", monitor(&folder).display())),
        );
        listening(port);
        Self {
            port,
            folder,
            _server: server,
        }
    }

    /// The screen as it is.
    pub fn picture(&self) -> Image {
        let file = self.folder.path().join("screen.ppm");
        // There may be none yet.
        let _ = fs::remove_file(&file);
        let mut monitor = UnixStream::connect(monitor(&self.folder)).unwrap();
        writeln!(monitor, "screendump {}", file.display()).unwrap();
        until("QEMU's screen", LONG, || {
            let bytes = fs::read(&file).map_err(|error| error.to_string())?;
            Image::from_ppm(&bytes).ok_or_else(|| format!("{} bytes", bytes.len()))
        })
    }
}

fn monitor(folder: &TempDir) -> PathBuf {
    folder.path().join("monitor")
}

/// The module that comes with pam_wrapper and keeps users in a file.
fn pam_matrix() -> PathBuf {
    fs::read_dir("/usr/lib")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("pam_wrapper/pam_matrix.so"))
        .find(|path| path.exists())
        .expect("pam_wrapper is missing: `cargo xtask setup --tests` installs it")
}
