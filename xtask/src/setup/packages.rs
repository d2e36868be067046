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
    Package::program("xauth", "xauth"),
    Package::named("xfonts-base"),
    Package::named("fonts-dejavu-core"),
    Package::program("openssl", "openssl"),
    Package::named("libpam-wrapper"),
];

/// libFuzzer is a C++ library.
pub(crate) const FUZZING: &[Package] = &[Package::program("cc", "gcc"), Package::program("c++", "g++")];

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

fn on_path(program: &str) -> bool {
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
