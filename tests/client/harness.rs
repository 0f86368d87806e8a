//! What a transport must provide to be told the stories, and what the stories use to ask it.

use std::time::{Duration, Instant};

use sse_kit::MessageEvent;
use sse_kit::source::{
    Backoff, Cause, Config, Prepared, ReadyState, Refusal, ResponseHead, SourceError, SourceItem,
    Verdict,
};
pub(crate) use sse_testkit::script::{Answer, PATIENCE, Script, Server};

/// The time between attempts where a story does not set another.
pub(crate) const SHORTLY: Duration = Duration::from_millis(10);

/// Longer than any test: whoever waits for it waits for ever.
pub(crate) const AN_HOUR: Duration = Duration::from_secs(3600);

/// A client under test.
pub(crate) trait Transport {
    /// Starts an event source. It may connect now, or when the stream is first asked.
    fn open(options: Options) -> Box<dyn Stream>;
}

/// An event source of that client. Dropping it gives up its connection.
pub(crate) trait Stream {
    /// The next thing that is seen; [`Observed::Nothing`] if there is none within this time, or ever again.
    fn next(&mut self, within: Duration) -> Observed;
    /// Closes it: [`Observed::Closed`] is seen once, after what had arrived.
    fn close(&mut self);
    /// Gives up the connection, or the wait for one, and connects at once.
    fn reconnect(&mut self);
    /// The last event ID that was committed.
    fn last_event_id(&self) -> String;
    /// How much of an event the latest stream ended in.
    fn discarded_bytes(&self) -> usize;
    /// The origin that the stream comes from, after redirects.
    fn origin(&self) -> String;
    /// Whether it is open.
    fn ready_state(&self) -> ReadyState;
}

/// What a program gets to see.
#[derive(Debug)]
pub(crate) enum Observed {
    Open(ResponseHead),
    Message(MessageEvent),
    Comment(String),
    Retry(Duration),
    TooLarge,
    Error(SourceError),
    Closed,
    Nothing,
}

impl From<SourceItem> for Observed {
    fn from(item: SourceItem) -> Self {
        match item {
            SourceItem::Open(head) => Self::Open(head),
            SourceItem::Message(message) => Self::Message(message),
            SourceItem::Comment(comment) => Self::Comment(comment),
            SourceItem::Retry(time) => Self::Retry(time),
            SourceItem::TooLarge(_) => Self::TooLarge,
            SourceItem::Error(error) => Self::Error(error),
            SourceItem::Closed => Self::Closed,
            other => panic!("{other:?} is new"),
        }
    }
}

pub(crate) type Prepare = Box<dyn FnMut() -> Result<Prepared, String> + Send>;
pub(crate) type Validate = Box<dyn FnMut(&ResponseHead) -> Verdict + Send>;

/// How an event source is to be.
pub(crate) struct Options {
    /// What the machine decides by.
    pub(crate) config: Config,
    /// A certificate (DER) to trust in place of the web's.
    pub(crate) root_certificate: Option<Vec<u8>>,
    /// What to ask before each attempt.
    pub(crate) prepare: Option<Prepare>,
    /// What to ask about each response.
    pub(crate) validate: Option<Validate>,
}

impl Options {
    /// A source that reconnects quickly, and always after the same time.
    pub(crate) fn new(url: &str) -> Self {
        let config = Config::new(url)
            .unwrap()
            // Some transports can give up an attempt no sooner than this; so it is less than any test's patience.
            .connect_timeout(Some(PATIENCE / 2))
            .reconnection_time(SHORTLY)
            .reconnection_bounds(SHORTLY, AN_HOUR)
            .backoff(Backoff::new().factor(1.0).jitter(0.0));
        Self {
            config,
            root_certificate: None,
            prepare: None,
            validate: None,
        }
    }

    /// Changes the configuration.
    pub(crate) fn with(mut self, change: impl FnOnce(Config) -> Config) -> Self {
        self.config = change(self.config);
        self
    }

    /// Adds a header.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.with(|config| config.header(name, value).unwrap())
    }

    pub(crate) fn open<T: Transport>(self) -> Client {
        Client {
            stream: T::open(self),
        }
    }
}

/// An event source, and what is expected of it: each `expect_*` waits for the next thing and says what it was
/// instead.
pub(crate) struct Client {
    stream: Box<dyn Stream>,
}

impl Client {
    /// A source of this URL, as [`Options::new`] makes it.
    pub(crate) fn open<T: Transport>(url: &str) -> Self {
        Options::new(url).open::<T>()
    }

    #[track_caller]
    pub(crate) fn next(&mut self) -> Observed {
        self.stream.next(PATIENCE)
    }

