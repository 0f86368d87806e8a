//! An event that is written field by field.

use std::fmt;
use std::time::Duration;

use sse_proto::{Event, InvalidField};

use crate::sender::{SendError, Sender, Sending};

/// An event in the making: several writes that become one event.
///
/// Dropped, it was never there. It is [`fmt::Write`], so `write!` adds to its data.
///
/// ```
/// use std::fmt::Write;
/// use sse_hub::channel;
///
/// let (sender, mut channel) = channel();
/// let mut draft = sender.draft();
/// draft.event_type("report")?;
/// draft.line("first line");
/// write!(draft, "the answer is {}", 42)?;
/// draft.send().wait()?;
/// assert_eq!(channel.wait_run().unwrap(), "event: report\ndata: first line\ndata: the answer is 42\n\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "it is sent when it says so"]
pub struct Draft<'s> {
    sender: &'s Sender,
    data: Option<String>,
    comment: Option<String>,
    /// All but data and comment.
    fields: Event<'static>,
}

impl<'s> Draft<'s> {
    pub(crate) fn new(sender: &'s Sender) -> Self {
        Self {
            sender,
            data: None,
            comment: None,
            fields: Event::default(),
        }
    }

    /// Sets its type.
    ///
    /// # Errors
    ///
    /// A type cannot contain CR, LF or NUL. The draft is as it was before.
    pub fn event_type(&mut self, event_type: &str) -> Result<&mut Self, InvalidField> {
        self.fields = self.fields.clone().event_type(event_type.to_owned())?;
        Ok(self)
    }

    /// Sets its id.
    ///
    /// # Errors
    ///
    /// An id cannot contain CR, LF or NUL. The draft is as it was before.
    pub fn id(&mut self, id: &str) -> Result<&mut Self, InvalidField> {
        self.fields = self.fields.clone().id(id.to_owned())?;
        Ok(self)
    }

    /// Sets the reconnection time that goes with it.
    pub fn retry(&mut self, time: Duration) -> &mut Self {
        self.fields = self.fields.clone().retry(time);
        self
    }

    /// Adds a line to its comment; text of several lines adds as many.
    pub fn comment(&mut self, text: &str) -> &mut Self {
        add_line(&mut self.comment, text);
        self
    }

    /// Adds a line to its data; text of several lines adds as many. What was written before it is a line of its own.
    pub fn line(&mut self, text: &str) -> &mut Self {
        add_line(&mut self.data, text);
        // What is written next stands on a line of its own.
        self.data.get_or_insert_default().push('\n');
        self
    }

    /// Takes everything back.
    pub fn reset(&mut self) -> &mut Self {
        *self = Self::new(self.sender);
        self
    }

    /// Sends it, whole; see [`Sender::send`].
    ///
    /// # Errors
    ///
    /// It cannot be sent.
    pub fn send(self) -> Sending<'s> {
        let sender = self.sender;
        sender.send_block(self.event().to_bytes())
    }

    /// As [`send`](Self::send), unless it would have to wait; see [`Sender::try_send`].
    ///
    /// # Errors
    ///
    /// It cannot be sent now.
    pub fn try_send(self) -> Result<(), SendError> {
        let sender = self.sender;
        sender.try_send(&self.event())
    }

    fn event(self) -> Event<'static> {
        let mut event = self.fields;
        if let Some(comment) = self.comment {
            event = event.comment(comment);
        }
        if let Some(mut data) = self.data {
            if data.ends_with('\n') {
                data.pop();
            }
            event = event.data(data);
        }
        event
    }
}

fn add_line(lines: &mut Option<String>, text: &str) {
    match lines {
        None => *lines = Some(text.to_owned()),
        Some(lines) => {
            if !lines.ends_with('\n') {
                lines.push('\n');
            }
            lines.push_str(text);
        }
    }
}

/// Adds to its data.
impl fmt::Write for Draft<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.data.get_or_insert_default().push_str(text);
        Ok(())
    }
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("fields", &self.fields)
            .field("data", &self.data)
            .field("comment", &self.comment)
            .finish()
    }
}
