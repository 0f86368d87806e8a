//! Reads a stream whose end it knows, from a server that nobody of us wrote, with a client of your choice.
//!
//! ```sh
//! tests/interop/run
//! cargo run --example interop --all-features -- blocking http://127.0.0.1:3000/stream
//! ```
//!
//! The server sends the events of `tests/interop/scenario.json`, five a connection, and resumes behind the last event
//! ID; after the last of them it answers 204. Each event must come once and in order, whatever breaks in between.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use serde::Deserialize;
use sse_kit::MessageEvent;
use sse_kit::source::{Backoff, Cause, Config, ResponseHead, SourceError, SourceItem};

const SCENARIO: &str = include_str!("../tests/interop/scenario.json");

/// What the servers set with `retry`.
const RETRY: Duration = Duration::from_millis(200);

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [client, url] = arguments.as_slice() else {
        eprintln!("say with which client to read which URL: interop tokio http://127.0.0.1:3000/");
        return ExitCode::FAILURE;
    };
    match read(client, url) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{client}, {url}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(client: &str, url: &str) -> Outcome {
    let config = Config::new(url)?
        .comments(true)
        .backoff(Backoff::new().factor(1.0).jitter(0.0))
        .idle_timeout(Some(Duration::from_secs(20)));
    let mut check = Check::new()?;
    match client {
        "tokio" => on_tokio(config, sse_kit::tokio::HyperTransport::new(), &mut check)?,
        "reqwest" => on_tokio(config, by_reqwest()?, &mut check)?,
        "smol" => on_smol(config, &mut check)?,
        "async-std" => on_async_std(config, &mut check)?,
        "blocking" => on_threads(config, &mut check)?,
        _ => return Err("there is no such client".into()),
    }
    check.end()
}

/// No proxy of the environment stands between.
fn by_reqwest() -> Result<sse_kit::tokio::ReqwestTransport, Box<dyn Error>> {
    // The examples' reqwest has no provider for TLS of its own, and none is needed for http.
    let tls = rustls::ClientConfig::builder_with_provider(
        rustls::crypto::ring::default_provider().into(),
    )
    .with_safe_default_protocol_versions()?
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    let client = reqwest::Client::builder().no_proxy();
    Ok(sse_kit::tokio::ReqwestTransport::new(
        client.tls_backend_preconfigured(tls),
    )?)
}
fn on_tokio(
    config: Config,
    transport: impl sse_kit::tokio::Transport,
    check: &mut Check,
) -> Outcome {
    // The connections of reqwest are tasks of their own, and need a thread beside this one.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let builder = sse_kit::tokio::Builder::from(config);
        let mut source = builder.transport(transport).build();
        while let Some(item) = source.next().await {
            check.see(item)?;
        }
        Ok(())
    })
}
fn on_smol(config: Config, check: &mut Check) -> Outcome {
    async_io::block_on(async {
        let mut source = sse_kit::smol::Builder::from(config).build();
        while let Some(item) = source.next().await {
            check.see(item)?;
        }
        Ok(())
    })
}
fn on_async_std(config: Config, check: &mut Check) -> Outcome {
    async_io::block_on(async {
        let mut source = sse_kit::async_std::Builder::from(config).build();
        while let Some(item) = source.next().await {
            check.see(item)?;
        }
        Ok(())
    })
}
fn on_threads(config: Config, check: &mut Check) -> Outcome {
    for item in sse_kit::blocking::Builder::from(config).build() {
        check.see(item)?;
    }
    Ok(())
}

/// An event of the scenario.
#[derive(Debug, Deserialize)]
struct Sent {
    id: String,
    event: Option<String>,
    data: String,
}

/// What was seen so far is what should be.
struct Check {
    scenario: Vec<Sent>,
    messages: usize,
    connections: usize,
    comments: usize,
    is_over: bool,
}

impl Check {
    fn new() -> Result<Self, serde_json::Error> {
        Ok(Self {
            scenario: serde_json::from_str(SCENARIO)?,
            messages: 0,
            connections: 0,
            comments: 0,
            is_over: false,
        })
    }

    fn see(&mut self, item: SourceItem) -> Outcome {
        match item {
            SourceItem::Open(head) => self.open(&head),
            SourceItem::Message(message) => self.message(&message),
            SourceItem::Comment(_) => {
                self.comments += 1;
                Ok(())
            }
            SourceItem::Error(error) => self.error(error),
            SourceItem::Closed if self.is_over => Ok(()),
            SourceItem::Closed => Err("it closes before it is told to".into()),
            other => Err(format!("nobody expects {other:?}").into()),
        }
    }

    /// The server says in hex which last event ID it was sent.
    fn open(&mut self, head: &ResponseHead) -> Outcome {
        self.connections += 1;
        let last = self.messages.checked_sub(1);
        let id = last.map_or("", |last| &self.scenario[last].id);
        let hex: String = id.bytes().map(|byte| format!("{byte:02x}")).collect();
        let resumed = head.headers.get("x-resumed-behind").unwrap_or_default();
        if resumed != hex.as_bytes() {
            let resumed = String::from_utf8_lossy(resumed);
            return Err(format!("the id {id:?} is {hex}, and arrived as {resumed:?}").into());
        }
        Ok(())
    }

    fn message(&mut self, message: &MessageEvent) -> Outcome {
        let Some(sent) = self.scenario.get(self.messages) else {
            return Err(format!("there is one message too many: {message:?}").into());
        };
        self.messages += 1;
        let event_type = sent.event.as_deref().unwrap_or("message");
        if (
            message.event_type(),
            message.last_event_id(),
            message.data(),
        ) != (event_type, &sent.id, &sent.data)
        {
            let number = self.messages;
            return Err(format!("message {number} is {message:?}, and was {sent:?}").into());
        }
        Ok(())
    }

    fn error(&mut self, error: SourceError) -> Outcome {
        let all = self.messages == self.scenario.len();
        match (&error.cause, error.retry_in) {
            (Cause::NoContent, None) if all => self.is_over = true,
            // A connection may break, if it was open, and is made again as the server says.
            (Cause::Ended | Cause::Transport(_), Some(RETRY)) if self.messages > 0 => {}
            _ => {
                let messages = self.messages;
                return Err(format!("after {messages} messages: {error}").into());
            }
        }
        Ok(())
    }

    fn end(self) -> Outcome {
        // A proxy may lose what it had not passed on, and then there are more.
        if self.connections < 4 {
            return Err(format!("{} connections were enough", self.connections).into());
        }
        if self.comments == 0 {
            return Err("the server sends comments, and none was seen".into());
        }
        if !self.is_over {
            return Err("it stops, and was not told to".into());
        }
        println!(
            "{} messages over {} connections, with {} comments",
            self.messages, self.connections, self.comments
        );
        Ok(())
    }
}
