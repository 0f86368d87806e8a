//! Any inputs in any order, with a client that reads when it likes, and comes back with what it saw last.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sse_proto::log::{self, Encoded, Framing, History, Ids, Log, SetId};
use sse_proto::session::{Config, LagPolicy, Session, StalePolicy, Transmit, Verdict};
use sse_proto::{Decoder, Event, Instant, Item};

use crate::support::SECOND;

#[derive(Clone, Debug)]
enum Input {
    Publish,
    PublishTransient,
    /// The client takes so many bytes.
    Read(usize),
    Pass(Duration),
    Deadline,
    Verdict(bool),
    Kick,
    Drain(Duration),
    /// The connection breaks; the client comes back.
    Break,
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    use Input::*;
    let input = prop_oneof![
        12 => Just(Publish),
        2 => Just(PublishTransient),
        8 => (0..60_usize).prop_map(Read),
        4 => Just(Read(100_000)),
        2 => (0..20_u64).prop_map(|seconds| Pass(Duration::from_secs(seconds))),
        3 => Just(Deadline),
        2 => prop::bool::weighted(0.9).prop_map(Verdict),
        1 => prop::bool::weighted(0.2).prop_map(|kick| if kick { Kick } else { Publish }),
        1 => prop::bool::weighted(0.2).prop_map(|drain| if drain { Drain(3 * SECOND) } else { Publish }),
        2 => Just(Break),
    ];
    vec(input, 0..150)
}

fn configs() -> impl Strategy<Value = Config> {
    let time = || option::of((1..60_u64).prop_map(Duration::from_secs));
    let lag = prop_oneof![Just(LagPolicy::Disconnect), Just(LagPolicy::Skip)];
    let times = (time(), time(), time(), time());
    (times, lag, 1..200_usize).prop_map(|((heartbeat, write, age, ask), lag, run)| {
        Config::new()
            .heartbeat(heartbeat)
            .write_deadline(write)
            .max_age(age)
            .reauthorise(ask)
            .lag_policy(lag)
            .stale_policy(StalePolicy::Reset)
            .max_run_bytes(run)
    })
}

/// A client, and the server that it is connected to.
struct Watch {
    log: Log,
    set: SetId,
    config: Arc<Config>,
    session: Session,
    framing: Framing,
    now: Instant,
    decoder: Decoder,
    /// What of the framed body was not unframed yet.
    body: Vec<u8>,
    /// Every number that was published with an id, and every one that came.
    published: Vec<u64>,
    received: BTreeSet<u64>,
    last: u64,
    /// Some were lost, and it was told.
    told: bool,
    ended: bool,
    asked: bool,
}

impl Watch {
    fn new(config: Config, framing: Framing) -> Self {
        let history = History::new().events(6);
        let mut log = Log::new(log::Config::new(Ids::Automatic { epoch: 7 }).history(history));
        let set = log.follow(&["a"]).expect("it can be followed");
        let (now, config) = (Instant::since_origin(SECOND), Arc::new(config));
        let session = Session::begin(Arc::clone(&config), &mut log, set, None, framing, now);
        Self {
            session: session.expect("there is a stream"),
            log,
            set,
            config,
            framing,
            now,
            decoder: Decoder::new(),
            body: Vec::new(),
            published: Vec::new(),
            received: BTreeSet::new(),
            last: 0,
            told: false,
            ended: false,
            asked: false,
        }
    }

    fn give(&mut self, input: Input) {
        match input {
            Input::Publish | Input::PublishTransient => {
                let number = self.log.newest().number() + 1;
                let event = Event::display(number);
                let encoded = if let Input::Publish = input {
                    self.published.push(number);
                    Encoded::new(&event)
                } else {
                    Encoded::transient(&event)
                };
                self.log
                    .append("a", encoded, self.now)
                    .expect("it is appended");
            }
            Input::Read(room) => self.read(room),
            Input::Pass(time) => {
                self.now = self.now + time;
                self.session.handle_timeout(self.now);
            }
            Input::Deadline => {
                self.now = self.session.deadline().unwrap_or(self.now).max(self.now);
                self.session.handle_timeout(self.now);
            }
            Input::Verdict(accept) => {
                let verdict = if accept {
                    Verdict::Accept
                } else {
                    Verdict::Reject
                };
                self.session.handle_verdict(self.now, verdict);
                self.asked = false;
            }
            Input::Kick => self.session.kick(self.now),
            Input::Drain(grace) => self.session.drain(self.now, grace),
            Input::Break => self.come_back(),
        }
    }

