//! A transport that does what the machine says, and nothing by itself.

use std::time::Duration;

use sse_proto::Instant;
use sse_proto::source::{
    Action, Attempt, Backoff, Cause, Config, EventSource, Request, ResponseHead, SourceError,
    SourceItem, TransportError, TransportErrorKind,
};

pub(crate) const URL: &str = "https://example.com/events";
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Delays to the millisecond: no growth, no jitter.
pub(crate) fn config() -> Config {
    let steady = Backoff::new().factor(1.0).jitter(0.0);
    Config::new(URL).expect("valid").backoff(steady)
}

pub(crate) fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
    ResponseHead::new(status, headers.iter().copied())
}

pub(crate) fn stream_head() -> ResponseHead {
    head(200, &[("Content-Type", "text/event-stream")])
}

pub(crate) fn broken() -> TransportError {
    TransportError::new(TransportErrorKind::Broken, "connection reset")
}

/// A machine at a time, and what it has put out that nobody has looked at.
pub(crate) struct Client {
    pub(crate) source: EventSource,
    pub(crate) now: Instant,
    pub(crate) attempt: Attempt,
    actions: Vec<Action>,
    events: Vec<SourceItem>,
}

impl Client {
    pub(crate) fn new(config: Config) -> Self {
        let now = Instant::since_origin(1000 * SECOND);
        let mut source = EventSource::new(config, 1, now);
        let Some(first) = source.poll_action() else {
            panic!("a source begins at once")
        };
        let (Action::Send(attempt, _) | Action::Prepare(attempt)) = first else {
            panic!("an attempt is prepared or sent: {first:?}")
        };
        Self {
            source,
            now,
            attempt,
            actions: vec![first],
            events: Vec::new(),
        }
    }

    /// One whose stream is open, and whose outputs have been looked at.
    pub(crate) fn open(config: Config) -> Self {
        let mut client = Self::new(config);
        client.respond(stream_head());
        client.actions();
        client.events();
        client
    }

    pub(crate) fn drain(&mut self) {
        while let Some(action) = self.source.poll_action() {
            if let Action::Send(attempt, _) | Action::Prepare(attempt) = &action {
                self.attempt = *attempt;
            }
            self.actions.push(action);
        }
        while let Some(event) = self.source.poll_item() {
            self.events.push(event);
        }
    }

    pub(crate) fn actions(&mut self) -> Vec<Action> {
        self.drain();
        std::mem::take(&mut self.actions)
    }

    pub(crate) fn events(&mut self) -> Vec<SourceItem> {
        self.drain();
        std::mem::take(&mut self.events)
    }

    pub(crate) fn respond(&mut self, head: ResponseHead) {
        self.source
            .handle_response_head(self.now, self.attempt, head);
        self.drain();
    }

    pub(crate) fn data(&mut self, chunk: impl AsRef<[u8]>) -> Vec<SourceItem> {
        let items = self
            .source
            .handle_data(self.now, self.attempt, chunk.as_ref())
            .collect();
        self.drain();
        items
    }

    pub(crate) fn eof(&mut self) {
        self.source.handle_eof(self.now, self.attempt);
        self.drain();
    }

    pub(crate) fn error(&mut self) {
        self.source.handle_error(self.now, self.attempt, broken());
        self.drain();
    }

    /// Lets time pass, with a deadline on the way reached to the nanosecond.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.source.deadline().filter(|deadline| *deadline <= end) {
            self.now = deadline.max(self.now);
            self.source.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// How long until the deadline.
    pub(crate) fn due_in(&self) -> Option<Duration> {
        let deadline = self.source.deadline()?;
        Some(deadline.saturating_duration_since(self.now))
    }

    /// Goes to the deadline, and past it.
    pub(crate) fn fire(&mut self) {
        let due = self.due_in().expect("a deadline is set");
        self.pass(due);
    }

    /// The one request among the actions that nobody has looked at.
    pub(crate) fn sent(&mut self) -> Request {
        let mut sent = self
            .actions()
            .into_iter()
            .filter_map(|action| match action {
                Action::Send(_, request) => Some(request),
                _ => None,
            });
        let request = sent.next().expect("a request is sent");
        assert_eq!(sent.next(), None, "one request at a time");
        request
    }

    /// The one error among the events that nobody has looked at.
    pub(crate) fn failure(&mut self) -> SourceError {
        let mut errors = self.events().into_iter().filter_map(|event| match event {
            SourceItem::Error(error) => Some(error),
            _ => None,
        });
        let error = errors.next().expect("an error is reported");
        assert_eq!(errors.next(), None, "one error at a time");
        error
    }

    /// The error that has closed the source.
    pub(crate) fn fatal(&mut self) -> Cause {
        let events = self.events();
        let [SourceItem::Error(error), SourceItem::Closed] = &events[..] else {
            panic!("an error and the end: {events:?}")
        };
        assert_eq!(error.retry_in, None);
        assert_eq!(self.source.deadline(), None);
        error.cause.clone()
    }
}
