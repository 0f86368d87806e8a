//! A log with a few words to say about it.

use std::time::Duration;

use bytes::Bytes;
use sse_proto::log::{
    AppendError, Appended, Config, Cursor, Encoded, Framing, Ids, Lagged, Log, Read, Resume, Run,
    SetId,
};
use sse_proto::{Event, Instant};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MUCH: usize = 1 << 20;

pub(crate) fn start() -> Instant {
    Instant::since_origin(1000 * SECOND)
}

pub(crate) fn config() -> Config {
    Config::new(Ids::Automatic { epoch: 7 })
}

pub(crate) fn log() -> Log {
    Log::new(config())
}

pub(crate) fn publish(log: &mut Log, topic: &str, data: &str) -> Appended {
    let event = Encoded::new(&Event::new(data));
    log.append(topic, event, start()).expect("it is appended")
}

pub(crate) fn publish_with_id(
    log: &mut Log,
    topic: &str,
    id: &str,
) -> Result<Appended, AppendError> {
    let event = Event::new(id).id(id).expect("valid");
    log.append(topic, Encoded::new(&event), start())
}

pub(crate) fn publish_transient(log: &mut Log, topic: &str, data: &str) {
    let event = Encoded::transient(&Event::new(data));
    log.append(topic, event, start()).expect("it is appended");
}

/// Follows topics from here on.
pub(crate) fn follow(log: &mut Log, topics: &[&str]) -> (SetId, Cursor) {
    let set = log.follow(topics).expect("they can be followed");
    (set, log.head(set))
}

pub(crate) fn run(log: &mut Log, set: SetId, cursor: Cursor) -> Run {
    match log.read(set, cursor, Framing::Raw, MUCH) {
        Read::Run(run) => run,
        other => panic!("not events: {other:?}"),
    }
}

pub(crate) fn read(log: &mut Log, set: SetId, cursor: Cursor) -> Bytes {
    run(log, set, cursor).bytes
}

pub(crate) fn lagged(log: &mut Log, set: SetId, cursor: Cursor) -> Lagged {
    match log.read(set, cursor, Framing::Raw, MUCH) {
        Read::Lagged(lagged) => lagged,
        other => panic!("not lagged: {other:?}"),
    }
}

pub(crate) fn is_up_to_date(log: &mut Log, set: SetId, cursor: Cursor) -> bool {
    matches!(log.read(set, cursor, Framing::Raw, MUCH), Read::UpToDate)
}

/// What is replayed to one who saw this last.
pub(crate) fn replayed(log: &mut Log, set: SetId, last_event_id: &str) -> Bytes {
    let cursor = match log.resume(set, Some(last_event_id), start()) {
        Resume::From(cursor) => cursor,
        other => panic!("{last_event_id:?} leads nowhere: {other:?}"),
    };
    let newest = log.newest();
    match log.replay(set, cursor, newest, Framing::Raw, MUCH) {
        Read::Run(run) => run.bytes,
        Read::UpToDate => Bytes::new(),
        other => panic!("not events: {other:?}"),
    }
}
