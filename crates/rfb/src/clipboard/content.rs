//! What a clipboard holds, and how each format of it looks on the wire.

use super::{DIB, FORMATS, HTML, RTF, TEXT, html};

/// What a clipboard holds, in every format that it has it in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClipboardContent {
    /// Plain text. From a server its lines end with line feeds; to one they may end in any way.
    pub text: Option<String>,
    /// A fragment of HTML. From a server it is not to be trusted more than any page.
    pub html: Option<String>,
    /// Rich Text Format, as it is.
    pub rtf: Option<Vec<u8>>,
    /// A picture, as it is: a device-independent bitmap of Windows's, which is a BMP file without its file header.
    pub dib: Option<Vec<u8>>,
}

impl ClipboardContent {
    /// Plain text and nothing else.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    pub(super) fn formats(&self) -> u32 {
        let mut formats = FORMATS;
        if self.text.is_none() {
            formats &= !TEXT;
        }
        if self.rtf.is_none() {
            formats &= !RTF;
        }
        if self.html.is_none() {
            formats &= !HTML;
        }
        if self.dib.is_none() {
            formats &= !DIB;
        }
        formats
    }

    /// One format, by its bit, as it is sent. Text ends with a null.
    pub(super) fn data(&self, format: u32) -> Option<Vec<u8>> {
        match format {
            TEXT => self.text.as_ref().map(|text| {
                let mut text = line_ends(text, "\r\n");
                text.push('\0');
                text.into_bytes()
            }),
            RTF => self.rtf.clone(),
            HTML => self.html.as_deref().map(html::wrap),
            DIB => self.dib.clone(),
            _ => None,
        }
    }

    /// Takes one format as it came. What is no UTF-8 becomes replacement characters.
    pub(super) fn take(&mut self, format: u32, mut data: Vec<u8>) {
        match format {
            RTF => self.rtf = Some(data),
            DIB => self.dib = Some(data),
            _ => {
                while data.last() == Some(&0) {
                    data.pop();
                }
                self.take_text(format, &data);
            }
        }
    }

    fn take_text(&mut self, format: u32, data: &[u8]) {
        if format == TEXT {
            self.text = Some(line_ends(&String::from_utf8_lossy(data), "\n"));
        } else {
            let fragment = String::from_utf8_lossy(html::unwrap(data));
            self.html = Some(fragment.into_owned());
        }
    }
}

/// The text with all its line ends, of whatever kind, as `end`.
pub(crate) fn line_ends(text: &str, end: &str) -> String {
    let mut lines = String::with_capacity(text.len() + 1);
    let mut rest = text;
    while let Some((line, tail)) = rest.find(['\r', '\n']).and_then(|at| rest.split_at_checked(at)) {
        lines.push_str(line);
        lines.push_str(end);
        rest = tail
            .strip_prefix("\r\n")
            .or_else(|| tail.get(1..))
            .unwrap_or_default();
    }
    lines.push_str(rest);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_every_kind_become_those_that_are_wanted() {
        for (text, expected) in [
            ("", ""),
            ("a", "a"),
            ("a\nb\r\nc\rd", "a|b|c|d"),
            ("\r\r\n\n\n\r", "|||||"),
            ("字\r\n😀\n", "字|😀|"),
        ] {
            assert_eq!(line_ends(text, "|"), expected);
        }
    }

    #[test]
    fn text_goes_with_a_null_and_comes_without_any() {
        let mut content = ClipboardContent::text("é\n\r\n");
        assert_eq!(content.data(TEXT).as_deref(), Some("é\r\n\r\n\0".as_bytes()));
        for (data, text) in [
            (&b"a\r\nb\0"[..], "a\nb"),
            (b"no null", "no null"),
            (b"\0\0", ""),
            (b"", ""),
            (b"in\0side\0\0", "in\0side"),
            (
                b"gr\xFC\xDFe \xE2\x82 \xF0\x9F\x98\x80\0",
                "gr\u{FFFD}\u{FFFD}e \u{FFFD} 😀",
            ),
        ] {
            content.take(TEXT, data.to_vec());
            assert_eq!(content.text.as_deref(), Some(text));
        }
    }

    #[test]
    fn rtf_and_pictures_are_left_as_they_are() {
        for format in [RTF, DIB] {
            let mut content = ClipboardContent::default();
            content.take(format, b"{\\rtf1 \xFF\r\n}\0".to_vec());
            assert_eq!(content.formats(), format);
            assert_eq!(content.data(format).as_deref(), Some(&b"{\\rtf1 \xFF\r\n}\0"[..]));
        }
    }
}
