//! What networks and middlemen do to a connection.

use std::time::Duration;

use crate::dice::Dice;

/// How often things go wrong.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// One connection in so many is spared.
    fair: u64,
    /// The longest chunk, in bytes.
    chunk: usize,
    /// The longest pause before a chunk, in milliseconds.
    pause: u64,
}

impl Weather {
    /// Any weather.
    pub fn any(dice: &mut Dice) -> Self {
        Self {
            fair: 2 + dice.below(8),
            chunk: [1, 4, 64, 4096][dice.index(4)],
            pause: [0, 1, 100, 20_000][dice.index(4)],
        }
    }

    /// What becomes of the next connection.
    pub fn fate(&self, dice: &mut Dice) -> Fate {
        if dice.once_in(self.fair) {
            return Fate::Spared;
        }
        match dice.below(9) {
            0 => Fate::NoConnection,
            1 => Fate::NoResponse,
            2 => Fate::Unavailable,
            3 => Fate::Redirected,
            4 | 5 => Fate::Cut { in_order: false },
            6 | 7 => Fate::Cut { in_order: true },
            _ => Fate::Stalled,
        }
    }

    /// How many bytes come next.
    pub fn chunk(&self, dice: &mut Dice) -> usize {
        1 + dice.index(self.chunk)
    }

    /// How long they take; once in a while the clock jumps.
    pub fn pause(&self, dice: &mut Dice) -> Duration {
        if dice.once_in(500) {
            return Duration::from_secs(dice.below(1_000_000));
        }
        Duration::from_millis(dice.below(self.pause))
    }
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing happens to it.
    Spared,
    /// It is refused.
    NoConnection,
    /// Nobody answers.
    NoResponse,
    /// A middleman answers with 503.
    Unavailable,
    /// It is redirected, and spared there.
    Redirected,
    /// It ends after any number of bytes.
    Cut {
        /// As if the response were complete.
        in_order: bool,
    },
    /// After any number of bytes, nothing comes any more.
    Stalled,
}
