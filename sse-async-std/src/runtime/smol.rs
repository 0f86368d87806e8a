//! On smol.

use std::io;

use ::smol::net::TcpStream;

/// The runtime smol.
#[derive(Clone, Copy, Debug)]
pub enum Smol {}

impl Connect for Smol {
    type Stream = TcpStream;

    async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

super::runtime!("smol", Smol);

#[cfg(feature = "server")]
mod serving {
    use std::io;

    use ::smol::net::TcpListener;

    use super::Smol;
    use crate::server::{ServerClock, Socket};

    impl sse_server::Runtime for Smol {
        type Clock = ServerClock;
        type Listener = TcpListener;
        type Acceptor = TcpListener;
        type Socket = Socket;

        fn listen(listener: TcpListener) -> io::Result<TcpListener> {
            Ok(listener)
        }

        async fn accept(listener: &TcpListener) -> io::Result<Socket> {
            let (stream, _) = listener.accept().await?;
            Ok(Socket::new(stream.into()))
        }

        fn spawn(task: impl Future<Output = ()> + Send + 'static) {
            ::smol::spawn(task).detach();
        }
    }
}

/// A hub, and the server of its events, on smol.
///
/// Tasks are spawned on smol's global executor.
///
/// ```no_run
/// use sse_async_std::smol::server::{Hub, Router, Server};
///
/// smol::block_on(async {
///     let hub = Hub::builder().build();
///     let router = Router::new().events("/events", &hub);
///     let listener = smol::net::TcpListener::bind("127.0.0.1:8000").await?;
///     Server::new(router).serve(listener).await
/// })
/// # as std::io::Result<()>;
/// ```
#[cfg(feature = "server")]
#[cfg_attr(docsrs, doc(cfg(feature = "server")))]
pub mod server {
    super::super::server!("smol", super::Smol);
}
