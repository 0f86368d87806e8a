//! Times contestants in turns, so that a slow moment of the machine meets all of them.

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use cpu_time::ThreadTime;

use crate::chunks::Chunks;
use crate::contestants::Contestant;
use crate::expected::Expected;
use crate::sink::LightSink;
use crate::workloads::Workload;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How many times each contestant has its turn.
    pub rounds: usize,
    /// How long a turn should take at least; short passes are repeated.
    pub turn: Duration,
}

/// A contestant whose single pass takes longer than this has fewer turns: it is no candidate for
/// the best, and would take most of the time.
const TOO_SLOW_FOR_ALL_ROUNDS: Duration = Duration::from_millis(100);
const ROUNDS_OF_THE_SLOW: usize = 3;

/// A contestant that could take longer than this over a single pass is not run at all.
const TOO_SLOW: Duration = Duration::from_secs(5);

/// What came out for one contestant on one input and chunk size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The median of the rounds, in bytes a second of the thread's CPU time.
    Speed(f64),
    /// It does not yield the events that the oracle yields.
    Wrong,
    /// Its time grows with the square of a line or a chunk, and would be too long.
    TooSlow,
}

impl Outcome {
    /// The speed in bytes a second, `None` if it has none.
    pub fn speed(self) -> Option<f64> {
        match self {
            Self::Speed(speed) => Some(speed),
            Self::Wrong | Self::TooSlow => None,
        }
    }
}

/// An event stream to measure on, and what has to come out of it.
#[derive(Debug, Clone)]
pub struct Input {
    /// The workload it was made of.
    pub workload: Workload,
    bytes: Bytes,
    expected: Expected,
    /// The same workload in smaller sizes, each a quarter of the next.
    probes: Vec<Bytes>,
}

impl Input {
    /// Makes the stream, of about that many bytes, and asks the oracle about it.
    pub fn new(workload: &Workload, size: usize) -> Self {
        let bytes = Bytes::from(workload.generate(size));
        let sizes = std::iter::successors(Some(size / 4), |size| Some(size / 4));
        let mut probes: Vec<_> = sizes
            .take_while(|&size| size > 8 << 10)
            .map(|size| Bytes::from(workload.generate(size)))
            .collect();
        probes.reverse();
        Self {
            workload: *workload,
            expected: Expected::of(&bytes),
            bytes,
            probes,
        }
    }

    /// Measures the contestants at one chunk size, in turns; the outcomes are in their order.
    pub fn measure(
        &self,
        contestants: &[Contestant],
        chunk_size: usize,
        effort: Effort,
    ) -> Vec<Outcome> {
        let mut runs: Vec<Run> = contestants
            .iter()
            .map(|contestant| self.prepare(contestant, chunk_size, effort))
            .collect();
        for round in 0..effort.rounds {
            for run in runs.iter_mut().filter(|run| round < run.rounds) {
                let time = self.turn(&run.contestant, chunk_size, run.passes);
                run.times.push(time / run.passes);
            }
        }
        let outcome = |run: Run| run.outcome(self.bytes.len());
        runs.into_iter().map(outcome).collect()
    }

    /// Checks the contestant, and finds out how many passes make a turn.
    fn prepare(&self, contestant: &Contestant, chunk_size: usize, effort: Effort) -> Run {
        let mut run = Run {
            contestant: *contestant,
            rounds: 0,
            passes: 1,
            times: Vec::new(),
            failed: None,
        };
        if self.is_too_slow(contestant, chunk_size) {
            run.failed = Some(Outcome::TooSlow);
        } else if !self.expected.holds_for(contestant, &self.bytes, chunk_size) {
            run.failed = Some(Outcome::Wrong);
        } else {
            // The checking pass has warmed up code and input.
            let pass = self.turn(contestant, chunk_size, 1);
            run.passes = passes_of(pass, effort);
            run.rounds = match pass > TOO_SLOW_FOR_ALL_ROUNDS {
                true => effort.rounds.min(ROUNDS_OF_THE_SLOW),
                false => effort.rounds,
            };
        }
        run
    }

    /// Tries smaller streams first: the next one takes up to 16 times as long.
    fn is_too_slow(&self, contestant: &Contestant, chunk_size: usize) -> bool {
        self.probes.iter().any(|probe| {
            let start = ThreadTime::now();
            decode(contestant, probe, chunk_size, 1);
            start.elapsed() * 16 > TOO_SLOW
        })
    }

    /// The thread's CPU time of some passes; the same few instructions around every contestant.
    fn turn(&self, contestant: &Contestant, chunk_size: usize, passes: u32) -> Duration {
        let start = ThreadTime::now();
        let sink = decode(contestant, &self.bytes, chunk_size, passes);
        let time = start.elapsed();
        let right = self.expected.timed(contestant, passes, sink);
        assert!(right, "{} lost its way", contestant.name);
        time
    }
}

struct Run {
    contestant: Contestant,
    rounds: usize,
    passes: u32,
    times: Vec<Duration>,
    failed: Option<Outcome>,
}

impl Run {
    fn outcome(self, bytes: usize) -> Outcome {
        let speed = || Outcome::Speed(bytes as f64 / median(self.times).as_secs_f64());
        self.failed.unwrap_or_else(speed)
    }
}

/// How many passes make a turn, when one takes this long.
pub fn passes_of(pass: Duration, effort: Effort) -> u32 {
    let pass = pass.max(Duration::from_nanos(1));
    effort.turn.div_duration_f64(pass).ceil().max(1.0) as u32
}

/// The one in the middle; there has to be one.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Decodes the input as many times; neither the input nor the result is known to the optimizer.
pub fn decode(contestant: &Contestant, input: &Bytes, chunk_size: usize, passes: u32) -> LightSink {
    let mut sink = LightSink::default();
    let chunks = Chunks::new(black_box(input), black_box(chunk_size), black_box(passes));
    (contestant.time)(chunks, &mut sink);
    black_box(sink)
}

/// Brings the system's allocator into the state that a long-running program has anyway: memory that was
/// given back is kept. Else it depends on what ran before whether large buffers are mapped anew for each
/// event, and that costs more than decoding.
pub fn settle_allocator() {
    // The largest size that glibc still learns from: it then keeps twice as much.
    drop(black_box(vec![1_u8; 31 << 20]));
}
