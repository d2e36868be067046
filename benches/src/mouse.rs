//! A mouse that waits for nobody.

use std::net::TcpStream;

use anyhow::{Context, Result};
use porthole_tests::browser::Browser;
use serde_json::json;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Moves a page's mouse by Chromium's own protocol. A driver would come back when the page has been told, and hold up
/// every move behind one that the page is slow with; what it takes itself is longer than what is measured.
pub(crate) struct Mouse {
    debugger: WebSocket<MaybeTlsStream<TcpStream>>,
    moves: u64,
}

impl Mouse {
    /// Of the page that is open.
    pub(crate) fn of(browser: &Browser) -> Result<Self> {
        let url = browser.debugger().context("the browser has no debugger")?;
        let (debugger, _) = tungstenite::connect(&url).context("the debugger does not answer")?;
        Ok(Self { debugger, moves: 0 })
    }

    /// To this place of the window's. The answer is left unread.
    pub(crate) fn move_to(&mut self, (x, y): (u16, u16)) -> Result<()> {
        self.moves += 1;
        let question = json!({
            "id": self.moves,
            "method": "Input.dispatchMouseEvent",
            "params": { "type": "mouseMoved", "x": x, "y": y },
        });
        Ok(self.debugger.send(Message::text(question.to_string()))?)
    }
}
