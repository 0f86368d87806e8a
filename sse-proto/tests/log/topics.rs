//! Topics come and go.

use sse_proto::Event;
use sse_proto::log::{
    AppendError, Config, Creation, Encoded, FollowError, Framing, Ids, Log, Read, Resume, Stale,
    TopicError,
};

use crate::support::{MUCH, config, follow, is_up_to_date, lagged, log, publish, read, start};

fn explicit() -> Log {
    Log::new(config().creation(Creation::Explicit))
}

fn while_followed() -> Log {
    Log::new(config().creation(Creation::WhileFollowed))
}

fn append(log: &mut Log, topic: &str) -> Result<bool, AppendError> {
    let event = Encoded::new(&Event::new("x"));
    log.append(topic, event, start())
        .map(|appended| appended.kept)
}

fn names(log: &Log) -> Vec<&str> {
    let mut names: Vec<_> = log.topics().map(|topic| topic.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn on_demand_publishing_and_following_create() {
    let mut log = log();
    publish(&mut log, "a", "");
    follow(&mut log, &["b"]);
    assert_eq!(log.create("c"), Ok(true));
    assert_eq!(log.create("c"), Ok(false));
    assert_eq!(names(&log), ["a", "b", "c"]);
    assert!(log.exists("a") && !log.exists("d"));
}

#[test]
fn explicit_topics_are_created_first() {
    let mut log = explicit();
    let unknown = TopicError::Unknown("a".into());
    assert_eq!(append(&mut log, "a"), Err(unknown.clone().into()));
    assert_eq!(log.follow(&["a"]), Err(unknown.into()));
    log.create("a").expect("there is room");
    let (set, cursor) = follow(&mut log, &["a"]);
    assert_eq!(append(&mut log, "a"), Ok(true));
    assert_eq!(read(&mut log, set, cursor), "id: 7-1\ndata: x\n\n");
    assert!(log.remove("a") && !log.remove("a"));
    assert!(append(&mut log, "a").is_err());
}

#[test]
fn a_topic_can_last_as_long_as_its_followers() {
    let mut log = while_followed();
    assert_eq!(append(&mut log, "a"), Ok(false), "nobody is there");
    assert_eq!(names(&log), [""; 0]);
    let (set, _) = follow(&mut log, &["a", "b"]);
    let (other, _) = follow(&mut log, &["b"]);
    assert_eq!(append(&mut log, "a"), Ok(true));
    log.unfollow(set);
    assert_eq!(names(&log), ["b"]);
    log.unfollow(other);
    assert_eq!(names(&log), [""; 0]);
}

#[test]
fn whoever_resumes_over_an_event_that_was_not_kept_is_told() {
    let mut log = while_followed();
    let (set, _) = follow(&mut log, &["a"]);
    let seen = publish(&mut log, "a", "").sequence.to_string();
    log.unfollow(set);
    let (set, _) = follow(&mut log, &["a"]);
    assert!(matches!(
        log.resume(set, Some(&seen), start()),
        Resume::From(_)
    ));
    log.unfollow(set);
    assert_eq!(append(&mut log, "a"), Ok(false));
    let (set, _) = follow(&mut log, &["a"]);
    assert_eq!(
        log.resume(set, Some(&seen), start()),
        Resume::Stale(Stale::Evicted)
    );
    let newest = log.newest().to_string();
    assert!(matches!(
        log.resume(set, Some(&newest), start()),
        Resume::From(_)
    ));
}

#[test]
fn there_are_only_so_many() {
    let mut log = Log::new(config().max_topics(3));
    publish(&mut log, "a", "");
    let limit = TopicError::TooMany { limit: 3 };
    assert_eq!(log.follow(&["b", "c", "d"]), Err(limit.clone().into()));
    assert_eq!(names(&log), ["a"], "none was created");
    follow(&mut log, &["a", "b", "c"]);
    assert_eq!(log.create("d"), Err(limit.clone()));
    assert_eq!(append(&mut log, "d"), Err(limit.into()));
    assert!(log.remove("c"));
    assert!(log.create("d").is_err(), "it is still followed");
}

#[test]
fn one_follows_only_so_many() {
    let mut log = Log::new(config().max_topics_followed(2));
    assert_eq!(log.follow::<&str>(&[]), Err(FollowError::NoTopics));
    assert_eq!(
        log.follow(&["a", "b", "c"]),
        Err(FollowError::TooMany { limit: 2 })
    );
    assert!(log.follow(&["a", "b", "a"]).is_ok(), "twice counts once");
    let flood: Vec<_> = (0..100_000).map(|number| number.to_string()).collect();
    assert!(log.follow(&flood).is_err());
    assert_eq!(names(&log), ["a", "b"]);
}

#[test]
fn a_name_is_only_so_long() {
    let mut log = Log::new(config().max_name_bytes(3));
    let limit = TopicError::NameTooLong { limit: 3 };
    assert_eq!(log.create("abcd"), Err(limit.clone()));
    assert_eq!(append(&mut log, "abcd"), Err(limit.clone().into()));
    assert_eq!(log.follow(&["ok", "abcd"]), Err(limit.into()));
    assert_eq!(names(&log), [""; 0]);
}

#[test]
fn what_was_not_read_of_a_removed_topic_is_missed() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a", "b"]);
    publish(&mut log, "a", "");
    publish(&mut log, "b", "x");
    assert!(log.remove("a"));
    let lagged = lagged(&mut log, set, cursor);
    assert_eq!(lagged.missed, 1);
    assert_eq!(read(&mut log, set, lagged.oldest), "id: 7-2\ndata: x\n\n");
}

#[test]
fn followers_of_a_topic_that_comes_back_are_still_there() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a"]);
    log.take_stirred(&mut Vec::new());
    assert!(log.remove("a"));
    assert!(log.is_stirred(), "they are to be told");
    assert!(matches!(
        log.read(set, cursor, Framing::Raw, MUCH),
        Read::Gone
    ));
    publish(&mut log, "a", "back");
    assert_eq!(read(&mut log, set, cursor), "id: 7-1\ndata: back\n\n");
}

#[test]
fn a_set_is_there_while_one_of_its_topics_is() {
    let mut log = log();
    let (set, cursor) = follow(&mut log, &["a", "b"]);
    log.remove("a");
    assert!(is_up_to_date(&mut log, set, cursor));
    log.remove("b");
    assert!(matches!(
        log.read(set, cursor, Framing::Raw, MUCH),
        Read::Gone
    ));
}

#[test]
fn followers_are_counted() {
    let mut log = log();
    let (set, _) = follow(&mut log, &["a", "b"]);
    follow(&mut log, &["a", "b"]);
    follow(&mut log, &["a"]);
    let followers = |log: &Log, topic: &str| {
        let info = log.topics().find(|info| info.name == topic);
        info.expect("it exists").followers
    };
    assert_eq!((followers(&log, "a"), followers(&log, "b")), (3, 2));
    log.unfollow(set);
    assert_eq!((followers(&log, "a"), followers(&log, "b")), (2, 1));
    assert_eq!(publish(&mut log, "a", "").followers, 2);
    assert_eq!(publish(&mut log, "x", "").followers, 0);
    log.unfollow(set);
    log.unfollow(set);
    assert_eq!((followers(&log, "a"), followers(&log, "b")), (1, 0));
}

#[test]
fn a_log_shows_itself_in_a_line() {
    let log = Log::new(Config::new(Ids::None));
    let shown = format!("{log:?}");
    assert!(shown.contains("topics: 0") && shown.len() < 400, "{shown}");
}
