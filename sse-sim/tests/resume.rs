//! With a server that keeps its history, no message is lost and none is seen twice.

use std::time::Duration;

use sse_sim::{data_of, run};

/// How many scenarios: `SSE_SIM_SEEDS`, or 2,000.
fn seeds() -> u64 {
    let asked = std::env::var("SSE_SIM_SEEDS").ok();
    asked.and_then(|seeds| seeds.parse().ok()).unwrap_or(2000)
}

#[test]
fn no_message_is_lost_and_none_is_seen_twice() {
    let mut attempts = 0;
    for seed in 0..seeds() {
        let outcome = run(seed);
        let seen: Vec<_> = outcome
            .messages
            .iter()
            .map(|event| (event.last_event_id(), event.data()))
            .collect();
        let ids: Vec<_> = (1..=outcome.sent)
            .map(|number| (number.to_string(), data_of(number)))
            .collect();
        let sent: Vec<_> = ids.iter().map(|(id, data)| (&**id, &**data)).collect();
        assert_eq!(seen, sent, "seed {seed}");
        assert_eq!(
            outcome.confused, 0,
            "seed {seed}: every request resumes where a client has been"
        );
        assert!(
            outcome.closed_by_server,
            "seed {seed}: it stops when the server says so"
        );
        assert!(
            outcome.attempts < 1000,
            "seed {seed}: {} attempts",
            outcome.attempts
        );
        attempts += outcome.attempts;
    }
    // Else the weather was too fine to show anything.
    assert!(attempts as u64 > 3 * seeds(), "{attempts} attempts");
}

#[test]
fn the_same_seed_is_the_same_story() {
    for seed in 0..20 {
        let (one, other) = (run(seed), run(seed));
        assert_eq!((one.took, one.attempts), (other.took, other.attempts));
        assert!(one.took > Duration::ZERO);
    }
}
