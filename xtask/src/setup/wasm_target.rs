//! The target wasm32-unknown-unknown: by rustup, or by Debian's compiler where rustup cannot download.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::packages;
use crate::step::{output, run};

const TARGET: &str = "wasm32-unknown-unknown";

/// The name that Debian's compiler gets in rustup.
const DEBIAN: &str = "debian";

/// The toolchain that has the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that is in use anyway.
    Usual,
    /// Debian's, linked into rustup.
    Debian,
}

impl Toolchain {
    /// Has a command use it.
    pub(crate) fn select(self, command: &mut Command) {
        if self == Self::Debian {
            command.env("RUSTUP_TOOLCHAIN", DEBIAN);
        }
    }
}

pub(super) fn install() -> Result<Toolchain> {
    for toolchain in [Toolchain::Usual, Toolchain::Debian] {
        if has_target(toolchain) {
            println!("nothing to do");
            return Ok(toolchain);
        }
    }
    println!("asking rustup for {TARGET}");
    // Its failure is not an error yet: it is what happens where only package registries can be reached.
    if run(Command::new("rustup").args(["target", "add", TARGET])).is_ok() && has_target(Toolchain::Usual) {
        return Ok(Toolchain::Usual);
    }
    println!("rustup cannot download it; building it with Debian's compiler");
    install_debian()?;
    if !has_target(Toolchain::Debian) {
        bail!("the library for {TARGET} was built, but Debian's compiler does not find it");
    }
    Ok(Toolchain::Debian)
}

/// Whether a program for the target can be compiled: the compiler alone knows.
fn has_target(toolchain: Toolchain) -> bool {
    let mut rustc = Command::new("rustc");
    toolchain.select(&mut rustc);
    let Some(library) = output(rustc.args(["--print", "target-libdir", "--target", TARGET])) else {
        return false;
    };
    let has_library = fs::read_dir(library).is_ok_and(|mut files| {
        files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
    });
    has_library && (toolchain == Toolchain::Usual || debian_linker().is_ok_and(|linker| linker.exists()))
}

fn install_debian() -> Result<()> {
    packages::install(packages::WASM_COMPILER)?;
    run(Command::new("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
    let linker = debian_linker()?;
    if !linker.exists() {
        let folder = linker.parent().context("the linker has no folder")?;
        as_root(Command::new("mkdir").arg("-p").arg(folder))?;
        as_root(Command::new("ln").args(["-sf", "/usr/bin/lld-22"]).arg(&linker))?;
    }
    build_library()
}

fn debian_linker() -> Result<std::path::PathBuf> {
    Ok(sysroot()?.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"))
}

fn sysroot() -> Result<std::path::PathBuf> {
    let mut rustc = Command::new("rustc");
    Toolchain::Debian.select(&mut rustc);
    let sysroot = output(rustc.args(["--print", "sysroot"])).context("Debian's compiler does not run")?;
    Ok(sysroot.into())
}

/// Builds the standard library for the target as a dependency of an empty crate, and puts it where the compiler
/// looks for it.
fn build_library() -> Result<()> {
    let folder = super::tools()?.join("wasm-library");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"nothing\"\nedition = \"2021\"\n[workspace]\n",
    )?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    let mut cargo = Command::new("cargo");
    Toolchain::Debian.select(&mut cargo);
    run(cargo
        .args(["build", "--quiet", "--release", "--target", TARGET])
        .args([
            "-Zbuild-std=std,panic_abort,test,proc_macro",
            "--target-dir",
            "target",
        ])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes -Zforce-unstable-if-unmarked")
        .current_dir(&folder))?;
    let library = sysroot()?.join("lib/rustlib").join(TARGET).join("lib");
    as_root(Command::new("mkdir").arg("-p").arg(&library))?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    let mut files = Vec::new();
    for file in fs::read_dir(&built).with_context(|| format!("cannot read {}", built.display()))? {
        files.push(file?.path());
    }
    files.retain(|path| is_library(path));
    // `has_target` looks for libstd: it comes last, so that a copy that was broken off is not taken for whole.
    files.sort_by_key(|path| starts_with(path, "libstd-"));
    as_root(Command::new("cp").args(files).arg(&library))
}

/// All that was built, but for the empty crate itself.
fn is_library(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rlib") && !starts_with(path, "libnothing")
}

fn starts_with(path: &Path, prefix: &str) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

/// Runs a command on files of the system's.
fn as_root(command: &Command) -> Result<()> {
    let is_root = output(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
    let mut elevated = Command::new(if is_root { "env" } else { "sudo" });
    elevated.arg(command.get_program()).args(command.get_args());
    run(&mut elevated)
}
