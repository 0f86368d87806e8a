//! `sse bench`: many subscribers of one server, on one thread, and what it costs to serve them.

mod arguments;
mod figures;
mod ground;
mod ledger;
mod publisher;
mod response;
mod server_process;
mod stamp;
mod subscriber;
mod tally;
mod target;

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

pub(crate) use self::arguments::Arguments;
use self::figures::Figures;
use self::ground::Ground;
use self::publisher::Publisher;
use self::server_process::{ServerProcess, Usage};
use crate::error::{Error, cause};
use crate::output::log;

/// So long the connections may take together, before it begins with those there are.
const CONNECTING: Duration = Duration::from_secs(60);
/// When nothing has come for so long after the last event was sent, nothing more is coming.
const QUIET: Duration = Duration::from_secs(5);
/// When those who were slow have got nothing for so long, nothing is left for them.
const QUIET_OF_THE_SLOW: Duration = Duration::from_secs(1);
/// So long what was sent may be on its way.
const DRAINING: Duration = Duration::from_secs(30);
/// How often something is looked at that is waited for.
const LOOK: Duration = Duration::from_millis(10);
/// Files that are open besides the subscribers' sockets.
const OTHER_FILES: u64 = 64;

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let wanted = arguments.subscribers as u64 + OTHER_FILES;
    let open_files = rlimit::increase_nofile_limit(wanted).unwrap_or(wanted);
    if cfg!(unix) && open_files < wanted {
        return Err(Error::Failed(format!(
            "{} subscribers need {wanted} open files, and the system allows {open_files}: \
             raise the limit (ulimit -Hn) or take fewer",
            arguments.subscribers
        )));
    }
    let server = arguments.pid.map(ServerProcess::new).transpose()?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(Default::default())
        .map_err(|error| Error::Failed(format!("cannot start: {}", cause(&error))))?;
    let figures = runtime.block_on(bench(arguments, server.as_ref()))?;
    figures.print(arguments.json)
}

async fn bench(arguments: &Arguments, server: Option<&ServerProcess>) -> Result<Figures, Error> {
    let usage = || server.map(ServerProcess::usage).transpose();
    let before = usage()?;
    let ground = Rc::new(Ground::new(arguments)?);
    let mut interrupted = spawn_local(tokio::signal::ctrl_c());
    let connected_in = tokio::select! {
        connected = connect(&ground) => connected?,
        _ = &mut interrupted => return Err(Error::Failed("interrupted".to_owned())),
    };
    let connected = usage()?;

    let (start, delivered) = (stamp::now(), ground.ledger.borrow().deliveries());
    let publisher = arguments.publisher(&ground)?.map(Publisher::start);
    if arguments.reconnects > 0 {
        spawn_local(ground::drop_in_turn(Rc::clone(&ground), arguments.duration));
    }
    // Ctrl-C ends it early, with the figures of what there was.
    let whole = async {
        match &publisher {
            None => sleep(arguments.duration).await,
            Some(publisher) => while_unfinished(publisher).await,
        }
    };
    tokio::select! {
        () = whole => {}
        _ = &mut interrupted => {}
    }
    let published = publisher.map(Publisher::end).transpose()?;
    if let Some(published) = &published {
        drain(&ground, QUIET, || {
            ground.ledger.borrow().has_all(&published.by_topic)
        })
        .await;
    }
    let end = usage()?;
    let stop = match published {
        None => stamp::now(),
        Some(_) => ground.ledger.borrow().last_at,
    };
    if arguments.slow() > 0 {
        ground.wake_the_slow();
        drain(&ground, QUIET_OF_THE_SLOW, || false).await;
    }
    let usages = [before, connected, end];
    let usages: Option<Vec<Usage>> = usages.into_iter().collect();
    Ok(Figures::of(
        &ground,
        connected_in,
        (Duration::from_micros(stop.saturating_sub(start)), delivered),
        published.as_ref(),
        usages.as_deref(),
    ))
}

/// Starts all subscribers, and waits until each is connected or was refused.
async fn connect(ground: &Rc<Ground>) -> Result<Duration, Error> {
    let begun = Instant::now();
    for number in 0..ground.subscribers {
        spawn_local(subscriber::subscribe(Rc::clone(ground), number));
    }
    let settled = wait_until(|| ground.ledger.borrow().settled == ground.subscribers);
    let _ = timeout(CONNECTING, settled).await;
    let took = begun.elapsed();
    let ledger = ground.ledger.borrow();
    if ledger.connected == 0 {
        let reason = ledger.failures.keys().next().cloned();
        let reason = reason.unwrap_or_else(|| "it does not answer".to_owned());
        return Err(Error::Failed(format!(
            "nobody could subscribe to {}: {reason}",
            ground.stream
        )));
    }
    log(format_args!(
        "{} subscribers connected in {took:.1?}",
        ledger.connected
    ));
    Ok(took)
}

async fn while_unfinished(publisher: &Publisher) {
    wait_until(|| publisher.is_finished()).await;
}

/// Waits until it is done or nothing comes any more.
async fn drain(ground: &Ground, quiet: Duration, done: impl Fn() -> bool) {
    let begun = Instant::now();
    let (mut seen, mut quiet_since) = (0, Instant::now());
    while !done() && quiet_since.elapsed() < quiet && begun.elapsed() < DRAINING {
        let bytes = ground.ledger.borrow().bytes;
        if bytes > seen {
            (seen, quiet_since) = (bytes, Instant::now());
        }
        sleep(LOOK).await;
    }
}

async fn wait_until(done: impl Fn() -> bool) {
    while !done() {
        sleep(LOOK).await;
    }
}
