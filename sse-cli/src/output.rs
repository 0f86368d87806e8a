//! What the commands print: items of a stream as JSON lines or as text for people.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use serde::Serialize;
use sse_kit::{EventRef, ItemRef};

use crate::error::Error;

const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Writes one line about the running command to standard error.
pub(crate) fn log(line: impl Display) {
    // Standard error may be closed; that must not end what the command is there for.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes one line about something that went wrong to standard error.
///
/// The message may quote a server, which could steer the reader's terminal, or write a line of its own.
pub(crate) fn complain(message: impl Display) {
    let mut line = b"sse: ".to_vec();
    // A buffer in memory takes all that is written.
    let _ = write_harmless(&mut line, &message.to_string(), char::is_control);
    log(String::from_utf8_lossy(&line));
}

/// Waits until nobody reads standard output any more, where the system tells; it may be long before the next write
/// would.
#[cfg(target_os = "linux")]
pub(crate) async fn output_closed() {
    use std::os::fd::AsFd;
    use tokio::io::Interest;
    use tokio::net::unix::pipe;

    let watch = || {
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        // Unchecked, since the check would set it to non-blocking: nothing is written through it.
        pipe::Sender::from_owned_fd_unchecked(output)
    };
    // What cannot be watched, such as a file, does not close.
    if let Ok(output) = watch()
        && output.ready(Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// Waits for ever: here the next write tells.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn output_closed() {
    std::future::pending().await
}

/// Standard output, as a printer of a stream's items.
pub(crate) struct Printer {
    out: BufWriter<StdoutLock<'static>>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One JSON object a line.
    Json,
    /// Text as it was received.
    Text,
    /// Text for a terminal: dim headings, and nothing that could steer the terminal.
    Terminal { dim: bool },
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    Event {
        r#type: &'a str,
        data: &'a str,
        id: &'a str,
    },
    Retry {
        ms: u64,
    },
    Comment {
        text: &'a str,
    },
    Error {
        message: &'a str,
    },
}

impl Printer {
    /// A printer to standard output.
    pub(crate) fn new(json: bool) -> Self {
        let stdout = io::stdout();
        let form = if json {
            Form::Json
        } else if stdout.is_terminal() {
            let dim = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            Form::Terminal { dim }
        } else {
            Form::Text
        };
        Self {
            out: BufWriter::new(stdout.lock()),
            form,
        }
    }

    /// Prints one item; it is seen after the next `flush`.
    pub(crate) fn print(&mut self, item: &ItemRef<'_>) -> Result<(), Error> {
        if let ItemRef::TooLarge(error) = item {
            // What was printed before comes first, also where both streams are one terminal.
            self.flush()?;
            complain(error);
        }
        match self.form {
            Form::Json => self.print_json(item),
            Form::Text | Form::Terminal { .. } => self.print_text(item),
        }
        .map_err(Error::output)
    }

    /// Hands what was printed to whoever reads it.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.out.flush().map_err(Error::output)
    }

    fn print_json(&mut self, item: &ItemRef<'_>) -> io::Result<()> {
        let message;
        let line = match item {
            ItemRef::Event(event) => Line::Event {
                r#type: event.event_type,
                data: event.data,
                id: event.last_event_id,
            },
            ItemRef::Retry(time) => Line::Retry {
                ms: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            },
            ItemRef::Comment(text) => Line::Comment { text },
            ItemRef::TooLarge(error) => {
                message = error.to_string();
                Line::Error { message: &message }
            }
            // Kinds of items that are not known yet have no line yet.
            _ => return Ok(()),
        };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }

    fn print_text(&mut self, item: &ItemRef<'_>) -> io::Result<()> {
        match item {
            ItemRef::Event(event) => {
                let heading = heading(event);
                if !heading.is_empty() {
                    self.dim_line(&heading)?;
                }
                self.text(event.data)?;
                self.out.write_all(b"\n")
            }
            ItemRef::Retry(time) => self.dim_line(&format!("retry: {}", time.as_millis())),
            ItemRef::Comment(text) => self.dim_line(&format!(": {text}")),
            // Standard error has what was too large.
            _ => Ok(()),
        }
    }

    fn dim_line(&mut self, line: &str) -> io::Result<()> {
        let (start, end) = match self.form {
            Form::Terminal { dim: true } => (DIM, PLAIN),
            _ => ("", ""),
        };
        self.out.write_all(start.as_bytes())?;
        self.text(line)?;
        self.out.write_all(end.as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        match self.form {
            Form::Terminal { .. } => write_harmless(&mut self.out, text, steers_a_terminal),
            _ => self.out.write_all(text.as_bytes()),
        }
    }
}

/// `[type] #id`, each only where it says something.
fn heading(event: &EventRef<'_>) -> String {
    let mut heading = String::new();
    if event.event_type != "message" {
        heading = format!("[{}]", event.event_type);
    }
    if !event.last_event_id.is_empty() {
        if !heading.is_empty() {
            heading.push(' ');
        }
        heading.push('#');
        heading.push_str(event.last_event_id);
    }
    heading
}

/// Writes text with its harmful letters spelled out, since the sender is not trusted with the
/// reader's terminal.
fn write_harmless(
    out: &mut impl Write,
    text: &str,
    is_harmful: impl Fn(char) -> bool,
) -> io::Result<()> {
    let mut rest = text;
    while let Some(at) = rest.find(&is_harmful) {
        let (harmless, tail) = rest.split_at(at);
        out.write_all(harmless.as_bytes())?;
        let mut letters = tail.chars();
        if let Some(control) = letters.next() {
            write!(out, "{}", control.escape_unicode())?;
        }
        rest = letters.as_str();
    }
    out.write_all(rest.as_bytes())
}

fn steers_a_terminal(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harmless(text: &str) -> String {
        let mut out = Vec::new();
        write_harmless(&mut out, text, steers_a_terminal).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_is_never_steered_by_the_sender() {
        assert_eq!(harmless("\u{1b}[2Jhi\u{9b}"), r"\u{1b}[2Jhi\u{9b}");
        assert_eq!(harmless("\u{7}"), r"\u{7}");
    }

    #[test]
    fn ordinary_text_reaches_the_terminal_unchanged() {
        assert_eq!(harmless("ein\tTag\nübrig 🦀"), "ein\tTag\nübrig 🦀");
        assert_eq!(harmless(""), "");
    }

    #[test]
    fn a_heading_says_only_what_is_not_the_default() {
        let heading = |event_type, last_event_id| {
            heading(&EventRef {
                event_type,
                data: "",
                last_event_id,
            })
        };
        assert_eq!(heading("message", ""), "");
        assert_eq!(heading("message", "7"), "#7");
        assert_eq!(heading("tick", ""), "[tick]");
        assert_eq!(heading("tick", "7"), "[tick] #7");
    }
}
