//! What the peer answers: bytes, pauses, and a way to end.

/// One response, from its head to how it ends.
///
/// ```
/// use sse_testkit::script::Answer;
///
/// // A stream that gives one event, waits for the test's word, gives another, and is cut off.
/// let answer = Answer::stream().event("data: 1\n\n").pause().event("data: 2\n\n").truncate();
/// ```
///
/// An answer that says nothing about its end ends as HTTP wants it, and its connection is kept for a next request.
#[derive(Clone, Debug)]
pub struct Answer {
    head: Vec<u8>,
    headers: Vec<u8>,
    framing: Framing,
    late: bool,
    steps: Vec<Step>,
    ending: Ending,
}

/// How a body says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Chunked,
    Length,
    Close,
    /// The head, if there is one, is the test's own.
    Raw,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Send(Vec<u8>),
    /// The same bytes again and again, for as long as the client takes them.
    Endlessly(Vec<u8>),
    Pause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The next request may follow.
    Keep,
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Nothing more is sent, until the client goes or the server ends.
    Hold,
}

impl Answer {
    fn new(head: String, framing: Framing) -> Self {
        Self {
            head: head.into_bytes(),
            headers: Vec::new(),
            framing,
            late: false,
            steps: Vec::new(),
            ending: match framing {
                Framing::Chunked | Framing::Length => Ending::Keep,
                Framing::Close | Framing::Raw => Ending::Close,
            },
        }
    }

    /// An event stream with status 200, in chunks.
    #[must_use]
    pub fn stream() -> Self {
        Self::new("HTTP/1.1 200 OK\r\n".into(), Framing::Chunked)
            .header("Content-Type", "text/event-stream")
    }

    /// An event stream with status 200 that has no framing and ends with its connection.
    #[must_use]
    pub fn unframed_stream() -> Self {
        Self::new("HTTP/1.1 200 OK\r\n".into(), Framing::Close)
            .header("Content-Type", "text/event-stream")
            .header("Connection", "close")
    }

    /// A response with this status; its body has a `Content-Length`.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(format!("HTTP/1.1 {status} Scripted\r\n"), Framing::Length)
    }

    /// A redirect to this place, as it stands.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("Location", location)
    }

    /// No response at all, from the head on: nothing but the bytes that are added.
    #[must_use]
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(String::new(), Framing::Raw).bytes(bytes)
    }

    /// Never a word: the request is read, and the connection held.
    #[must_use]
    pub fn silence() -> Self {
        Self::raw("").hold()
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.extend_from_slice(name.as_bytes());
        self.headers.extend_from_slice(b": ");
        self.headers.extend_from_slice(value.as_ref());
        self.headers.extend_from_slice(b"\r\n");
        self
    }

    /// Adds a piece of the body: a chunk of its own in a chunked answer, and a write of its own in any.
    ///
    /// Only the first is written together with the head; a [`pause`](Self::pause) between the two keeps them apart.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return self;
        }
        self.steps.push(Step::Send(match self.framing {
            Framing::Chunked => chunk(&bytes),
            _ => bytes,
        }));
        self
    }

    /// Adds text to the body, as [`bytes`](Self::bytes) does.
    #[must_use]
    pub fn event(self, text: &str) -> Self {
        self.bytes(text)
    }

    /// Adds these bytes one by one, as [`bytes`](Self::bytes) does.
    #[must_use]
    pub fn drip(self, bytes: impl AsRef<[u8]>) -> Self {
        bytes
            .as_ref()
            .iter()
            .fold(self, |answer, &byte| answer.bytes([byte]))
    }

    /// Repeats these bytes for as long as the client takes them.
    #[must_use]
    pub fn endlessly(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        self.steps.push(Step::Endlessly(match self.framing {
            Framing::Chunked => chunk(&bytes),
            _ => bytes,
        }));
        self
    }

    /// Waits at this place of the body until the test says [`go`](super::Server::go).
    ///
    /// To hold the head back, see [`late`](Self::late).
    #[must_use]
    pub fn pause(mut self) -> Self {
        self.steps.push(Step::Pause);
        self
    }

    /// Waits before the head until the test says [`go`](super::Server::go).
    #[must_use]
    pub fn late(mut self) -> Self {
        self.late = true;
        self
    }

    /// Sends nothing more and keeps the connection open, until the client goes or the server ends.
    #[must_use]
    pub fn hold(mut self) -> Self {
        self.ending = Ending::Hold;
        self
    }

    /// Closes the connection (FIN) where the body stands: a chunked one lacks its end.
    #[must_use]
    pub fn truncate(mut self) -> Self {
        self.ending = Ending::Close;
        self
    }

    /// Resets the connection (RST) where the body stands.
    #[must_use]
    pub fn reset(mut self) -> Self {
        self.ending = Ending::Reset;
        self
    }

    /// Everything that is to be sent, head and end included.
    pub(super) fn into_steps(self) -> (Vec<Step>, Ending) {
        let mut steps = Vec::new();
        if self.late {
            steps.push(Step::Pause);
        }
        // The head and the first piece go together: a client never has a head alone by chance.
        let mut head = self.head();
        let mut rest = self.steps.into_iter().peekable();
        if let Some(Step::Send(first)) = rest.next_if(|step| matches!(step, Step::Send(_))) {
            head.extend(first);
        }
        steps.push(Step::Send(head));
        steps.extend(rest);
        if self.framing == Framing::Chunked && self.ending == Ending::Keep {
            steps.push(Step::Send(b"0\r\n\r\n".to_vec()));
        }
        (steps, self.ending)
    }

    fn head(&self) -> Vec<u8> {
        let framing = match self.framing {
            Framing::Raw => return Vec::new(),
            Framing::Close => String::new(),
            Framing::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
            // A response that cannot have a body must not say how long it is.
            Framing::Length if self.head.starts_with(b"HTTP/1.1 204") => String::new(),
            Framing::Length => {
                let length: usize = self.steps.iter().map(Step::length).sum();
                format!("Content-Length: {length}\r\n")
            }
        };
        [&self.head, &self.headers, framing.as_bytes(), b"\r\n"].concat()
    }
}

impl Step {
    fn length(&self) -> usize {
        match self {
            Self::Send(bytes) => bytes.len(),
            Self::Endlessly(_) | Self::Pause => 0,
        }
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}
