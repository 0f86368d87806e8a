//! `sse_kit::async_std` and `sse_kit::smol`.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use super::asynchronous::Polls;

/// The reactor that the two share.
pub(crate) struct AsyncIo;

impl Polls for AsyncIo {
    fn within<T>(&self, time: Duration, mut future: Pin<&mut dyn Future<Output = T>>) -> Option<T> {
        let mut timer = async_io::Timer::after(time);
        async_io::block_on(poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Pin::new(&mut timer).poll(cx).map(|_| None),
        }))
    }
}

macro_rules! transport {
    ($feature:literal, $name:ident, $module:ident) => {
        #[cfg(feature = $feature)]
        pub(crate) struct $name;

        #[cfg(feature = $feature)]
        impl crate::harness::Transport for $name {
            fn open(options: crate::harness::Options) -> Box<dyn crate::harness::Stream> {
                use super::asynchronous::{open, trusting};
                use sse_kit::$module::{Builder, HyperTransport};

                open(options, AsyncIo, |builder: Builder, root| {
                    builder.transport(HyperTransport::new().tls_config(trusting(root)))
                })
            }
        }
    };
}

transport!("async-std", AsyncStd, async_std);
transport!("smol", Smol, smol);
