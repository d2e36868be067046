//! The settings in the page's address, by noVNC's names.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::page::{Presentation, Scaling, Smoothing};
use crate::{ConnectOptions, Credentials, Depth};

/// What fingers on the desktop do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Touch {
    /// They point at what they touch.
    #[default]
    Direct,
    /// They push the pointer, wherever they are.
    Trackpad,
}

/// What the page's address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// `path`: the WebSocket's address, relative to the page's folder; or with noVNC's older `host`, `port` and `encrypt`
    /// what stands behind those.
    pub path: String,
    /// `autoconnect`: connect without being asked.
    pub autoconnect: bool,
    /// `resize`: `off`, `scale`, `whole` or `remote`. `zoom`: 10 to 1000 percent of that. `smoothing`: `auto`, `smooth`
    /// or `sharp`. `hidpi`: in the display's own pixels. `view_clip`: without scroll bars. `screen`: which of several.
    pub presentation: Presentation,
    /// `quality=auto`: quality and compression follow the line.
    pub adaptive: bool,
    /// `quality`: JPEG quality, 0 to 9, or `lossless`.
    pub quality: Option<u8>,
    /// `fine_quality`: JPEG quality, 0 to 100, for servers that know that scale.
    pub fine_quality: Option<u8>,
    /// `subsampling`: how many pixels of a JPEG image share their colour, `1x`, `2x` or `4x`; or `gray`, here 0.
    pub subsampling: Option<u8>,
    /// `depth`: 8, 16 or 24 bits of colour, or `server`.
    pub depth: Depth,
    /// `compression`: 0 to 9.
    pub compression: Option<u8>,
    /// `touch`: what fingers do, `direct` or `trackpad`; none for what was chosen on this device before.
    pub touch: Option<Touch>,
    /// `show_dot`: show a dot where the desktop hides its pointer.
    pub show_dot: bool,
    /// `view_only`: nothing of what is typed or pointed at is sent.
    pub view_only: bool,
    /// `cmd_to_ctrl`: the Command key of Apple's keyboards is Control at the desktop.
    pub command_is_control: bool,
    /// `clipboard=manual`: nothing goes from one clipboard to the other unless somebody says so each time.
    pub share_clipboard: bool,
    /// `shared`: others may stay connected.
    pub shared: bool,
    /// `keep_device_awake`: the display does not go dark while a desktop is shown.
    pub keep_awake: bool,
    /// `reconnect`: connect again by itself after an end that nobody wanted.
    pub reconnect: bool,
    /// `reconnect_delay`: after so many milliseconds.
    pub reconnect_delay: u32,
    /// `reconnect_tries`: so many times in a row at most; 0 for without end.
    pub reconnect_tries: u32,
    /// `username` and `password`, which are read from the fragment alone.
    pub credentials: Option<Credentials>,
    /// `repeaterID`: which desktop to ask an UltraVNC repeater for.
    pub repeater_id: Option<String>,
    /// `security`: the only security types to use, by number.
    pub security_types: Option<Vec<u32>>,
    /// `encodings`: the only ones to ask for, by name.
    pub encodings: Option<Vec<i32>>,
    /// `renderer=page`: decode and paint on the page's own thread.
    pub on_page: bool,
    /// `debug`: show the debug page.
    pub debug: bool,
    /// What could not be used, in words.
    pub complaints: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "websock".into(),
            autoconnect: true,
            presentation: Presentation::default(),
            adaptive: true,
            quality: Some(6),
            fine_quality: None,
            subsampling: None,
            depth: Depth::True,
            compression: Some(2),
            touch: None,
            show_dot: false,
            view_only: false,
            command_is_control: false,
            share_clipboard: true,
            shared: true,
            keep_awake: false,
            reconnect: false,
            reconnect_delay: 5000,
            reconnect_tries: 0,
            credentials: None,
            repeater_id: None,
            security_types: None,
            encodings: None,
            on_page: false,
            debug: false,
            complaints: Vec::new(),
        }
    }
}

/// The encodings that can be asked for by name.
pub const ENCODINGS: &[(&str, i32)] = &[
    ("raw", 0),
    ("copyrect", 1),
    ("rre", 2),
    ("corre", 4),
    ("hextile", 5),
    ("zlib", 6),
    ("tight", 7),
    ("zlibhex", 8),
    ("trle", 15),
    ("zrle", 16),
    ("zywrle", 17),
    ("jpeg", 21),
    ("h264", 50),
    ("tightpng", -260),
    ("cursor", -239),
    ("xcursor", -240),
    ("alphacursor", -314),
    ("vmwarecursor", 0x574D_5664),
];

