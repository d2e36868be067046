//! Every encoding in turn.

use serde_json::{Value, json};

use porthole_tests::browser::Browser;
use porthole_tests::wait::{LONG, until};

use super::view::View;

/// Those that can be asked for by name.
const ENCODINGS: [&str; 14] = [
    "raw", "copyrect", "rre", "corre", "hextile", "zlib", "tight", "zlibhex", "trle", "zrle", "zywrle",
    "jpeg", "h264", "tightpng",
];

/// By how much colours may differ where a pixel has so many bits: by one step of the channel with the fewest.
const DEPTHS: [(&str, u8); 2] = [("16", 8), ("8", 85)];

/// An encoding that is not exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lossy {
    pub(super) encoding: &'static str,
    /// What it is in the table.
    pub(super) name: &'static str,
    /// The quality to ask for.
    pub(super) quality: u8,
    /// What the mean error stays below.
    pub(super) mean: f64,
}

/// A quarter of the pictures is noise, which JPEG is bad at.
pub(super) const JPEG: Lossy = Lossy {
    encoding: "tight",
    name: "Tight with JPEG",
    quality: 8,
    mean: 12.0,
};

pub(super) const ZYWRLE: Lossy = Lossy {
    encoding: "zywrle",
    name: "ZYWRLE",
    quality: 8,
    mean: 12.0,
};

/// What a server sends where it is asked for it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Served<'a> {
    pub(super) exact: &'a [&'a str],
    pub(super) lossy: &'a [Lossy],
    /// Encodings that it sends in another way than others do, and what the page says of each.
    pub(super) broken: &'a [(&'a str, &'a str)],
    /// What to ask for with fewer colours, where not all of it can be had in them.
    pub(super) few_colours: Option<&'a str>,
}

/// What LibVNCServer sends, which x11vnc and krfb are built on, and vino on an old copy of it.
pub(super) const LIBVNCSERVER: Served<'static> = Served {
    exact: &["raw", "rre", "corre", "hextile", "zlib", "tight", "zrle"],
    lossy: &[JPEG, ZYWRLE],
    broken: &[],
    few_colours: None,
};

/// Each of these encodings alone, pixel for pixel.
pub(super) fn exact(view: &View<'_>, encodings: &[&str]) -> String {
    let names = encodings.iter().map(|encoding| {
        // What is no copy has to come somehow.
        let asked = if *encoding == "copyrect" {
            "copyrect,raw"
        } else {
            encoding
        };
        view.change();
        view.open(&format!("resize=off&debug&quality=lossless&encodings={asked}"));
        view.shows(&format!("{encoding}, the first frame"));
        for _ in 0..3 {
            view.change();
            view.shows(&format!("{encoding}, something else"));
        }
        used(view.browser, encoding)
    });
    names.collect::<Vec<_>>().join(", ")
}

/// Each of these as near as it comes.
pub(super) fn lossy(view: &View<'_>, encodings: &[Lossy]) -> String {
    let names = encodings.iter().map(|lossy| {
        let Lossy {
            encoding,
            name,
            quality,
            mean,
        } = lossy;
        view.open(&format!(
            "resize=off&debug&quality={quality}&encodings={encoding}"
        ));
        for _ in 0..3 {
            let before = view.screen.picture();
            view.change();
            until(&format!("{name}, something else"), LONG, || {
                let shown = view.browser.canvas().ok_or("no canvas")?;
                let [error, stale] = [&view.screen.picture(), &before].map(|truth| shown.mean_error(truth));
                // What is not there yet is not taken for what has losses.
                let is_new = error.zip(stale).is_some_and(|(error, stale)| error * 1.5 < stale);
                match error {
                    Some(error) if error > 0.0 && error < *mean && is_new => Ok(()),
                    error => Err(format!(
                        "the mean error is {error:?}, and to what was before {stale:?}"
                    )),
                }
            });
        }
        used(view.browser, encoding);
        format!("{name} at quality {quality}: {mean}")
    });
    names.collect::<Vec<_>>().join(", ")
}

