//! Any operations in any order, compared with the slow twin.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use sse_proto::log::{
    Cursor, Encoded, Framing, History, Log, Read, Resume, Sequence, SetId, Stale,
};
use sse_proto::{Event, Instant};

use crate::model::{Bounds, Model, Subscriber, Told};
use crate::support::{config, start};

const EPOCH: u64 = 7;
const MAX_TOPICS: usize = 4;

#[derive(Clone, Debug)]
enum Operation {
    Append {
        topic: u8,
        bytes: usize,
        transient: bool,
    },
    Pass(Duration),
    EvictExpired,
    Create(u8),
    Remove(u8),
    Follow(BTreeSet<u8>),
    /// As one who saw this event last.
    Resume(BTreeSet<u8>, Index),
    Read {
        subscriber: Index,
        max_bytes: usize,
        chunked: bool,
    },
    Slices {
        subscriber: Index,
        max_bytes: usize,
    },
    Unfollow(Index),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    use Operation::*;
    let topic = || 0..6_u8;
    let topics = || {
        subsequence((0..6_u8).collect::<Vec<_>>(), 1..4)
            .prop_map(|topics| topics.into_iter().collect())
    };
    let size = || prop_oneof![Just(0), 1..300_usize, Just(1 << 20)];
    let operation = prop_oneof![
        12 => (topic(), 0..150_usize, prop::bool::weighted(0.2))
            .prop_map(|(topic, bytes, transient)| Append { topic, bytes, transient }),
        2 => (0..20_u64).prop_map(|seconds| Pass(Duration::from_secs(seconds))),
        1 => Just(EvictExpired),
        1 => topic().prop_map(Create),
        1 => topic().prop_map(Remove),
        3 => topics().prop_map(Follow),
        3 => (topics(), any::<Index>()).prop_map(|(topics, seen)| Resume(topics, seen)),
        12 => (any::<Index>(), size(), any::<bool>())
            .prop_map(|(subscriber, max_bytes, chunked)| Read { subscriber, max_bytes, chunked }),
        4 => (any::<Index>(), size()).prop_map(|(subscriber, max_bytes)| Slices { subscriber, max_bytes }),
        1 => any::<Index>().prop_map(Unfollow),
    ];
    vec(operation, 0..120)
}

fn bounds() -> impl Strategy<Value = Bounds> {
    let age = option::of((1..60_u64).prop_map(Duration::from_secs));
    (1..8_usize, 1..5_usize, age).prop_map(|(events, large, age)| Bounds {
        events,
        bytes: large * 500,
        age,
    })
}

/// A subscriber of the log, and what the model knows of it.
struct Pair {
    set: SetId,
    cursor: Cursor,
    /// Its replay goes on up to here.
    until: Option<Sequence>,
    twin: Subscriber,
}

struct Comparison {
    log: Log,
    model: Model,
    now: Instant,
    pairs: Vec<Pair>,
}

fn name(topic: u8) -> String {
    format!("topic {topic}")
}

fn names(topics: &BTreeSet<u8>) -> Vec<String> {
    topics.iter().rev().map(|topic| name(*topic)).collect()
}

impl Comparison {
    fn new(bounds: Bounds) -> Self {
        let history = History::new()
            .events(bounds.events)
            .bytes(bounds.bytes)
            .age(bounds.age);
        Self {
            log: Log::new(config().history(history).max_topics(MAX_TOPICS)),
            model: Model::new(bounds),
            now: start(),
            pairs: Vec::new(),
        }
    }

    fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Append {
                topic,
                bytes,
                transient,
            } => self.append(topic, bytes, transient),
            Operation::Pass(time) => self.now = self.now + time,
            Operation::EvictExpired => {
                self.log.evict_expired(self.now);
                for topic in 0..6 {
                    self.model.evict(topic, self.now);
                }
            }
            Operation::Create(topic) => {
                let is_full = self.is_full([topic].into());
                let created = self.log.create(&name(topic));
                assert_eq!(created.is_err(), is_full);
                if let Ok(created) = created {
                    assert_eq!(created, self.model.existing.insert(topic));
                }
            }
            Operation::Remove(topic) => {
                let existed = self.model.existing.contains(&topic);
                assert_eq!(self.log.remove(&name(topic)), existed);
                if existed {
                    self.model.remove(topic);
                }
            }
            Operation::Follow(topics) => self.follow(topics, None),
            Operation::Resume(topics, seen) => {
                let numbers = self.model.newest() as usize + 3;
                self.follow(topics, Some(seen.index(numbers) as u64));
            }
            Operation::Read {
                subscriber,
                max_bytes,
                chunked,
            } if !self.pairs.is_empty() => {
                let index = subscriber.index(self.pairs.len());
                let read = if chunked { chunked_run } else { raw_run };
                self.read(index, max_bytes, read);
            }
            Operation::Slices {
                subscriber,
                max_bytes,
            } if !self.pairs.is_empty() => {
                let index = subscriber.index(self.pairs.len());
                self.read(index, max_bytes, slices);
            }
            Operation::Unfollow(index) if !self.pairs.is_empty() => {
                let pair = self.pairs.swap_remove(index.index(self.pairs.len()));
                self.log.unfollow(pair.set);
                for topic in &pair.twin.topics {
                    *self.model.followed.entry(*topic).or_default() -= 1;
                    self.model.note_forgotten(*topic);
                }
            }
            Operation::Read { .. } | Operation::Slices { .. } | Operation::Unfollow(_) => {}
        }
    }

    /// Whether these can't all have a name.
    fn is_full(&self, topics: BTreeSet<u8>) -> bool {
        let named = self.model.named();
        !topics.is_subset(&named) && named.union(&topics).count() > MAX_TOPICS
    }

    fn append(&mut self, topic: u8, bytes: usize, transient: bool) {
        let event = Event::new("x".repeat(bytes));
        let encoded = if transient {
            Encoded::transient(&event)
        } else {
            Encoded::new(&event)
        };
        let is_full = self.is_full([topic].into());
        let appended = self.log.append(&name(topic), encoded, self.now);
        assert_eq!(appended.is_err(), is_full, "{appended:?}");
        if let Ok(appended) = appended {
            let number = self.model.newest() + 1;
            assert_eq!(appended.sequence, Sequence::new(EPOCH, number));
            let event = if transient {
                event
            } else {
                event.id(format!("{EPOCH}-{number}")).expect("valid")
            };
            self.model
                .append(topic, event.to_bytes().to_vec(), transient, self.now);
            let followers = self.model.followed.get(&topic).copied().unwrap_or_default();
            assert_eq!(appended.followers, followers);
        }
    }

    fn follow(&mut self, topics: BTreeSet<u8>, seen: Option<u64>) {
        let is_full = self.is_full(topics.clone());
        let Ok(set) = self.log.follow(&names(&topics)) else {
            assert!(is_full);
            return;
        };
        assert!(!is_full);
        for topic in &topics {
            self.model.existing.insert(*topic);
            *self.model.followed.entry(*topic).or_default() += 1;
        }
        let newest = self.model.newest();
        let id = seen.map(|number| format!("{EPOCH}-{number}"));
        let resume = self.log.resume(set, id.as_deref(), self.now);
        if seen.is_some_and(|number| number <= newest) {
            for topic in &topics {
                self.model.evict(*topic, self.now);
            }
        }
        let lost = seen.is_some_and(|number| self.model.has_lost(&topics, number));
        let (from, cursor) = match (resume, seen) {
            (Resume::Live(cursor), None) => (newest, cursor),
            (Resume::From(cursor), Some(number)) => {
                assert!(!lost && number <= newest, "it is not whole");
                (number, cursor)
            }
            (Resume::Stale(Stale::Future), Some(number)) => {
                assert!(number > newest);
                (newest, self.log.head(set))
            }
            (Resume::Stale(Stale::Evicted), Some(number)) => {
                // A topic that was forgotten may have been one of these.
                assert!(
                    lost || number < self.model.forgotten_at,
                    "all of it is kept"
                );
                let kept = self.model.events.iter().filter(|event| event.kept);
                let mut kept = kept.filter(|event| topics.contains(&event.topic));
                let before = kept.next().map_or(newest, |event| event.number - 1);
                (before, self.log.tail(set))
            }
            (resume, seen) => panic!("{resume:?} of {seen:?}"),
        };
        let mut twin = Subscriber::new(topics, from, newest);
        // What was lost before it came is no news to it.
        twin.forgive_lost(&self.model);
        let until = Some(self.log.newest());
        self.pairs.push(Pair {
            set,
            cursor,
            until,
            twin,
        });
    }

    fn read(&mut self, index: usize, max_bytes: usize, read: Reading) -> Told {
        let pair = &mut self.pairs[index];
        let expected = pair.twin.read(&self.model, max_bytes);
        let (mut told, mut to) = read(&mut self.log, pair, max_bytes);
        if let (Some(until), Told::UpToDate | Told::Gone) = (pair.until, &told) {
            pair.until = None;
            pair.cursor = self.log.pass(pair.set, pair.cursor, until);
            (told, to) = read(&mut self.log, pair, max_bytes);
        }
        assert_eq!(told, expected);
        pair.cursor = to.unwrap_or(pair.cursor);
        told
    }

    fn check(&mut self) {
        let kept: BTreeSet<_> = self
            .log
            .topics()
            .map(|topic| topic.name.to_owned())
            .collect();
        let existing: BTreeSet<_> = self
            .model
            .existing
            .iter()
            .map(|topic| name(*topic))
            .collect();
        assert_eq!(kept, existing);
        for info in self.log.topics() {
            let topic = (0..6)
                .find(|topic| name(*topic) == info.name)
                .expect("one of them");
            let events: Vec<_> = self.model.kept(topic).collect();
            let bytes = events
                .iter()
                .map(|event| event.bytes.len() + History::EVENT_OVERHEAD);
            assert_eq!((info.events, info.bytes), (events.len(), bytes.sum()));
            assert!(
                info.events <= self.model.bounds.events && info.bytes <= self.model.bounds.bytes
            );
        }
    }
}

