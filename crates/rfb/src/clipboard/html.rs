//! Fragments of HTML as Windows has them on its clipboard ("HTML Clipboard Format"): a header of lines in ASCII says
//! at which bytes the document and the fragment in it begin and end.

const PREFIX: &str = "<html><body>\r\n<!--StartFragment-->";
const SUFFIX: &str = "<!--EndFragment-->\r\n</body></html>";

/// A fragment with its header and a document around it.
pub(super) fn wrap(fragment: &str) -> Vec<u8> {
    // The numbers have ten digits each, so that the header's length does not depend on them.
    let header = |document: usize| {
        let start = document + PREFIX.len();
        let end = start + fragment.len();
        let document_end = end + SUFFIX.len();
        format!(
            "Version:0.9\r\nStartHTML:{document:010}\r\nEndHTML:{document_end:010}\r\n\
             StartFragment:{start:010}\r\nEndFragment:{end:010}\r\n"
        )
    };
    let length = header(0).len();
    [header(length).as_str(), PREFIX, fragment, SUFFIX]
        .concat()
        .into_bytes()
}

/// The fragment in what came. Where it cannot be told, all of it but the header.
pub(super) fn unwrap(data: &[u8]) -> &[u8] {
    if !data.starts_with(b"Version:") {
        return data;
    }
    let document = data.iter().position(|byte| *byte == b'<').unwrap_or(data.len());
    let (header, rest) = data.split_at(document);
    let number = |name: &[u8]| {
        let at = header.windows(name.len()).position(|window| window == name)?;
        let digits = header.get(at + name.len()..)?;
        let digits = digits.split(|byte| !byte.is_ascii_digit()).next()?;
        std::str::from_utf8(digits).ok()?.parse::<usize>().ok()
    };
    let fragment = || data.get(number(b"StartFragment:")?..number(b"EndFragment:")?);
    fragment().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_fragment_is_where_its_header_says() {
        let wrapped = wrap("<b>字</b>");
        let text = std::str::from_utf8(&wrapped).unwrap_or_default();
        assert!(
            text.starts_with("Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:"),
            "{text}"
        );
        assert_eq!(text.find("<html>"), Some(105));
        assert!(
            text.contains(&format!("\r\nEndHTML:{:010}\r\n", wrapped.len())),
            "{text}"
        );
        assert_eq!(unwrap(&wrapped), "<b>字</b>".as_bytes());
        assert_eq!(unwrap(&wrap("")), b"");
    }

    #[test]
    fn what_has_no_header_is_html_as_it_is() {
        assert_eq!(unwrap(b"<i>x</i>"), b"<i>x</i>");
        assert_eq!(unwrap(b""), b"");
    }

    #[test]
    fn a_header_that_cannot_be_is_left_out() {
        for header in [
            "Version:1.0\r\n",
            "Version:1.0\r\nStartFragment:\r\nEndFragment:3\r\n",
            "Version:1.0\r\nStartFragment:9\r\nEndFragment:3\r\n",
            "Version:1.0\r\nStartFragment:-1\r\nEndFragment:-1\r\n",
            "Version:1.0\r\nStartFragment:1\r\nEndFragment:9999\r\n",
            "Version:1.0\r\nStartFragment:1\r\nEndFragment:99999999999999999999999\r\n",
        ] {
            assert_eq!(unwrap(format!("{header}<p>x").as_bytes()), b"<p>x", "{header}");
        }
        assert_eq!(unwrap(b"Version:1.0"), b"");
    }
}
