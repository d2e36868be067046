//! How far decoding in wasm is from native code: another program's table, for the report.

use std::path::Path;

use anyhow::{Context, Result};

use crate::report::Section;

/// What `cargo xtask bench decode` has printed into a file.
pub(crate) fn section(path: &Path) -> Result<Section> {
    let table = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Section {
        name: "decode",
        text: format!(
            "The client without a browser around it: `crates/rfb/bench` built natively and as the site's module, both given the \
             same bytes in turns, by `cargo xtask bench decode`.\n\n{}\n",
            table.trim()
        ),
        plots: vec![],
        is_whole: true,
    })
}
