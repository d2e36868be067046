//! Requests by HTTP whose answers are looked at as they are.

use std::time::Duration;

use porthole_doctor::{Answer, Head};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::reach::{self, Stream};
use super::url::Url;

/// The longest head of an answer, and the most headers in it.
const MOST_HEAD: usize = 16 << 10;
const MOST_HEADERS: usize = 64;

/// How much of a body is looked at, and how long it is waited for.
const MOST_BODY: usize = 2 << 10;
const BODY_WITHIN: Duration = Duration::from_millis(500);

/// Sends a request, and reads what is answered. What came behind the head of an answer that opens a WebSocket is returned
/// with it.
pub(super) async fn ask(stream: &mut Stream, request: &str, within: Duration) -> (Answer, Vec<u8>) {
    let end = Instant::now() + within;
    // One who does not even read it may have said something all the same.
    let _ = timeout_at(end, async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await
    })
    .await;
    let mut bytes = Vec::new();
    loop {
        let read = timeout_at(end, stream.read_buf(&mut bytes)).await;
        if let Some((mut head, length)) = head(&bytes) {
            let rest = bytes.split_off(length);
            if head.status == 101 {
                return (Answer::Http(head), rest);
            }
            let body = body(stream, &head, rest).await;
            head.body = String::from_utf8_lossy(&body).into_owned();
            return (Answer::Http(head), Vec::new());
        }
        let may_be_http =
            bytes.len() < MOST_HEAD && bytes.iter().zip(b"HTTP/").all(|(one, other)| one == other);
        let answer = match read {
            Ok(Ok(1..)) if may_be_http => continue,
            Ok(Ok(0) | Err(_)) if bytes.is_empty() => Answer::Ended,
            Err(_) if bytes.is_empty() => Answer::Silent,
            _ => Answer::Bytes(bytes),
        };
        return (answer, Vec::new());
    }
}

/// A head, once all of it is there, and its length.
fn head(bytes: &[u8]) -> Option<(Head, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes).ok()? else {
        return None;
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = response
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), text(header.value)))
        .collect();
    let head = Head {
        status: response.code?,
        words: response.reason.unwrap_or_default().to_owned(),
        headers,
        body: String::new(),
    };
    Some((head, length))
}

/// The beginning of a body, of which some has come already.
async fn body(stream: &mut Stream, head: &Head, mut body: Vec<u8>) -> Vec<u8> {
    let end = Instant::now() + BODY_WITHIN;
    let length = head
        .header("content-length")
        .and_then(|length| length.parse().ok());
    let wanted = length.unwrap_or(MOST_BODY).min(MOST_BODY);
    while body.len() < wanted {
        match timeout_at(end, stream.read_buf(&mut body)).await {
            Ok(Ok(1..)) => {}
            _ => break,
        }
    }
    body.truncate(wanted);
    body
}

/// What came of an upgrade.
pub(super) struct Upgraded {
    pub(super) answer: Answer,
    /// That the wrong key was agreed to.
    pub(super) accept_is_wrong: bool,
    /// The way, if it is open, and what came with the answer.
    pub(super) way: Option<(Stream, Vec<u8>)>,
}

/// Asks for a WebSocket, on a connection of its own.
pub(super) async fn upgrade(url: &Url, with_subprotocol: bool, within: Duration) -> Upgraded {
    let nothing = |answer| Upgraded {
        answer,
        accept_is_wrong: false,
        way: None,
    };
    // It was reached a moment ago. Somebody who takes one connection only hangs up on this one.
    let (_, Some(stream)) = reach::tcp(&url.authority(), within).await else {
        return nothing(Answer::Ended);
    };
    let mut stream: Stream = if url.is_tls {
        match reach::tls(stream, url, within).await {
            (_, Some(stream)) => stream,
            _ => return nothing(Answer::Ended),
        }
    } else {
        Box::new(stream)
    };
    let key = generate_key();
    let request = url.upgrade_request(&key, with_subprotocol);
    let (answer, rest) = ask(&mut stream, &request, within).await;
    let expected = derive_accept_key(key.as_bytes());
    let accept = answer.head().and_then(|head| head.header("sec-websocket-accept"));
    let accept_is_wrong = answer.opens() && accept != Some(&expected);
    Upgraded {
        way: (answer.opens() && !accept_is_wrong).then_some((stream, rest)),
        answer,
        accept_is_wrong,
    }
}
