//! The client on threads.

use std::time::Duration;

use sse_kit::blocking::{self, Builder};
use sse_kit::source::ReadyState;

use crate::harness::{Observed, Options, Stream, Transport};

pub(crate) struct Blocking;

impl Transport for Blocking {
    fn open(options: Options) -> Box<dyn Stream> {
        let mut builder = Builder::from(options.config);
        if let Some(mut prepare) = options.prepare {
            builder = builder.prepare(move |_| prepare());
        }
        if let Some(validate) = options.validate {
            builder = builder.validate(validate);
        }
        #[cfg(feature = "tls")]
        if let Some(root) = options.root_certificate {
            builder = builder.root_certificate_der(&root);
        }
        // From hand to hand: the thread is not ahead of the story.
        let items = builder.build().into_channel(0);
        Box::new(items.expect("there are threads enough"))
    }
}

impl Stream for blocking::Receiver {
    fn next(&mut self, within: Duration) -> Observed {
        let item = self.recv_timeout(within);
        item.map_or(Observed::Nothing, Observed::from)
    }

    fn close(&mut self) {
        self.handle().close();
    }

    fn reconnect(&mut self) {
        self.handle().reconnect();
    }

    fn last_event_id(&self) -> String {
        self.handle().last_event_id()
    }

    fn discarded_bytes(&self) -> usize {
        self.handle().discarded_bytes()
    }

    fn origin(&self) -> String {
        self.handle().origin()
    }

    fn ready_state(&self) -> ReadyState {
        self.handle().ready_state()
    }
}
