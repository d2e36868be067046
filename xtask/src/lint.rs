//! Formatting, clippy and documentation, with warnings denied.

use std::process::Command;

use anyhow::Result;

use crate::step::{run, step};

pub(crate) fn run_all() -> Result<()> {
    step("lint: formatting", || {
        run(Command::new("cargo").args(["fmt", "--all", "--check"]))
    })?;
    step("lint: clippy", || {
        let arguments = [
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--all-features",
        ];
        run(Command::new("cargo")
            .args(arguments)
            .args(["--", "-D", "warnings"]))
    })?;
    step("lint: fuzz targets", || {
        run(Command::new("cargo")
            .args(["clippy", "--quiet", "--manifest-path", "fuzz/Cargo.toml"])
            .args(["--", "-D", "warnings"])
            // Nothing is linked: the library need not be built.
            .env("CUSTOM_LIBFUZZER_PATH", "/nonexistent/libfuzzer.a"))
    })?;
    step("lint: documentation", || {
        let arguments = ["doc", "--quiet", "--workspace", "--no-deps", "--all-features"];
        run(Command::new("cargo")
            .args(arguments)
            .env("RUSTDOCFLAGS", "-D warnings"))
    })
}
