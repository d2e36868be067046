//! vino, which was GNOME's, and shows the screen of an Xvfb.

use super::Mirror;
use crate::process::contained;

/// `$1` is the port, `$2` the authentication method, `$3` the password in Base64, `$4` whether TLS must be used.
const START: &str = "
    set -e
    tell() { gsettings set org.gnome.Vino \"$@\"; }
    tell prompt-enabled false
    tell network-interface lo
    tell use-alternative-port true
    tell alternative-port \"$1\"
    tell authentication-methods \"['$2']\"
    tell vnc-password \"'$3'\"
    tell require-encryption \"$4\"
    tell notify-on-connect false
    tell icon-visibility never
    exec /usr/lib/vino/vino-server --sm-disable";

#[derive(Debug)]
pub struct Vino;

/// What vino wants of who comes.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    pub password: Option<&'a str>,
    /// Whether it may only be by TLS.
    pub encrypted: bool,
}

impl Vino {
    /// Where the program is, which is on nobody's `PATH`.
    pub const PROGRAM: &str = "/usr/lib/vino/vino-server";

    pub fn start(size: (u16, u16), login: Login<'_>) -> Mirror {
        use base64::Engine as _;
        let method = if login.password.is_some() { "vnc" } else { "none" };
        let password = base64::prelude::BASE64_STANDARD.encode(login.password.unwrap_or_default());
        Mirror::start(size, |display, port, folder| {
            let mut command = contained("dbus-run-session", false);
            command
                .args(["--", "sh", "-c", START, "vino"])
                .args([&port.to_string(), method, &password, &login.encrypted.to_string()])
                .envs(["HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"].map(|name| (name, folder)))
                .env("GSETTINGS_BACKEND", "keyfile")
                .env("DISPLAY", &display.name);
            command
        })
    }
}