    pub(crate) fn next_within(&mut self, within: Duration) -> Observed {
        self.stream.next(within)
    }

    #[track_caller]
    pub(crate) fn expect_open(&mut self) -> ResponseHead {
        match self.next() {
            Observed::Open(head) => head,
            other => panic!("it should open, and there was {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn expect_message(&mut self) -> MessageEvent {
        match self.next() {
            Observed::Message(message) => message,
            other => panic!("a message should come, and there was {other:?}"),
        }
    }

    /// Expects a message with this data.
    #[track_caller]
    pub(crate) fn expect_data(&mut self, data: &str) {
        assert_eq!(self.expect_message().data(), data);
    }

    #[track_caller]
    pub(crate) fn expect_comment(&mut self) -> String {
        match self.next() {
            Observed::Comment(comment) => comment,
            other => panic!("a comment should come, and there was {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn expect_retry(&mut self) -> Duration {
        match self.next() {
            Observed::Retry(time) => time,
            other => panic!("a reconnection time should come, and there was {other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn expect_error(&mut self) -> SourceError {
        match self.next() {
            Observed::Error(error) => error,
            other => panic!("an error should come, and there was {other:?}"),
        }
    }

    /// Expects an error after which the source connects again.
    #[track_caller]
    pub(crate) fn expect_drop(&mut self) -> Cause {
        let error = self.expect_error();
        assert!(error.retry_in.is_some(), "it gives up: {error:?}");
        error.cause
    }

    /// Expects an error after which the source is closed.
    #[track_caller]
    pub(crate) fn expect_failure(&mut self) -> Cause {
        let error = self.expect_error();
        assert_eq!(error.retry_in, None, "it goes on: {error:?}");
        self.expect_closed();
        error.cause
    }

    /// Expects to fail for a status.
    #[track_caller]
    pub(crate) fn expect_refusal(&mut self) -> Refusal {
        match self.expect_failure() {
            Cause::Status(refusal) => refusal,
            other => panic!("it should fail for the status, and does for {other:?}"),
        }
    }

    /// Expects the end, and nothing after it.
    #[track_caller]
    pub(crate) fn expect_closed(&mut self) {
        match self.next() {
            Observed::Closed => {}
            other => panic!("it should be closed, and there was {other:?}"),
        }
        assert_eq!(self.ready_state(), ReadyState::Closed);
        self.expect_nothing_for(Duration::from_millis(1));
    }

    #[track_caller]
    pub(crate) fn expect_nothing_for(&mut self, time: Duration) {
        match self.next_within(time) {
            Observed::Nothing => {}
            other => panic!("nothing should come, and there was {other:?}"),
        }
    }

    /// Asks again and again, discarding errors to reconnect after, until this is so.
    #[track_caller]
    pub(crate) fn drive_until(&mut self, done: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < deadline, "it never comes to that");
            self.next_within(SHORTLY);
        }
    }

    pub(crate) fn close(&mut self) {
        self.stream.close();
    }

    pub(crate) fn reconnect(&mut self) {
        self.stream.reconnect();
    }

    pub(crate) fn last_event_id(&self) -> String {
        self.stream.last_event_id()
    }

    pub(crate) fn discarded_bytes(&self) -> usize {
        self.stream.discarded_bytes()
    }

    pub(crate) fn origin(&self) -> String {
        self.stream.origin()
    }

    pub(crate) fn ready_state(&self) -> ReadyState {
        self.stream.ready_state()
    }
}

/// Expects that a stream which comes in these pieces is these messages, each a type, a last event ID and data.
///
/// All of them must be there before the stream goes on, to its end. Each piece is written by itself, and sent in a
/// chunk of its own; where a client is slow, its transport may have several to read at once.
#[track_caller]
pub(crate) fn reads<T: Transport>(pieces: &[impl AsRef<[u8]>], messages: &[[&str; 3]]) {
    let stream = pieces.iter().fold(Answer::stream(), |answer, piece| {
        answer.bytes(piece.as_ref())
    });
    let server = Script::new().answer(stream.pause()).start();
    let mut client = Client::open::<T>(&server.url("/"));

    client.expect_open();
    for expected in messages {
        let message = client.expect_message();
        let found = [
            message.event_type(),
            message.last_event_id(),
            message.data(),
        ];
        assert_eq!(found, *expected);
    }
    server.go();
    assert_eq!(client.expect_drop(), Cause::Ended);
}

/// What a request's `Last-Event-ID` says, if it has one.
#[track_caller]
pub(crate) fn resumes_from(server: &Server, request: usize) -> Option<String> {
    let request = server.request(request);
    request.header_text("Last-Event-ID").map(str::to_owned)
}
