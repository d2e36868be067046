//! Passwords as TigerVNC, TightVNC and x11vnc keep them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The file, in this folder, that has this password.
pub(super) fn file(folder: &Path, password: &str) -> PathBuf {
    let file = folder.join("password");
    let mut program = Command::new("tigervncpasswd")
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("tigervncpasswd is missing: `cargo xtask setup --tests` installs it");
    let mut input = program.stdin.take().unwrap();
    write!(input, "{password}\n{password}\nn\n").unwrap();
    drop(input);
    assert!(program.wait().unwrap().success(), "tigervncpasswd");
    file
}
