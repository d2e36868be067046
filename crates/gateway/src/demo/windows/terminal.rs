//! A terminal with a small shell of its own.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Content, Input, Slot, calendar};
use crate::demo::cursor::Cursor;
use crate::demo::desktop::{Effect, MAX_SIZE, MIN_SIZE, Moment};
use crate::demo::geometry::{Rect, Size};
use crate::demo::paint::{Canvas, Colour, theme};

const PROMPT: &str = "you@porthole:~$ ";
const BLINK: Duration = Duration::from_millis(530);
const LINE: i32 = 20;
const MARGIN: i32 = 12;
const MAX_LINES: usize = 500;
const MAX_INPUT: usize = 200;
const WHEEL_LINES: i32 = 3;

const RETURN: u32 = 0xff0d;
const KEYPAD_ENTER: u32 = 0xff8d;
const BACKSPACE: u32 = 0xff08;
const UP: u32 = 0xff52;
const CONTROL: [u32; 2] = [0xffe3, 0xffe4];

const GREETING: [&str; 4] = [
    "This desktop is drawn by the gateway itself.",
    "Everything you do in it has come through RFB.",
    "Type help for what you can do here.",
    "",
];

/// What the terminal shows and what is being typed.
#[derive(Debug)]
pub(super) struct Terminal {
    size: Size,
    lines: VecDeque<String>,
    input: String,
    previous: String,
    /// How many lines the view is above the end.
    scrolled: i32,
    control: bool,
    caret: bool,
    blinked: Duration,
    now: Moment,
}

impl Terminal {
    pub(super) fn new(now: Moment) -> Self {
        Self {
            size: Size::default(),
            lines: GREETING.map(str::to_owned).into(),
            input: String::new(),
            previous: String::new(),
            scrolled: 0,
            control: false,
            caret: true,
            blinked: now.uptime,
            now,
        }
    }

    fn print(&mut self, line: impl Into<String>) {
        self.lines.push_back(line.into());
        if self.lines.len() > MAX_LINES {
            self.lines.pop_front();
        }
    }

    /// How many lines the window has room for.
    fn rows(&self) -> i32 {
        ((self.size.height - 2 * MARGIN) / LINE).max(1)
    }

    /// The lines in view, the line being typed as the last of all.
    fn first_visible(&self) -> i32 {
        (self.lines.len() as i32 + 1 - self.rows() - self.scrolled).max(0)
    }

    /// Where the line being typed stands.
    fn input_row(&self) -> Rect {
        self.row(self.lines.len() as i32 - self.first_visible())
    }

    fn row(&self, index: i32) -> Rect {
        Rect::new(0, MARGIN + index * LINE, self.size.width, LINE)
    }

    fn key(&mut self, keysym: u32, effects: &mut Vec<Effect>) -> Option<Rect> {
        let whole = Rect::of_size(self.size);
        let scrolled_back = std::mem::take(&mut self.scrolled) != 0;
        self.caret = true;
        self.blinked = self.now.uptime;
        match keysym {
            RETURN | KEYPAD_ENTER => {
                self.enter(effects);
                return Some(whole);
            }
            BACKSPACE => {
                self.input.pop();
            }
            UP => self.input.clone_from(&self.previous),
            _ if self.control => self.control_key(keysym)?,
            _ => {
                let character = character(keysym)?;
                if self.input.len() < MAX_INPUT {
                    self.input.push(character);
                }
            }
        }
        Some(if scrolled_back { whole } else { self.input_row() })
    }

    fn control_key(&mut self, keysym: u32) -> Option<()> {
        match character(keysym)?.to_ascii_lowercase() {
            'u' | 'c' => self.input.clear(),
            _ => return None,
        }
        Some(())
    }

    fn enter(&mut self, effects: &mut Vec<Effect>) {
        let input = std::mem::take(&mut self.input);
        self.print(format!("{PROMPT}{input}"));
        self.run(input.trim(), effects);
        if !input.is_empty() {
            self.previous = input;
        }
    }

    fn run(&mut self, command: &str, effects: &mut Vec<Effect>) {
        let (name, argument) = command.split_once(' ').unwrap_or((command, ""));
        match name {
            "" => {}
            "help" => {
                for line in [
                    "  bell          rings the bell in your browser",
                    "  clear         empties this terminal",
                    "  copy TEXT     puts TEXT on your clipboard",
                    "  date          says what time it is here",
                    "  echo TEXT     says TEXT",
                    "  size W H      gives this desktop another size",
                    "  uptime        says how long you have been connected",
                ] {
                    self.print(line);
                }
            }
            "bell" => effects.push(Effect::Bell),
            "clear" => self.lines.clear(),
            "copy" => effects.push(Effect::Clipboard(argument.to_owned())),
            "date" => self.print(calendar::date_and_time(self.now.unix)),
            "echo" => self.print(argument),
            "uptime" => self.print(format!("{} s", self.now.uptime.as_secs())),
            "size" => match parse_size(argument) {
                Some(size) => effects.push(Effect::Resize(size)),
                None => self.print(format!(
                    "usage: size W H, from {} {} to {} {}",
                    MIN_SIZE.width, MIN_SIZE.height, MAX_SIZE.width, MAX_SIZE.height
                )),
            },
            unknown => self.print(format!("{unknown}: no such command; help lists them")),
        }
    }

    fn scroll(&mut self, lines: i32) -> Option<Rect> {
        let most = (self.lines.len() as i32 + 1 - self.rows()).max(0);
        let scrolled = (self.scrolled - lines).clamp(0, most);
        (std::mem::replace(&mut self.scrolled, scrolled) != scrolled).then(|| Rect::of_size(self.size))
    }
}

