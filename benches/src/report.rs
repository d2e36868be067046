//! The page with all figures: each measurement has a section of its own there, which is replaced when it is repeated.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What came of one measurement.
#[derive(Debug)]
pub(crate) struct Section {
    /// By which its place in the page is found.
    pub(crate) name: &'static str,
    pub(crate) text: String,
    /// Names without an ending, and SVG.
    pub(crate) plots: Vec<(String, String)>,
    /// Whether all was measured.
    pub(crate) is_whole: bool,
}

#[derive(Debug)]
pub(crate) struct Report {
    page: PathBuf,
    /// The machine and the browser.
    measured_on: String,
}

impl Report {
    pub(crate) fn new(page: &Path, measured_on: String) -> Self {
        Self {
            page: page.to_owned(),
            measured_on,
        }
    }

    /// Puts a section into the page. `load` is the machine's before it was measured.
    pub(crate) fn put(&self, section: &Section, load: &str) -> Result<()> {
        let page = std::fs::read_to_string(&self.page)
            .with_context(|| format!("cannot read {}", self.page.display()))?;
        let folder = self.page.with_file_name("benchmarks");
        std::fs::create_dir_all(&folder)?;
        let mut text = section.text.clone();
        for (name, svg) in &section.plots {
            std::fs::write(folder.join(format!("{name}.svg")), svg)?;
            text.push_str(&format!("\n![{name}](benchmarks/{name}.svg)\n"));
        }
        text.push_str(&format!("\n*{}; load before it {load}.*\n", self.measured_on));
        let page = replaced(&page, section.name, &text)
            .with_context(|| format!("{} has no place for {}", self.page.display(), section.name))?;
        std::fs::write(&self.page, page).with_context(|| format!("cannot write {}", self.page.display()))
    }
}

/// The page with this between the section's two marks.
fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{text}\n{end}{after}"))
}

/// A table in Markdown: words to the left, figures to the right.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    let mut marks = vec!["---:"; head.len()];
    if let Some(first) = marks.first_mut() {
        *first = "---";
    }
    let mut table = line(head) + &line(&marks);
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        table.push_str(&line(&cells));
    }
    table
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tempfile::TempDir;

    use super::{Report, Section, replaced, table};

    #[test]
    fn a_section_is_replaced_and_the_rest_of_the_page_kept() {
        let page = "before\n<!-- drain -->\nold\n<!-- end of drain -->\nafter\n";
        let new = replaced(page, "drain", "new\n").unwrap();
        assert_eq!(
            new,
            "before\n<!-- drain -->\n\nnew\n\n<!-- end of drain -->\nafter\n"
        );
        assert_eq!(replaced(page, "memory", "new"), None);
    }

    #[test]
    fn plots_lie_beside_the_page() {
        let folder = TempDir::new().unwrap();
        let page = folder.path().join("BENCHMARKS.md");
        std::fs::write(&page, "<!-- drain -->\n<!-- end of drain -->\n").unwrap();
        let section = Section {
            name: "drain",
            text: "text\n".into(),
            plots: vec![("bars".into(), "<svg/>".into())],
            is_whole: true,
        };
        let report = Report::new(&page, "A machine".into());
        report.put(&section, "0.10").unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains("![bars](benchmarks/bars.svg)"));
        assert!(text.contains("*A machine; load before it 0.10.*"));
        assert!(folder.path().join("benchmarks/bars.svg").is_file());
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let table = table(&["a", "b"], [vec!["1".into(), "2".into()]]);
        assert_eq!(table, "| a | b |\n| --- | ---: |\n| 1 | 2 |\n");
    }
}