/// An encoding that could have losses, and has none.
pub(super) fn without_losses(view: &View<'_>, lossy: Lossy) -> String {
    let Lossy {
        encoding, quality, ..
    } = lossy;
    view.open(&format!(
        "resize=off&debug&quality={quality}&encodings={encoding}"
    ));
    for _ in 0..3 {
        view.change();
        view.shows(&format!("{encoding} at quality {quality}"));
    }
    format!("{} at quality {quality}: exact", used(view.browser, encoding))
}

/// With fewer bits a pixel.
pub(super) fn depths(view: &View<'_>, served: &Served<'_>) -> String {
    let encodings = served
        .few_colours
        .map_or_else(String::new, |encoding| format!("&encodings={encoding}"));
    let names = DEPTHS.iter().map(|(depth, peak)| {
        view.open(&format!("resize=off&quality=lossless&depth={depth}{encodings}"));
        for _ in 0..2 {
            view.change();
            until(&format!("{depth} bits a pixel"), LONG, || {
                let shown = view.browser.canvas().ok_or("no canvas")?;
                match shown.peak_error(&view.screen.picture()) {
                    Some(error) if error > 0 && error <= *peak => Ok(()),
                    error => Err(format!("the greatest error is {error:?}")),
                }
            });
        }
        *depth
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let only = served
        .few_colours
        .map_or_else(String::new, |encoding| format!(", by {encoding}"));
    format!("{names} bits{only}")
}

/// All others: none of them comes.
pub(super) fn not_served(view: &View<'_>, served: &Served<'_>) -> String {
    let lossy = served.lossy.iter().map(|lossy| lossy.encoding);
    let broken = served.broken.iter().map(|(encoding, _)| *encoding);
    let served: Vec<&str> = served.exact.iter().copied().chain(lossy).chain(broken).collect();
    let others: Vec<&str> = ENCODINGS
        .into_iter()
        .filter(|encoding| !served.contains(encoding))
        .collect();
    view.open(&format!(
        "resize=off&debug&quality=lossless&encodings={}",
        others.join(",")
    ));
    for _ in 0..3 {
        view.change();
        view.shows("what is not served");
    }
    let came = until("what came instead", LONG, || {
        let figures = figures(view.browser);
        let known = figures
            .into_iter()
            .filter(|name| ENCODINGS.contains(&&*setting(name)));
        let known: Vec<String> = known.collect();
        if known.is_empty() {
            Err("no figures".to_owned())
        } else {
            Ok(known)
        }
    });
    for encoding in &came {
        assert!(
            !others.contains(&&*setting(encoding)),
            "{encoding} is served after all"
        );
    }
    format!("{}: {}", others.join(", "), came.join(", "))
}

/// What the page says of what the server makes of this encoding.
pub(super) fn broken(view: &View<'_>, encoding: &str, words: &str) -> String {
    view.try_to_open(&format!("resize=off&quality=lossless&encodings={encoding}"));
    let (hop, text) = view.browser.ended(LONG);
    assert_eq!(hop, "server", "{text}");
    assert!(text.contains(words), "{text}");
    format!("{encoding} as the server sends it: “{words}”")
}

/// The encoding's name as the page shows it, once its figures say that it was used.
fn used(browser: &Browser, encoding: &str) -> String {
    until(&format!("{encoding} was used"), LONG, || {
        let figures = figures(browser);
        let found = figures.iter().find(|name| setting(name) == encoding);
        found.cloned().ok_or_else(|| format!("these were: {figures:?}"))
    })
}

/// The encodings in which something has come.
fn figures(browser: &Browser) -> Vec<String> {
    let found = browser.run(
        "return [...document.querySelectorAll('aside .figures tbody th')].map((name) => name.textContent)",
        json!([]),
    );
    let names = found.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// How an encoding is named in the address.
fn setting(name: &str) -> String {
    name.replace('.', "").to_ascii_lowercase()
}
