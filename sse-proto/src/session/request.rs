//! What a subscriber asks for, and what it may not.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use super::refusal::Refusal;
use crate::head::RequestHead;
use crate::headers::{Headers, is_sendable};
use crate::media_type::accepts_event_stream;

/// What a subscriber asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeRequest {
    /// The names of the topics, in the order of the request, each once; empty if it names none.
    pub topics: Vec<String>,
    /// The last event ID: where to resume. `None` if there is none.
    pub last_event_id: Option<String>,
    /// The origin of the page that asks, as a browser says it; `None` if it does not, or says nonsense.
    pub origin: Option<String>,
    /// Whether only the head of the response is wanted, since the request is a `HEAD`: it makes no subscriber.
    pub head_only: bool,
}

/// How a request for a stream is read, and its limits.
///
/// ```
/// use sse_proto::RequestHead;
/// use sse_proto::session::RequestRules;
///
/// let rules = RequestRules::new().topic_parameter("topic").max_topics(2);
/// let read = |target| rules.read(&RequestHead::new::<&str, &str>("GET", target, []));
///
/// let request = read("/events?topic=caf%C3%A9&topic=a+b&lastEventId=7")?;
/// assert_eq!(request.topics, ["café", "a b"]);
/// assert_eq!(request.last_event_id.as_deref(), Some("7"));
///
/// let error = read("/events?topic=1&topic=2&topic=3").unwrap_err();
/// assert_eq!((error.status(), error.to_string().as_str()), (400, "more than 2 topics are asked for"));
/// # Ok::<(), sse_proto::session::InvalidRequest>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRules {
    topic_parameter: String,
    max_topics: usize,
    max_topic_bytes: usize,
    max_last_event_id_bytes: usize,
    allow_post: bool,
}

impl Default for RequestRules {
    fn default() -> Self {
        Self {
            topic_parameter: "stream".into(),
            max_topics: 16,
            max_topic_bytes: 256,
            max_last_event_id_bytes: 4 << 10,
            allow_post: false,
        }
    }
}

impl RequestRules {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which parameter of the query names a topic, as it is without percent-encoding: `stream` by default.
    #[must_use]
    pub fn topic_parameter(mut self, name: impl Into<String>) -> Self {
        self.topic_parameter = name.into();
        self
    }

    /// Sets how many topics one request may name: 16 by default.
    #[must_use]
    pub fn max_topics(mut self, topics: usize) -> Self {
        self.max_topics = topics;
        self
    }

    /// Sets how long the name of a topic may be, decoded: 256 bytes by default.
    #[must_use]
    pub fn max_topic_bytes(mut self, bytes: usize) -> Self {
        self.max_topic_bytes = bytes;
        self
    }

    /// Sets how long a last event ID may be: 4 KiB by default.
    #[must_use]
    pub fn max_last_event_id_bytes(mut self, bytes: usize) -> Self {
        self.max_last_event_id_bytes = bytes;
        self
    }

    /// Says whether a `POST` subscribes too, for clients that send a body with their request: by default it does not.
    #[must_use]
    pub fn allow_post(mut self, allow: bool) -> Self {
        self.allow_post = allow;
        self
    }

    /// Reads the head of a request.
    ///
    /// The last event ID is that of the header, or, for clients that cannot set one, of the parameter `lastEventId` or
    /// `last-event-id`; an empty one is none.
    ///
    /// # Errors
    ///
    /// If the request is none for a stream, or is over a limit; see [`InvalidRequest`].
    pub fn read(&self, head: &RequestHead) -> Result<SubscribeRequest, InvalidRequest> {
        let head_only = head.method == "HEAD";
        if !(head_only || head.method == "GET" || (self.allow_post && head.method == "POST")) {
            let allowed = self.allowed_methods();
            return Err(InvalidRequest::Method { allowed });
        }
        if !accepts_event_stream(head.headers.all("accept")) {
            return Err(InvalidRequest::NotAcceptable);
        }
        let query = head.query().unwrap_or_default();
        Ok(SubscribeRequest {
            topics: self.topics(query)?,
            last_event_id: self.last_event_id(&head.headers, query)?,
            origin: origin(&head.headers),
            head_only,
        })
    }