type Reading = fn(&mut Log, &Pair, usize) -> (Told, Option<Cursor>);

fn raw_run(log: &mut Log, pair: &Pair, max_bytes: usize) -> (Told, Option<Cursor>) {
    told(run(log, pair, Framing::Raw, max_bytes), |run| {
        (run.bytes.to_vec(), run.to)
    })
}

fn chunked_run(log: &mut Log, pair: &Pair, max_bytes: usize) -> (Told, Option<Cursor>) {
    told(run(log, pair, Framing::Chunked, max_bytes), |run| {
        (unchunked(&run.bytes), run.to)
    })
}

fn run(log: &mut Log, pair: &Pair, framing: Framing, max_bytes: usize) -> Read {
    match pair.until {
        Some(until) => log.replay(pair.set, pair.cursor, until, framing, max_bytes),
        None => log.read(pair.set, pair.cursor, framing, max_bytes),
    }
}

fn slices(log: &mut Log, pair: &Pair, max_bytes: usize) -> (Told, Option<Cursor>) {
    told(
        log.slices(pair.set, pair.cursor, pair.until, max_bytes),
        |slices| {
            let bytes = slices
                .events
                .iter()
                .flat_map(|event| event.bytes().to_vec());
            (bytes.collect(), slices.to)
        },
    )
}

fn told<T>(read: Read<T>, events: impl Fn(T) -> (Vec<u8>, Cursor)) -> (Told, Option<Cursor>) {
    match read {
        Read::UpToDate => (Told::UpToDate, None),
        Read::Gone => (Told::Gone, None),
        Read::Lagged(lagged) => (Told::Lagged(lagged.missed), Some(lagged.oldest)),
        Read::Run(run) => {
            let (bytes, to) = events(run);
            (Told::Events(bytes), Some(to))
        }
    }
}

/// What one whole chunk holds.
fn unchunked(chunk: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(chunk).expect("text");
    let (size, rest) = text.split_once("\r\n").expect("a size");
    let data = rest.strip_suffix("\r\n").expect("an end");
    assert_eq!(usize::from_str_radix(size, 16), Ok(data.len()));
    data.as_bytes().to_vec()
}

proptest! {
    #![proptest_config(sse_testkit::strategies::config())]

    #[test]
    fn any_operations_do_what_they_do_to_a_list(bounds in bounds(), operations in operations()) {
        let mut comparison = Comparison::new(bounds);
        for operation in operations {
            comparison.perform(operation);
            comparison.check();
        }
        // In the end everyone reads all that there is for it.
        for index in 0..comparison.pairs.len() {
            while !matches!(comparison.read(index, 100, slices), Told::UpToDate | Told::Gone) {}
        }
    }
}