/// noVNC's names for its pages, by which this one goes, too, so that links to them lead to it.
const NOVNCS_PAGES: [&str; 2] = ["/vnc.html", "/vnc_lite.html"];
/// The WebSocket that links to those mean when they name none.
const NOVNCS_PATH: &str = "websockify";

/// The settings that are remembered where somebody has chosen them, by name. Whether a desktop is only looked at is not
/// among them: nobody would find out later why nothing works; nor is anything that leads to one desktop.
pub const REMEMBERED: [&str; 9] = [
    "resize",
    "zoom",
    "smoothing",
    "hidpi",
    "view_clip",
    "quality",
    "show_dot",
    "reconnect",
    "keep_device_awake",
];

/// A name in an address, and its value.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

impl Settings {
    /// What was chosen before, as `recall` knows it by the names of [`REMEMBERED`].
    #[must_use]
    pub fn remembered(recall: impl Fn(&str) -> Option<String>) -> Self {
        let mut settings = Self::default();
        for name in REMEMBERED {
            if let Some(value) = recall(name) {
                settings.set(name, &value);
            }
        }
        // They are of what is in the address.
        settings.complaints.clear();
        settings
    }

    /// The same with what an address's path, query and fragment, each without its mark, say. The fragment wins, as in noVNC.
    #[must_use]
    pub fn with_address(self, path: &str, query: &str, fragment: &str) -> Self {
        let mut settings = Self {
            debug: path.trim_end_matches('/').ends_with("/debug"),
            ..self
        };
        if NOVNCS_PAGES.iter().any(|page| path.ends_with(page)) {
            settings.path = NOVNCS_PATH.into();
        }
        let query: Vec<Pair<'_>> = form_urlencoded::parse(query.as_bytes()).collect();
        let fragment: Vec<Pair<'_>> = form_urlencoded::parse(fragment.as_bytes()).collect();
        let all = || query.iter().chain(&fragment);
        // Each is of little meaning without the other.
        if all().any(|(name, _)| ["resize", "zoom"].contains(&&**name)) {
            let usual = Presentation::default();
            settings.presentation.scaling = usual.scaling;
            settings.presentation.zoom = usual.zoom;
        }
        for (name, value) in &query {
            if name == "password" {
                let complaint = "The password in the address was ignored: in the query every server on the way reads \
                                 and logs it. Put it behind a # instead.";
                settings.complaints.push(complaint.into());
            } else {
                settings.set(name, value);
            }
        }
        for (name, value) in &fragment {
            let credentials = &mut settings.credentials;
            match &**name {
                "password" => credentials.get_or_insert_default().password = Some(value.to_string()),
                "username" => credentials.get_or_insert_default().username = Some(value.to_string()),
                _ => settings.set(name, value),
            }
        }
        settings.prefix_host(|wanted| {
            let (_, value) = all().rfind(|(name, _)| name == wanted)?;
            Some(&**value).filter(|value| !value.is_empty())
        });
        settings
    }