    pub(super) fn allowed_methods(&self) -> &'static str {
        if self.allow_post {
            "GET, HEAD, POST"
        } else {
            "GET, HEAD"
        }
    }

    fn topics(&self, query: &str) -> Result<Vec<String>, InvalidRequest> {
        let mut topics: Vec<String> = Vec::new();
        for (name, topic) in form_urlencoded::parse(query.as_bytes()) {
            if name != self.topic_parameter {
                continue;
            }
            let limit = self.max_topic_bytes;
            if topic.len() > limit {
                return Err(InvalidRequest::TopicTooLong { limit });
            }
            if !is_topic(&topic) {
                return Err(InvalidRequest::Topic);
            }
            if topics.iter().any(|known| *known == topic) {
                continue;
            }
            let limit = self.max_topics;
            if topics.len() == limit {
                return Err(InvalidRequest::TooManyTopics { limit });
            }
            topics.push(topic.into_owned());
        }
        Ok(topics)
    }

    fn last_event_id(
        &self,
        headers: &Headers,
        query: &str,
    ) -> Result<Option<String>, InvalidRequest> {
        let limit = self.max_last_event_id_bytes;
        let check = |id: &[u8]| match id {
            _ if id.len() > limit => Err(InvalidRequest::LastEventIdTooLong { limit }),
            _ if !id.iter().copied().all(is_sendable) => Err(InvalidRequest::LastEventId),
            _ => Ok(()),
        };
        let header = headers.get("last-event-id").unwrap_or_default();
        if !header.is_empty() {
            check(header)?;
            return Ok(Some(String::from_utf8_lossy(header).into_owned()));
        }
        let parameter = form_urlencoded::parse(query.as_bytes()).find(|(name, id)| {
            matches!(&**name, "lastEventId" | "last-event-id") && !id.is_empty()
        });
        match parameter {
            None => Ok(None),
            Some((_, id)) => {
                check(id.as_bytes())?;
                Ok(Some(id.into_owned()))
            }
        }
    }
}

/// Whether it can be the name of a topic, which may come to stand in a log. What is no UTF-8 has become U+FFFD, and
/// would be one name for many.
fn is_topic(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}

/// The origin, if it can be one: it may have to be sent back.
pub(super) fn origin(headers: &Headers) -> Option<String> {
    let origin = headers.get("origin")?;
    let is_visible = !origin.is_empty() && origin.iter().all(u8::is_ascii_graphic);
    is_visible
        .then(|| core::str::from_utf8(origin).ok())
        .flatten()
        .map(ToString::to_string)
}

/// Why a request is none for a stream.
///
/// [`refusal`](Self::refusal) is the answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// 405: another method than these.
    Method {
        /// As they stand in `Allow`.
        allowed: &'static str,
    },
    /// 406: the client takes other types only.
    NotAcceptable,
    /// 400: too many topics.
    TooManyTopics {
        /// How many there may be.
        limit: usize,
    },
    /// 400: the name of a topic is too long.
    TopicTooLong {
        /// How many bytes it may have.
        limit: usize,
    },
    /// 400: the name of a topic is empty, is no UTF-8, or has a control character in it.
    Topic,
    /// 431: the last event ID is too long.
    LastEventIdTooLong {
        /// How many bytes it may have.
        limit: usize,
    },
    /// 400: the last event ID has a control character in it.
    LastEventId,
}

impl InvalidRequest {
    /// The status that says so.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Method { .. } => 405,
            Self::NotAcceptable => 406,
            Self::LastEventIdTooLong { .. } => 431,
            Self::TooManyTopics { .. }
            | Self::TopicTooLong { .. }
            | Self::Topic
            | Self::LastEventId => 400,
        }
    }

    /// The response that says so, with this error as its text.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let text = alloc::format!("{self}\n");
        match self {
            Self::Method { allowed } => Refusal::method_not_allowed(allowed, text),
            _ => Refusal::of(self.status(), text),
        }
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method { allowed } => write!(f, "a stream is asked for by {allowed}"),
            Self::NotAcceptable => {
                f.write_str("this is a text/event-stream, which is not accepted")
            }
            Self::TooManyTopics { limit } => write!(f, "more than {limit} topics are asked for"),
            Self::TopicTooLong { limit } => {
                write!(f, "the name of a topic has more than {limit} bytes")
            }
            Self::Topic => f.write_str("that cannot be the name of a topic"),
            Self::LastEventIdTooLong { limit } => {
                write!(f, "the last event ID has more than {limit} bytes")
            }
            Self::LastEventId => f.write_str("the last event ID has a control character in it"),
        }
    }
}

impl Error for InvalidRequest {}
