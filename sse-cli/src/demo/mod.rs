//! `sse demo`: a server that streams a message to everyone who is connected, every few seconds.

mod broker;
mod routes;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use sse_kit::Event;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use crate::error::{Error, cause};
use crate::output::{complain, log};
use crate::time::parse_time;
use broker::Broker;

/// How long a client may take to send the head of a request, and to begin the next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// What the kernel is to hold for a client that doesn't read: its default is some MiB.
const SEND_BUFFER_BYTES: u32 = 32 * 1024;
/// Connections the kernel may hold until they are accepted.
const BACKLOG: u32 = 1024;
/// The pause after a connection could not be accepted: most often there are too many.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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
    let listener = bind(arguments.listen).map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    log(format_args!("listening on http://{address}/"));
    let broker = Arc::new(Broker::default());
    tokio::select! {
        () = send_messages(&broker, arguments.every) => Ok(()),
        () = accept(&listener, &broker) => Ok(()),
        // Streams never end by themselves: leaving here closes them all.
        outcome = told_to_stop() => outcome
            .map_err(|error| Error::Failed(format!("cannot wait for signals: {}", cause(&error)))),
    }
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

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Unix: start again at once on the address that was just left. Elsewhere the same option
    // would share a port that is in use.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => "address already in use (choose another with --listen)".into(),
        _ => cause(error),
    };
    format!("cannot listen on {address}: {reason}")
}

async fn send_messages(broker: &Broker, every: Duration) {
    let mut ticks = interval_at(Instant::now() + every, every);
    // After a pause of the machine, go on: a burst of late messages is of no use to anyone.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1_u64.. {
        ticks.tick().await;
        let time = httpdate::fmt_http_date(SystemTime::now());
        let message = Event::new(format!("Message {number} - the time is {time}"))
            .id(number.to_string())
            .expect("digits can be an id");
        let clients = broker.broadcast(&message.to_bytes());
        let plural = if clients == 1 { "" } else { "s" };
        log(format_args!("message {number} sent"));
        log(format_args!("broadcast to {clients} client{plural}"));
    }
}

async fn accept(listener: &TcpListener, broker: &Arc<Broker>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, Arc::clone(broker)));
            }
            Err(error) => {
                complain(format_args!("cannot accept a client: {}", cause(&error)));
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves one connection until either side has enough of it.
async fn serve(stream: TcpStream, broker: Arc<Broker>) {
    // Without it messages wait for acknowledgements; where it can't be set they just come later.
    let _ = stream.set_nodelay(true);
    let hang_up = Arc::new(Notify::new());
    let service = service_fn(|request| {
        let response = routes::answer(&request, &broker, &hang_up);
        async { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // How it ended makes no difference here: the subscription notices that it is dropped.
        _ = connection => {}
        () = hang_up.notified() => {}
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
