//! `sse demo`: a server that streams a message to everyone who is connected, every few seconds.

mod audience;
mod routes;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use sse_kit::Event;
use sse_kit::log::History;
use sse_kit::tokio::server::{Hub, Server};
use tokio::net::TcpListener;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::error::{Error, cause};
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
    let cannot_listen = |error| Error::Failed(cannot_listen(arguments.listen, &error));
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    log(format_args!("listening on http://{address}/"));
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

/// An address with a port; a port alone is one of this machine, which nobody else reaches.
fn parse_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    text.parse().map_err(|_| {
        // What was most likely meant, if it is an address then.
        let meant = match text.strip_prefix("localhost") {
            Some(port) => format!("127.0.0.1{port}"),
            None if text.starts_with(':') => format!("0.0.0.0{text}"),
            None => format!("{text}:8000"),
        };
        let hint = match meant.parse::<SocketAddr>() {
            Ok(meant) => format!(": did you mean {meant}?"),
            Err(_) => String::new(),
        };
        format!("an address is written as 127.0.0.1:8000, or as a port, 8000{hint}")
    })
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => "address already in use (choose another with --listen)".into(),
        _ => cause(error),
    };
    format!("cannot listen on {address}: {reason}")
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

#[cfg(unix)]
async fn told_to_stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_one_of_this_machine() {
        for (given, meant) in [
            ("8000", "127.0.0.1:8000"),
            ("0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8000", "[::1]:8000"),
        ] {
            assert_eq!(parse_address(given), Ok(meant.parse().unwrap()));
        }
    }

    #[test]
    fn an_address_that_is_none_is_answered_with_what_was_meant() {
        for (given, meant) in [
            (":8000", "0.0.0.0:8000"),
            ("localhost:80", "127.0.0.1:80"),
            ("10.0.0.1", "10.0.0.1:8000"),
            ("[::1]", "[::1]:8000"),
        ] {
            let complaint = parse_address(given).unwrap_err();
            let meant = format!("did you mean {meant}?");
            assert!(complaint.ends_with(&meant), "{complaint}");
        }
        for given in [
            "",
            "65536",
            "nowhere",
            "localhost",
            "http://127.0.0.1:8000/",
        ] {
            let complaint = parse_address(given).unwrap_err();
            assert!(!complaint.contains("mean"), "{complaint}");
        }
    }
}
