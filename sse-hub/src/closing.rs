//! The end of a hub.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use crate::core::Core;
use crate::sync::thread_waker;
use crate::timers::TICK;

/// A hub that is closing: a future that is ready when every stream has ended.
///
/// That is within the grace period, give or take a tick of 50 ms. It goes on whether or not anybody waits for it.
pub struct Closing {
    core: Arc<Core>,
}

impl Closing {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Waits on this thread. It keeps the hub's time, if there is no driver to do so.
    pub fn wait(mut self) {
        let waker = thread_waker();
        let mut context = Context::from_waker(&waker);
        while Pin::new(&mut self).poll(&mut context).is_pending() {
            thread::park_timeout(TICK);
            self.core.handle_timeout(self.core.now());
        }
    }
}

impl Future for Closing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.core.state();
        if state.table.len() == 0 {
            return Poll::Ready(());
        }
        if !state
            .closers
            .iter()
            .any(|waker| waker.will_wake(context.waker()))
        {
            state.closers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.core.state().table.len();
        f.debug_struct("Closing")
            .field("subscribers", &left)
            .finish()
    }
}
