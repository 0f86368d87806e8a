//! A peer that follows a script: an HTTP/1.1 server on loopback for the tests of clients.
//!
//! A test says what is answered, request by request, and looks afterwards at what was asked. Nothing waits for a
//! clock: what must happen later waits for [`Server::go`].
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use sse_testkit::script::{Answer, Script};
//!
//! let server = Script::new()
//!     .answer(Answer::stream().event("data: 1\n\n").truncate())
//!     .start();
//!
//! let mut client = TcpStream::connect(server.address())?;
//! client.write_all(b"GET /stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 7\r\n\r\n")?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer)?;
//! assert!(answer.ends_with("\r\n\r\n9\r\ndata: 1\n\n\r\n"));
//!
//! let request = server.request(0);
//! assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/stream"));
//! assert_eq!(request.header_text("last-event-id"), Some("7"));
//! assert_eq!(server.connections(), 1);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It is bounded in everything: [`MAX_CONNECTIONS`], [`MAX_REQUESTS`], 16 MiB a request, and [`PATIENCE`] for
//! whatever a test waits for. Its threads end with the [`Server`].

mod answer;
mod closed_port;
mod connection;
mod request;
mod shared;
#[cfg(feature = "tls")]
mod tls;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use answer::Answer;
pub use closed_port::ClosedPort;
pub use request::Request;

use shared::Shared;

/// Far more than anything takes on a busy machine; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How many connections a server takes; it hangs up on the next.
pub const MAX_CONNECTIONS: usize = 256;

/// How many requests a server records and answers; it hangs up on the next.
pub const MAX_REQUESTS: usize = 1024;

/// What a server will answer: the first answer to the first request, on whichever connection, and so on.
#[derive(Clone, Debug, Default)]
pub struct Script {
    answers: VecDeque<Answer>,
    last: Option<Answer>,
    #[cfg(feature = "tls")]
    identity: Option<tls::Identity>,
}

impl Script {
    /// Begins a script. A request beyond its end is answered with 410, which a client takes as final.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the answer to the next request.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answers.push_back(answer);
        self
    }

    /// Sets the answer to every request after those.
    #[must_use]
    pub fn then_always(mut self, answer: Answer) -> Self {
        self.last = Some(answer);
        self
    }

    /// Speaks TLS, with a certificate for `localhost` and `127.0.0.1` from a [root](Server::root_certificate) of
    /// its own.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.identity = Some(tls::Identity::new());
        self
    }

    /// Starts the server on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If there is no port to listen on.
    #[must_use]
    pub fn start(mut self) -> Server {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port can be listened to");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let answers = std::mem::take(&mut self.answers);
        let shared = Arc::new(Shared::new(answers, self.last.take()));
        let script = self.clone();
        let theirs = Arc::clone(&shared);
        let listening = thread::spawn(move || listen(&listener, &Arc::new(script), &theirs));
        Server {
            script: self,
            address,
            shared,
            listening: Some(listening),
        }
    }
}

fn listen(listener: &TcpListener, script: &Arc<Script>, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    while serving.len() < MAX_CONNECTIONS {
        let Ok((stream, _)) = listener.accept() else {
            break;
        };
        let Some(number) = shared.connected(&stream) else {
            break;
        };
        let (script, shared) = (Arc::clone(script), Arc::clone(shared));
        serving.push(thread::spawn(move || {
            connection::serve(&script, &shared, number, &stream);
            shared.disconnected(number, stream);
        }));
    }
    for connection in serving {
        let _ = connection.join();
    }
}

/// A running server; it ends when it is dropped.
pub struct Server {
    script: Script,
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path, by address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        self.url_at("127.0.0.1", path)
    }

    /// The URL of a path under another name of this machine, as `localhost`.
    #[must_use]
    pub fn url_at(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme(), self.address.port())
    }

    #[cfg(feature = "tls")]
    fn scheme(&self) -> &'static str {
        match self.script.identity {
            Some(_) => "https",
            None => "http",
        }
    }

    #[cfg(not(feature = "tls"))]
    fn scheme(&self) -> &'static str {
        let _ = &self.script;
        "http"
    }

    /// The certificate (DER) that a client must trust; None without TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn root_certificate(&self) -> Option<&[u8]> {
        let identity = self.script.identity.as_ref()?;
        Some(&identity.root)
    }

    /// Adds an answer behind those that are left, for what only a running server knows, such as its URL.
    pub fn answer(&self, answer: Answer) {
        self.shared.lock().answers.push_back(answer);
    }

    /// Lets one pause end: that which waits, or else the next.
    pub fn go(&self) {
        self.shared.go();
    }

    /// The request of this number, as soon as it is there; the first is 0.
    ///
    /// # Panics
    ///
    /// If it does not come within [`PATIENCE`].
    #[must_use]
    #[track_caller]
    pub fn request(&self, number: usize) -> Request {
        let found = self
            .shared
            .wait_for(|state| state.requests.get(number).cloned());
        found.unwrap_or_else(|| {
            panic!(
                "request {number} never came; there were {}",
                self.requests().len()
            )
        })
    }

    /// The requests up to now.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// How many connections there were up to now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.lock().connections.len()
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    ///
    /// If the client keeps one open for [`PATIENCE`].
    #[track_caller]
    pub fn wait_until_unconnected(&self) {
        let unconnected = self.shared.wait_for(|state| {
            let mut connections = state.connections.iter();
            connections.all(Option::is_none).then_some(())
        });
        assert!(unconnected.is_some(), "the client keeps a connection open");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop();
        // The listener looks up only for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}
