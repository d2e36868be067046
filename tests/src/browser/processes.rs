//! A browser's processes.

use std::process::Command;

/// Sends all of them a signal, by its name without SIG.
pub(super) fn signal(name: &str, processes: &[u32]) {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .args(processes.iter().map(u32::to_string))
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{name} {processes:?}"
    );
}

/// A process and all that it has started, and those have.
pub(super) fn descendants(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut at = 0;
    while let Some(process) = found.get(at) {
        // A process may have ended meanwhile.
        let threads = std::fs::read_dir(format!("/proc/{process}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            found.extend(children.split_whitespace().flat_map(str::parse::<u32>));
        }
        at += 1;
    }
    found
}
