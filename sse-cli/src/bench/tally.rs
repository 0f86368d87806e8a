//! What came of a numbered stream: what is missing, what came twice, what came late.

use std::collections::VecDeque;
use std::ops::Range;

/// So many gaps are remembered; what comes late for an older one counts as duplicated.
const GAPS: usize = 64;

/// The account of one subscriber, who expects one number after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// The number that comes next, `None` if the first that comes is the beginning.
    next: Option<u64>,
    gaps: VecDeque<Range<u64>>,
    pub(crate) counts: Counts,
}

/// What came and what did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Events with a number, whatever became of the order.
    pub(crate) received: u64,
    /// Numbers that were left out and never came.
    pub(crate) lost: u64,
    /// Events whose number had come before.
    pub(crate) duplicated: u64,
    /// Events that came after one with a higher number.
    pub(crate) reordered: u64,
}

impl Tally {
    /// Begins with this number.
    pub(crate) fn from(first: u64) -> Self {
        Self {
            next: Some(first),
            ..Self::default()
        }
    }

    /// Counts an event.
    pub(crate) fn count(&mut self, number: u64) {
        self.counts.received += 1;
        let next = *self.next.get_or_insert(number);
        if number == next {
            self.next = Some(number.saturating_add(1));
        } else {
            self.count_out_of_order(number, next);
        }
    }

    /// The number that comes next, `None` if none is known yet.
    pub(crate) fn next(&self) -> Option<u64> {
        self.next
    }

    /// Counts what has not come up to the last number as lost, unless nothing tells where to begin.
    pub(crate) fn end(&mut self, last: u64) {
        if let Some(next) = self.next {
            self.counts.lost += (last + 1).saturating_sub(next);
            self.next = Some(next.max(last + 1));
        }
    }

    #[cold]
    fn count_out_of_order(&mut self, number: u64, next: u64) {
        if number > next {
            self.counts.lost += number - next;
            self.gaps.push_back(next..number);
            self.forget();
            self.next = Some(number.saturating_add(1));
            return;
        }
        let Some(index) = self.gaps.iter().position(|gap| gap.contains(&number)) else {
            self.counts.duplicated += 1;
            return;
        };
        self.counts.reordered += 1;
        self.counts.lost -= 1;
        let Range { start, end } = self.gaps[index];
        self.gaps[index].end = number;
        if number + 1 < end {
            self.gaps.insert(index + 1, number + 1..end);
        }
        if number == start {
            self.gaps.remove(index);
        }
        self.forget();
    }

    fn forget(&mut self) {
        while self.gaps.len() > GAPS {
            self.gaps.pop_front();
        }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.received += other.received;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.reordered += other.reordered;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(first: Option<u64>, numbers: &[u64], last: u64) -> [u64; 4] {
        let mut tally = first.map_or_else(Tally::default, Tally::from);
        numbers.iter().for_each(|&number| tally.count(number));
        tally.end(last);
        let counts = tally.counts;
        [
            counts.received,
            counts.lost,
            counts.duplicated,
            counts.reordered,
        ]
    }

    #[test]
    fn what_is_missing_was_lost() {
        assert_eq!(counts(Some(1), &[1, 2, 3], 3), [3, 0, 0, 0]);
        assert_eq!(counts(Some(1), &[3], 5), [1, 4, 0, 0]);
        assert_eq!(counts(Some(1), &[], 2), [0, 2, 0, 0]);
    }

    #[test]
    fn without_a_first_number_the_first_event_is_the_beginning() {
        assert_eq!(counts(None, &[7, 8, 10], 10), [3, 1, 0, 0]);
        assert_eq!(counts(None, &[], 10), [0, 0, 0, 0]);
    }

    #[test]
    fn what_fills_a_gap_came_late_and_what_does_not_came_twice() {
        assert_eq!(counts(Some(1), &[1, 5, 3, 2, 4, 6], 6), [6, 0, 0, 3]);
        assert_eq!(counts(Some(1), &[1, 5, 3, 3, 5, 1], 5), [6, 2, 3, 1]);
    }

    #[test]
    fn it_agrees_with_a_tally_that_remembers_everything() {
        let mut random = 1_u64;
        for _ in 0..2000 {
            let mut numbers = Vec::new();
            let len = 1 + random % 12;
            for _ in 0..len {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                numbers.push(1 + (random >> 33) % 10);
            }
            let (mut seen, mut highest) = (std::collections::BTreeSet::new(), 0);
            let (mut duplicated, mut reordered) = (0, 0);
            for &number in &numbers {
                let new = seen.insert(number);
                duplicated += u64::from(!new);
                reordered += u64::from(new && number < highest);
                highest = highest.max(number);
            }
            let lost = 10 - seen.len() as u64;
            let expected = [numbers.len() as u64, lost, duplicated, reordered];
            assert_eq!(counts(Some(1), &numbers, 10), expected, "{numbers:?}");
        }
    }

    #[test]
    fn the_memory_of_gaps_is_bounded() {
        let mut tally = Tally::from(0);
        (0..1000).for_each(|step| tally.count(step * 2 + 1));
        assert_eq!(tally.gaps.len(), GAPS);
        tally.count(1998);
        tally.count(0);
        assert_eq!(tally.counts.reordered, 1);
        assert_eq!(tally.counts.duplicated, 1);
    }
}
