//! What a runtime provides.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::transport::Transport;

/// A runtime that event sources run on: its clock, and how it sends requests.
pub trait Runtime: 'static {
    /// How it tells the time.
    type Clock: Clock;

    /// What sends the requests of a source that was given no other transport.
    fn transport() -> Box<dyn Transport>;
}

/// A clock that runs from its own creation, with one alarm.
pub trait Clock: fmt::Debug + Send + Unpin {
    /// A clock that begins to run.
    fn start() -> Self;

    /// How long it has been running. It never goes back.
    fn elapsed(&self) -> Duration;

    /// Sets the alarm to ring once it has been running for so long, in place of any earlier one.
    ///
    /// A time that the clock cannot express may ring early.
    fn set_alarm(&mut self, at: Duration);

    /// Takes the alarm back. A runtime without timers need not look at its clock each time that it waits.
    fn clear_alarm(&mut self);

    /// Ready once the alarm has rung, and again at each call after that. It is not asked where no alarm is set.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}
