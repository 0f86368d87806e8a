//! What you send: an `Event`, valid by construction, and so encoded without an error.

use alloc::borrow::Cow;
use alloc::string::ToString;
use core::fmt::Display;
use core::time::Duration;

use crate::error::{self, InvalidField};
use crate::message_event::{MESSAGE, MessageEvent};

/// An event to send.
///
/// It borrows what it is given as `&str` and owns what it is given as `String`.
///
/// ```
/// use sse_proto::Event;
///
/// let event = Event::new("two\nlines").event_type("news")?.id("7")?;
/// assert_eq!(event.to_bytes(), "event: news\nid: 7\ndata: two\ndata: lines\n\n");
/// # Ok::<(), sse_proto::InvalidField>(())
/// ```
///
/// What a receiver gets: the data with every line end (CR, LF, CR LF) as LF, and an event of type "message" where
/// no type is set. An event without data ([`Event::default`]) is not dispatched at all, but its id, reconnection
/// time and comment have their effect.
///
/// Nothing in the data or in a comment can end a line and forge a field; ids and types with a line end in them are
/// refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    pub(crate) data: Option<Cow<'a, str>>,
    pub(crate) event_type: Option<Cow<'a, str>>,
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) retry: Option<Duration>,
    pub(crate) comment: Option<Cow<'a, str>>,
}

impl<'a> Event<'a> {
    /// An event with this data; each of its lines becomes a `data` line.
    #[must_use]
    pub fn new(data: impl Into<Cow<'a, str>>) -> Self {
        Self {
            data: Some(data.into()),
            ..Self::default()
        }
    }

    /// Adds a line to the data, behind those that are there; where there are none it is the data.
    ///
    /// ```
    /// # use sse_proto::Event;
    /// let quote = Event::new("YHOO").data_line("+2").data_line("10");
    /// assert_eq!(quote.to_bytes(), "data: YHOO\ndata: +2\ndata: 10\n\n");
    /// ```
    #[must_use]
    pub fn data_line(mut self, line: impl Into<Cow<'a, str>>) -> Self {
        let line = line.into();
        self.data = Some(match self.data {
            None => line,
            Some(mut data) => {
                let lines = data.to_mut();
                // A CR at their end would make one line end with the LF behind it.
                if lines.ends_with('\r') {
                    *lines = lines.replace("\r\n", "\n").replace('\r', "\n");
                }
                lines.push('\n');
                lines.push_str(&line);
                data
            }
        });
        self
    }

    /// An event whose data is anything that can be displayed.
    ///
    /// Integers and floats come out exact and in full: `0.1` is `0.1`, and `parse` on the other side gives the
    /// same number.
    ///
    /// ```
    /// # use sse_proto::Event;
    /// assert_eq!(Event::display(0.1).to_bytes(), "data: 0.1\n\n");
    /// ```
    #[must_use]
    pub fn display(value: impl Display) -> Event<'static> {
        Event::new(value.to_string())
    }

    /// Sets the data; each of its lines becomes a `data` line.
    #[must_use]
    pub fn data(mut self, data: impl Into<Cow<'a, str>>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// Sets the event's type; an empty one is the same as none, which receivers see as "message".
    ///
    /// # Errors
    ///
    /// A type cannot contain CR, LF or NUL.
    pub fn event_type(mut self, event_type: impl Into<Cow<'a, str>>) -> Result<Self, InvalidField> {
        let event_type = event_type.into();
        error::check_event_type(&event_type)?;
        self.event_type = Some(event_type);
        Ok(self)
    }

    /// Sets the id, which receivers send back as `Last-Event-ID` when they reconnect; an empty one makes them
    /// send none.
    ///
    /// # Errors
    ///
    /// An id cannot contain CR, LF or NUL.
    pub fn id(mut self, id: impl Into<Cow<'a, str>>) -> Result<Self, InvalidField> {
        let id = id.into();
        error::check_id(&id)?;
        self.id = Some(id);
        Ok(self)
    }

    /// Sets how long receivers wait before they reconnect, in milliseconds; what is less counts as one more.
    #[must_use]
    pub fn retry(mut self, time: Duration) -> Self {
        self.retry = Some(time);
        self
    }

    /// Sets a comment, which receivers ignore; each of its lines becomes a comment line.
    ///
    /// A comment alone, `Event::default().comment("")`, is the usual heartbeat.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<Cow<'a, str>>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Makes it own all it has, so that it can be kept.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        let owned = |text: Option<Cow<'a, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Event {
            data: owned(self.data),
            event_type: owned(self.event_type),
            id: owned(self.id),
            retry: self.retry,
            comment: owned(self.comment),
        }
    }
}

/// What was received, to be sent on: with its type unless that is "message", and with the last event ID as its id
/// unless that is empty.
impl<'a> From<&'a MessageEvent> for Event<'a> {
    fn from(event: &'a MessageEvent) -> Self {
        let some = |text: &'a str, usual| (text != usual).then_some(Cow::Borrowed(text));
        // Neither can have a line end in it, nor an id NUL; a type may, and a receiver takes it.
        Self {
            event_type: some(event.event_type(), MESSAGE),
            id: some(event.last_event_id(), ""),
            ..Self::new(event.data())
        }
    }
}
