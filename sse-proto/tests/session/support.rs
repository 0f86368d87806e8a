//! A connection that takes what a session has, and a hand on the log behind it.

use std::sync::Arc;
use std::time::Duration;

use sse_proto::log::{self, Encoded, Framing, History, Ids, Log, Sequence};
use sse_proto::session::{Config, End, NoContent, Session, Transmit};
use sse_proto::{Event, Instant};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// No priming, so that a story begins with what it is about.
pub(crate) fn config() -> Config {
    Config::new().priming(false)
}

pub(crate) fn log() -> Log {
    let history = History::new().events(5);
    Log::new(log::Config::new(Ids::Automatic { epoch: 7 }).history(history))
}

pub(crate) struct Stream {
    pub(crate) log: Log,
    pub(crate) session: Session,
    pub(crate) now: Instant,
    pub(crate) questions: usize,
    pub(crate) page: Option<Sequence>,
}

impl Stream {
    pub(crate) fn new(config: Config) -> Self {
        Self::begin(config, log(), None).expect("there is a stream")
    }

    pub(crate) fn begin(config: Config, log: Log, id: Option<&str>) -> Result<Self, NoContent> {
        Self::framed(config, log, id, Framing::Raw)
    }

    pub(crate) fn framed(
        config: Config,
        mut log: Log,
        id: Option<&str>,
        framing: Framing,
    ) -> Result<Self, NoContent> {
        let now = Instant::since_origin(1000 * SECOND);
        let set = log.follow(&["a"]).expect("it can be followed");
        let session = Session::begin(Arc::new(config), &mut log, set, id, framing, now)?;
        Ok(Self {
            log,
            session,
            now,
            questions: 0,
            page: None,
        })
    }

    pub(crate) fn publish(&mut self, data: &str) {
        publish(&mut self.log, data, self.now);
    }

    pub(crate) fn poll(&mut self) -> Transmit {
        self.session.poll_transmit(self.now, &mut self.log)
    }

    /// All that is there to be written, as text, written.
    pub(crate) fn sent(&mut self) -> String {
        self.written(usize::MAX)
    }

    /// As much of it as fits.
    pub(crate) fn written(&mut self, mut room: usize) -> String {
        let mut sent = Vec::new();
        loop {
            match self.poll() {
                Transmit::Write(bytes) if room == 0 => {
                    assert!(!bytes.is_empty(), "there is something to write");
                    break;
                }
                Transmit::Write(bytes) => {
                    let some = bytes.len().min(room);
                    room -= some;
                    sent.extend_from_slice(&bytes[..some]);
                    self.session.handle_written(self.now, some);
                }
                Transmit::Reauthorise => self.questions += 1,
                Transmit::Page(after) => self.page = Some(after),
                Transmit::Idle | Transmit::End(_) => break,
                other => panic!("{other:?}"),
            }
        }
        String::from_utf8(sent).expect("text")
    }

    /// Lets time pass, with each deadline on the way reached to the nanosecond.
    pub(crate) fn pass(&mut self, time: Duration) -> String {
        let end = self.now + time;
        let mut sent = String::new();
        while let Some(deadline) = self.session.deadline().filter(|at| *at <= end) {
            self.now = deadline.max(self.now);
            self.session.handle_timeout(self.now);
            sent += &self.sent();
        }
        self.now = end;
        sent
    }

    /// As [`pass`](Self::pass), with a client that reads nothing.
    pub(crate) fn pass_unread(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.session.deadline().filter(|at| *at <= end) {
            self.now = deadline.max(self.now);
            self.session.handle_timeout(self.now);
        }
        self.now = end;
    }

    pub(crate) fn due_in(&self) -> Option<Duration> {
        let deadline = self.session.deadline()?;
        Some(deadline.saturating_duration_since(self.now))
    }

    pub(crate) fn ended(&mut self) -> Option<End> {
        match self.poll() {
            Transmit::End(end) => {
                assert_eq!(self.session.ended(), Some(end));
                assert_eq!(self.session.deadline(), None, "nothing is waited for");
                Some(end)
            }
            _ => None,
        }
    }
}

pub(crate) fn publish(log: &mut Log, data: &str, now: Instant) {
    let event = Encoded::new(&Event::new(data));
    log.append("a", event, now).expect("it is appended");
}

/// A log with this many events in it, of which it keeps five.
pub(crate) fn log_of(events: usize) -> Log {
    let mut log = log();
    for number in 1..=events {
        publish(&mut log, &number.to_string(), Instant::default());
    }
    log
}
