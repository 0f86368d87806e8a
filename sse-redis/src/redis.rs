//! The handle, as a hub and its owner hold it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use sse_hub::log::Sequence;
use sse_hub::{Backplane, BackplaneError, Entry, Feed, NotAppended, NotRead, Record, Reply};

use crate::builder::Builder;
use crate::desk::{Desk, Task};
use crate::error::ConnectError;
use crate::stats::{Counters, Stats};
use crate::stream::Stream;
use crate::tail::Tail;

/// A Redis stream, as the log of record of one hub. Cloned, it is the same.
///
/// Hand it to [`backplane`](sse_hub::Builder::backplane). A hub needs one of its own, and another node, or another hub in
/// the same process, one more.
#[derive(Clone)]
pub struct Redis(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) stream: Stream,
    pub(crate) counters: Counters,
    tasks: Sender<Task>,
    /// Until a hub is there.
    waiting: Mutex<Option<Receiver<Task>>>,
    is_closed: AtomicBool,
}

impl Shared {
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }
}

impl Redis {
    /// Connects to the Redis of this URL, with the defaults: `redis://user:password@host:6379/0`, or `rediss://` with
    /// the feature `tls`.
    ///
    /// # Errors
    ///
    /// As [`Builder::connect`].
    pub fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect()
    }

    /// The Redis of this URL, and what is different from the defaults.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder::new(url.into())
    }

    pub(crate) fn new(stream: Stream) -> Self {
        let (tasks, waiting) = mpsc::channel();
        Self(Arc::new(Shared {
            stream,
            counters: Counters::default(),
            tasks,
            waiting: Mutex::new(Some(waiting)),
            is_closed: AtomicBool::new(false),
        }))
    }

    /// What it has done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.counters.read()
    }

    fn ask(&self, task: Task) {
        // Where nobody is there any more, the reply is dropped, and that is a failure.
        let _ = self.0.tasks.send(task);
    }
}

impl Backplane for Redis {
    fn newest(&self) -> Result<Sequence, BackplaneError> {
        let stream = &self.0.stream;
        let newest = stream
            .connect()
            .and_then(|mut connection| stream.newest(&mut connection));
        newest.map_err(|error| BackplaneError::new(ConnectError::from(error)))
    }

    /// # Panics
    ///
    /// It has a hub already, or the system has no threads to give.
    fn attach(&self, feed: Feed) {
        let waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let tasks = waiting.expect("a Redis is for one hub: connect another one");
        let desk = Desk::new(Arc::clone(&self.0), tasks);
        let tail = Tail::new(Arc::clone(&self.0), feed);
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
            thread.expect("the system has threads");
        };
        spawn("sse-redis-tail", Box::new(move || tail.run()));
        spawn("sse-redis-desk", Box::new(move || desk.run()));
    }

    fn append(&self, record: Record, reply: Reply<Result<Sequence, NotAppended>>) {
        self.ask(Task::Append(record, reply));
    }

    fn read_after(&self, after: Sequence, limit: usize, reply: Reply<Result<Vec<Entry>, NotRead>>) {
        self.ask(Task::Read(after, limit, reply));
    }

    fn close(&self) {
        self.0.is_closed.store(true, Ordering::Release);
        self.ask(Task::Close);
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may have a password.
        f.debug_struct("Redis")
            .field("key", &self.0.stream.key)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
