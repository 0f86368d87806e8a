//! Tells who comes and who goes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_kit::session::End;
use sse_kit::tokio::server::Builder;

use super::KEPT_MESSAGES;
use crate::output::log;

/// How many clients are connected.
#[derive(Clone, Default)]
pub(super) struct Audience(Arc<Mutex<usize>>);

impl Audience {
    /// Has the hub tell of each client.
    pub(super) fn watch(&self, hub: Builder) -> Builder {
        let (coming, going) = (self.clone(), self.clone());
        hub.on_subscribe(move |_| {
            // Logged under the lock, here and below, so that the numbers come in order.
            let mut connected = coming.connected();
            *connected += 1;
            log(format_args!("client added ({connected} connected)"));
        })
        .on_unsubscribe(move |client| {
            let mut connected = going.connected();
            *connected -= 1;
            let why = match client.ended() {
                Some(End::Lagged) => {
                    format!(": too slow, more than {KEPT_MESSAGES} messages behind")
                }
                Some(End::Stalled) => ": it does not read".to_owned(),
                _ => String::new(),
            };
            log(format_args!("client removed{why} ({connected} connected)"));
        })
    }

    fn connected(&self) -> MutexGuard<'_, usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
