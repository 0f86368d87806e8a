//! The events of a reader.

use std::io::{self, Read};

use sse_blocking::{Events, events};
use sse_proto::Decoder;

/// Reads what is scripted, one step a call.
struct Steps(Vec<io::Result<&'static [u8]>>);

impl Read for Steps {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Ok(0);
        }
        let bytes = self.0.remove(0)?;
        buffer[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

#[test]
fn an_event_cut_anywhere_is_one() {
    let steps = Steps(vec![
        Ok(b"id: 7\nda"),
        Err(io::ErrorKind::Interrupted.into()),
        Ok(b"ta: a\n"),
        Ok(b"\n: comment\n"),
    ]);
    let mut events = events(steps);
    let event = events.next().unwrap().unwrap();
    assert_eq!((event.data(), event.last_event_id()), ("a", "7"));
    assert_eq!(events.last_event_id(), "7");
    assert!(events.next().is_none());
}

#[test]
fn what_is_pending_at_the_end_is_discarded() {
    assert_eq!(events(&b"data: a\n\ndata: b\n"[..]).count(), 1);
}

#[test]
fn the_first_error_ends_it() {
    let steps = Steps(vec![
        Ok(b"data: a\n\n"),
        Err(io::ErrorKind::ConnectionReset.into()),
        Ok(b"data: b\n\n"),
    ]);
    let mut events = events(steps);
    assert_eq!(events.next().unwrap().unwrap().data(), "a");
    let error = events.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(events.next().is_none());
}

#[test]
fn an_event_over_the_limit_is_an_error_and_not_the_end() {
    let decoder = Decoder::new().with_max_event_bytes(8);
    let mut events = Events::new(&b"data: 123456789\n\ndata: b\n\n"[..], decoder);
    let error = events.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(events.next().unwrap().unwrap().data(), "b");
}
