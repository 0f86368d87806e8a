//! The process of the subscribers: one thread, one event loop, and lines that tell it what to do.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use sse_proto::{Decoder, ItemRef};

use super::report::{Report, Reports};
use super::response::Response;
use super::server::answer;
use super::stamp::{self, Stamp};
use super::tally::Tally;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

/// So many connections are being opened at once: fewer than a listener lets wait.
const OPENING: usize = 100;

/// When nothing comes for so long, the rest is not coming.
const PATIENCE: Duration = Duration::from_secs(10);

/// What takes longer than ten minutes counts as ten minutes; in microseconds.
const LONGEST_LATENCY: u64 = 600_000_000;

/// How long one look at the sockets waits for them.
const LOOK: Duration = Duration::from_millis(100);

/// How long to stay out of the server's way before looking again.
const NAP: Duration = Duration::from_millis(1);

/// How the subscribers wait for what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Asleep, until nothing has come for a millisecond. So the server pays for delivering alone:
    /// not for waking them up, nor for sharing their sockets' locks, which subscribers on other
    /// machines would not cost it.
    Napping,
    /// For the sockets, to read at once.
    Attentive,
}

/// Obeys the lines on standard input, and answers each with a line, until there are no more.
///
/// # Errors
///
/// A line is no command, or the server refuses a subscriber.
pub fn run() -> io::Result<()> {
    let mut clients = Clients::new()?;
    for line in io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["connect", address, count, first] => {
                let address = address.parse().map_err(io::Error::other)?;
                clients.connect(address, number(count)? as usize, number(first)?)?;
                answer("connected")?;
            }
            ["stall", count] => {
                clients.stall(number(count)? as usize);
                answer("stalled")?;
            }
            ["resume"] => {
                clients.resume()?;
                answer("resumed")?;
            }
            ["await", last, waiting] => {
                let waiting = match waiting {
                    "napping" => Waiting::Napping,
                    _ => Waiting::Attentive,
                };
                let complete = clients.wait_for(number(last)?, waiting)?;
                answer(if complete { "complete" } else { "incomplete" })?;
            }
            ["report", last] => {
                let reports = clients.report(number(last)?);
                answer(serde_json::to_string(&reports)?)?;
            }
            _ => return Err(io::Error::other(format!("no command: {line}"))),
        }
    }
    Ok(())
}

fn number(text: &str) -> io::Result<u64> {
    text.parse().map_err(io::Error::other)
}

struct Clients {
    poll: Poll,
    events: Events,
    /// For whom something has come that is not read yet.
    ready: Vec<usize>,
    buffer: Vec<u8>,
    subscribers: Vec<Subscriber>,
    /// In microseconds, of those who read on.
    latencies: Histogram<u64>,
}

struct Subscriber {
    stream: TcpStream,
    response: Response,
    decoder: Decoder,
    tally: Tally,
    ready: bool,
    /// No more than what is there already will come.
    ending: bool,
    stalled: bool,
    closed: bool,
}

