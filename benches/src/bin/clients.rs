//! Events a second of CPU time that clients read over loopback: ours, the peers, and what lies under them.

use std::io;

use clap::{Parser, Subcommand};
use sse_benches::clients::server::{self, Pace, Server};
use sse_benches::clients::{CLIENTS, Client};
use sse_benches::results;
use sse_benches::tables::Markup;
use sse_benches::tables::clients::Plan;

/// Measures clients in turns, each turn in a process of its own, on a server that is another.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// Clients by name; by default all.
    #[arg(long = "only", value_name = "NAME", value_parser = client)]
    clients: Vec<Client>,
    /// How the events come: `full`, `sparse` or `each`; by default the first two.
    #[arg(long = "pace", value_name = "PACE", value_parser = pace)]
    paces: Vec<Pace>,
    /// How many turns each client has.
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// One short turn each, only to see that everyone receives what is sent.
    #[arg(long)]
    quick: bool,
    /// Prints Markdown.
    #[arg(long)]
    markdown: bool,
}

/// What this program starts itself again for.
#[derive(Subcommand)]
enum Part {
    /// Serves streams until standard input ends.
    Serve,
    /// Has a client read, and prints the nanoseconds of CPU time that it took.
    Read {
        #[arg(value_parser = client)]
        client: Client,
        url: String,
        count: u64,
    },
}

/// Whose versions are told.
const NAMED: [&str; 9] = [
    "sse-client",
    "eventsource-client",
    "reqwest-eventsource",
    "eventsource-stream",
    "reqwest",
    "hyper",
    "ureq",
    "tokio",
    "async-io",
];

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    match arguments.part {
        Some(Part::Serve) => server::serve(),
        Some(Part::Read { client, url, count }) => read(&client, &url, count),
        None => compare(arguments),
    }
}

fn read(client: &Client, url: &str, count: u64) -> io::Result<()> {
    let time = client.time(url, count);
    let time = time.ok_or_else(|| io::Error::other("other events than were sent"))?;
    println!("{}", time.as_nanos());
    Ok(())
}

fn compare(arguments: Arguments) -> io::Result<()> {
    let Arguments { quick, .. } = arguments;
    let count = |pace| match pace {
        _ if quick => 2_000,
        Pace::Full | Pace::Each => 200_000,
        Pace::Sparse => 5_000,
    };
    let plan = Plan {
        clients: all_if_none(arguments.clients, &CLIENTS),
        paces: all_if_none(arguments.paces, &[Pace::Full, Pace::Sparse])
            .into_iter()
            .map(|pace| (pace, count(pace)))
            .collect(),
        rounds: arguments.rounds,
        markup: if arguments.markdown {
            Markup::Markdown
        } else {
            Markup::Plain
        },
    };
    let server = Server::start(&["serve"])?;
    if quick {
        return plan.check(&server, &["read"]);
    }
    plan.carry_out(&server, &["read"])?;
    println!(
        "{}; {}.",
        results::machine(),
        results::locked(&NAMED).join(", ")
    );
    Ok(())
}

fn all_if_none<T: Copy>(asked_for: Vec<T>, all: &[T]) -> Vec<T> {
    if asked_for.is_empty() {
        all.to_vec()
    } else {
        asked_for
    }
}

fn client(name: &str) -> Result<Client, String> {
    Client::named(name).ok_or_else(|| format!("no client {name}"))
}

fn pace(name: &str) -> Result<Pace, String> {
    Pace::named(name).ok_or_else(|| format!("no pace {name}"))
}