    /// noVNC's older way to say where the WebSocket is: where there is a `host`, `path` begins at its root. That it has to be
    /// the page's own is seen when the address is made.
    fn prefix_host<'a>(&mut self, said: impl Fn(&str) -> Option<&'a str>) {
        let Some(host) = said("host") else {
            return;
        };
        let scheme = match said("encrypt") {
            None => "",
            Some(value) if truth(value) => "wss:",
            Some(_) => "ws:",
        };
        let port = said("port").map_or_else(String::new, |port| [":", port].concat());
        let path = self.path.trim_start_matches('/');
        self.path = [scheme, "//", host, &port, "/", path].concat();
    }

    /// How to connect to the WebSocket at `url` with these settings.
    #[must_use]
    pub fn connect_options(&self, url: String, credentials: Option<Credentials>) -> ConnectOptions {
        ConnectOptions {
            url,
            shared: self.shared,
            view_only: self.view_only,
            adaptive: self.adaptive,
            quality: self.quality,
            fine_quality: self.fine_quality,
            subsampling: self.subsampling,
            compression: self.compression,
            depth: self.depth,
            encodings: self.encodings.clone(),
            credentials,
            repeater_id: self.repeater_id.clone(),
            security_types: self.security_types.clone(),
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "path" => self.path = value.into(),
            "autoconnect" => self.autoconnect = truth(value),
            "touch" => match value {
                "direct" => self.touch = Some(Touch::Direct),
                "trackpad" => self.touch = Some(Touch::Trackpad),
                _ => self.complain(name, value, "direct or trackpad"),
            },
            "show_dot" => self.show_dot = truth(value),
            "view_only" => self.view_only = truth(value),
            "cmd_to_ctrl" => self.command_is_control = truth(value),
            "shared" => self.shared = truth(value),
            "clipboard" => match value {
                "auto" => self.share_clipboard = true,
                "manual" => self.share_clipboard = false,
                _ => self.complain(name, value, "auto or manual"),
            },
            "reconnect" => self.reconnect = truth(value),
            "debug" => self.debug = truth(value),
            "keep_device_awake" => self.keep_awake = truth(value),
            "hidpi" => self.presentation.device_pixels = truth(value),
            "view_clip" => self.presentation.clipped = truth(value),
            "resize" => match value {
                "off" => self.presentation.scaling = Scaling::Native,
                "scale" => self.presentation.scaling = Scaling::Fit,
                "whole" => self.presentation.scaling = Scaling::Whole,
                "remote" => self.presentation.scaling = Scaling::Remote,
                _ => self.complain(name, value, "off, scale, whole or remote"),
            },
            "zoom" => match value.parse() {
                Ok(percent @ 10..=1000) => self.presentation.zoom = percent,
                _ => self.complain(name, value, "10 to 1000"),
            },
            "smoothing" => match value {
                "auto" => self.presentation.smoothing = Smoothing::Auto,
                "smooth" => self.presentation.smoothing = Smoothing::Smooth,
                "sharp" => self.presentation.smoothing = Smoothing::Sharp,
                _ => self.complain(name, value, "auto, smooth or sharp"),
            },
            "screen" => match value.parse() {
                Ok(number) => self.presentation.screen = number,
                Err(_) => self.complain(name, value, "a screen's number, from 1 on"),
            },
            "quality" => match (value, level(value)) {
                ("auto", _) => self.set_quality(true, Self::default().quality),
                ("lossless", _) => self.set_quality(false, None),
                (_, None) => self.complain(name, value, "0 to 9, auto or lossless"),
                (_, level) => self.set_quality(false, level),
            },
            "fine_quality" => match value.parse() {
                Ok(quality @ 0..=100) => {
                    self.adaptive = false;
                    self.fine_quality = Some(quality);
                }
                _ => self.complain(name, value, "0 to 100"),
            },
            "subsampling" => match value {
                "1x" => self.subsampling = Some(1),
                "2x" => self.subsampling = Some(2),
                "4x" => self.subsampling = Some(4),
                "gray" => self.subsampling = Some(0),
                _ => self.complain(name, value, "1x, 2x, 4x or gray"),
            },
            "depth" => match value {
                "8" => self.depth = Depth::Low,
                "16" => self.depth = Depth::High,
                "24" => self.depth = Depth::True,
                "server" => self.depth = Depth::Server,
                _ => self.complain(name, value, "8, 16, 24 or server"),
            },
            "compression" => match level(value) {
                Some(level) => self.compression = Some(level),
                None => self.complain(name, value, "0 to 9"),
            },
            "reconnect_delay" => match value.parse() {
                Ok(delay) => self.reconnect_delay = delay,
                Err(_) => self.complain(name, value, "milliseconds"),
            },
            "reconnect_tries" => match value.parse() {
                Ok(tries) => self.reconnect_tries = tries,
                Err(_) => self.complain(name, value, "how many times"),
            },
            "encodings" => match encodings(value) {
                Some(encodings) => self.encodings = Some(encodings),
                None => self.complain(name, value, "a list of encodings such as zrle,tight"),
            },
            "repeaterID" => self.repeater_id = Some(value.into()).filter(|id: &String| !id.is_empty()),
            "security" => match value.split(',').map(str::parse).collect() {
                Ok(numbers) => self.security_types = Some(numbers),
                Err(_) => self.complain(name, value, "numbers of security types such as 5,2"),
            },
            "renderer" => match value {
                "page" => self.on_page = true,
                "worker" => self.on_page = false,
                _ => self.complain(name, value, "worker or page"),
            },
            // Other settings of noVNC's, and what the embedding page has put there for itself.
            _ => {}
        }
    }

    /// Quality follows the line, or is this.
    pub fn set_quality(&mut self, adaptive: bool, quality: Option<u8>) {
        self.adaptive = adaptive;
        self.quality = quality;
    }

    fn complain(&mut self, name: &str, value: &str, expected: &str) {
        self.complaints.push(
            [
                "The setting ",
                name,
                "=",
                value,
                " was ignored: expected ",
                expected,
                ".",
            ]
            .concat(),
        );
    }
}

