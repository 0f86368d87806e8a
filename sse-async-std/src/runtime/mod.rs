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