impl Clients {
    fn new() -> io::Result<Self> {
        let latencies = Histogram::new_with_bounds(1, LONGEST_LATENCY, 3);
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            ready: Vec::new(),
            buffer: vec![0; 256 << 10],
            subscribers: Vec::new(),
            latencies: latencies.map_err(io::Error::other)?,
        })
    }

    /// Opens as many connections, which are to begin with that event, and waits until each has the
    /// head of its response.
    fn connect(&mut self, address: SocketAddr, count: usize, first: u64) -> io::Result<()> {
        let all = self.subscribers.len() + count;
        while self.subscribers.len() < all {
            let begun = self.subscribers.len();
            for key in begun..all.min(begun + OPENING) {
                // On the loopback interface this takes no time.
                let mut stream = std::net::TcpStream::connect(address)?;
                stream.write_all(REQUEST)?;
                stream.set_nonblocking(true)?;
                let mut stream = TcpStream::from_std(stream);
                let registry = self.poll.registry();
                registry.register(&mut stream, Token(key), Interest::READABLE)?;
                self.subscribers.push(Subscriber {
                    stream,
                    response: Response::default(),
                    decoder: Decoder::new(),
                    tally: Tally::from(first),
                    ready: false,
                    ending: false,
                    stalled: false,
                    closed: false,
                });
            }
            let opened = |subscribers: &[Subscriber]| {
                let mut new = subscribers[begun..].iter();
                new.all(|subscriber| subscriber.response.head().is_some() || subscriber.closed)
            };
            self.read_until(Waiting::Attentive, |clients| opened(&clients.subscribers))?;
            for subscriber in &self.subscribers[begun..] {
                let status = subscriber.response.head().map(|head| head.status);
                if status != Some(200) {
                    let answered = format!("a subscriber was answered with status {status:?}");
                    return Err(io::Error::other(answered));
                }
            }
        }
        Ok(())
    }

    /// Lets the first subscribers read no more.
    fn stall(&mut self, count: usize) {
        for subscriber in self.subscribers.iter_mut().take(count) {
            subscriber.stalled = true;
        }
    }

    /// Lets the stalled ones read what is left for them, until nothing more comes.
    fn resume(&mut self) -> io::Result<()> {
        for key in 0..self.subscribers.len() {
            if self.subscribers[key].stalled {
                self.read(key)?;
            }
        }
        let mut quiet = Instant::now();
        let mut received = 0;
        while quiet.elapsed() < Duration::from_secs(2) {
            self.look(LOOK)?;
            self.read_ready(|_| true)?;
            let tallies = self.subscribers.iter().map(|one| one.tally.counts.received);
            let now: u64 = tallies.sum();
            if now > received {
                (received, quiet) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Waits until all who read on have got everything up to the number, and says whether they have.
    fn wait_for(&mut self, last: u64, waiting: Waiting) -> io::Result<bool> {
        let behind = move |clients: &Self| {
            let mut reading = clients.subscribers.iter().filter(|one| !one.stalled);
            reading.any(|one| !one.closed && one.tally.next().is_none_or(|next| next <= last))
        };
        self.read_until(waiting, |clients| !behind(clients))?;
        let mut reading = self.subscribers.iter().filter(|one| !one.stalled);
        Ok(reading.all(|one| one.tally.next().is_some_and(|next| next > last)))
    }

    /// Reads until it is done, or until nothing has come for a while.
    fn read_until(&mut self, waiting: Waiting, done: impl Fn(&Self) -> bool) -> io::Result<()> {
        let mut quiet = Instant::now();
        while !done(self) && quiet.elapsed() < PATIENCE {
            let came = match waiting {
                Waiting::Napping => {
                    thread::sleep(NAP);
                    self.look(Duration::ZERO)?
                }
                Waiting::Attentive => self.look(LOOK)?,
            };
            if came {
                quiet = Instant::now();
            }
            if waiting == Waiting::Attentive || !came {
                self.read_ready(|subscriber| !subscriber.stalled)?;
            }
        }
        Ok(())
    }

    /// Notes for whom something has come, and says whether it has for anybody.
    fn look(&mut self, timeout: Duration) -> io::Result<bool> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(false),
            outcome => outcome?,
        }
        for event in &self.events {
            let Token(key) = event.token();
            let subscriber = &mut self.subscribers[key];
            subscriber.ending |= event.is_read_closed();
            if !std::mem::replace(&mut subscriber.ready, true) {
                self.ready.push(key);
            }
        }
        Ok(!self.events.is_empty())
    }

    /// Reads what has come for those who are to read.
    fn read_ready(&mut self, reads: fn(&Subscriber) -> bool) -> io::Result<()> {
        for key in std::mem::take(&mut self.ready) {
            self.subscribers[key].ready = false;
            if reads(&self.subscribers[key]) {
                self.read(key)?;
            }
        }
        Ok(())
    }

    /// Reads one socket until it is empty.
    fn read(&mut self, key: usize) -> io::Result<()> {
        loop {
            let subscriber = &mut self.subscribers[key];
            match subscriber.stream.read(&mut self.buffer) {
                Ok(0) => subscriber.closed = true,
                Ok(read) => {
                    let ending = subscriber.ending;
                    let latencies = (!subscriber.stalled).then_some(&mut self.latencies);
                    subscriber.take(&self.buffer[..read], latencies)?;
                    // What comes from now on is another event of the poll.
                    if read == self.buffer.len() || ending {
                        continue;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => subscriber.closed = true,
            }
            return Ok(());
        }
    }

    /// Closes the account: what has not come up to the number is lost.
    fn report(&mut self, last: u64) -> Reports {
        let mut reports = Reports::default();
        for subscriber in &mut self.subscribers {
            subscriber.tally.end(last);
            let report = match subscriber.stalled {
                true => &mut reports.stalled,
                false => &mut reports.reading,
            };
            report.add(subscriber);
        }
        reports.reading.p50 = self.latencies.value_at_quantile(0.5);
        reports.reading.p99 = self.latencies.value_at_quantile(0.99);
        reports.reading.max = self.latencies.max();
        reports
    }
}

impl Subscriber {
    fn take(&mut self, bytes: &[u8], mut latencies: Option<&mut Histogram<u64>>) -> io::Result<()> {
        let Self {
            response,
            decoder,
            tally,
            ..
        } = self;
        let now = stamp::now();
        let read = response.read(bytes, |part| {
            let mut feed = decoder.feed(part);
            while let Some(item) = feed.next_bytes() {
                let ItemRef::Event(event) = item else {
                    continue;
                };
                let Some(Stamp { number, at }) = Stamp::of(event.data) else {
                    continue;
                };
                tally.count(number);
                if let Some(latencies) = &mut latencies {
                    latencies.saturating_record(now.saturating_sub(at));
                }
            }
        });
        read.map_err(|malformed| io::Error::other(malformed.to_string()))?;
        self.closed |= self.response.has_ended();
        Ok(())
    }
}

impl Report {
    fn add(&mut self, subscriber: &Subscriber) {
        let counts = subscriber.tally.counts;
        self.subscribers += 1;
        self.received += counts.received;
        self.lost += counts.lost;
        self.duplicated += counts.duplicated;
        self.reordered += counts.reordered;
        self.closed += u64::from(subscriber.closed);
    }
}
