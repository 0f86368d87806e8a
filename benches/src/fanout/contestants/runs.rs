//! Runs of bytes that every response shares: the least that a framework's body can do.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use slab::Slab;

use crate::fanout::burst::Burst;

/// So many runs are kept for bodies that are slow; one that falls further behind ends.
const KEPT: usize = 1024;

/// What was published, and who waits for more.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    runs: VecDeque<Bytes>,
    /// How many runs there were before those that are kept.
    before: usize,
    waiting: Slab<Option<Waker>>,
}

/// The body of one response: a frame is a run, and nothing is copied.
#[derive(Debug)]
pub(super) struct RunsBody {
    runs: Runs,
    next: usize,
    key: usize,
}

impl Runs {
    pub(super) fn publish(&self, burst: &Burst) {
        thread_local! {
            static WOKEN: RefCell<Vec<Waker>> = const { RefCell::new(Vec::new()) };
        }
        WOKEN.with_borrow_mut(|woken| {
            self.with(|shared| {
                shared.runs.push_back(burst.joined());
                if shared.runs.len() > KEPT {
                    shared.runs.pop_front();
                    shared.before += 1;
                }
                let waiting = shared.waiting.iter_mut();
                woken.extend(waiting.filter_map(|(_, waker)| waker.take()));
            });
            woken.drain(..).for_each(Waker::wake);
        });
    }

    pub(super) fn body(&self) -> RunsBody {
        let (next, key) = self.with(|shared| {
            let next = shared.before + shared.runs.len();
            (next, shared.waiting.insert(None))
        });
        RunsBody {
            runs: self.clone(),
            next,
            key,
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Shared) -> T) -> T {
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Body for RunsBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Self { runs, next, key } = &mut *self;
        runs.with(|shared| {
            let Some(behind) = next.checked_sub(shared.before) else {
                return Poll::Ready(None);
            };
            if let Some(run) = shared.runs.get(behind) {
                *next += 1;
                return Poll::Ready(Some(Ok(Frame::data(run.clone()))));
            }
            shared.waiting[*key] = Some(context.waker().clone());
            Poll::Pending
        })
    }
}

impl Drop for RunsBody {
    fn drop(&mut self) {
        let key = self.key;
        self.runs.with(|shared| shared.waiting.remove(key));
    }
}
