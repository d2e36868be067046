//! Icons, drawn on a grid of 24: the strokes of each.

pub(crate) use porthole::drawing::icon;

pub(crate) const MENU: &str = "M9 5l7 7-7 7";
pub(crate) const CTRL_ALT_DEL: &str = "M4 4h7v7H4zM13 4h7v7h-7zM8.5 13h7v7h-7z";
pub(crate) const KEYS: &str = "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8";
pub(crate) const CLIPBOARD: &str = "M9 4h6v3H9zM9 5H6v15h12V5h-3M9 12h6M9 16h4";
pub(crate) const MOUSE: &str = "M12 3a5 5 0 0 1 5 5v8a5 5 0 0 1-10 0V8a5 5 0 0 1 5-5zM12 3v6M7 9.5h10";
pub(crate) const TOUCH: &str = "M9 13V5.5a1.5 1.5 0 0 1 3 0V11l4.8 1.1a2 2 0 0 1 1.5 2.3L17.6 18a4 4 0 0 1-4 3h-1.4a4 4 0 0 1-3.2-1.6L5.6 15a1.5 1.5 0 0 1 2.3-1.9L9 14.4";
pub(crate) const FIT: &str = "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5";
pub(crate) const NATIVE: &str = "M4 5h16v14H4zM8.5 9v6M15.5 9v6M12 10.5v.01M12 13.5v.01";
pub(crate) const REMOTE: &str = "M4 5h16v11H4zM9 20h6M12 16v4M9.5 10.5h5M12.5 8.5l2 2-2 2";
pub(crate) const SCREEN: &str = "M3 4h18v12H3zM8 20h8M12 16v4";
pub(crate) const SETTINGS: &str = "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4";
pub(crate) const SMALLER: &str = "M5 12h14";
pub(crate) const LARGER: &str = "M5 12h14M12 5v14";
pub(crate) const UP: &str = "M6 15l6-6 6 6";
pub(crate) const DOWN: &str = "M6 9l6 6 6-6";
pub(crate) const ACROSS: &str = "M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4";
pub(crate) const FULLSCREEN: &str = "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7";
pub(crate) const DISCONNECT: &str = "M12 3v8M7 6a8 8 0 1 0 10 0";
pub(crate) const POWER: &str = "M13 3L5 14h6l-1 7 9-12h-6z";
pub(crate) const CLOSE: &str = "M6 6l12 12M18 6L6 18";
pub(crate) const EYE: &str =
    "M2.5 12s3.5-6 9.5-6 9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z";
