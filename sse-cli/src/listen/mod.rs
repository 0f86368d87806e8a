//! `sse listen`: a live stream, read over HTTP and printed as it comes.

mod arguments;
mod words;

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::Poll;

use sse_kit::source::{Cause, SourceError, SourceItem};
use sse_kit::tokio::EventSource;
use sse_kit::{EventRef, ItemRef, MessageEvent};

use crate::error::{Error, cause};
use crate::output::{Printer, complain, output_closed};

pub(crate) use arguments::Arguments;

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Failed(format!("cannot start: {}", cause(&error))))?
        .block_on(listen(arguments))
}

async fn listen(arguments: &Arguments) -> Result<(), Error> {
    let mut listener = Listener::new(arguments)?;
    let mut output_closed = pin!(output_closed());
    loop {
        let item = tokio::select! {
            biased;
            () = &mut output_closed => return Err(Error::OutputClosed),
            item = listener.next() => item?,
        };
        let Some(item) = item else { return Ok(()) };
        if listener.handle(&item)?.is_break() {
            return listener.printer.flush();
        }
    }
}

/// A stream on its way to standard output.
struct Listener<'a> {
    arguments: &'a Arguments,
    source: EventSource,
    printer: Printer,
    /// How many events are still to be printed.
    missing: u64,
    is_open: bool,
    was_open: bool,
}

impl<'a> Listener<'a> {
    fn new(arguments: &'a Arguments) -> Result<Self, Error> {
        Ok(Self {
            arguments,
            source: arguments.source()?,
            printer: Printer::new(arguments.json),
            missing: arguments.count.unwrap_or(u64::MAX),
            is_open: false,
            was_open: false,
        })
    }

    /// The next item. Before it is waited for, what was printed is handed on.
    async fn next(&mut self) -> Result<Option<SourceItem>, Error> {
        let printer = &mut self.printer;
        let mut next = pin!(self.source.next());
        poll_fn(|cx| match next.as_mut().poll(cx) {
            Poll::Ready(item) => Poll::Ready(Ok(item)),
            Poll::Pending => match printer.flush() {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        })
        .await
    }

    /// Breaks when all was done that was asked for.
    fn handle(&mut self, item: &SourceItem) -> Result<ControlFlow<()>, Error> {
        match item {
            SourceItem::Open(_) => self.opened()?,
            SourceItem::Message(message) => return self.message(message),
            SourceItem::Retry(time) if self.arguments.events.is_empty() => {
                self.printer.print(&ItemRef::Retry(*time))?;
            }
            SourceItem::TooLarge(error) => self.printer.print(&ItemRef::TooLarge(*error))?,
            SourceItem::Error(error) => return self.failed(error),
            SourceItem::Closed => return Ok(ControlFlow::Break(())),
            // Kinds of items that are not known yet are not asked for yet.
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn opened(&mut self) -> Result<(), Error> {
        if self.was_open {
            self.say(&words::connected_again(self.source.last_event_id()))?;
        }
        self.is_open = true;
        self.was_open = true;
        Ok(())
    }

    fn message(&mut self, message: &MessageEvent) -> Result<ControlFlow<()>, Error> {
        if !self.arguments.wants(message.event_type()) {
            return Ok(ControlFlow::Continue(()));
        }
        let event = ItemRef::Event(EventRef::from(message));
        self.printer.print(&event)?;
        self.missing -= 1;
        Ok(match self.missing {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    }

    /// Says what happened, where the source goes on; where it is the end, that may be what was asked for.
    fn failed(&mut self, error: &SourceError) -> Result<ControlFlow<()>, Error> {
        let words = words::of(&error.cause, &self.situation());
        self.is_open = false;
        if !self.is_final(error) {
            self.say(&format!("{words}{}", words::outlook(error)))?;
            return Ok(ControlFlow::Continue(()));
        }
        let is_success = match error.cause {
            Cause::Ended => true,
            // The way of a server to say that there will be no more.
            Cause::NoContent => self.was_open,
            _ => false,
        };
        match self.arguments.count {
            _ if !is_success => Err(Error::Failed(words + self.why_final(error))),
            Some(count) => Err(Error::Failed(format!(
                "{words}: {} of {count} events did not come",
                self.missing
            ))),
            None => {
                if error.cause != Cause::Ended || self.source.discarded_bytes() > 0 {
                    self.say(&words)?;
                }
                Ok(ControlFlow::Break(()))
            }
        }
    }

    /// The source connects again at the first failure too. But what never worked is most often a wrong URL, and a
    /// status is only tried again where that was asked for.
    fn is_final(&self, error: &SourceError) -> bool {
        let is_of_connection = matches!(
            error.cause,
            Cause::Transport(_) | Cause::ConnectTimeout(_) | Cause::Idle(_)
        );
        error.retry_in.is_none() || (is_of_connection && !self.was_open)
    }

    /// What keeps the source from connecting again after what others recover from.
    fn why_final(&self, error: &SourceError) -> &'static str {
        let may_pass = matches!(error.cause, Cause::Transport(_) | Cause::Idle(_));
        if may_pass && self.was_open && self.arguments.reconnects() {
            " (the request has had an effect, and is not sent again)"
        } else {
            ""
        }
    }

    fn situation(&self) -> words::Situation<'_> {
        words::Situation {
            url: self.source.url(),
            is_open: self.is_open,
            was_open: self.was_open,
            discarded_bytes: self.source.discarded_bytes(),
            has_credentials: self.arguments.has_credentials(),
            retries_statuses: self.arguments.retry_statuses,
        }
    }

    /// Says something on standard error, behind what was printed, also where both are one terminal.
    fn say(&mut self, words: &str) -> Result<(), Error> {
        self.printer.flush()?;
        complain(words);
        Ok(())
    }
}
