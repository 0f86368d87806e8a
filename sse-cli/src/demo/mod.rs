//! `sse demo`: a server that streams a message to everyone who is connected, every few seconds.

mod audience;
mod routes;

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use sse_kit::Event;
use sse_kit::log::History;
use sse_kit::tokio::server::{Hub, Server};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::error::{Error, cause};
use crate::listening::{listen, parse_address, told_to_stop};
use crate::output::log;
use crate::time::parse_time;
use audience::Audience;

/// What everyone follows.
const TOPIC: &str = "messages";
/// How many messages are kept for those who come back.
const KEPT_MESSAGES: usize = 64;
/// How long a client is to wait before it reconnects.
const RECONNECTION_TIME: Duration = Duration::from_secs(1);
/// How long a client may take nothing.
const WRITE_DEADLINE: Duration = Duration::from_secs(5);
/// How long the streams have to end when the demo does.
const GRACE: Duration = Duration::from_secs(1);

/// Serve a page and a stream with a message every few seconds
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on, or a port of 127.0.0.1; port 0 takes any free one
    #[arg(
        long, value_name = "ADDRESS", default_value = "127.0.0.1:8000",
        value_parser = parse_address,
    )]
    listen: SocketAddr,

    /// The time between two messages, as in 500ms, 5s or 1m
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = parse_time)]
    every: Duration,
}

#[tokio::main]
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Error> {
    let listener = listen(arguments.listen).await?;
    let audience = Audience::default();
    let hub = audience
        .watch(Hub::builder())
        .history(History::new().events(KEPT_MESSAGES))
        .retry(Some(RECONNECTION_TIME))
        .write_deadline(Some(WRITE_DEADLINE))
        .build();
    let sending = tokio::spawn(send_messages(hub.clone(), arguments.every));
    let mut outcome = Ok(());
    let serving = Server::new(routes::routes(&hub)).serve_until(listener, async {
        outcome = told_to_stop().await;
        sending.abort();
        hub.close(GRACE);
    });
    let served = serving.await;
    served.map_err(|error| Error::Failed(format!("cannot serve: {}", cause(&error))))?;
    outcome.map_err(|error| Error::Failed(format!("cannot wait for signals: {}", cause(&error))))
}

async fn send_messages(hub: Hub, every: Duration) {
    let mut ticks = interval_at(Instant::now() + every, every);
    // After a pause of the machine, go on: a burst of late messages is of no use to anyone.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1_u64.. {
        ticks.tick().await;
        let time = httpdate::fmt_http_date(SystemTime::now());
        let message = Event::new(format!("Message {number} - the time is {time}"));
        let Ok(published) = hub.publish(TOPIC, &message).await else {
            return;
        };
        let clients = published.followers();
        let plural = if clients == 1 { "" } else { "s" };
        log(format_args!("message {number} sent"));
        log(format_args!("broadcast to {clients} client{plural}"));
    }
}