    fn come_back(&mut self) {
        self.session.disconnected();
        assert!(matches!(self.poll(), Transmit::End(_)));
        let id = self.decoder.last_event_id().to_owned();
        let id = Some(id).filter(|id| !id.is_empty());
        if id.is_none() {
            // It never got so far as to know where it was.
            self.told = true;
        }
        let config = Arc::clone(&self.config);
        let session = Session::begin(
            config,
            &mut self.log,
            self.set,
            id.as_deref(),
            self.framing,
            self.now,
        );
        self.session = session.expect("there is a stream");
        self.decoder = Decoder::new()
            .with_last_event_id(id.as_deref().unwrap_or_default())
            .expect("it was received");
        self.body.clear();
        self.ended = false;
        self.asked = false;
    }

    fn poll(&mut self) -> Transmit {
        self.session.poll_transmit(self.now, &mut self.log)
    }

    fn read(&mut self, mut room: usize) {
        for _ in 0..1000 {
            match self.poll() {
                Transmit::Write(bytes) => {
                    assert!(!self.ended, "nothing comes behind the end");
                    assert!(!bytes.is_empty(), "a write is of something");
                    let some = bytes.len().min(room);
                    if some == 0 {
                        return;
                    }
                    room -= some;
                    self.session.handle_written(self.now, some);
                    self.body.extend_from_slice(&bytes[..some]);
                    self.receive();
                }
                Transmit::Reauthorise => {
                    assert!(!self.asked, "one question at a time");
                    self.asked = true;
                }
                Transmit::Idle => {
                    assert!(!self.session.is_writing());
                    return;
                }
                Transmit::End(_) => {
                    self.ended = true;
                    return;
                }
                other => panic!("{other:?}"),
            }
        }
        panic!("it goes round: {:?}", self.session);
    }

    fn receive(&mut self) {
        let data = match self.framing {
            Framing::Chunked => self.unchunk(),
            _ => std::mem::take(&mut self.body),
        };
        for item in self.decoder.feed(&data) {
            let Item::Event(event) = item else { continue };
            match event.event_type() {
                "message" => {
                    let number: u64 = event.data().parse().expect("a number");
                    assert!(number > self.last, "{number} comes behind {}", self.last);
                    assert!(self.received.insert(number), "{number} comes twice");
                    self.last = number;
                }
                "lagged" | "reset" => self.told = true,
                "sse-cursor" => {}
                other => panic!("an event of type {other:?}"),
            }
        }
    }

    /// The whole chunks, without their frames.
    fn unchunk(&mut self) -> Vec<u8> {
        let mut data = Vec::new();
        while let Some(line) = self.body.windows(2).position(|pair| pair == b"\r\n") {
            let size = std::str::from_utf8(&self.body[..line]).expect("digits");
            let size = usize::from_str_radix(size, 16).expect("digits");
            let end = line + 2 + size + 2;
            if self.body.len() < end {
                break;
            }
            assert_eq!(&self.body[end - 2..end], b"\r\n");
            data.extend_from_slice(&self.body[line + 2..end - 2]);
            self.body.drain(..end);
        }
        data
    }

    fn check(&mut self) {
        // Nothing is due that was due before, unless the end is near.
        if let (Some(deadline), false) = (self.session.deadline(), self.ended) {
            self.session.handle_timeout(self.now);
            let next = self.session.deadline();
            assert!(
                deadline > self.now || next.is_none_or(|next| next > self.now),
                "it spins: {:?}",
                self.session
            );
        }
        if !self.told {
            // Without a gap up to the last one.
            let missing = self
                .published
                .iter()
                .find(|number| **number <= self.last && !self.received.contains(*number));
            assert_eq!(missing, None, "one is missing, and nobody said so");
        }
    }
}

proptest! {
    #![proptest_config(sse_testkit::strategies::config())]

    #[test]
    fn any_inputs_keep_the_promises(config in configs(), chunked in any::<bool>(), inputs in inputs()) {
        let framing = if chunked { Framing::Chunked } else { Framing::Raw };
        let mut watch = Watch::new(config, framing);
        for input in inputs {
            watch.give(input);
            watch.check();
        }
        // In the end the client has all there is, or was told.
        watch.come_back();
        watch.read(1 << 20);
        watch.come_back();
        watch.read(1 << 20);
        watch.check();
        let newest = watch.published.last().copied().unwrap_or_default();
        prop_assert!(watch.told || watch.last >= newest, "{} of {newest}", watch.last);
    }
}
