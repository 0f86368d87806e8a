//! The loop: it gives the machine what happened, and does what the machine says.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant as Clock};

use sse_kit::Instant;
use sse_kit::source::{
    Action, Attempt, Config, EventSource, Prepared, ReadyState, ResponseHead, SourceItem, Verdict,
};

use super::exchange::{Connect, Exchange, Progress, connect_tcp};

/// The longest wait where neither the machine nor the caller says how long.
const A_WHILE: Duration = Duration::from_secs(3600);

/// An event source on one thread.
pub(crate) struct Driver {
    /// What decides; call it whenever you like, with the time as [`now`](Self::now) has it.
    pub(crate) machine: EventSource,
    /// How a connection is opened: here, TCP alone.
    pub(crate) connect: Connect,
    /// What an attempt is to say beyond the configuration, where the configuration has it asked.
    pub(crate) prepare: Box<dyn FnMut(Attempt) -> Result<Prepared, String>>,
    /// What the program thinks of a response, where the configuration has it asked.
    pub(crate) validate: Box<dyn FnMut(&ResponseHead) -> Verdict>,
    started: Clock,
    /// What is under way, at most one exchange.
    exchange: Option<(Attempt, Exchange)>,
    /// What the last chunk said.
    items: VecDeque<SourceItem>,
}

impl Driver {
    /// Prepares to connect; nothing happens before [`next`](Self::next).
    pub(crate) fn new(config: Config) -> Self {
        // Any number that differs between clients will do: it keeps their reconnections apart.
        let seed = std::process::id().into();
        Self {
            machine: EventSource::new(config, seed, Instant::default()),
            connect: Box::new(connect_tcp),
            prepare: Box::new(|_| Ok(Prepared::default())),
            validate: Box::new(|_| Verdict::Accept),
            started: Clock::now(),
            exchange: None,
            items: VecDeque::new(),
        }
    }

    /// The next thing that happens; None if nothing does within this time.
    pub(crate) fn next(&mut self, within: Duration) -> Option<SourceItem> {
        let until = self.now() + within;
        loop {
            self.act();
            // What a chunk said comes before what happened after it.
            let item = self.items.pop_front();
            if let Some(item) = item.or_else(|| self.machine.poll_item()) {
                return Some(item);
            }
            if self.now() >= until || self.machine.ready_state() == ReadyState::Closed {
                return None;
            }
            self.wait(until);
        }
    }

    /// Does what the machine wants done.
    fn act(&mut self) {
        while let Some(action) = self.machine.poll_action() {
            match action {
                Action::Prepare(attempt) => {
                    let prepared = (self.prepare)(attempt);
                    let now = self.now();
                    self.machine.handle_prepared(now, attempt, prepared);
                }
                Action::Send(attempt, request) => {
                    let patience = self.time_left(self.now() + A_WHILE);
                    match Exchange::begin(&mut self.connect, &request, patience) {
                        Ok(exchange) => self.exchange = Some((attempt, exchange)),
                        Err(error) => {
                            let now = self.now();
                            self.machine.handle_error(now, attempt, error);
                        }
                    }
                }
                Action::Validate(attempt, head) => {
                    let verdict = (self.validate)(&head);
                    let now = self.now();
                    self.machine.handle_verdict(now, attempt, verdict);
                }
                Action::Abort(_) => self.exchange = None,
            }
        }
    }

    /// Waits for one input and hands it to the machine.
    fn wait(&mut self, until: Instant) {
        let time = self.time_left(until);
        match &mut self.exchange {
            None => thread::sleep(time),
            Some((attempt, exchange)) => {
                let attempt = *attempt;
                let progress = exchange.read(time);
                let now = self.now();
                match progress {
                    Ok(Progress::Nothing) => {}
                    Ok(Progress::Head(head)) => {
                        self.machine.handle_response_head(now, attempt, head);
                    }
                    Ok(Progress::Data(data)) => {
                        let items = self.machine.handle_data(now, attempt, &data);
                        self.items.extend(items);
                    }
                    Ok(Progress::End) => {
                        self.exchange = None;
                        self.machine.handle_eof(now, attempt);
                    }
                    Err(error) => {
                        self.exchange = None;
                        self.machine.handle_error(now, attempt, error);
                    }
                }
            }
        }
        let now = self.now();
        if self
            .machine
            .deadline()
            .is_some_and(|deadline| deadline <= now)
        {
            self.machine.handle_timeout(now);
        }
    }

    /// How long to wait: to the machine's deadline, and not beyond `until`.
    fn time_left(&self, until: Instant) -> Duration {
        let end = self
            .machine
            .deadline()
            .map_or(until, |deadline| deadline.min(until));
        end.saturating_duration_since(self.now())
    }

    /// The time as the machine knows it.
    pub(crate) fn now(&self) -> Instant {
        Instant::since_origin(self.started.elapsed())
    }
}
