//! Both contenders' files, all compressed the same way.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Served, Shared, lock};

/// A folder and where its files are to be found.
#[derive(Debug)]
pub(crate) struct Folder {
    /// Such as `/porthole/`.
    pub(crate) at: String,
    pub(crate) path: PathBuf,
}

#[derive(Debug, Default)]
pub(crate) struct Files(HashMap<String, File>);

#[derive(Debug)]
struct File {
    kind: &'static str,
    gzip: Bytes,
}

impl Files {
    pub(crate) fn read(folders: &[Folder]) -> Result<Self> {
        let mut files = Self::default();
        for folder in folders {
            files.add_folder(&folder.path, &folder.at)?;
        }
        Ok(files)
    }

    fn add_folder(&mut self, path: &Path, at: &str) -> Result<()> {
        let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() {
                self.add_folder(&path, &format!("{at}{name}/"))?;
                continue;
            }
            let content = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if name == "index.html" {
                self.add(at, &name, &content)?;
            }
            self.add(&format!("{at}{name}"), &name, &content)?;
        }
        Ok(())
    }

    /// A page or any other file, by its path.
    pub(crate) fn add(&mut self, at: &str, name: &str, content: &[u8]) -> Result<()> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content)?;
        let file = File {
            kind: kind(name),
            gzip: encoder.finish()?.into(),
        };
        self.0.insert(at.to_owned(), file);
        Ok(())
    }
}

pub(super) async fn answer(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let file = shared.files.0.get(uri.path());
    lock(&shared.served).push(Served {
        at: SystemTime::now(),
        bytes: file.map_or(0, |file| file.gzip.len()),
    });
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, file.kind),
        (header::CONTENT_ENCODING, "gzip"),
        // From one turn to the next nothing changes.
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, Body::from(file.gzip.clone())).into_response()
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}
