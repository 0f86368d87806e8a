//! Accepting connections, on a thread of its own.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use sse_server::set_up_socket;

use super::connection::Connection;

/// How long the thread rests after an error: there may be no descriptors left.
const REST: Duration = Duration::from_millis(100);

/// What comes in at a listener; dropped, its thread ends, and the listener is closed.
#[derive(Debug)]
pub struct Acceptor {
    address: SocketAddr,
    door: Arc<Door>,
}

/// Where one connection at a time waits to be taken.
#[derive(Debug, Default)]
struct Door {
    waiting: Mutex<Waiting>,
    taken: Condvar,
    is_closed: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    arrived: Option<io::Result<TcpStream>>,
    waker: Option<Waker>,
}

impl Door {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, listener: &TcpListener) {
        loop {
            let arrived = listener.accept().map(|(stream, _)| stream);
            let failed = arrived.is_err();
            let mut waiting = self.lock();
            while waiting.arrived.is_some() && !self.is_closed.load(Ordering::SeqCst) {
                waiting = self
                    .taken
                    .wait(waiting)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if self.is_closed.load(Ordering::SeqCst) {
                return;
            }
            waiting.arrived = Some(arrived);
            let waker = waiting.waker.take();
            drop(waiting);
            if let Some(waker) = waker {
                waker.wake();
            }
            if failed {
                thread::sleep(REST);
            }
        }
    }
}

impl Acceptor {
    pub(super) fn start(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(false)?;
        let address = listener.local_addr()?;
        let door = Arc::new(Door::default());
        let watched = Arc::clone(&door);
        thread::Builder::new()
            .name("sse-accept".to_owned())
            .spawn(move || watched.watch(&listener))?;
        Ok(Self { address, door })
    }

    pub(super) fn accept(&self) -> impl Future<Output = io::Result<Connection<TcpStream>>> + Send {
        poll_fn(|cx| {
            let mut waiting = self.door.lock();
            let Some(arrived) = waiting.arrived.take() else {
                waiting.waker = Some(cx.waker().clone());
                return Poll::Pending;
            };
            self.door.taken.notify_one();
            drop(waiting);
            Poll::Ready(arrived.and_then(|stream| {
                let _ = set_up_socket(&stream);
                Connection::start(stream)
            }))
        })
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        self.door.is_closed.store(true, Ordering::SeqCst);
        self.door.taken.notify_one();
        // Nothing but a connection frees a thread that accepts.
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            });
        }
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    }
}
