//! The last steps of the site's build: what Trunk's output lacks to be served under a strict
//! Content-Security-Policy and to be cached for ever.
//!
//! Trunk leaves `index.html`, the files that it names, and the wasm modules with their JavaScript. Here every file but
//! the pages gets the hash of its content into its name; and but what is JSON, which is there for whoever serves the site
//! to put something else in its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// Where `index.html` names the worker's script.
const WORKER_META: &str = "porthole-worker";

/// The pages, and what has to be true of each, lest the policy that it is served under stops it.
const PAGES: [(&str, Check); 2] = [("index.html", check_viewer), ("dashboard.html", check)];

type Check = fn(&str) -> Result<()>;

/// What the viewer's page is called, too: noVNC's names for its own, to which there are links.
const ALIASES: [&str; 2] = ["vnc.html", "vnc_lite.html"];

/// Finishes a site in place.
pub(crate) fn finish(directory: &Path) -> Result<()> {
    let names = names(directory)?;
    for script in names.iter().filter(|name| name.ends_with(".js")) {
        let module = directory.join(script.replace(".js", "_bg.wasm"));
        if module.exists() {
            number_imports(&directory.join(script), &module)?;
        }
    }
    // A file that names others gets its own name after theirs.
    let mut renamed: Vec<(String, String)> = Vec::new();
    for name in names {
        if name.ends_with(".js") || name.ends_with(".css") {
            let path = directory.join(&name);
            let mut text = trimmed(&fs::read_to_string(&path)?);
            if name.ends_with(".css") {
                text = squeezed(&text);
            }
            fs::write(&path, with_names(text, &renamed))?;
        }
        let hashed = rename(directory, &name)?;
        renamed.push((name, hashed));
    }
    for (page, check) in PAGES {
        let path = directory.join(page);
        let html = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let html = with_names(trimmed(&html), &renamed);
        check(&html).with_context(|| format!("in {page}"))?;
        fs::write(&path, html)?;
    }
    for alias in ALIASES {
        fs::copy(directory.join("index.html"), directory.join(alias))?;
    }
    Ok(())
}

/// How many hexadecimal digits wasm-bindgen puts at the end of an imported function's name.
const HASH: usize = 16;

/// Numbers the functions that a module imports. wasm-bindgen ends their names in hashes, which no compression
/// shortens: 4.6 KB of gzip in both files. A number of as many digits needs no change to the module but that.
fn number_imports(script: &Path, module: &Path) -> Result<()> {
    let mut text = fs::read(script)?;
    let mut hashes: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    for end in hash_ends(&text) {
        let number = format!("{:0HASH$}", hashes.len());
        hashes.entry(text[end - HASH..end].to_vec()).or_insert(number);
    }
    let mut code = fs::read(module)?;
    for bytes in [&mut text, &mut code] {
        for end in hash_ends(bytes) {
            let digits = &mut bytes[end - HASH..end];
            if let Some(number) = hashes.get(&*digits) {
                digits.copy_from_slice(number.as_bytes());
            }
        }
    }
    fs::write(script, text)?;
    Ok(fs::write(module, code)?)
}

/// Where names end that look like `__wbg_close_0123456789abcdef`.
fn hash_ends(bytes: &[u8]) -> Vec<usize> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut ends = Vec::new();
    let mut start = 0;
    while let Some(at) = bytes[start..].windows(5).position(|window| window == b"__wbg") {
        let begin = start + at;
        let length = bytes[begin..].iter().take_while(|byte| is_name(byte)).count();
        // In a module the byte after a name is the next length or kind, which may be a letter: look for the hash itself.
        let name = &bytes[begin..begin + length];
        let hash = name.windows(HASH + 1).position(|window| {
            window[0] == b'_'
                && window[1..]
                    .iter()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        });
        ends.extend(hash.map(|hash| begin + hash + 1 + HASH));
        start = begin + 5;
    }
    ends
}

/// A text without what only its source's readers need: indentation, empty lines, lines of comment, and the
/// elements that are there for Trunk. None of the files has a string of several lines.
fn trimmed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut comment_end = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(end) = comment_end {
            if line.ends_with(end) {
                comment_end = None;
            }
            continue;
        }
        let block = [("<!--", "-->"), ("/*", "*/")]
            .into_iter()
            .find(|(start, _)| line.starts_with(start));
        match block {
            Some((_, end)) if !line.ends_with(end) => comment_end = Some(end),
            Some(_) => {}
            None if line.starts_with("//") || line.contains("data-trunk") => {}
            None => {
                result.push_str(line);
                result.push('\n');
            }
        }
    }
    result
}

/// A style sheet without the spaces and the ends of lines that it does not need, which is 0.2 KB of gzip. None of its
/// strings and selectors has a space beside one of these signs.
fn squeezed(css: &str) -> String {
    let mut css = css.replace('\n', " ");
    for (with, without) in [
        (" {", "{"),
        ("{ ", "{"),
        ("} ", "}"),
        (" }", "}"),
        (";}", "}"),
        ("; ", ";"),
        (": ", ":"),
        (", ", ","),
    ] {
        css = css.replace(with, without);
    }
    css
}

/// Names the files that a text names, in quotes, as they are named now.
fn with_names(mut text: String, renamed: &[(String, String)]) -> String {
    for (plain, hashed) in renamed {
        for (before, after) in [("'", "'"), ("\"", "\""), ("\"./", "\"")] {
            text = text.replace(
                &[before, plain, after].concat(),
                &[before, hashed, after].concat(),
            );
        }
    }
    text
}

