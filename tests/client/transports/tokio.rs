//! `sse_kit::tokio`, with its usual transport and with reqwest.

use std::pin::Pin;
use std::time::Duration;

use sse_kit::tokio::{Builder, HyperTransport};
use tokio::runtime;

use super::asynchronous::{Polls, open, trusting};
use crate::harness::{Options, Stream, Transport};

struct Runtime(runtime::Runtime);

/// One that stands still while the source is not asked.
fn runtime() -> Runtime {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    Runtime(runtime.unwrap())
}

/// One that goes on, as the connections of reqwest need it: they are tasks of their own.
#[cfg(feature = "reqwest")]
fn running() -> Runtime {
    let mut runtime = runtime::Builder::new_multi_thread();
    Runtime(runtime.worker_threads(1).enable_all().build().unwrap())
}

impl Polls for Runtime {
    fn within<T>(&self, time: Duration, future: Pin<&mut dyn Future<Output = T>>) -> Option<T> {
        let timed = async { tokio::time::timeout(time, future).await };
        self.0.block_on(timed).ok()
    }
}

pub(crate) struct TokioHyper;

impl Transport for TokioHyper {
    fn open(options: Options) -> Box<dyn Stream> {
        open(options, runtime(), |builder: Builder, root| {
            builder.transport(HyperTransport::new().tls_config(trusting(root)))
        })
    }
}

#[cfg(feature = "reqwest")]
pub(crate) struct TokioReqwest;

#[cfg(feature = "reqwest")]
impl Transport for TokioReqwest {
    fn open(options: Options) -> Box<dyn Stream> {
        open(options, running(), |builder: Builder, root| {
            // No proxy of the environment, and no connection kept for later.
            let client = reqwest::Client::builder().no_proxy();
            let client = client.pool_max_idle_per_host(0);
            let client = client.tls_backend_preconfigured(trusting(root));
            builder.transport(sse_kit::tokio::ReqwestTransport::new(client).unwrap())
        })
    }
}
