//! The one who publishes: a thread that sends events at a rate, and one that reads the answers.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::response::Response;
use super::stamp::{self, Stamp};
use crate::error::{Error, cause};

/// So long the last answers may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A burst is written in pieces of about so many bytes.
const WRITE: usize = 1 << 20;
/// How long one wait is before it looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(50);

/// What is published where.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) address: SocketAddr,
    /// The request for each topic, but for its end.
    pub(super) heads: Vec<String>,
    pub(super) duration: Duration,
    /// Events a second.
    pub(super) rate: u32,
    /// How many of them at once.
    pub(super) burst: u32,
    /// How many bytes of data each has.
    pub(super) size: usize,
}

/// What was published.
#[derive(Debug, Clone)]
pub(super) struct Published {
    /// How many events for each topic; they are numbered from 1.
    pub(super) by_topic: Vec<u64>,
    /// How long it took.
    pub(super) time: Duration,
}

/// The thread that publishes.
pub(super) struct Publisher {
    shared: Arc<Shared>,
    thread: JoinHandle<io::Result<Published>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// The last event is sent.
    complete: AtomicBool,
    sent: AtomicU64,
    /// Why the server does not take events.
    refusal: Mutex<Option<String>>,
}

impl Publisher {
    pub(super) fn start(plan: Plan) -> Self {
        let shared = Arc::new(Shared::default());
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || plan.carry_out(&shared)
        });
        Self { shared, thread }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends it, and says how much was published.
    pub(super) fn end(self) -> Result<Published, Error> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let failed = |reason: String| Error::Failed(format!("cannot publish: {reason}"));
        let outcome = self.thread.join();
        if let Some(refusal) = self.shared.refusal().take() {
            return Err(failed(refusal));
        }
        match outcome {
            Ok(Ok(published)) => Ok(published),
            Ok(Err(error)) if is_timeout(&error) => {
                Err(failed("the server takes no more".to_owned()))
            }
            Ok(Err(error)) => Err(failed(cause(&error))),
            Err(_) => Err(failed("its thread has panicked".to_owned())),
        }
    }
}

impl Shared {
    fn refusal(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse(&self, reason: String) {
        self.refusal().get_or_insert(reason);
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Plan {
    fn carry_out(&self, shared: &Arc<Shared>) -> io::Result<Published> {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let answers = stream.try_clone()?;
        answers.set_read_timeout(Some(LOOK))?;
        let reader = thread::spawn({
            let shared = Arc::clone(shared);
            move || read_answers(answers, &shared)
        });
        let published = self.publish(&mut stream, shared);
        shared.complete.store(true, Ordering::Release);
        let _ = reader.join();
        published
    }

    fn publish(&self, stream: &mut TcpStream, shared: &Shared) -> io::Result<Published> {
        let mut by_topic = vec![0; self.heads.len()];
        let (begun, start) = (Instant::now(), stamp::now());
        let mut requests = Vec::new();
        let bursts = self.duration.as_secs_f64() * f64::from(self.rate) / f64::from(self.burst);
        let mut topic = 0;
        for burst in 0..bursts.ceil() as u64 {
            let micros = burst * u64::from(self.burst) * 1_000_000 / u64::from(self.rate);
            let late = wait_until(begun + Duration::from_micros(micros), &shared.stop);
            if shared.stop.load(Ordering::Relaxed) {
                break;
            }
            // What the server holds up was due when it was due; what the system's timer does, is not its fault.
            let at = if late { start + micros } else { stamp::now() };
            requests.clear();
            for _ in 0..self.burst {
                by_topic[topic] += 1;
                let stamp = Stamp {
                    number: by_topic[topic],
                    at,
                };
                self.write_request(&mut requests, topic, stamp)?;
                topic = (topic + 1) % by_topic.len();
                shared.sent.fetch_add(1, Ordering::Release);
                if requests.len() > WRITE {
                    stream.write_all(&requests)?;
                    requests.clear();
                }
            }
            stream.write_all(&requests)?;
        }
        Ok(Published {
            by_topic,
            time: begun.elapsed(),
        })
    }

    fn write_request(&self, out: &mut Vec<u8>, topic: usize, stamp: Stamp) -> io::Result<()> {
        let data = stamp.to_data(self.size);
        let head = &self.heads[topic];
        write!(out, "{head}Content-Length: {}\r\n\r\n{data}", data.len())
    }
}

/// Sleeps until it is time or to be stopped, and says whether it was too late to sleep.
fn wait_until(due: Instant, stop: &AtomicBool) -> bool {
    let mut late = true;
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() || stop.load(Ordering::Relaxed) {
            return late;
        }
        late = false;
        thread::sleep(left.min(LOOK));
    }
}

/// Reads the answers, until each request has one or the server refuses one.
fn read_answers(mut stream: TcpStream, shared: &Shared) {
    let (mut response, mut answered) = (Response::default(), 0);
    let mut buffer = vec![0; 64 << 10];
    let mut waiting_since = Instant::now();
    loop {
        let complete = shared.complete.load(Ordering::Acquire);
        if complete && answered >= shared.sent.load(Ordering::Acquire) {
            return;
        }
        let read = match stream.read(&mut buffer) {
            Ok(0) => return shared.refuse("the server has closed the connection".to_owned()),
            Ok(read) => read,
            Err(error) if is_timeout(&error) => {
                if complete && waiting_since.elapsed() > PATIENCE {
                    return shared.refuse("the server does not answer".to_owned());
                }
                continue;
            }
            Err(error) => return shared.refuse(cause(&error)),
        };
        waiting_since = Instant::now();
        let mut rest = &buffer[..read];
        while !rest.is_empty() {
            match response.read(rest, |_| {}) {
                Err(malformed) => return shared.refuse(malformed.to_string()),
                Ok(used) => rest = &rest[used..],
            }
            let status = response.head().map(|head| head.status);
            if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
                return shared.refuse(format!("the server answers with status {status}"));
            }
            if response.has_ended() {
                answered += 1;
                response = Response::default();
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}
