//! Puts the built site into the binary: each file as it is, and compressed as well as it can be, since that is
//! done once and sent often.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine as _;
use sha2::{Digest, Sha256};

/// What is shown when the gateway was built before the site was.
const NO_SITE: &str = "<!doctype html><html lang=\"en\"><title>Porthole</title>\
    <p>This gateway was built without the site. <code>cargo xtask build</code> builds both.</p></html>";

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-env-changed=PORTHOLE_SITE");
    let site = env::var_os("PORTHOLE_SITE").map_or_else(|| manifest.join("../../dist"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", site.display());

    let is_built = site.join("index.html").is_file();
    let mut files = Vec::new();
    if is_built {
        for entry in fs::read_dir(&site)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            println!("cargo::rerun-if-changed={}", path.display());
            files.push((name, fs::read(&path)?));
        }
        files.sort();
    } else {
        for name in ["index.html", "dashboard.html"] {
            files.push((name.to_owned(), NO_SITE.as_bytes().to_vec()));
        }
    }

    let mut table =
        format!("pub(crate) const IS_BUILT: bool = {is_built};\npub(crate) static FILES: &[File] = &[\n");
    let mut script_hash = String::new();
    for (name, content) in &files {
        if name == "index.html" {
            script_hash = inline_script(content).map(hash).unwrap_or_default();
        }
        table_row(&mut table, &out, name, content)?;
    }
    // Where the page has no inline script the policy allows none.
    let _ = writeln!(table, "];\npub(crate) const SCRIPT_HASH: &str = {script_hash:?};");
    fs::write(out.join("site.rs"), table)
}

fn table_row(table: &mut String, out: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let include = |suffix: &str, content: &[u8]| -> io::Result<String> {
        let path = out.join(format!("{name}{suffix}"));
        fs::write(&path, content)?;
        Ok(format!("include_bytes!({:?})", path.display().to_string()))
    };
    let plain = include("", content)?;
    let brotli = include(".br", &brotli(content)?)?;
    let gzip = include(".gz", &gzip(content)?)?;
    let etag = hash(content);
    let _ = writeln!(
        table,
        "File {{ name: {name:?}, etag: {etag:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
    );
    Ok(())
}

/// The text of the page's one inline script.
fn inline_script(html: &[u8]) -> Option<&[u8]> {
    let html = std::str::from_utf8(html).ok()?;
    let (_, rest) = html.split_once("<script>")?;
    rest.split_once("</script>").map(|(script, _)| script.as_bytes())
}

fn hash(content: impl AsRef<[u8]>) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content))
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    // 5 % smaller than zlib's best, for seconds of work.
    let mut compressed = Vec::new();
    zopfli::compress(
        zopfli::Options::default(),
        zopfli::Format::Gzip,
        content,
        &mut compressed,
    )?;
    Ok(compressed)
}

fn brotli(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, 4096, 11, 22);
    encoder.write_all(content)?;
    drop(encoder);
    Ok(compressed)
}
