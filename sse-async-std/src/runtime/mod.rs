//! The two runtimes, with the same names in their modules.

#[cfg(feature = "async-std")]
pub mod async_std;
#[cfg(feature = "smol")]
pub mod smol;

/// What each module has.
macro_rules! runtime {
    ($name:literal, $runtime:ident) => {
        impl sse_client::Runtime for $runtime {
            type Clock = crate::client::AsyncIoClock;

            fn transport() -> Box<dyn sse_client::Transport> {
                Box::new(HyperTransport::new())
            }
        }

        #[doc = concat!("A client that stays connected to an event stream, on ", $name, ".")]
        pub type EventSource = sse_client::EventSource<$runtime>;

        #[doc = concat!("What to request, how to behave, and through what, on ", $name, ".")]
        pub type Builder = sse_client::Builder<$runtime>;

        /// The messages of an [`EventSource`], and the error after which it does not connect again.
        pub type SourceMessages = sse_client::SourceMessages<$runtime>;

        #[doc = concat!("The usual transport: hyper over the sockets of ", $name, ".")]
        pub type HyperTransport = sse_client::HyperTransport<crate::client::FuturesDial<$runtime>>;

        pub use crate::client::{AsyncIoClock, Connect, FuturesDial};
        pub use crate::names::*;
    };
}
use runtime;

/// What the module `server` of each has.
#[cfg(feature = "server")]
macro_rules! server {
    ($name:literal, $runtime:path) => {
        #[doc = concat!("An HTTP/1.1 server of event streams on ", $name, ", which writes a hub's events to the sockets itself.")]
        pub type Server = sse_server::Server<$runtime>;

        /// Spawns the driver of a hub, which delivers what is published and keeps the time, unless it has one.
        ///
        /// A [`Server`] does this by itself. It is needed where the streams are bodies of another HTTP library. The
        /// task ends when the last handle of the hub is gone, or when the hub is closed and everyone has left.
        pub fn drive(hub: &Hub) {
            sse_server::drive::<$runtime>(hub);
        }

        pub use crate::server::{Sleep, ServerClock, Socket, SocketOutlet, Stream, into_http};
        pub use sse_hub::*;
        pub use sse_server::{
            Answer, Conversation, EventBody, Events, Request, Router, Step, request_head,
            set_up_socket,
        };

        impl<S> sse_server::Carries<S> for $runtime
        where
            S: futures_io::AsyncRead + futures_io::AsyncWrite + Unpin + Send,
        {
            type Io = Stream<S>;

            fn carry(stream: S) -> std::io::Result<Stream<S>> {
                Ok(Stream(stream))
            }
        }
    };
}
#[cfg(feature = "server")]
use server;