/// The files that get a hash: first those that name no others, then the modules, then the script that starts them.
fn names(directory: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if !file.file_type()?.is_file() {
            bail!("{name} in the site is not a file");
        }
        if name.ends_with(".d.ts") {
            fs::remove_file(file.path())?;
        } else if PAGES.iter().all(|(page, _)| name != *page) && !name.ends_with(".json") {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (name.ends_with(".js"), name == "boot.js", name.clone()));
    Ok(names)
}

/// Gives a file the name `stem-HASH.extension`.
fn rename(directory: &Path, name: &str) -> Result<String> {
    let path = directory.join(name);
    let digest = Sha256::digest(fs::read(&path)?);
    let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (stem, extension) = name
        .rsplit_once('.')
        .with_context(|| format!("{name} has no extension"))?;
    let hashed = format!("{stem}-{hash}.{extension}");
    fs::rename(&path, directory.join(&hashed))?;
    Ok(hashed)
}

fn check_viewer(html: &str) -> Result<()> {
    if !html.contains(WORKER_META) {
        bail!("it does not name the worker's module in <meta name=\"{WORKER_META}\">");
    }
    let inline = html.matches("<script>").count();
    if inline != 1 {
        bail!("it has {inline} inline scripts, not the one whose hash the policy allows");
    }
    check(&html.replacen("<script>", "", 1))
}

fn check(html: &str) -> Result<()> {
    if html.contains("<script>") {
        bail!("it has an inline script whose hash the policy does not have");
    }
    if html.contains("<style") || html.contains(" style=") {
        bail!("it has inline style, which the policy forbids");
    }
    Ok(())
}

/// Says how large the site is, file by file: as it is, and as it is sent.
pub(crate) fn print_sizes(directory: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory)?
        .map(|file| Ok(file?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    let mut total = [0; 2];
    println!("{:>10} {:>10}", "bytes", "gzip");
    for file in files {
        let content = fs::read(&file)?;
        let sizes = [content.len(), gzip(&content)?];
        print_row(sizes, &file.file_name().unwrap_or_default().to_string_lossy());
        for (total, size) in total.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    print_row(total, "in all");
    Ok(())
}

fn print_row([raw, gzip]: [usize; 2], name: &str) {
    println!("{raw:>10} {gzip:>10}  {name}");
}

fn gzip(content: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    zopfli::compress(
        zopfli::Options::default(),
        zopfli::Format::Gzip,
        content,
        &mut compressed,
    )?;
    Ok(compressed.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const HTML: &str = "<script>1</script><meta name=\"porthole-worker\" content=\"worker.js\">\
        <script src=\"boot.js\"></script>\n\n<!-- one\n two -->\n<link data-trunk rel=\"rust\">\n";

    /// A site as Trunk leaves it, in a folder of its own.
    fn site(name: &str, html: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("porthole-site-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        for (name, content) in [
            ("index.html", html),
            (
                "dashboard.html",
                "<script type=\"module\" src=\"start.js\"></script>",
            ),
            ("start.js", "import(\"./app.js\")"),
            ("boot.js", "fetch(\"app_bg.wasm\"); import(\"./app.js\")"),
            (
                "app.js",
                "new URL('app_bg.wasm', import.meta.url); __wbg_a_b_00112233445566ff(); __wbg_a_fedcba9876543210()",
            ),
            (
                "app_bg.wasm",
                "\0__wbg_a_fedcba9876543210a__wbg_a_b_00112233445566ff\0fedcba9876543210",
            ),
            (
                "worker.js",
                "// why\n/**\n * what\n */\n  import init from \"./app.js\"",
            ),
            ("app.d.ts", ""),
            ("settings.json", "[]"),
        ] {
            fs::write(directory.join(name), content).unwrap();
        }
        directory
    }

    #[test]
    fn a_style_sheet_keeps_the_spaces_that_count() {
        let css =
            "a b, c {\n  margin: 0 -1rem;\n  width: calc(1% + 2px);\n}\n@media (x: y) { a { b: c; } }\n";
        assert_eq!(
            squeezed(&trimmed(css)),
            "a b,c{margin:0 -1rem;width:calc(1% + 2px)}@media (x:y){a{b:c}}"
        );
    }

    #[test]
    fn every_name_has_its_hash_wherever_it_is_named() {
        let directory = site("names", HTML);
        finish(&directory).unwrap();
        let mut texts = String::new();
        let mut names = Vec::new();
        for file in fs::read_dir(&directory).unwrap() {
            let path = file.unwrap().path();
            names.push(path.file_name().unwrap().to_string_lossy().into_owned());
            texts += &fs::read_to_string(&path).unwrap();
        }
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(names.len(), 10, "{names:?}");
        let plain = [
            "dashboard.html",
            "index.html",
            "settings.json",
            "vnc.html",
            "vnc_lite.html",
        ];
        assert!(
            plain.iter().all(|name| names.iter().any(|it| it == name)),
            "{names:?}"
        );
        for name in names.iter().filter(|name| !plain.contains(&&***name)) {
            assert!(
                texts.contains(name.as_str()),
                "{name} is named nowhere in {texts}"
            );
        }
        assert!(
            !texts.contains("data-trunk") && !texts.contains("\n\n"),
            "{texts}"
        );
        for name in ["app.js", "app_bg.wasm", "worker.js", "boot.js", "start.js"] {
            assert!(!texts.contains(name), "{name} is still named in {texts}");
        }
    }

    #[test]
    fn a_page_that_the_policy_would_stop_is_refused() {
        for html in [
            "<script>1</script><script>2</script> porthole-worker",
            "<script>1</script><p style=\"color: red\"> porthole-worker",
            "<script>1</script>",
        ] {
            let directory = site("policy", html);
            let result = finish(&directory);
            fs::remove_dir_all(&directory).unwrap();
            assert!(result.is_err(), "{html}");
        }
    }
}
