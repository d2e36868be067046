//! One row of the matrix in the making.

use std::collections::BTreeMap;

use porthole_tests::browser::report;

use super::document::{self, Column};
use super::pixels::{self, Served};
use super::resize;
use super::view::View;

#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) cells: BTreeMap<Column, String>,
}

impl Row {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            cells: BTreeMap::new(),
        }
    }

    /// `None` where the server is not installed, which is what its row says then.
    pub(super) fn of(name: &'static str, is_installed: bool) -> Option<Self> {
        let mut row = Self::new(name);
        if is_installed {
            return Some(row);
        }
        row.set(Column::Logins, "**not installed**");
        row.finish();
        None
    }

    pub(super) fn set(&mut self, column: Column, text: &str) {
        self.cells.insert(column, text.to_owned());
    }

    /// After what the cell has already.
    pub(super) fn add(&mut self, column: Column, text: &str) {
        let cell = self.cells.entry(column).or_default();
        if !cell.is_empty() {
            cell.push_str("; ");
        }
        cell.push_str(text);
    }

    /// Every encoding that the server serves in turn; then fewer colours; then all that it does not serve.
    pub(super) fn encodings(&mut self, view: &View<'_>, served: &Served<'_>) {
        self.set(Column::Exact, &pixels::exact(view, served.exact));
        self.set(Column::Lossy, &pixels::lossy(view, served.lossy));
        self.set(Column::Depths, &pixels::depths(view, served));
        self.set(Column::NotServed, &pixels::not_served(view, served));
        for (encoding, words) in served.broken {
            self.add(Column::Refused, &pixels::broken(view, encoding, words));
        }
    }

    /// The server does not let its screen have another size, which the page says in these words.
    pub(super) fn keeps_its_size(&mut self, view: &View<'_>, words: &str) {
        self.add(Column::Refused, &resize::is_refused(view, words));
        self.set(Column::Resize, resize::THE_SERVERS);
    }

    /// Prints it, and compares it with the document's.
    pub(super) fn finish(self) {
        report(&document::as_text(&self));
        document::keep(&self);
    }
}
