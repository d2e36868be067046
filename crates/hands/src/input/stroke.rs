//! One key event of the browser, and what it tells besides the key.

/// One key event of the browser.
#[derive(Debug, Clone, Copy)]
pub struct KeyStroke<'a> {
    /// `KeyboardEvent.code`: which key, whatever it is labelled. Virtual keyboards leave it empty.
    pub code: &'a str,
    /// `KeyboardEvent.key`: what it means.
    pub key: &'a str,
    /// `KeyboardEvent.keyCode`: the same as browsers said it before they had names for it.
    pub key_code: u32,
    /// `KeyboardEvent.location`.
    pub location: u32,
    /// `KeyboardEvent.timeStamp`, in milliseconds.
    pub time: f64,
    /// `KeyboardEvent.isComposing`: an input method is making characters of it.
    pub is_composing: bool,
    /// The modifiers that the browser says are held.
    pub modifiers: Modifiers,
    /// The lock keys that the browser says are on.
    pub locks: Locks,
}

/// Which of the lock keys are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locks {
    /// Caps Lock.
    pub caps: bool,
    /// Num Lock.
    pub num: bool,
    /// Scroll Lock.
    pub scroll: bool,
}

/// The modifiers that a browser reports with each key event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// `shiftKey`
    pub shift: bool,
    /// `ctrlKey`
    pub control: bool,
    /// `altKey`
    pub alt: bool,
    /// `metaKey`
    pub meta: bool,
}

/// The systems whose browsers report keys in ways of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// macOS, iOS and iPadOS.
    Apple,
    /// Windows.
    Windows,
    /// Every other.
    Other,
}

impl Platform {
    /// From `navigator.platform`.
    #[must_use]
    pub fn from_navigator(platform: &str) -> Self {
        if ["Mac", "iPhone", "iPad", "iPod"]
            .iter()
            .any(|apple| platform.starts_with(apple))
        {
            Self::Apple
        } else if platform.starts_with("Win") {
            Self::Windows
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_is_told_by_the_navigator() {
        assert_eq!(Platform::from_navigator("MacIntel"), Platform::Apple);
        assert_eq!(Platform::from_navigator("iPad"), Platform::Apple);
        assert_eq!(Platform::from_navigator("Win32"), Platform::Windows);
        assert_eq!(Platform::from_navigator("Linux x86_64"), Platform::Other);
    }
}
