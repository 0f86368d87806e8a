//! Any inputs in any order, late ones among them.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sse_proto::Instant;
use sse_proto::source::{
    Action, Attempt, Config, EventSource, Prepared, ReadyState, ResponseHead, SourceItem,
    StatusRetry, Verdict,
};

use crate::support::{URL, broken, head, stream_head};

/// An input; where it names an attempt, the number says how many attempts ago that was.
#[derive(Clone, Debug)]
enum Input {
    Prepared(usize, bool),
    Head(usize, ResponseHead),
    Verdict(usize, bool),
    Data(usize, Vec<u8>),
    Eof(usize),
    Error(usize),
    Time(Duration),
    Deadline,
    Reconnect,
    Close,
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let ago = || prop_oneof![6 => Just(0_usize), 1 => 1..4_usize];
    let heads = || {
        prop_oneof![
            6 => Just(stream_head()),
            2 => Just(head(302, &[("Location", "/there")])),
            1 => select(vec![100, 200, 204, 301, 307, 404, 503]).prop_map(|status| head(status, &[])),
        ]
    };
    let line = select(vec![
        "id: 1\n",
        "id: 2\n",
        "id\n",
        "data: x\n",
        "\n",
        "\r",
        "retry: 0\n",
        "retry: 9\n",
        ": c\n",
        "id: \u{1}\n",
        "i",
    ]);
    let chunks = vec(line, 0..5).prop_map(|lines| lines.concat().into_bytes());
    let input = prop_oneof![
        4 => (ago(), prop::bool::weighted(0.9)).prop_map(|(ago, ok)| Input::Prepared(ago, ok)),
        6 => (ago(), heads()).prop_map(|(ago, head)| Input::Head(ago, head)),
        4 => (ago(), prop::bool::weighted(0.8)).prop_map(|(ago, ok)| Input::Verdict(ago, ok)),
        6 => (ago(), chunks).prop_map(|(ago, chunk)| Input::Data(ago, chunk)),
        2 => ago().prop_map(Input::Eof),
        2 => ago().prop_map(Input::Error),
        2 => (0..100_u64).prop_map(|seconds| Input::Time(Duration::from_secs(seconds))),
        4 => Just(Input::Deadline),
        1 => Just(Input::Reconnect),
        1 => prop::bool::weighted(0.2).prop_map(|close| if close { Input::Close } else { Input::Deadline }),
    ];
    vec(input, 0..60)
}

#[derive(Clone, Debug)]
struct Settings {
    prepare: bool,
    validate: bool,
    connect: Option<Duration>,
    idle: Option<Duration>,
}

impl Settings {
    fn any() -> impl Strategy<Value = Self> {
        let time = || option::of((0..100_u64).prop_map(Duration::from_secs));
        (any::<bool>(), any::<bool>(), time(), time()).prop_map(
            |(prepare, validate, connect, idle)| Self {
                prepare,
                validate,
                connect,
                idle,
            },
        )
    }

    fn config(&self) -> Config {
        Config::new(URL)
            .expect("valid")
            .prepare_each_attempt(self.prepare)
            .validate_responses(self.validate)
            .connect_timeout(self.connect)
            .idle_timeout(self.idle)
            .retry_statuses(StatusRetry::transient())
    }
}

/// What a transport knows, and what may hold of it.
struct Watch {
    source: EventSource,
    now: Instant,
    settings: Settings,
    /// All that were begun, the latest last.
    attempts: Vec<Attempt>,
    live: Option<Attempt>,
    committed: String,
    closed: usize,
}

impl Watch {
    fn new(settings: Settings) -> Self {
        let now = Instant::default();
        let mut watch = Self {
            source: EventSource::new(settings.config(), 1, now),
            now,
            settings,
            attempts: Vec::new(),
            live: None,
            committed: String::new(),
            closed: 0,
        };
        watch.drain();
        watch
    }

    fn attempt(&self, ago: usize) -> Attempt {
        let latest = self.attempts.len() - 1;
        self.attempts[latest.saturating_sub(ago)]
    }

