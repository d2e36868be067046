//! What keeps somebody from using the page, as far as a program can see it: axe-core, with its rules for WCAG 2.2 A and AA
//! and its own.

use serde_json::{Value, json};

use super::{Browser, Engine};
use crate::process::tools;

const RULES: [&str; 7] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22a",
    "wcag22aa",
    "best-practice",
];

/// Pages in frames are for whoever enters them.
const RUN: &str = "
    const options = { runOnly: { type: 'tag', values: arguments[0] }, resultTypes: ['violations'], iframes: false,
        // Off by itself, with all that it is of WCAG 2.2.
        rules: { 'target-size': { enabled: true } } };
    return axe.run(document, options).then(({ violations, passes }) => ({
        passed: passes.length,
        violations: violations.map(({ id, help, nodes }) => ({
            id, help, nodes: nodes.map(({ html, failureSummary }) => [html.slice(0, 300), failureSummary]),
        })),
    }));";

impl Browser {
    /// Fails where axe-core finds something on the page as it is now.
    pub fn is_accessible(&self, what: &str) {
        if self.run("return typeof axe", json!([])) == json!("undefined") {
            self.run(&axe(), json!([]));
        }
        self.stands_still();
        let found = self.run(RUN, json!([RULES]));
        let Some([]) = found["violations"].as_array().map(Vec::as_slice) else {
            // What was found counts, whether or not a picture of it can be kept.
            let _ = self.try_screenshot(&format!("{what}-not-accessible"));
            panic!("{what}: {found:#}");
        };
        assert_ne!(
            found["passed"],
            json!(0),
            "{what}: it looks at something: {found}"
        );
    }

    /// What is fading has other colours.
    fn stands_still(&self) {
        self.run(
            "for (const animation of document.getAnimations())
                 if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
                 else animation.cancel()",
            json!([]),
        );
    }

    /// Has the page look as for somebody who wants few colours, or little movement. Chromium's own.
    pub fn prefers(&self, features: &[(&str, &str)]) {
        assert_eq!(self.engine, Engine::Chromium);
        let features: Vec<Value> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.chromium("Emulation.setEmulatedMedia", json!({ "features": features }));
    }
}

fn axe() -> String {
    let packages = std::fs::read_dir(tools()).unwrap();
    let mut files = packages
        .filter_map(Result::ok)
        .filter(|folder| folder.file_name().to_string_lossy().starts_with("axe-core-"))
        .map(|folder| folder.path().join("node_modules/axe-core/axe.min.js"));
    let file = files.find(|file| file.is_file());
    let file = file.expect("axe-core is missing: `cargo xtask setup --tests` installs it");
    std::fs::read_to_string(file).unwrap()
}
