//! Hands every message to all who are connected.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::{Notify, mpsc};

use crate::output::log;

/// Messages that may wait for one client. One that is further behind is disconnected.
const QUEUE: usize = 64;

/// All clients that are connected.
#[derive(Default)]
pub(crate) struct Broker {
    clients: Mutex<Clients>,
}

#[derive(Default)]
struct Clients {
    added: u64,
    connected: BTreeMap<u64, Client>,
}

struct Client {
    messages: mpsc::Sender<Bytes>,
    /// Ends the client's connection, which may be stuck in a write.
    hang_up: Arc<Notify>,
}

impl Broker {
    /// Adds a client; it is removed when the subscription is dropped.
    ///
    /// `first` is sent to it ahead of all messages. When the client is too slow, `hang_up` is
    /// notified, and its connection is to be closed.
    pub(crate) fn subscribe(self: &Arc<Self>, first: Bytes, hang_up: Arc<Notify>) -> Subscription {
        let (sender, messages) = mpsc::channel(QUEUE);
        let mut clients = self.clients();
        let key = clients.added;
        clients.added += 1;
        let client = Client {
            messages: sender,
            hang_up,
        };
        clients.connected.insert(key, client);
        // Logged under the lock, here and below, so that the numbers come in order.
        let connected = clients.connected.len();
        log(format_args!("client added ({connected} connected)"));
        Subscription {
            broker: Arc::clone(self),
            key,
            first: Some(first),
            messages,
        }
    }

    /// Hands a message to every client without waiting for any, and says to how many.
    pub(crate) fn broadcast(&self, message: &Bytes) -> usize {
        let mut clients = self.clients();
        let all = std::mem::take(&mut clients.connected);
        let (kept, slow) = all
            .into_iter()
            .partition(|(_, client)| client.messages.try_send(message.clone()).is_ok());
        clients.connected = kept;
        let connected = clients.connected.len();
        for client in BTreeMap::into_values(slow) {
            client.hang_up.notify_one();
            log(format_args!(
                "client removed: too slow, {QUEUE} messages behind ({connected} connected)"
            ));
        }
        connected
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        // Nothing panics halfway through a change, so what a panic left behind is whole.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one client is sent, as the body of its response.
pub(crate) struct Subscription {
    broker: Arc<Broker>,
    key: u64,
    first: Option<Bytes>,
    messages: mpsc::Receiver<Bytes>,
}

impl Body for Subscription {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.messages
            .poll_recv(context)
            .map(|message| message.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut clients = self.broker.clients();
        // One that was too slow has been removed before.
        if clients.connected.remove(&self.key).is_some() {
            let connected = clients.connected.len();
            log(format_args!("client removed ({connected} connected)"));
        }
    }
}
