//! The accounts of all subscribers.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

use super::stamp::Stamp;
use super::tally::{Counts, Tally};

/// What takes longer than ten minutes counts as ten minutes; in microseconds.
const LONGEST_LATENCY: u64 = 600_000_000;
/// So many different reasons are kept apart.
const MOST_REASONS: usize = 20;

/// What came to all subscribers.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) accounts: Vec<Account>,
    /// In microseconds, of those who read on.
    pub(super) latencies: Histogram<u64>,
    /// Events without a number, of those who read on.
    pub(super) unnumbered: u64,
    pub(super) bytes: u64,
    /// When the last bytes came, in microseconds since 1970.
    pub(super) last_at: u64,
    /// How many were connected or refused for the first time.
    pub(super) settled: usize,
    /// How many were connected for the first time.
    pub(super) connected: usize,
    pub(super) reconnections: u64,
    /// Why connections could not be opened or broke, and how often.
    pub(super) failures: BTreeMap<String, u64>,
}

/// What came to one subscriber.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) tally: Tally,
    /// Which of the topics it follows.
    pub(super) topic: usize,
    pub(super) slow: bool,
    /// It was connected at some time.
    pub(super) connected: bool,
    /// The server has ended its response, or broken its connection.
    pub(super) closed: u64,
}

/// The sums over some subscribers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) subscribers: usize,
    /// Of them, those whose connection the server has closed at least once.
    pub(super) closed: usize,
    pub(super) counts: Counts,
}

impl Ledger {
    /// Accounts of so many, of whom the first ones are slow. `first` is the number that each topic
    /// begins with, `None` if that is unknown.
    pub(super) fn new(subscribers: usize, slow: usize, topics: usize, first: Option<u64>) -> Self {
        let account = |number| Account {
            tally: first.map_or_else(Tally::default, Tally::from),
            topic: number % topics,
            slow: number < slow,
            connected: false,
            closed: 0,
        };
        Self {
            accounts: (0..subscribers).map(account).collect(),
            latencies: Histogram::new_with_bounds(1, LONGEST_LATENCY, 3)
                .expect("the bounds are in order"),
            unnumbered: 0,
            bytes: 0,
            last_at: 0,
            settled: 0,
            connected: 0,
            reconnections: 0,
            failures: BTreeMap::new(),
        }
    }

    /// An event has come to a subscriber at that time.
    #[inline]
    pub(super) fn count(&mut self, subscriber: usize, data: &[u8], now: u64) {
        let account = &mut self.accounts[subscriber];
        let Some(Stamp { number, at }) = Stamp::of(data) else {
            self.unnumbered += u64::from(!account.slow);
            return;
        };
        account.tally.count(number);
        if !account.slow {
            self.latencies.saturating_record(now.saturating_sub(at));
        }
    }

    /// A subscriber was connected, for the first time or again.
    pub(super) fn connect(&mut self, subscriber: usize, attempt: u64) {
        let account = &mut self.accounts[subscriber];
        match std::mem::replace(&mut account.connected, true) {
            true => self.reconnections += 1,
            false => self.connected += 1,
        }
        self.settled += usize::from(attempt == 0);
    }

    /// A connection could not be opened, or broke.
    pub(super) fn fail(&mut self, reason: String, attempt: u64, was_connected: bool) {
        self.settled += usize::from(attempt == 0 && !was_connected);
        let known = self.failures.contains_key(&reason);
        let reason = match known || self.failures.len() < MOST_REASONS {
            true => reason,
            false => "other reasons".to_owned(),
        };
        *self.failures.entry(reason).or_default() += 1;
    }

    /// All who read on have got everything up to these numbers of their topics.
    pub(super) fn has_all(&self, published: &[u64]) -> bool {
        let mut reading = self
            .accounts
            .iter()
            .filter(|account| !account.slow && account.connected);
        reading.all(|account| {
            let next = account.tally.next();
            next.is_none_or(|next| next > published[account.topic])
        })
    }

    /// Counts as lost what has not come up to these numbers.
    pub(super) fn end(&mut self, published: &[u64]) {
        for account in &mut self.accounts {
            if account.connected {
                account.tally.end(published[account.topic]);
            }
        }
    }

    /// How many events have come to those who read on.
    pub(super) fn deliveries(&self) -> u64 {
        self.sums(false).counts.received + self.unnumbered
    }

    /// The sums over those who are slow, or over those who are not.
    pub(super) fn sums(&self, slow: bool) -> Sums {
        let mut sums = Sums::default();
        for account in self.accounts.iter().filter(|account| account.slow == slow) {
            sums.subscribers += 1;
            sums.closed += usize::from(account.closed > 0);
            sums.counts += account.tally.counts;
        }
        sums
    }
}
