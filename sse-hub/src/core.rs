//! What all handles of a hub share: the log behind one lock, and those who read it.

use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::time::Duration;

use sse_proto::Instant;
use sse_proto::log::{Encoded, Log, SetId, TopicInfo};
use sse_proto::session::{self, End, Verdict};

use crate::backplane::Link;
use crate::bell::Bell;
use crate::builder::Settings;
use crate::delivery::Scratch;
use crate::group::Group;
use crate::publish::{PublishError, Published};
use crate::seat::{Seat, Slot};
use crate::stats::{Counters, Stats, Tally, add, read};
use crate::subscribe::Subscriber;
use crate::sync::{call, lock};
use crate::table::{SubscriberId, Table};
use crate::timers::{Tick, Timers};
use crate::trace;

/// Locks are taken in this order: a seat's slot, the state, a group's members. Callbacks, filters and wakers are called
/// when none is held.
pub(crate) struct Core {
    state: Mutex<State>,
    pub(crate) session_config: Arc<session::Config>,
    pub(crate) settings: Settings,
    pub(crate) counters: Counters,
    pub(crate) bell: Bell,
    pub(crate) delivering: Mutex<Scratch>,
    pub(crate) link: Option<Link>,
}

pub(crate) struct State {
    pub(crate) log: Log,
    pub(crate) table: Table,
    /// By the index of their set.
    groups: Vec<Option<Arc<Group>>>,
    pub(crate) timers: Timers,
    pub(crate) tally: Tally,
    pub(crate) is_closed: bool,
    /// When what waits for more is delivered.
    flush_at: Option<Instant>,
    /// Those who wait until everyone has left.
    pub(crate) closers: Vec<Waker>,
}

