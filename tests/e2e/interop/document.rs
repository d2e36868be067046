//! docs/INTEROP.md, which the rows keep.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::row::Row;

/// The rows' names, in their order.
const ROWS: [&str; 12] = [
    "Xtigervnc",
    "Xtigervnc, in Firefox",
    "Xtigervnc, in WebKitGTK",
    "x0vncserver",
    "x11vnc",
    "Xtightvnc",
    "vino",
    "krfb",
    "wayvnc",
    "QEMU",
    "QEMU, lossy",
    "rustvncserver",
];

/// What there is of a server besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Logins,
    Cursor,
    Clipboard,
    Resize,
    Input,
    Refused,
    Exact,
    Lossy,
    Depths,
    NotServed,
}

impl Column {
    fn title(self) -> &'static str {
        match self {
            Self::Logins => "Logins",
            Self::Cursor => "Cursor",
            Self::Clipboard => "Clipboard",
            Self::Resize => "Size",
            Self::Input => "Input",
            Self::Refused => "Refused",
            Self::Exact => "Exact",
            Self::Lossy => "With losses, and the bound of the mean error",
            Self::Depths => "Fewer colours",
            Self::NotServed => "Not served",
        }
    }
}

const SESSION: &[Column] = &[
    Column::Logins,
    Column::Cursor,
    Column::Clipboard,
    Column::Resize,
    Column::Input,
    Column::Refused,
];
const PIXELS: &[Column] = &[Column::Exact, Column::Lossy, Column::Depths, Column::NotServed];

const HEAD: &str = "\
# Interoperability

The end-to-end tests write these tables: each row is what the page, in real Chromium and through the real gateway,
was seen to do with a real server as Debian 12 has it (rustvncserver: as crates.io has it). A row that comes out
differently fails its test. A server that cannot be installed has a row that says so. An empty cell has nothing to say.
What was *refused* is what the server or the page would not do, in quotes how the page says why.

## The session
";

const MIDDLE: &str = "
## Pixels

Each encoding was asked for alone, the screen was changed several times, and after each change the canvas was compared
with the server's own framebuffer; the page's figures say that the encoding was really used. *Exact* is pixel for
pixel. An error is the difference of a colour's value, 0 to 255; of Tight's ways to encode only JPEG makes any, so one
says that it was used. With fewer colours it is at most 8 where a pixel has 16 bits, and 85 where it has 8: a step of the
colour with the fewest bits. What is *not served* was asked for all at once, and in its place came what the row says.
";

/// Compares a row with the document's, and puts it there.
///
/// # Panics
/// Where it is another one.
pub(super) fn keep(row: &Row) {
    // One at a time.
    static FILE: Mutex<()> = Mutex::new(());
    let changed = {
        let _file = FILE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = path();
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        let after = with(&before, row);
        if before != after {
            std::fs::write(&path, &after).unwrap();
        }
        before != after
    };
    assert!(
        !changed,
        "{} has another row now: see whether docs/INTEROP.md is as it should be, and commit it",
        row.name
    );
}

/// A row by itself, with its titles.
pub(super) fn as_text(row: &Row) -> String {
    let cells = SESSION.iter().chain(PIXELS).filter_map(|column| {
        let cell = row.cells.get(column)?;
        Some(format!("| {:<9} | {cell}", column.title().split(',').next()?))
    });
    let cells: Vec<String> = cells.collect();
    format!("{}\n{}", row.name, cells.join("\n"))
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/INTEROP.md")
}

/// The document with this row in it, and the others as they were.
fn with(document: &str, row: &Row) -> String {
    let (session, pixels) = document.split_once("\n## Pixels\n").unwrap_or((document, ""));
    [
        HEAD,
        &table(session, row, SESSION),
        MIDDLE,
        &table(pixels, row, PIXELS),
    ]
    .concat()
}

fn table(before: &str, row: &Row, columns: &[Column]) -> String {
    let titles: Vec<&str> = columns.iter().map(|column| column.title()).collect();
    let mut table = format!(
        "\n| Server | {} |\n|{}\n",
        titles.join(" | "),
        "---|".repeat(columns.len() + 1)
    );
    for name in ROWS {
        let start = format!("| {name} |");
        if name == row.name {
            let cells = columns
                .iter()
                .map(|column| row.cells.get(column).map_or("", String::as_str));
            let cells: Vec<&str> = cells.collect();
            table += &format!("{start} {} |\n", cells.join(" | "));
        } else if let Some(line) = before.lines().find(|line| line.starts_with(&start)) {
            table += line;
            table += "\n";
        }
    }
    table
}
