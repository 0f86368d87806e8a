//! `sse_kit::tokio` with its usual transport.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use sse_kit::source::ReadyState;
use sse_kit::tokio::{Builder, EventSource, HyperTransport, SourceItem};
use tokio::runtime::{self, Runtime};

use crate::harness::{Observed, Options, Stream, Transport};

pub(crate) struct TokioHyper;

/// The source does nothing while it is not asked, so the runtime runs only then.
struct Asked {
    source: EventSource,
    runtime: Runtime,
}

impl Transport for TokioHyper {
    fn open(options: Options) -> Box<dyn Stream> {
        let mut builder = Builder::from(options.config);
        if let Some(mut prepare) = options.prepare {
            builder = builder.prepare(move |_| ready(prepare()));
        }
        if let Some(mut validate) = options.validate {
            builder = builder.validate(move |head| ready(validate(&head)));
        }
        if let Some(root) = options.root_certificate {
            builder = builder.transport(HyperTransport::new().tls_config(trusting(root)));
        }
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        Box::new(Asked {
            source: builder.build(),
            runtime: runtime.unwrap(),
        })
    }
}

fn trusting(root: Vec<u8>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

impl Stream for Asked {
    fn next(&mut self, within: Duration) -> Observed {
        let next = self.source.next();
        let next = self
            .runtime
            .block_on(async { tokio::time::timeout(within, next).await });
        match next {
            Err(_) | Ok(None) => Observed::Nothing,
            Ok(Some(SourceItem::Open(head))) => Observed::Open(head),
            Ok(Some(SourceItem::Message(message))) => Observed::Message(message),
            Ok(Some(SourceItem::Comment(comment))) => Observed::Comment(comment),
            Ok(Some(SourceItem::TooLarge(_))) => Observed::TooLarge,
            Ok(Some(SourceItem::Error(error))) => Observed::Error(error),
            Ok(Some(SourceItem::Closed)) => Observed::Closed,
            Ok(Some(other)) => panic!("{other:?} is new"),
        }
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

    fn origin(&self) -> String {
        self.source.origin().to_owned()
    }

    fn ready_state(&self) -> ReadyState {
        self.source.ready_state()
    }
}
