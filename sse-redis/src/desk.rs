//! The thread that appends, and pages in.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use redis::{Connection, RedisError, RedisResult};
use sse_hub::log::Sequence;
use sse_hub::{BackplaneError, Entry, NotAppended, NotRead, Record, Reply};

use crate::backoff::Backoff;
use crate::redis::Shared;
use crate::stats::add;
use crate::stream::sequence;

/// How many events one pipeline has at most.
const PIPELINE: usize = 500;
/// How often what is too old is let go of.
const BETWEEN_TRIMS: Duration = Duration::from_secs(1);

/// What there is to do.
pub(crate) enum Task {
    Append(Record, Reply<Result<Sequence, NotAppended>>),
    Read(Sequence, usize, Reply<Result<Vec<Entry>, NotRead>>),
    Close,
}

type Appending = (Record, Reply<Result<Sequence, NotAppended>>);

pub(crate) struct Desk {
    shared: Arc<Shared>,
    tasks: Receiver<Task>,
    connection: Option<Connection>,
    backoff: Backoff,
    /// No other try before, and why the last one failed.
    not_before: Option<(Instant, RedisError)>,
    trimmed: Option<Instant>,
}

impl Desk {
    pub(crate) fn new(shared: Arc<Shared>, tasks: Receiver<Task>) -> Self {
        Self {
            shared,
            tasks,
            connection: None,
            backoff: Backoff::default(),
            not_before: None,
            trimmed: None,
        }
    }

    /// Works until there is nothing more to come. Each event that is waiting goes out with the next pipeline: the more
    /// there are, the less each costs.
    pub(crate) fn run(mut self) {
        let mut appending = Vec::new();
        while let Ok(task) = self.tasks.recv() {
            let mut next = Some(task);
            while let Some(task) = next.take() {
                match task {
                    Task::Append(record, reply) => appending.push((record, reply)),
                    Task::Read(after, limit, reply) => {
                        self.append(&mut appending);
                        self.read(after, limit, reply);
                    }
                    Task::Close => {
                        self.append(&mut appending);
                        return;
                    }
                }
                if appending.len() < PIPELINE {
                    next = self.tasks.try_recv().ok();
                }
            }
            self.append(&mut appending);
        }
    }

    fn append(&mut self, appending: &mut Vec<Appending>) {
        if appending.is_empty() {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let counters = &shared.counters;
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        for (record, _) in &*appending {
            shared.stream.append(&mut pipeline, record);
        }
        if self.trimmed.is_none_or(|at| at.elapsed() >= BETWEEN_TRIMS) {
            shared.stream.trim(&mut pipeline);
            self.trimmed = Some(Instant::now());
        }
        let connection = match self.connection() {
            Ok(connection) => connection,
            Err(error) => {
                add(&counters.not_stored, appending.len() as u64);
                for (_, reply) in appending.drain(..) {
                    reply.send(Err(NotAppended::NotStored(reason(error.clone()))));
                }
                return;
            }
        };
        add(&counters.pipelines, 1);
        let sent: RedisResult<Vec<RedisResult<String>>> = pipeline.query(connection);
        match sent {
            Ok(ids) => {
                for ((_, reply), id) in appending.drain(..).zip(ids) {
                    let stored = id.and_then(|id| sequence(&id));
                    let count = if stored.is_ok() {
                        &counters.stored
                    } else {
                        &counters.not_stored
                    };
                    add(count, 1);
                    // Redis has said itself that it did not.
                    reply.send(stored.map_err(|error| NotAppended::NotStored(reason(error))));
                }
            }
            Err(error) => {
                self.lost();
                add(&counters.unknown, appending.len() as u64);
                for (_, reply) in appending.drain(..) {
                    reply.send(Err(NotAppended::OutcomeUnknown(reason(error.clone()))));
                }
            }
        }
    }

    fn read(&mut self, after: Sequence, limit: usize, reply: Reply<Result<Vec<Entry>, NotRead>>) {
        let shared = Arc::clone(&self.shared);
        add(&shared.counters.pages, 1);
        let read = self
            .connection()
            .and_then(|connection| shared.stream.read_after(connection, after, limit));
        reply.send(read.unwrap_or_else(|error| {
            if error.is_io_error() {
                self.lost();
            }
            Err(NotRead::Failed(reason(error)))
        }));
    }

    /// The connection, made if there is none; while Redis is away it is not tried each time.
    fn connection(&mut self) -> RedisResult<&mut Connection> {
        if self.connection.is_none() {
            if let Some((at, error)) = &self.not_before
                && Instant::now() < *at
            {
                return Err(error.clone());
            }
            match self.shared.stream.connect() {
                Ok(connection) => {
                    self.connection = Some(connection);
                    self.not_before = None;
                    self.backoff.reset();
                }
                Err(error) => {
                    let at = Instant::now() + self.backoff.next();
                    self.not_before = Some((at, error.clone()));
                    return Err(error);
                }
            }
        }
        Ok(self.connection.as_mut().expect("it was just made"))
    }

    fn lost(&mut self) {
        self.connection = None;
        add(&self.shared.counters.disconnections, 1);
    }
}

fn reason(error: RedisError) -> BackplaneError {
    BackplaneError::new(error)
}
