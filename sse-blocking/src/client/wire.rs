//! The socket of the exchange under way: how long it may block, and how it is freed from another thread.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use sse_proto::source::{TransportError, TransportErrorKind};
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
#[cfg(feature = "tls")]
use ureq::unversioned::transport::RustlsConnector;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, ShutdownHandle, TcpConnector, Transport,
    time,
};

/// The kernel counts in coarser steps than the machine: what wakes shall not wake before the deadline.
const GRAIN: Duration = Duration::from_millis(1);

/// What the thread that blocks and those that free it have in common.
#[derive(Default)]
pub(crate) struct Wire(Mutex<State>);

#[derive(Default)]
struct State {
    deadline: Option<Instant>,
    interrupted: bool,
    socket: Option<Weak<dyn ShutdownHandle>>,
}

impl Wire {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an exchange that no interruption was meant for yet.
    pub(crate) fn begin(&self) {
        *self.lock() = State::default();
    }

    /// Sets until when the next call may block. Where that has passed, what is there already is still read.
    pub(crate) fn arm(&self, deadline: Option<Instant>) {
        self.lock().deadline = deadline.map(|deadline| deadline.max(Instant::now()) + GRAIN);
    }

    /// Frees whoever is blocked on the exchange; one that is connecting ends once it is connected.
    pub(crate) fn interrupt(&self) {
        let mut state = self.lock();
        state.interrupted = true;
        if let Some(socket) = state.socket.take().and_then(|socket| socket.upgrade()) {
            socket.shutdown();
        }
    }

    fn connected(&self, socket: Weak<dyn ShutdownHandle>) -> Result<(), Error> {
        let mut state = self.lock();
        if state.interrupted {
            return Err(failure(TransportErrorKind::Connect, "it was given up"));
        }
        state.socket = Some(socket);
        Ok(())
    }

    fn limit(&self, mut timeout: NextTimeout) -> NextTimeout {
        if let Some(deadline) = self.lock().deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            timeout.after = timeout.after.min(time::Duration::Exact(left));
        }
        timeout
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

fn failure(kind: TransportErrorKind, message: impl Into<String>) -> Error {
    Error::Other(Box::new(TransportError::new(kind, message)))
}

/// Says which step a failure belongs to, as only its place tells. Timeouts stay what they are.
fn failed_to(kind: TransportErrorKind) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Timeout(_) | Error::Other(_) => error,
        error => failure(kind, error.to_string()),
    }
}

/// Looks names up until the deadline.
#[derive(Debug)]
pub(super) struct WireResolver {
    wire: Arc<Wire>,
    resolver: DefaultResolver,
}

impl WireResolver {
    pub(super) fn new(wire: &Arc<Wire>) -> Self {
        Self {
            wire: Arc::clone(wire),
            resolver: DefaultResolver::default(),
        }
    }
}

impl Resolver for WireResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let timeout = self.wire.limit(timeout);
        self.resolver
            .resolve(uri, config, timeout)
            .map_err(failed_to(TransportErrorKind::Connect))
    }
}

/// Connects, and hands the socket to the [`Wire`].
#[derive(Debug)]
pub(super) struct WireConnector {
    wire: Arc<Wire>,
    tcp: TcpConnector,
    #[cfg(feature = "tls")]
    tls: RustlsConnector,
}

impl WireConnector {
    pub(super) fn new(wire: &Arc<Wire>) -> Self {
        Self {
            wire: Arc::clone(wire),
            tcp: TcpConnector::default(),
            #[cfg(feature = "tls")]
            tls: RustlsConnector::default(),
        }
    }

    fn connect_tcp(
        &self,
        details: &ConnectionDetails,
    ) -> Result<Option<Box<dyn Transport>>, Error> {
        let wire = Arc::clone(&self.wire);
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: self.wire.limit(details.timeout),
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::new(move |socket| wire.connected(socket)),
        };
        let transport = Connector::<()>::connect(&self.tcp, &details, None)
            .map_err(failed_to(TransportErrorKind::Connect))?;
        Ok(transport.map(|transport| -> Box<dyn Transport> {
            Box::new(Timed {
                wire: Arc::clone(&self.wire),
                transport,
            })
        }))
    }
}

impl Connector for WireConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let transport = self.connect_tcp(details)?;
        #[cfg(feature = "tls")]
        let transport = self
            .tls
            .connect(details, transport)
            .map_err(failed_to(TransportErrorKind::Tls))?
            .map(|transport| -> Self::Out { Box::new(transport) });
        Ok(transport)
    }
}

/// A connection whose every read and write ends at the deadline.
#[derive(Debug)]
struct Timed<T> {
    wire: Arc<Wire>,
    transport: T,
}

impl<T: Transport> Transport for Timed<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = self.wire.limit(timeout);
        self.transport.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = self.wire.limit(timeout);
        // As it is, ureq would take a reset for the end of a body without a length.
        self.transport
            .await_input(timeout)
            .map_err(failed_to(TransportErrorKind::Broken))
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}
