//! Tells when files change.
//!
//! Looking is better than being told here: it takes no library, misses no way in which a file can be replaced (an
//! editor's rename, a symbolic link of Kubernetes' that is turned), and works on every file system.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::sleep;

/// How often is looked.
const EVERY: Duration = Duration::from_millis(500);

/// What tells one state of a file from another: when, how long, which.
type Stamp = Option<(i64, i64, u64, u64, u64)>;

/// Files, and how they were when they were last looked at.
#[derive(Debug)]
pub(crate) struct Watch {
    files: Vec<PathBuf>,
    seen: Vec<Stamp>,
}

impl Watch {
    pub(crate) fn new(files: Vec<PathBuf>) -> Self {
        let seen = stamps(&files);
        Self { files, seen }
    }

    /// Waits until one of them is another than before, and has stayed as it is since it was last looked at: one that is
    /// just being written is not to be read.
    pub(crate) async fn changed(&mut self) {
        let mut before = self.seen.clone();
        loop {
            sleep(EVERY).await;
            let now = stamps(&self.files);
            if now == before && now != self.seen {
                self.seen = now;
                return;
            }
            before = now;
        }
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Stamp> {
    let stamp = |path: &PathBuf| {
        let file = std::fs::metadata(path).ok()?;
        Some((
            file.mtime(),
            file.mtime_nsec(),
            file.len(),
            file.dev(),
            file.ino(),
        ))
    };
    files.iter().map(stamp).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_file_that_is_replaced_written_or_gone_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut watch = Watch::new(vec![path.clone()]);
        std::fs::write(&path, "1").unwrap();
        watch.changed().await;
        std::fs::write(&path, "12").unwrap();
        watch.changed().await;
        // The same length, and perhaps the same time: another file all the same.
        std::fs::write(folder.path().join("b"), "34").unwrap();
        std::fs::rename(folder.path().join("b"), &path).unwrap();
        watch.changed().await;
        std::fs::remove_file(&path).unwrap();
        watch.changed().await;
    }
}