impl Core {
    pub(crate) fn new(
        log: Log,
        session: session::Config,
        settings: Settings,
        link: Option<Link>,
    ) -> Self {
        Self {
            state: Mutex::new(State {
                log,
                table: Table::default(),
                groups: Vec::new(),
                timers: Timers::default(),
                tally: Tally::default(),
                is_closed: false,
                flush_at: None,
                closers: Vec::new(),
            }),
            session_config: Arc::new(session),
            settings,
            counters: Counters::default(),
            bell: Bell::default(),
            delivering: Mutex::default(),
            link,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn now(&self) -> Instant {
        self.settings.clock.now()
    }

    /// Appends to the log, and has it delivered.
    pub(crate) fn append(
        self: &Arc<Self>,
        topic: &str,
        event: Encoded,
    ) -> Result<Published, PublishError> {
        let now = self.now();
        let own_id = event
            .own_id()
            .filter(|id| !id.is_empty())
            .map(str::to_owned);
        let mut state = self.state();
        if state.is_closed {
            return Err(PublishError::Closed);
        }
        let appended = state.log.append(topic, event, now)?;
        let stirred = state.log.is_stirred();
        drop(state);
        if stirred {
            self.stir();
        }
        Ok(Published::new(appended, own_id))
    }

    /// Something is to be delivered: by the driver, or, where there is none, right here.
    pub(crate) fn stir(self: &Arc<Self>) {
        if self.bell.is_driven() {
            self.bell.ring();
        } else {
            self.deliver();
        }
    }

    /// Delivers, if there is something, and it has waited for more as long as it should.
    pub(crate) fn deliver_in_time(self: &Arc<Self>) {
        let window = self.settings.flush_window;
        if !window.is_zero() {
            let now = self.now();
            let mut state = self.state();
            if !state.log.is_stirred() {
                return;
            }
            let flush_at = *state.flush_at.get_or_insert(now + window);
            if now < flush_at && !state.is_closed {
                return;
            }
            state.flush_at = None;
        }
        self.deliver();
    }

    /// When a driver is to look after it again.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let state = self.state();
        let deadlines = [state.timers.first(), state.log.expiry(), state.flush_at];
        deadlines.into_iter().flatten().min()
    }

    /// Lets go of a slot, and sees to it that its session's deadline is noticed.
    pub(crate) fn settle(&self, seat: &Seat, mut slot: MutexGuard<'_, Slot>) {
        let Some(deadline) = slot.session.deadline() else {
            return;
        };
        let tick = Tick::at_or_after(deadline);
        if slot.scheduled.is_some_and(|scheduled| scheduled <= tick) {
            return;
        }
        slot.scheduled = Some(tick);
        let mut state = self.state();
        let first = state.timers.first();
        state.timers.set(tick, seat.id);
        let is_first = state.timers.first() != first;
        drop(state);
        drop(slot);
        if is_first {
            self.bell.ring();
        }
    }

    /// The stream of a seat has ended, or was dropped.
    pub(crate) fn leave(&self, seat: &Arc<Seat>, end: End) {
        if !seat.go() {
            return;
        }
        let told = self.settings.on_unsubscribe.as_ref();
        let mut state = self.state();
        let topics = told.map(|_| owned(state.log.topics_of(seat.set)));
        state.table.remove(seat.id);
        state.tally.end(end);
        if state.log.unfollow(seat.set) {
            state.groups[seat.set.index()] = None;
        }
        let is_last = state.is_closed && state.table.len() == 0;
        drop(state);
        seat.group.leave(seat);
        trace::ended(seat, end);
        if let (Some(told), Some(topics)) = (told, topics) {
            let subscriber = Subscriber::new(seat, &topics, Some(end));
            self.call(|| told(&subscriber));
        }
        if is_last {
            self.everyone_has_left();
        }
    }

    /// Tells those who wait for it, and the driver.
    fn everyone_has_left(&self) {
        let closers = mem::take(&mut self.state().closers);
        for closer in closers {
            closer.wake();
        }
        self.bell.ring();
    }

    /// Calls what a program has handed in; a panic is counted.
    pub(crate) fn call<T>(&self, callback: impl FnOnce() -> T) -> Option<T> {
        let value = call(callback);
        if value.is_none() {
            add(&self.counters.panics, 1);
            trace::panicked();
        }
        value
    }

    pub(crate) fn seat(&self, subscriber: SubscriberId) -> Option<Arc<Seat>> {
        self.state().table.get(subscriber).cloned()
    }

    pub(crate) fn kick(self: &Arc<Self>, seat: &Arc<Seat>) {
        let now = self.now();
        seat.lock().session.kick(now);
        self.attend(seat, now);
    }

    pub(crate) fn handle_verdict(self: &Arc<Self>, subscriber: SubscriberId, verdict: Verdict) {
        let Some(seat) = self.seat(subscriber) else {
            return;
        };
        let now = self.now();
        seat.lock().session.handle_verdict(now, verdict);
        if verdict == Verdict::Reject {
            self.attend(&seat, now);
        }
    }

    /// Ends all streams within a grace period, and takes no more.
    pub(crate) fn close(self: &Arc<Self>, grace: Duration) {
        let mut state = self.state();
        state.is_closed = true;
        let seats: Vec<_> = state.table.iter().cloned().collect();
        drop(state);
        trace::closing(seats.len());
        if let Some(link) = &self.link {
            link.close();
        }
        let now = self.now();
        for seat in &seats {
            let mut slot = seat.lock();
            slot.session.drain(now, grace);
            slot.behind = true;
            drop(slot);
            self.attend(seat, now);
        }
        self.bell.ring();
    }

    /// Whether it is closed, and everyone has left.
    pub(crate) fn is_over(&self) -> bool {
        let state = self.state();
        state.is_closed && state.table.len() == 0
    }

    pub(crate) fn stats(&self) -> Stats {
        let state = self.state();
        let sum =
            |of: fn(&TopicInfo<'_>) -> usize| state.log.topics().map(|topic| of(&topic)).sum();
        let counters = &self.counters;
        Stats {
            subscribers: state.table.len(),
            topics: state.log.topics().count(),
            events: sum(|topic| topic.events),
            bytes: sum(|topic| topic.bytes),
            subscribed: state.tally.subscribed,
            refused: counters.refused.load(Ordering::Relaxed),
            published: state.log.appended(),
            writes: read(&counters.writes),
            bytes_written: read(&counters.bytes_written),
            resumed: state.tally.resumed,
            stale: state.tally.stale,
            missed: read(&counters.missed),
            ended: state.tally.ended,
            panics: read(&counters.panics),
        }
    }
}

impl State {
    /// The group of a set, made if there is none.
    pub(crate) fn group(&mut self, set: SetId) -> Arc<Group> {
        let index = set.index();
        if self.groups.len() <= index {
            self.groups.resize(index + 1, None);
        }
        Arc::clone(self.groups[index].get_or_insert_default())
    }

    pub(crate) fn group_of(&self, set: SetId) -> Option<&Arc<Group>> {
        self.groups.get(set.index())?.as_ref()
    }
}

pub(crate) fn owned<'a>(topics: impl Iterator<Item = &'a str>) -> Vec<String> {
    topics.map(str::to_owned).collect()
}

impl Drop for Core {
    fn drop(&mut self) {
        if let Some(link) = &self.link {
            link.close();
        }
        for waker in self.bell.take_all() {
            waker.wake();
        }
    }
}
