//! One connection of the peer: requests are read, and answered by the script.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;

use super::Script;
use super::answer::{Ending, Step};
use super::request::Request;
use super::shared::Shared;

/// Anything that bytes come from and go to.
trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// Serves a connection until it ends, however it does.
pub(super) fn serve(script: &Script, shared: &Shared, number: usize, stream: &TcpStream) {
    let Ok(own) = stream.try_clone() else { return };
    // What is paused and dripped must leave when it is written.
    let _ = own.set_nodelay(true);
    let Some(wire) = wire(script, own) else {
        return;
    };
    let mut wire = BufReader::new(wire);
    while let Some(request) = Request::read(&mut wire, number) {
        let Some(answer) = shared.record(request) else {
            return;
        };
        let (steps, ending) = answer.into_steps();
        if play(wire.get_mut(), shared, steps).is_err() {
            return;
        }
        match ending {
            Ending::Keep => {}
            Ending::Hold => return drain(&mut wire),
            Ending::Close => {
                let _ = stream.shutdown(Shutdown::Write);
                return drain(&mut wire);
            }
            Ending::Reset => {
                let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
                return;
            }
        }
    }
}

#[cfg(feature = "tls")]
fn wire(script: &Script, stream: TcpStream) -> Option<Box<dyn Wire>> {
    match &script.identity {
        Some(identity) => Some(Box::new(identity.accept(stream)?)),
        None => Some(Box::new(stream)),
    }
}

#[cfg(not(feature = "tls"))]
#[expect(clippy::unnecessary_wraps, reason = "TLS can fail")]
fn wire(_: &Script, stream: TcpStream) -> Option<Box<dyn Wire>> {
    Some(Box::new(stream))
}

fn play(wire: &mut dyn Wire, shared: &Shared, steps: Vec<Step>) -> io::Result<()> {
    for step in steps {
        match step {
            Step::Send(bytes) => send(wire, &bytes)?,
            Step::Endlessly(bytes) => loop {
                send(wire, &bytes)?;
            },
            Step::Pause => shared.pause()?,
        }
    }
    Ok(())
}

fn send(wire: &mut dyn Wire, bytes: &[u8]) -> io::Result<()> {
    wire.write_all(bytes)?;
    wire.flush()
}

/// Reads until the client goes: closing with unread bytes would be a reset, and lose what is under way.
fn drain(wire: &mut impl Read) {
    let _ = io::copy(wire, &mut io::sink());
}
