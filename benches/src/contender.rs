//! The two that are compared.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::server::Folder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    Porthole,
    NoVnc,
}

impl Contender {
    pub(crate) const BOTH: [Self; 2] = [Self::Porthole, Self::NoVnc];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Porthole => "Porthole",
            Self::NoVnc => "noVNC",
        }
    }

    /// Where its page is: Porthole's is the one that is embedded, noVNC's has its class `RFB` and nothing else.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Porthole => "/porthole/",
            Self::NoVnc => "/novnc/",
        }
    }
}

/// Which of two is first in this round, and which second.
pub(crate) fn in_turn<T>([one, other]: [T; 2], round: usize) -> [T; 2] {
    if round.is_multiple_of(2) {
        [one, other]
    } else {
        [other, one]
    }
}

/// The version of noVNC, by its package.
pub(crate) fn novnc_version(package: &Path) -> Result<String> {
    let path = package.join("package.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let package: Value = serde_json::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let version = package["version"].as_str();
    Ok(version
        .with_context(|| format!("{} has no version", path.display()))?
        .to_owned())
}

/// noVNC's own page, where it is there.
pub(crate) const NOVNC_PAGE: &str = "/vnc/vnc.html?autoconnect=true&path=websock&resize=scale";

/// A page that takes what a server sends and does nothing with it.
pub(crate) const FLOOR: &str = "/floor/";
/// The same, which tells the server of each move of the mouse.
pub(crate) const POINTER_FLOOR: &str = "/floor/?pointer";

/// All that the server has of both: the site as it is built, and noVNC's package below a page that uses it,
/// and noVNC's own page.
pub(crate) fn folders(site: &Path, novnc: &Path, pages: &Path, app: Option<&Path>) -> Vec<Folder> {
    let folder = |at: &str, path: &Path| Folder {
        at: at.to_owned(),
        path: path.to_owned(),
    };
    let mut folders = vec![
        folder(Contender::Porthole.path(), site),
        folder(Contender::NoVnc.path(), &pages.join("novnc")),
        folder(FLOOR, &pages.join("floor")),
        folder("/novnc/novnc/", novnc),
    ];
    folders.extend(app.map(|app| folder("/vnc/", app)));
    folders
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tempfile::TempDir;

    use super::{in_turn, novnc_version};

    #[test]
    fn who_was_first_is_second_in_the_next_round() {
        assert_eq!(
            [0, 1, 2].map(|round| in_turn(['a', 'b'], round)[0]),
            ['a', 'b', 'a']
        );
        assert_eq!(in_turn(['a', 'b'], 1), ['b', 'a']);
    }

    #[test]
    fn the_version_is_the_one_in_the_package_or_there_is_none() {
        let folder = TempDir::new().unwrap();
        assert!(novnc_version(folder.path()).is_err());
        let package = folder.path().join("package.json");
        std::fs::write(&package, "{}").unwrap();
        assert!(novnc_version(folder.path()).is_err());
        std::fs::write(&package, r#"{"version": "1.7.0"}"#).unwrap();
        assert_eq!(novnc_version(folder.path()).unwrap(), "1.7.0");
    }
}
