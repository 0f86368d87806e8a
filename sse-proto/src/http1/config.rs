//! What a connection puts up with.

use core::time::Duration;

/// The limits of a connection, each with a default that no honest client reaches.
///
/// ```
/// use core::time::Duration;
/// use sse_proto::http1::Config;
///
/// let config = Config::new().max_body_bytes(16 << 10).header_timeout(Duration::from_secs(5));
/// # let _ = config;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub(super) max_request_line_bytes: usize,
    pub(super) max_header_bytes: usize,
    pub(super) max_headers: usize,
    pub(super) max_body_bytes: usize,
    pub(super) max_discarded_bytes: usize,
    pub(super) header_timeout: Duration,
    pub(super) body_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) linger_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_request_line_bytes: 8 << 10,
            max_header_bytes: 32 << 10,
            max_headers: 100,
            max_body_bytes: 1 << 20,
            max_discarded_bytes: 64 << 10,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            linger_timeout: Duration::from_secs(2),
        }
    }
}

impl Config {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long a request line may be, without its line end: 8 KiB by default. Longer is 414.
    #[must_use]
    pub fn max_request_line_bytes(mut self, bytes: usize) -> Self {
        self.max_request_line_bytes = bytes;
        self
    }

    /// Sets how many bytes the headers may take, all together and with their line ends: 32 KiB by default. More is
    /// 431.
    ///
    /// The extensions of chunks and the trailers of a chunked body have this limit too, all together; there more is 400.
    #[must_use]
    pub fn max_header_bytes(mut self, bytes: usize) -> Self {
        self.max_header_bytes = bytes;
        self
    }

    /// Sets how many headers there may be: 100 by default. More is 431.
    #[must_use]
    pub fn max_headers(mut self, headers: usize) -> Self {
        self.max_headers = headers;
        self
    }

    /// Sets how large the body of a request may be: 1 MiB by default. A larger one is 413, where its length is known
    /// as soon as the head says so.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sets how much a client may still send where nothing is listened to any more: 64 KiB by default.
    ///
    /// That is while a stream is under way, and behind the last response of a connection. One that sends more is
    /// taken for gone.
    #[must_use]
    pub fn max_discarded_bytes(mut self, bytes: usize) -> Self {
        self.max_discarded_bytes = bytes;
        self
    }

    /// Sets how long a client may take from the first byte of a head to its last, and from the beginning of the
    /// connection to the first byte: 10 seconds by default. A head that takes longer is 408.
    #[must_use]
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// Sets how long the body of a request may take from when it is asked for: 30 seconds by default. One that takes
    /// longer is 408.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Sets how long a connection may stay without a request between two of them: 60 seconds by default.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how long the client's end is waited for behind the last response: 2 seconds by default.
    ///
    /// A connection that is closed while the client still sends is reset, and the client may lose what was sent to it.
    #[must_use]
    pub fn linger_timeout(mut self, timeout: Duration) -> Self {
        self.linger_timeout = timeout;
        self
    }

    /// How many unread bytes are held: a head of the largest size, which is refused before it fills this.
    pub(super) fn capacity(&self) -> usize {
        self.max_request_line_bytes
            .saturating_add(self.max_header_bytes)
            .saturating_add(8)
    }
}
