//! What the hub and a subscription share.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Waker};

use sse_proto::RequestHead;
use sse_proto::log::{LogEvent, SetId};
use sse_proto::session::Session;

use crate::group::Group;
use crate::sync::lock;
use crate::table::SubscriberId;
use crate::timers::Tick;

/// Whether a subscriber wants an event.
pub(crate) type Filter = Arc<dyn Fn(&LogEvent) -> bool + Send + Sync>;

/// Where an own server lets the hub write a stream itself, without a task in between.
///
/// Attach one with [`Subscription::attach`](crate::Subscription::attach). It is called while the subscription is
/// locked: it must not call the hub.
pub trait Outlet: Send {
    /// Writes as much as goes without waiting, and says how much that was.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) if nothing goes now: then the subscription's task is
    /// [told](crate::Subscription::poll_blocked). Any other error, and a write of nothing, mean that the client is gone.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize>;
}

pub(crate) struct Seat {
    pub(crate) id: SubscriberId,
    pub(crate) set: SetId,
    pub(crate) group: Arc<Group>,
    /// Where it is in its group, if the group is not being served.
    pub(crate) position: AtomicUsize,
    gone: AtomicBool,
    pub(crate) tag: Option<Arc<str>>,
    pub(crate) request: Option<Arc<RequestHead>>,
    slot: Mutex<Slot>,
}

/// The part of it that changes.
pub(crate) struct Slot {
    pub(crate) session: Session,
    pub(crate) filter: Option<Filter>,
    pub(crate) outlet: Option<Box<dyn Outlet>>,
    waker: Option<Waker>,
    /// When the hub looks at it again.
    pub(crate) scheduled: Option<Tick>,
    /// The log may have something for it that it was not given.
    pub(crate) behind: bool,
    /// Its outlet takes no more for now.
    pub(crate) blocked: bool,
}

impl Seat {
    pub(crate) fn new(
        id: SubscriberId,
        group: Arc<Group>,
        session: Session,
        filter: Option<Filter>,
        tag: Option<Arc<str>>,
        request: Option<Arc<RequestHead>>,
    ) -> Self {
        Self {
            id,
            set: session.set(),
            group,
            position: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
            tag,
            request,
            slot: Mutex::new(Slot {
                session,
                filter,
                outlet: None,
                waker: None,
                scheduled: None,
                behind: true,
                blocked: false,
            }),
        }
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, Slot> {
        lock(&self.slot)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Marks it as gone; says whether it was not yet.
    pub(crate) fn go(&self) -> bool {
        !self.gone.swap(true, Ordering::AcqRel)
    }

    /// Wakes whoever polls it. Nothing may be locked: a waker is somebody else's code.
    pub(crate) fn wake(&self) {
        let waker = self.lock().waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Slot {
    /// Has this task woken when there is something for it.
    pub(crate) fn register(&mut self, context: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => self.waker = Some(context.waker().clone()),
        }
    }

    pub(crate) fn take_waker(&mut self) -> Option<Waker> {
        self.waker.take()
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat")
            .field("id", &self.id)
            .field("tag", &self.tag)
            .finish_non_exhaustive()
    }
}
