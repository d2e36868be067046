//! Installs what is missing. Everything is looked at first, so that a set-up with nothing to do is quick.

mod axe;
mod cargo_tools;
mod next_dashboard;
mod node;
pub(crate) mod novnc;
mod npm;
mod packages;
mod wasm_opt;
mod wasm_target;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::{output, run, step};

pub(crate) use wasm_target::Toolchain;

/// All that `cargo xtask build` needs.
pub(crate) fn for_building() -> Result<Toolchain> {
    step("set-up: compiler", || {
        packages::install(packages::COMPILER)?;
        components()
    })?;
    let toolchain = step("set-up: wasm target", wasm_target::install)?;
    step("set-up: wasm-bindgen", || {
        cargo_tools::install(&cargo_tools::WASM_BINDGEN)
    })?;
    step("set-up: Trunk", || cargo_tools::install(&cargo_tools::TRUNK))?;
    step("set-up: wasm-opt", wasm_opt::install)?;
    Ok(toolchain)
}

/// All that the tests need besides: browsers, proxies, a dashboard and VNC servers.
pub(crate) fn for_testing() -> Result<()> {
    step("set-up: browser", || packages::install(packages::BROWSER))?;
    step("set-up: other browsers", || {
        packages::install(packages::OTHER_BROWSERS)?;
        cargo_tools::install(&cargo_tools::GECKODRIVER)
    })?;
    step("set-up: axe-core", axe::install)?;
    step("set-up: proxies", || packages::install(packages::PROXIES))?;
    step("set-up: Node.js", node::install)?;
    step("set-up: the Next.js example", next_dashboard::install)?;
    step("set-up: VNC servers", || packages::install(packages::SERVERS))?;
    step("set-up: other VNC servers", || {
        packages::try_to_install(packages::OTHER_SERVERS);
        Ok(())
    })
}

/// What `cargo xtask bench` needs besides: a browser, a VNC server, and what it is compared with.
pub(crate) fn for_measuring() -> Result<()> {
    step("set-up: browser", || packages::install(packages::BROWSER))?;
    step("set-up: proxies", || packages::install(packages::PROXIES))?;
    step("set-up: VNC servers", || packages::install(packages::SERVERS))?;
    step("set-up: noVNC", novnc::install)?;
    step("set-up: noVNC's page", novnc::try_to_install_app)
}

/// What `cargo xtask bench load` needs: a compiler for the gateway, and what it is compared with.
pub(crate) fn for_loading() -> Result<()> {
    step("set-up: compiler", || packages::install(packages::COMPILER))?;
    step("set-up: VNC servers", || packages::install(packages::SERVERS))
}

/// What `cargo xtask demo --desktop` needs besides.
pub(crate) fn for_desktop() -> Result<()> {
    step("set-up: desktop", || packages::install(packages::DESKTOP))
}

/// What `cargo xtask fuzz` needs.
pub(crate) fn for_fuzzing() -> Result<()> {
    step("set-up: fuzzing", || packages::install(packages::FUZZING))
}

/// Where tools are kept that belong to this project alone. Outside the checkout, so that a second clone has them.
pub(crate) fn tools() -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("porthole"))
}

/// A `PATH` on which the project's tools come first.
pub(crate) fn path() -> Result<std::ffi::OsString> {
    let tools = tools()?;
    let mut directories = vec![
        cargo_tools::WASM_BINDGEN.bin(&tools),
        cargo_tools::TRUNK.bin(&tools),
        cargo_tools::GECKODRIVER.bin(&tools),
        wasm_opt::bin(&tools),
        node::bin(&tools),
    ];
    directories.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    Ok(std::env::join_paths(directories)?)
}

/// rustfmt and clippy belong to rustup's default profile; a minimal one lacks them.
fn components() -> Result<()> {
    for component in ["fmt", "clippy"] {
        if output(Command::new("cargo").args([component, "--version"])).is_none() {
            let component = if component == "fmt" { "rustfmt" } else { component };
            run(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}