/// As noVNC reads it; a name without a value counts as true.
fn truth(value: &str) -> bool {
    !matches!(value.to_ascii_lowercase().as_str(), "0" | "no" | "false" | "off")
}

fn level(value: &str) -> Option<u8> {
    value.parse().ok().filter(|level| *level <= 9)
}

/// The numbers of encodings, from their names with commas between them; `None` where one is not known.
#[must_use]
pub fn encodings(names: &str) -> Option<Vec<i32>> {
    let number = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        ENCODINGS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, number)| *number)
    };
    names.split(',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_address(path: &str, query: &str, fragment: &str) -> Settings {
        Settings::default().with_address(path, query, fragment)
    }

    #[test]
    fn nothing_asked_for_is_the_default() {
        assert_eq!(from_address("/novnc/", "", ""), Settings::default());
    }

    /// Every setting, with another value than its default.
    const ALL: &str = "path=a%2Fb&host=h&port=1&encrypt=0&autoconnect=0&resize=off&quality=9&compression=0&view_only=true&shared=false\
                       &reconnect=1&reconnect_delay=250&reconnect_tries=3&encodings=zrle,Raw&renderer=page&debug\
                       &clipboard=manual&fine_quality=100&subsampling=2x&depth=16&repeaterID=7&security=129,2&zoom=150&smoothing=sharp\
                       &hidpi&view_clip=1&screen=2&keep_device_awake=true\
                       &touch=trackpad&show_dot=1&cmd_to_ctrl=1";

    #[test]
    fn every_name_is_read() {
        let expected = Settings {
            path: "ws://h:1/a/b".into(),
            autoconnect: false,
            presentation: Presentation {
                scaling: Scaling::Native,
                zoom: 150,
                smoothing: Smoothing::Sharp,
                device_pixels: true,
                clipped: true,
                screen: 2,
            },
            adaptive: false,
            quality: Some(9),
            fine_quality: Some(100),
            subsampling: Some(2),
            depth: Depth::High,
            compression: Some(0),
            touch: Some(Touch::Trackpad),
            show_dot: true,
            view_only: true,
            command_is_control: true,
            share_clipboard: false,
            shared: false,
            keep_awake: true,
            reconnect: true,
            reconnect_delay: 250,
            reconnect_tries: 3,
            credentials: None,
            repeater_id: Some("7".into()),
            security_types: Some(vec![129, 2]),
            encodings: Some(vec![16, 0]),
            on_page: true,
            debug: true,
            complaints: Vec::new(),
        };
        assert_eq!(from_address("/", ALL, ""), expected);
        assert_eq!(from_address("/", "", ALL), expected);
    }

    #[test]
    fn the_readmes_table_has_every_name_and_no_other() {
        let (_, table) = include_str!("../../../README.md")
            .split_once("## Settings")
            .unwrap_or_default();
        let rows = table.lines().skip_while(|line| !line.starts_with("| `"));
        let mut told: Vec<&str> = rows
            .map_while(|line| line.strip_prefix("| `"))
            .filter_map(|row| row.split(" | ").next())
            .flat_map(|names| names.trim_end_matches('`').split("`, `"))
            .collect();
        let mut read: Vec<String> = form_urlencoded::parse(ALL.as_bytes())
            .map(|(name, _)| name.into_owned())
            .chain(["username", "password"].map(str::to_owned))
            .collect();
        told.sort_unstable();
        read.sort_unstable();
        assert_eq!(told, read);
    }

    #[test]
    fn the_fragment_wins_over_the_query() {
        let settings = from_address("/", "resize=off&quality=1", "resize=remote");
        assert_eq!(
            (settings.presentation.scaling, settings.quality),
            (Scaling::Remote, Some(1))
        );
    }

    #[test]
    fn a_password_is_read_from_the_fragment_alone() {
        let settings = from_address("/", "password=a", "password=b%20c&username=d");
        let credentials = settings.credentials.unwrap_or_default();
        assert_eq!(credentials.password.as_deref(), Some("b c"));
        assert_eq!(credentials.username.as_deref(), Some("d"));
        assert_eq!(settings.complaints.len(), 1);
        let settings = from_address("/", "password=a&username=b", "");
        assert_eq!(settings.credentials, None);
    }

    #[test]
    fn what_cannot_be_used_is_complained_of() {
        for query in [
            "quality=10",
            "compression=x",
            "fine_quality=101",
            "subsampling=3",
            "depth=32",
            "resize=fit",
            "zoom=9",
            "zoom=1001",
            "zoom=fit",
            "smoothing=yes",
            "screen=-1",
            "screen=256",
            "encodings=h265",
            "renderer=gpu",
            "touch=finger",
            "clipboard=off",
            "reconnect_delay=-1",
            "reconnect_tries=often",
            "security=tight",
            "security=-1",
        ] {
            let settings = from_address("/", query, "");
            assert_eq!(settings.complaints.len(), 1, "{query}");
            assert_eq!(
                Settings {
                    complaints: Vec::new(),
                    ..settings
                },
                Settings::default()
            );
        }
        assert_eq!(
            from_address("/", "logging=debug&bell=off&port=1", ""),
            Settings::default()
        );
    }

    #[test]
    fn quality_follows_the_line_unless_one_is_chosen() {
        for (query, chosen) in [
            ("", (true, Some(6))),
            ("quality=auto", (true, Some(6))),
            ("quality=6", (false, Some(6))),
            ("quality=lossless", (false, None)),
            ("quality=3&quality=auto", (true, Some(6))),
            ("fine_quality=50", (false, Some(6))),
            ("compression=9", (true, Some(6))),
        ] {
            let settings = from_address("/", query, "");
            assert_eq!((settings.adaptive, settings.quality), chosen, "{query}");
        }
    }

    #[test]
    fn links_to_novncs_pages_mean_its_websocket() {
        for (path, query, expected) in [
            ("/x/vnc.html", "autoconnect=true", "websockify"),
            ("/vnc_lite.html", "", "websockify"),
            ("/vnc.html", "path=a", "a"),
            ("/vnc.html/", "", "websock"),
            ("/index.html", "", "websock"),
        ] {
            assert_eq!(from_address(path, query, "").path, expected, "{path}");
        }
    }

    #[test]
    fn a_host_in_a_link_is_not_passed_over() {
        for (path, query, fragment, expected) in [
            ("/vnc.html", "host=a&port=6080", "", "//a:6080/websockify"),
            ("/vnc.html", "host=a&port=&encrypt=1", "", "wss://a/websockify"),
            (
                "/x/",
                "path=/x/websock&host=a&encrypt=false",
                "",
                "ws://a/x/websock",
            ),
            ("/", "host=a&path=b", "host=c", "//c/b"),
            ("/", "host=&port=1&encrypt=1", "", "websock"),
        ] {
            assert_eq!(
                from_address(path, query, fragment).path,
                expected,
                "{path}?{query}#{fragment}"
            );
        }
    }

    #[test]
    fn the_debug_page_has_a_path_of_its_own() {
        for path in ["/debug", "/debug/", "/api/auth/session/x/novnc/debug"] {
            assert!(from_address(path, "", "").debug, "{path}");
        }
        assert!(!from_address("/debugger", "", "").debug);
    }

    #[test]
    fn what_was_chosen_before_holds_where_the_address_says_nothing() {
        let recall = |name: &str| {
            let value = match name {
                "resize" => "off",
                "zoom" => "150",
                "hidpi" => "true",
                "quality" => "lossless",
                "smoothing" => "what an older version had",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let chosen = Settings::remembered(recall);
        let of = |settings: &Settings| {
            let Presentation {
                scaling,
                zoom,
                device_pixels,
                ..
            } = settings.presentation;
            (scaling, zoom, device_pixels, settings.quality)
        };
        assert_eq!(of(&chosen), (Scaling::Native, 150, true, None));
        assert_eq!(chosen.complaints, Vec::<String>::new());
        for (query, expected) in [
            ("", (Scaling::Native, 150, true, None)),
            ("resize=scale", (Scaling::Fit, 100, true, None)),
            ("zoom=200", (Scaling::Fit, 200, true, None)),
            ("zoom=200&resize=off", (Scaling::Native, 200, true, None)),
            ("hidpi=0&quality=3", (Scaling::Native, 150, false, Some(3))),
        ] {
            assert_eq!(
                of(&chosen.clone().with_address("/", query, "")),
                expected,
                "{query}"
            );
            assert_eq!(
                of(&chosen.clone().with_address("/", "", query)),
                expected,
                "{query}"
            );
        }
    }

    #[test]
    fn nothing_but_what_is_to_be_is_remembered() {
        let all = Settings::remembered(|_| Some("true".to_owned()));
        let expected = Settings {
            presentation: Presentation {
                device_pixels: true,
                clipped: true,
                ..Presentation::default()
            },
            show_dot: true,
            reconnect: true,
            keep_awake: true,
            ..Settings::default()
        };
        assert_eq!(all, expected);
    }
}
