//! Debian's packages.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step::{output, run};

/// What Rust programs are linked with, and npm, which brings wasm-opt.
pub(crate) const COMPILER: &[Package] = &[Package::program("cc", "gcc"), Package::program("npm", "npm")];

/// A compiler and its library's source, where rustup cannot download a target.
pub(crate) const WASM_COMPILER: &[Package] = &[
    Package::named("rustc-web"),
    Package::named("cargo-web"),
    Package::named("rust-web-src"),
    Package::named("lld-22"),
];

pub(crate) const BROWSER: &[Package] = &[
    Package::program("chromium", "chromium"),
    Package::program("chromedriver", "chromium-driver"),
];

/// Browsers in which a part of the tests runs as well. Their drivers: Debian has WebKitGTK's, cargo builds Firefox's.
pub(crate) const OTHER_BROWSERS: &[Package] = &[
    Package::program("firefox", "firefox-esr"),
    Package::program("WebKitWebDriver", "webkit2gtk-driver"),
    Package::program("Xvfb", "xvfb"),
];

pub(crate) const SERVERS: &[Package] = &[
    Package::program("Xtigervnc", "tigervnc-standalone-server"),
    Package::program("tigervncpasswd", "tigervnc-tools"),
    Package::program("x11vnc", "x11vnc"),
    Package::program("Xvfb", "xvfb"),
    Package::program("qemu-system-x86_64", "qemu-system-x86"),
    Package::program("websockify", "websockify"),
    Package::program("xterm", "xterm"),
    Package::program("openbox", "openbox"),
    Package::program("xclip", "xclip"),
    Package::program("setxkbmap", "x11-xkb-utils"),
    Package::program("xev", "x11-utils"),
    Package::program("xauth", "xauth"),
    Package::named("xfonts-base"),
    Package::named("fonts-dejavu-core"),
    Package::program("openssl", "openssl"),
    Package::named("libpam-wrapper"),
];

/// What the gateway is run behind.
pub(crate) const PROXIES: &[Package] = &[Package::file("/usr/sbin/nginx", "nginx")];

/// libFuzzer is a C++ library.
pub(crate) const FUZZING: &[Package] = &[Package::program("cc", "gcc"), Package::program("c++", "g++")];

/// Servers of which each has a row in the interoperability matrix, with what it needs. Its row says so where one
/// cannot be had.
pub(crate) const OTHER_SERVERS: &[&[Package]] = &[
    &[Package::program("X0tigervnc", "tigervnc-scraping-server")],
    &[Package::program("Xtightvnc", "tightvncserver")],
    &[
        Package::file("/usr/lib/vino/vino-server", "vino"),
        Package::program("dbus-run-session", "dbus"),
        Package::program("gsettings", "libglib2.0-bin"),
    ],
    &[
        Package::program("krfb", "krfb"),
        Package::program("dbus-run-session", "dbus"),
        Package::program("socat", "socat"),
        Package::program("ip", "iproute2"),
    ],
    &[
        Package::program("wayvnc", "wayvnc"),
        Package::program("sway", "sway"),
        Package::program("swaybg", "swaybg"),
        Package::program("grim", "grim"),
        Package::program("wl-copy", "wl-clipboard"),
        Package::program("foot", "foot"),
    ],
];

pub(crate) const DESKTOP: &[Package] = &[
    Package::program("Xtigervnc", "tigervnc-standalone-server"),
    Package::program("xterm", "xterm"),
    Package::program("openbox", "openbox"),
    Package::program("xclock", "x11-apps"),
    Package::program("xsetroot", "x11-xserver-utils"),
    Package::named("xfonts-base"),
    Package::named("fonts-dejavu-core"),
];

/// A package, and how to tell that what it brings is there.
#[derive(Clone, Copy)]
pub(crate) struct Package {
    name: &'static str,
    program: Option<&'static str>,
}

impl Package {
    /// One that brings a program, which may also have come in another way.
    const fn program(program: &'static str, name: &'static str) -> Self {
        Self {
            name,
            program: Some(program),
        }
    }

    /// One that brings a file which is on nobody's `PATH`.
    const fn file(path: &'static str, name: &'static str) -> Self {
        Self::program(path, name)
    }

    /// One that counts as missing unless the package itself is installed.
    const fn named(name: &'static str) -> Self {
        Self { name, program: None }
    }

    fn is_there(&self) -> bool {
        match self.program {
            Some(program) => on_path(program),
            None => output(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", self.name]))
                .is_some_and(|status| status == "installed"),
        }
    }
}

/// Installs those that are missing.
pub(crate) fn install(packages: &[Package]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|package| !package.is_there())
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        println!("nothing to do");
        return Ok(());
    }
    if !on_path("apt-get") {
        bail!(
            "please install what Debian calls {}: this set-up knows no package manager but apt-get",
            missing.join(", ")
        );
    }
    println!("installing {}", missing.join(", "));
    run(apt().arg("update").arg("-qq"))?;
    run(apt()
        .args(["install", "-qq", "-y", "--no-install-recommends"])
        .args(&missing))
}

/// Installs those that are missing and can be had, each group or nothing of it, and says which cannot.
pub(crate) fn try_to_install(groups: &[&[Package]]) {
    let missing: Vec<_> = groups
        .iter()
        .filter(|group| !group.iter().all(Package::is_there))
        .collect();
    // All at once is quicker.
    let all: Vec<Package> = missing.iter().copied().copied().flatten().copied().collect();
    if install(&all).is_ok() {
        return;
    }
    for group in missing {
        if let Err(error) = install(group) {
            let names: Vec<&str> = group.iter().map(|package| package.name).collect();
            println!("going on without {}: {error:#}", names.join(", "));
        }
    }
}

fn on_path(program: &str) -> bool {
    if program.starts_with('/') {
        return std::path::Path::new(program).is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

/// `apt-get`, as root.
fn apt() -> Command {
    let is_root = output(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let mut command = if is_root {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command
}
