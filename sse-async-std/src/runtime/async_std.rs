//! On async-std.
//!
//! async-std is discontinued upstream (RUSTSEC-2025-0052). This module is for programs that have it; new ones take
//! `smol`, whose reactor is the same.

use std::io;

use ::async_std::net::TcpStream;

/// The runtime async-std.
#[derive(Clone, Copy, Debug)]
pub enum AsyncStd {}

impl Connect for AsyncStd {
    type Stream = TcpStream;

    async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

super::runtime!("async-std", AsyncStd);

#[cfg(feature = "server")]
mod serving {
    use std::io;
    use std::sync::Arc;

    use ::async_std::task;
    use async_io::Async;

    use super::AsyncStd;
    use crate::server::{ServerClock, Socket};

    /// What async-std has around a listener is taken off, so that its sockets are those of async-io.
    #[cfg(unix)]
    type Listener = ::async_std::net::TcpListener;
    #[cfg(not(unix))]
    type Listener = std::net::TcpListener;

    impl sse_server::Runtime for AsyncStd {
        type Clock = ServerClock;
        type Listener = Listener;
        type Acceptor = Async<std::net::TcpListener>;
        type Socket = Socket;

        fn listen(listener: Listener) -> io::Result<Async<std::net::TcpListener>> {
            #[cfg(unix)]
            let listener = std::net::TcpListener::from(std::os::fd::OwnedFd::from(listener));
            Async::new(listener)
        }

        async fn accept(listener: &Async<std::net::TcpListener>) -> io::Result<Socket> {
            let (stream, _) = listener.accept().await?;
            Ok(Socket::new(Arc::new(stream)))
        }

        fn spawn(task: impl Future<Output = ()> + Send + 'static) {
            // A handle that is dropped leaves its task running.
            drop(task::spawn(task));
        }
    }
}

/// A hub, and the server of its events, on async-std.
///
/// ```no_run
/// use sse_async_std::async_std::server::{Hub, Router, Server};
///
/// # #[async_std::main]
/// # async fn main() -> std::io::Result<()> {
/// let hub = Hub::builder().build();
/// let router = Router::new().events("/events", &hub);
/// let listener = async_std::net::TcpListener::bind("127.0.0.1:8000").await?;
/// Server::new(router).serve(listener).await
/// # }
/// ```
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub mod server {
    super::super::server!("async-std", super::AsyncStd);
}
