//! The last steps of the site's build: what Trunk's output lacks to be served under a strict
//! Content-Security-Policy and to be cached for ever.
//!
//! Trunk leaves `index.html`, a style sheet, an icon and two wasm modules with their JavaScript. Here the modules'
//! JavaScript is made to start by itself, so that no inline script has to; and every file but `index.html` gets
//! the hash of its content into its name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// The page's module starts as soon as it is loaded; an error is for the page's loading state to show.
const START_PAGE: &str = "\n__wbg_init().catch((error) => { \
    document.documentElement.dataset.failed = String(error); throw error; });\n";

/// The session's module starts by itself only in a worker: a page that imports it starts it when it wants to.
const START_WORKER: &str = "\nif (typeof WorkerGlobalScope !== 'undefined' && self instanceof WorkerGlobalScope) { __wbg_init(); }\n";

/// Where `index.html` names the session's module.
const WORKER_META: &str = "porthole-worker";

/// Finishes a site in place.
pub(crate) fn finish(directory: &Path) -> Result<()> {
    let index = directory.join("index.html");
    let mut html = fs::read_to_string(&index).with_context(|| format!("cannot read {}", index.display()))?;
    let names = names(directory)?;
    append(&directory.join("porthole.js"), START_PAGE)?;
    append(&directory.join("worker.js"), START_WORKER)?;
    // JavaScript names its wasm, so the wasm gets its name first.
    let mut scripts = Vec::new();
    for name in names.iter().filter(|name| !name.ends_with(".js")) {
        let hashed = rename(directory, name)?;
        html = html.replace(name, &hashed);
        scripts.push((name.clone(), hashed));
    }
    for name in names.iter().filter(|name| name.ends_with(".js")) {
        let path = directory.join(name);
        let mut script = fs::read_to_string(&path)?;
        for (plain, hashed) in &scripts {
            script = script.replace(&format!("'{plain}'"), &format!("'{hashed}'"));
        }
        fs::write(&path, script)?;
        html = html.replace(name, &rename(directory, name)?);
    }
    check(&html)?;
    fs::write(&index, html)?;
    Ok(())
}

/// The files besides `index.html`. Longer names first: one may end with another.
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
        } else if name != "index.html" {
            names.push(name);
        }
    }
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    Ok(names)
}

fn append(path: &Path, text: &str) -> Result<()> {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(path)
        .with_context(|| format!("the site has no {}", path.display()))?;
    Ok(file.write_all(text.as_bytes())?)
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

/// What has to be true of the finished page, lest the policy that it is served under stops it.
fn check(html: &str) -> Result<()> {
    let inline = html.matches("<script>").count();
    if inline != 1 {
        bail!("index.html has {inline} inline scripts, not the one whose hash the policy allows");
    }
    if html.contains("<style") || html.contains(" style=") {
        bail!("index.html has inline style, which the policy forbids");
    }
    if !html.contains(WORKER_META) {
        bail!("index.html does not name the worker's module in <meta name=\"{WORKER_META}\">");
    }
    Ok(())
}

/// Says how large the site is, file by file: as it is, and as it is sent.
pub(crate) fn print_sizes(directory: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory)?
        .map(|file| Ok(file?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    let mut total = [0; 3];
    println!("{:>10} {:>10} {:>10}", "bytes", "gzip", "brotli");
    for file in files {
        let content = fs::read(&file)?;
        let sizes = [content.len(), gzip(&content)?, brotli(&content)?];
        print_row(sizes, &file.file_name().unwrap_or_default().to_string_lossy());
        for (total, size) in total.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    print_row(total, "in all");
    Ok(())
}

fn print_row([raw, gzip, brotli]: [usize; 3], name: &str) {
    println!("{raw:>10} {gzip:>10} {brotli:>10}  {name}");
}

fn gzip(content: &[u8]) -> Result<usize> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

fn brotli(content: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, 4096, 9, 22);
    encoder.write_all(content)?;
    drop(encoder);
    Ok(compressed.len())
}
