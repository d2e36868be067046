//! wasm-opt, from the npm package binaryen.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{npm, tools};
use crate::step::output;

const VERSION: &str = "132.0.0";

fn root(tools: &Path) -> PathBuf {
    tools.join(format!("binaryen-{VERSION}"))
}

/// The folder with the program.
pub(super) fn bin(tools: &Path) -> PathBuf {
    root(tools).join("node_modules").join(".bin")
}

pub(super) fn install() -> Result<()> {
    let tools = tools()?;
    let program = bin(&tools).join("wasm-opt");
    // The package is there as a whole or not at all: its program answers only when it is whole.
    if output(Command::new(&program).arg("--version")).is_some() {
        println!("nothing to do");
        return Ok(());
    }
    npm::install(&root(&tools), &format!("binaryen@{VERSION}"))
}
