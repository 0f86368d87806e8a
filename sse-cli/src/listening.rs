//! Where a server listens, and until when.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::error::{Error, cause};
use crate::output::log;

/// Listens, and says where.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let failed = |error| Error::Failed(cannot_listen(address, &error));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    log(format_args!("listening on http://{address}/"));
    Ok(listener)
}

/// An address with a port; a port alone is one of this machine, which nobody else reaches.
pub(crate) fn parse_address(text: &str) -> Result<SocketAddr, String> {
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

#[cfg(unix)]
/// Waits for Ctrl-C, or to be told to end.
pub(crate) async fn told_to_stop() -> io::Result<()> {
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
/// Waits for Ctrl-C, or to be told to end.
pub(crate) async fn told_to_stop() -> io::Result<()> {
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
