//! What the test, the listener and the connections of a peer share.

use std::collections::VecDeque;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::answer::Answer;
use super::request::Request;
use super::{MAX_REQUESTS, PATIENCE};

pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) answers: VecDeque<Answer>,
    /// What is answered once the answers are used up.
    pub(super) last: Option<Answer>,
    pub(super) requests: Vec<Request>,
    /// Every connection that was accepted, while it is open.
    pub(super) connections: Vec<Option<TcpStream>>,
    /// How many pauses may end.
    passes: usize,
    pub(super) stopped: bool,
}

impl Shared {
    pub(super) fn new(answers: VecDeque<Answer>, last: Option<Answer>) -> Self {
        let state = State {
            answers,
            last,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// The state; a test that panicked must not keep the server from ending.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a new connection into the books and gives its number; None if the server has ended.
    pub(super) fn connected(&self, stream: &TcpStream) -> Option<usize> {
        let mut state = self.lock();
        if state.stopped {
            return None;
        }
        let number = state.connections.len();
        state.connections.push(stream.try_clone().ok());
        self.changed.notify_all();
        Some(number)
    }

    /// A connection is over, and `stream` the last hold on it.
    pub(super) fn disconnected(&self, number: usize, stream: TcpStream) {
        let mut state = self.lock();
        state.connections[number] = None;
        drop(stream);
        self.changed.notify_all();
    }

    /// Keeps a request and gives what is answered; None if that is nothing.
    pub(super) fn record(&self, request: Request) -> Option<Answer> {
        let mut state = self.lock();
        if state.requests.len() >= MAX_REQUESTS {
            return None;
        }
        state.requests.push(request);
        self.changed.notify_all();
        let next = state.answers.pop_front();
        let answer = next.or_else(|| state.last.clone());
        Some(answer.unwrap_or_else(|| Answer::status(410).event("the script is over")))
    }

    /// Lets one pause end.
    pub(super) fn go(&self) {
        self.lock().passes += 1;
        self.changed.notify_all();
    }

    /// Waits for the test's word; an error if the server ends instead.
    pub(super) fn pause(&self) -> io::Result<()> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if state.passes > 0 {
                state.passes -= 1;
                return Ok(());
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until the state has something to give, but not for ever: None if it never has.
    pub(super) fn wait_for<T>(&self, wanted: impl Fn(&State) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            if let Some(found) = wanted(&state) {
                return Some(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends whatever waits: pauses, reads and writes.
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        for stream in state.connections.iter().flatten() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
    }
}
