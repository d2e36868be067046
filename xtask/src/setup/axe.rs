//! axe-core, which looks at each page whether everybody can use it.

use anyhow::Result;

use super::{npm, tools};

const VERSION: &str = "4.14.1";

pub(super) fn install() -> Result<()> {
    let root = tools()?.join(format!("axe-core-{VERSION}"));
    if root.join("node_modules/axe-core/axe.min.js").is_file() {
        println!("nothing to do");
        return Ok(());
    }
    npm::install(&root, &format!("axe-core@{VERSION}"))
}