    fn drain(&mut self) {
        while let Some(action) = self.source.poll_action() {
            match action {
                Action::Prepare(attempt) => {
                    assert_eq!(self.live, None, "one attempt at a time");
                    self.live = Some(attempt);
                    self.attempts.push(attempt);
                }
                Action::Send(attempt, _) => {
                    let begun = self.settings.prepare && self.live == Some(attempt);
                    assert!(begun || self.live.is_none(), "one attempt at a time");
                    self.live = Some(attempt);
                    self.attempts.push(attempt);
                }
                Action::Validate(attempt, _) => assert_eq!(self.live, Some(attempt)),
                Action::Abort(attempt) => {
                    assert_eq!(
                        self.live,
                        Some(attempt),
                        "only what is under way is aborted"
                    );
                    self.live = None;
                }
            }
        }
        while let Some(event) = self.source.poll_item() {
            assert_eq!(self.closed, 0, "nothing comes behind the end: {event:?}");
            if let SourceItem::Closed = event {
                self.closed += 1;
            }
        }
    }

    fn give(&mut self, input: Input) {
        let now = self.now;
        match input {
            Input::Prepared(ago, true) => {
                self.source
                    .handle_prepared(now, self.attempt(ago), Ok(Prepared::default()));
            }
            Input::Prepared(ago, false) => {
                let attempt = self.attempt(ago);
                let preparing = self.shows("Preparing");
                self.source.handle_prepared(now, attempt, Err("no".into()));
                if preparing && self.live == Some(attempt) {
                    self.live = None;
                }
            }
            Input::Head(ago, head) => {
                self.source
                    .handle_response_head(now, self.attempt(ago), head)
            }
            Input::Verdict(ago, true) => {
                self.source
                    .handle_verdict(now, self.attempt(ago), Verdict::Accept);
            }
            Input::Verdict(ago, false) => {
                self.source
                    .handle_verdict(now, self.attempt(ago), Verdict::Reject("no".into()));
            }
            Input::Data(ago, chunk) => {
                let attempt = self.attempt(ago);
                for item in self.source.handle_data(now, attempt, &chunk) {
                    if let SourceItem::Message(event) = item {
                        self.committed = event.last_event_id().to_owned();
                    }
                }
                // An id without data counts too, but only what the open stream says.
                if attempt == self.attempt(0) && self.source.ready_state() == ReadyState::Open {
                    self.committed = self.source.last_event_id().to_owned();
                }
            }
            Input::Eof(ago) => {
                let attempt = self.attempt(ago);
                self.source.handle_eof(now, attempt);
                self.ended(attempt);
            }
            Input::Error(ago) => {
                let attempt = self.attempt(ago);
                self.source.handle_error(now, attempt, broken());
                self.ended(attempt);
            }
            Input::Time(time) => {
                self.now = now + time;
                self.source.handle_timeout(self.now);
            }
            Input::Deadline => {
                self.now = self.source.deadline().unwrap_or(now).max(now);
                self.source.handle_timeout(self.now);
            }
            Input::Reconnect => self.source.reconnect(now),
            Input::Close => self.source.close(),
        }
        self.drain();
    }

    /// The transport's own end of an exchange, which needs no abort.
    fn ended(&mut self, attempt: Attempt) {
        if self.live == Some(attempt) && !self.shows("Preparing") {
            self.live = None;
        }
    }

    fn shows(&self, state: &str) -> bool {
        format!("{:?}", self.source).contains(&format!("state: {state},"))
    }

    fn check(&self) {
        let due = self.shows("Waiting")
            || self.shows("Refused")
            || (self.shows("Connecting") && self.settings.connect.is_some())
            || (self.shows("Open") && self.settings.idle.is_some());
        assert_eq!(self.source.deadline().is_some(), due, "{:?}", self.source);
        assert_eq!(
            self.closed == 1,
            self.source.ready_state() == ReadyState::Closed
        );
        let idle = self.shows("Waiting") || self.shows("Closed");
        assert_eq!(self.live.is_none(), idle, "{:?}", self.source);
        assert_eq!(self.source.last_event_id(), self.committed);
    }
}

proptest! {
    #![proptest_config(sse_testkit::strategies::config())]

    #[test]
    fn any_inputs_keep_the_promises(settings in Settings::any(), inputs in inputs()) {
        let mut watch = Watch::new(settings);
        watch.check();
        for input in inputs {
            watch.give(input);
            watch.check();
        }
        watch.source.close();
        watch.drain();
        watch.check();
    }
}
