//! Delivery: what is new, to all who wait for it.

use std::io;
use std::sync::{Arc, MutexGuard, TryLockError};

use bytes::Bytes;
use sse_proto::Instant;
use sse_proto::log::{Framing, LogEvent, Read, Run, SetId};
use sse_proto::session::{End, Transmit};

use crate::core::Core;
use crate::group::Group;
use crate::seat::{Filter, Seat, Slot};
use crate::stats::add;
use crate::sync::call;

/// What a delivery works with, kept from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    sets: Vec<SetId>,
    groups: Vec<(SetId, Arc<Group>)>,
    runs: Vec<(Framing, Run)>,
}

/// What is next for a subscription.
pub(crate) enum Next {
    Write(Bytes),
    Idle,
    End(End),
}

/// How many different runs a group is given at most; who needs yet another reads it by itself.
const RUNS: usize = 8;

impl Core {
    /// Serves all who follow what has been published since this was called last.
    ///
    /// Where somebody is at it already, they do what is left too.
    pub(crate) fn deliver(self: &Arc<Self>) {
        loop {
            let mut scratch = match self.delivering.try_lock() {
                Ok(scratch) => scratch,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            let scratch_ref = &mut *scratch;
            loop {
                let mut state = self.state();
                state.log.take_stirred(&mut scratch_ref.sets);
                let groups = scratch_ref.sets.drain(..);
                let groups = groups.filter_map(|set| Some((set, Arc::clone(state.group_of(set)?))));
                scratch_ref.groups.extend(groups);
                drop(state);
                if scratch_ref.groups.is_empty() {
                    break;
                }
                let now = self.now();
                for (set, group) in scratch_ref.groups.drain(..) {
                    self.serve(set, &group, &mut scratch_ref.runs, now);
                }
            }
            drop(scratch);
            // Whoever came meanwhile and found this occupied relies on it.
            if !self.state().log.is_stirred() {
                return;
            }
        }
    }

    /// Hands a group what is new to it, read once for all who are at the same cursor.
    fn serve(
        self: &Arc<Self>,
        set: SetId,
        group: &Group,
        runs: &mut Vec<(Framing, Run)>,
        now: Instant,
    ) {
        runs.clear();
        let (mut writes, mut bytes) = (0, 0);
        group.serve(|seat| {
            let mut slot = seat.lock();
            let news = self.offer(set, &mut slot, runs, now);
            match news {
                News::None => return,
                // It says so itself when it can go on.
                _ if slot.blocked => return,
                News::Taken { more } if slot.outlet.is_some() => {
                    let (len, written) = slot.write_pending(now);
                    if written {
                        writes += 1;
                        bytes += len as u64;
                        if !more && slot.scheduled.is_some() {
                            return;
                        }
                    }
                }
                _ => {}
            }
            drop(slot);
            self.attend(seat, now);
        });
        runs.clear();
        self.counters.count_written(writes, bytes);
    }

    /// Gives a session the run for those who are where it is.
    fn offer(
        &self,
        set: SetId,
        slot: &mut Slot,
        runs: &mut Vec<(Framing, Run)>,
        now: Instant,
    ) -> News {
        slot.behind = true;
        if slot.filter.is_some() || !slot.session.is_live() {
            return News::Some;
        }
        let (from, framing) = (slot.session.cursor(), slot.session.framing());
        let fits = |(framed, run): &&(Framing, Run)| *framed == framing && run.from == from;
        if runs.iter().find(fits).is_none() {
            if runs.len() >= RUNS {
                return News::Some;
            }
            let max = self.session_config.run_bytes();
            match self.state().log.read(set, from, framing, max) {
                Read::Run(run) => runs.push((framing, run)),
                Read::UpToDate => {
                    slot.behind = false;
                    return News::None;
                }
                Read::Lagged(_) | Read::Gone => return News::Some,
            }
        }
        let Some((_, run)) = runs.iter().find(fits) else {
            return News::Some;
        };
        if !slot.session.take_run(now, framing, run) {
            return News::Some;
        }
        slot.behind = run.more;
        News::Taken { more: run.more }
    }

    /// Sees to a subscription that has something to do: its outlet is written to, or its task is woken.
    pub(crate) fn attend(self: &Arc<Self>, seat: &Arc<Seat>, now: Instant) {
        let mut slot = seat.lock();
        if slot.outlet.is_some() {
            drop(slot);
            self.push(seat, now);
            return;
        }
        let ended = slot.session.ended();
        let waker = slot.take_waker();
        self.settle(seat, slot);
        if let Some(end) = ended {
            self.leave(seat, end);
        }
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Writes all that is there to a subscription's outlet, or until it takes no more.
    pub(crate) fn push(self: &Arc<Self>, seat: &Arc<Seat>, now: Instant) {
        loop {
            let (mut slot, next) = self.next(seat, now);
            match next {
                Next::Write(_) => {
                    let (len, written) = slot.write_pending(now);
                    self.counters.count_written(u64::from(written), len as u64);
                    if !slot.blocked {
                        continue;
                    }
                }
                Next::Idle => {
                    slot.blocked = false;
                    self.settle(seat, slot);
                    return;
                }
                Next::End(end) => {
                    drop(slot);
                    self.leave(seat, end);
                    seat.wake();
                    return;
                }
            }
            let waker = slot.take_waker();
            self.settle(seat, slot);
            if let Some(waker) = waker {
                waker.wake();
            }
            return;
        }
    }

    /// What is next for a subscription, once what it asks on the way has been seen to.
    pub(crate) fn next<'a>(
        self: &Arc<Self>,
        seat: &'a Arc<Seat>,
        now: Instant,
    ) -> (MutexGuard<'a, Slot>, Next) {
        loop {
            let mut slot = seat.lock();
            let transmit = match slot.session.poll_pending() {
                Some(transmit) => transmit,
                None if !slot.behind => Transmit::Idle,
                None => match slot.filter.clone() {
                    Some(filter) => match self.filtered(seat, slot, &filter, now) {
                        Some(slot) => return (slot, Next::Idle),
                        None => continue,
                    },
                    None => {
                        let mut state = self.state();
                        let transmit = slot.session.poll_transmit(now, &mut state.log);
                        drop(state);
                        slot.behind = transmit != Transmit::Idle;
                        add(&self.counters.missed, slot.session.take_missed());
                        transmit
                    }
                },
            };
            match transmit {
                Transmit::Write(bytes) => return (slot, Next::Write(bytes)),
                Transmit::End(end) => return (slot, Next::End(end)),
                Transmit::Reauthorise => {
                    drop(slot);
                    self.ask(seat);
                }
                Transmit::Page(after) => {
                    drop(slot);
                    self.ask_for_page(seat, after);
                }
                _ => return (slot, Next::Idle),
            }
        }
    }

    /// Reads on for one that does not want all of it. Gives its slot back if there is nothing; else it is to be looked
    /// at again.
    fn filtered<'a>(
        &self,
        seat: &'a Arc<Seat>,
        mut slot: MutexGuard<'a, Slot>,
        filter: &Filter,
        now: Instant,
    ) -> Option<MutexGuard<'a, Slot>> {
        let slices = slot.session.read_slices(now, &mut self.state().log);
        add(&self.counters.missed, slot.session.take_missed());
        let Some(slices) = slices else {
            slot.behind = slot.session.is_writing();
            return if slot.behind { None } else { Some(slot) };
        };
        drop(slot);
        let mut wanted = |event: &&LogEvent| filter(event);
        let kept = self.call(|| {
            slices
                .events
                .iter()
                .filter(&mut wanted)
                .cloned()
                .collect::<Vec<_>>()
        });
        let mut slot = seat.lock();
        match kept {
            Some(kept) => slot.session.handle_filtered(now, &slices, &kept),
            None => slot.session.kick(now),
        }
        None
    }

    /// Time has passed: looks after those whose deadline is over.
    pub(crate) fn handle_timeout(self: &Arc<Self>, now: Instant) {
        loop {
            let mut state = self.state();
            state.log.evict_expired(now);
            let Some((tick, due)) = state.timers.pop(now) else {
                return;
            };
            let seats: Vec<_> = due
                .into_iter()
                .filter_map(|id| state.table.get(id).cloned())
                .collect();
            drop(state);
            for seat in &seats {
                let mut slot = seat.lock();
                if slot.scheduled != Some(tick) {
                    continue;
                }
                slot.scheduled = None;
                if slot
                    .session
                    .deadline()
                    .is_some_and(|deadline| deadline <= now)
                {
                    slot.session.handle_timeout(now);
                    slot.behind = true;
                    // A question, or the end, waits for no outlet.
                    drop(slot);
                    self.attend(seat, now);
                } else {
                    self.settle(seat, slot);
                }
            }
        }
    }
}

enum News {
    None,
    Some,
    Taken { more: bool },
}

impl Slot {
    /// Writes what is pending to the outlet: how much went, and whether that was all.
    fn write_pending(&mut self, now: Instant) -> (usize, bool) {
        let (Some(outlet), Some(Transmit::Write(bytes))) =
            (&mut self.outlet, self.session.poll_pending())
        else {
            return (0, false);
        };
        let written = call(|| outlet.try_write(&bytes));
        self.blocked = false;
        match written.unwrap_or_else(|| Err(io::ErrorKind::Other.into())) {
            Ok(len) if len > 0 => {
                let len = len.min(bytes.len());
                self.session.handle_written(now, len);
                (len, len == bytes.len())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.blocked = true;
                (0, false)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (0, false),
            Ok(_) | Err(_) => {
                self.session.disconnected();
                (0, false)
            }
        }
    }
}