/// The character that a keysym stands for.
pub(super) fn character(keysym: u32) -> Option<char> {
    match keysym {
        0x20..=0x7e | 0xa0..=0xff => char::from_u32(keysym),
        0xffb0..=0xffb9 => char::from_u32(u32::from('0') + keysym - 0xffb0),
        0x0100_0100..=0x0110_ffff => char::from_u32(keysym - 0x0100_0000),
        _ => None,
    }
}

fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.trim().split_once([' ', 'x'])?;
    let size = Size::new(width.trim().parse().ok()?, height.trim().parse().ok()?);
    let fits = (MIN_SIZE.width..=MAX_SIZE.width).contains(&size.width)
        && (MIN_SIZE.height..=MAX_SIZE.height).contains(&size.height);
    fits.then_some(size)
}

impl Content for Terminal {
    fn slot(&self) -> Slot {
        Slot::Terminal
    }

    fn title(&self) -> &str {
        "Terminal"
    }

    fn surface(&self) -> Colour {
        theme::TERMINAL
    }

    fn cursor(&self) -> Cursor {
        Cursor::Beam
    }

    fn resize(&mut self, size: Size) {
        self.size = size;
        self.scrolled = 0;
    }

    fn handle(&mut self, input: &Input, effects: &mut Vec<Effect>) -> Option<Rect> {
        match input {
            Input::Key { keysym, down } if CONTROL.contains(keysym) => {
                self.control = *down;
                None
            }
            Input::Key { keysym, down: true } => self.key(*keysym, effects),
            Input::Wheel(direction) => self.scroll(direction.y * WHEEL_LINES),
            Input::Key { .. } | Input::Pointer { .. } | Input::Clipboard(_) => None,
        }
    }

    fn tick(&mut self, now: Moment) -> Option<Rect> {
        self.now = now;
        if now.uptime < self.blinked + BLINK {
            return None;
        }
        self.blinked = now.uptime;
        self.caret = !self.caret;
        Some(self.input_row())
    }

    fn next_tick(&self) -> Option<Duration> {
        Some(self.blinked + BLINK)
    }

    fn paint(&self, canvas: &mut Canvas<'_>, focused: bool) {
        let left = MARGIN as f32;
        let first = self.first_visible();
        let visible = self.lines.iter().skip(first as usize).take(self.rows() as usize);
        for (index, line) in (0..).zip(visible) {
            let row = self.row(index);
            if canvas.shows(row) {
                let text = Rect::new(MARGIN, row.y, row.width, row.height);
                match line.strip_prefix(PROMPT) {
                    Some(typed) => {
                        let pen = canvas.label(theme::MONO, text, theme::TERMINAL_PROMPT, PROMPT);
                        let rest = Rect::new(pen.round() as i32, row.y, row.width, row.height);
                        canvas.label(theme::MONO, rest, theme::TERMINAL_TEXT, typed);
                    }
                    None => {
                        canvas.label(theme::MONO, text, theme::TERMINAL_TEXT, line);
                    }
                }
            }
        }
        let row = self.input_row();
        if row.bottom() > self.size.height || !canvas.shows(row) {
            return;
        }
        let text = Rect::new(MARGIN, row.y, row.width, row.height);
        let pen = canvas.label(theme::MONO, text, theme::TERMINAL_PROMPT, PROMPT);
        // A line too long shows its end, where the typing happens.
        let cell = theme::MONO.advance('0').max(1.0);
        let room = ((self.size.width as f32 - left - pen) / cell - 1.0).max(0.0) as usize;
        let skipped = self.input.chars().count().saturating_sub(room);
        let shown: String = self.input.chars().skip(skipped).collect();
        let rest = Rect::new(pen.round() as i32, row.y, row.width, row.height);
        let end = canvas.label(theme::MONO, rest, theme::TERMINAL_TEXT, &shown);
        let caret = Rect::new(end.round() as i32 + 1, row.y + 2, cell as i32, LINE - 4);
        if !focused {
            canvas.outline(caret, 1, theme::TERMINAL_PROMPT);
        } else if self.caret {
            canvas.fill(caret, theme::TERMINAL_PROMPT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> (Terminal, Vec<Effect>) {
        let mut terminal = Terminal::new(Moment::default());
        terminal.resize(Size::new(600, 300));
        let mut effects = Vec::new();
        for keysym in text.chars().map(u32::from).chain([RETURN]) {
            terminal.handle(&Input::Key { keysym, down: true }, &mut effects);
            terminal.handle(&Input::Key { keysym, down: false }, &mut effects);
        }
        (terminal, effects)
    }

    #[test]
    fn a_line_is_echoed_and_answered() {
        let (terminal, effects) = typed("echo Hello, World!");
        let lines: Vec<&String> = terminal.lines.iter().rev().take(2).collect();
        assert_eq!(lines, ["Hello, World!", "you@porthole:~$ echo Hello, World!"]);
        assert!(effects.is_empty());
    }

    #[test]
    fn commands_reach_beyond_the_desktop() {
        assert_eq!(typed("bell").1, [Effect::Bell]);
        assert_eq!(typed("copy a b").1, [Effect::Clipboard("a b".to_owned())]);
        assert_eq!(typed("size 800 600").1, [Effect::Resize(Size::new(800, 600))]);
        assert!(typed("size 8 6").1.is_empty());
    }

    #[test]
    fn more_lines_than_fit_keep_the_typed_one_in_view() {
        let (mut terminal, _) = typed("help");
        for _ in 0..100 {
            terminal.print("line");
        }
        assert!(terminal.input_row().bottom() <= 300);
        terminal.scroll(-3);
        assert!(terminal.input_row().bottom() > 300);
    }
}
