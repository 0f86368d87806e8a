//! The asynchronous clients: one adapter for all runtimes, since they differ in what polls them alone.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use sse_client::{Builder, EventSource, Runtime};
use sse_kit::source::{ReadyState, SourceItem};

use crate::harness::{Observed, Options, Stream};

/// What polls a source.
pub(crate) trait Polls {
    /// What the future gives, if it does within this time.
    fn within<T>(&self, time: Duration, future: Pin<&mut dyn Future<Output = T>>) -> Option<T>;
}

/// The source does nothing while it is not asked, so the runtime runs only then.
struct Asked<R: Runtime, P> {
    source: EventSource<R>,
    polls: P,
}

/// Opens a source as its builder is after `with_root` has seen to the certificate that is to be trusted.
pub(crate) fn open<R: Runtime>(
    options: Options,
    polls: impl Polls + 'static,
    with_root: impl FnOnce(Builder<R>, Option<Vec<u8>>) -> Builder<R>,
) -> Box<dyn Stream> {
    let mut builder = Builder::from(options.config);
    if let Some(mut prepare) = options.prepare {
        builder = builder.prepare(move |_| ready(prepare()));
    }
    if let Some(mut validate) = options.validate {
        builder = builder.validate(move |head| ready(validate(&head)));
    }
    let source = with_root(builder, options.root_certificate).build();
    Box::new(Asked { source, polls })
}

/// Trusts this certificate alone, or nobody.
pub(crate) fn trusting(root: Option<Vec<u8>>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(root.map(CertificateDer::from));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

impl<R: Runtime, P: Polls> Stream for Asked<R, P> {
    fn next(&mut self, within: Duration) -> Observed {
        let next = std::pin::pin!(self.source.next());
        let item: Option<SourceItem> = self.polls.within(within, next).flatten();
        item.map_or(Observed::Nothing, Observed::from)
    }

    fn close(&mut self) {
        self.source.close();
    }

    fn reconnect(&mut self) {
        self.source.reconnect();
    }

    fn last_event_id(&self) -> String {
        self.source.last_event_id().to_owned()
    }

    fn discarded_bytes(&self) -> usize {
        self.source.discarded_bytes()
    }

    fn origin(&self) -> String {
        self.source.origin().to_owned()
    }

    fn ready_state(&self) -> ReadyState {
        self.source.ready_state()
    }
}
