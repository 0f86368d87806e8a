//! The interleaved tables of clients: events a second of CPU time, ours ÷ best peer.

use std::env;
use std::io;
use std::process::{Command, Stdio};

use super::{Markup, print_table};
use crate::bars;
use crate::clients::Client;
use crate::clients::server::{Pace, Server};
use crate::contestants::Role;

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The clients: a row each.
    pub clients: Vec<Client>,
    /// How the events come, and how many are read in a turn: a table each.
    pub paces: Vec<(Pace, u64)>,
    /// How many turns each client has.
    pub rounds: usize,
    /// How the tables are printed.
    pub markup: Markup,
}

/// Events a second of CPU time, in the order of the rounds.
type Speeds = Vec<f64>;

impl Plan {
    /// Measures everyone in turns, each turn in a process of its own, and prints the tables.
    ///
    /// An error is also that a client has not received what was sent.
    pub fn carry_out(&self, server: &Server, arguments_of_a_turn: &[&str]) -> io::Result<()> {
        for &(pace, count) in &self.paces {
            let url = server.url(pace);
            let mut speeds = vec![Speeds::new(); self.clients.len()];
            for _ in 0..self.rounds {
                for (client, speeds) in self.clients.iter().zip(&mut speeds) {
                    speeds.push(turn(client, &url, count, arguments_of_a_turn)?);
                }
            }
            self.print(pace, &speeds);
        }
        Ok(())
    }

    /// Has everyone read once, to see that everyone receives what was sent.
    pub fn check(&self, server: &Server, arguments_of_a_turn: &[&str]) -> io::Result<()> {
        for &(pace, count) in &self.paces {
            for client in &self.clients {
                turn(client, &server.url(pace), count, arguments_of_a_turn)?;
                println!(
                    "{} has received {count} events, {}",
                    client.name,
                    said(pace)
                );
            }
        }
        Ok(())
    }

    fn print(&self, pace: Pace, speeds: &[Speeds]) {
        let best = self.best_peer(speeds);
        let mut lines = vec![
            [
                "client",
                "",
                "events / CPU s",
                "ns an event",
                "÷ best peer",
                "from",
                "to",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        for (client, speeds) in self.clients.iter().zip(speeds) {
            let speed = median(speeds.clone());
            let mut line = vec![
                client.name.to_owned(),
                part(client).to_owned(),
                format!("{speed:.0}"),
                format!("{:.0}", 1e9 / speed),
            ];
            line.extend(ratios(client, pace, speeds, best));
            lines.push(line);
        }
        print_table(&format!("events, {}", said(pace)), &lines, self.markup);
    }

    /// The figures of the peer whose median is the best.
    fn best_peer<'a>(&self, speeds: &'a [Speeds]) -> Option<&'a Speeds> {
        self.clients
            .iter()
            .zip(speeds)
            .filter(|(client, _)| client.role == Role::Peer)
            .map(|(_, speeds)| speeds)
            .max_by(|one, other| median((*one).clone()).total_cmp(&median((*other).clone())))
    }
}

fn said(pace: Pace) -> &'static str {
    match pace {
        Pace::Full => "as fast as they are read",
        Pace::Sparse => "one by one",
        Pace::Each => "one by one without a rest",
    }
}

fn part(client: &Client) -> &'static str {
    match client.role {
        Role::Ours => "ours",
        Role::Peer => "peer",
        Role::Floor => "floor",
    }
}

/// Events a second of CPU time, of one turn in a process of its own.
fn turn(client: &Client, url: &str, count: u64, arguments: &[&str]) -> io::Result<f64> {
    let output = Command::new(env::current_exe()?)
        .args(arguments)
        .args([client.name, url, &count.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    let nanoseconds = String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse::<f64>();
    match nanoseconds {
        Ok(nanoseconds) if output.status.success() => Ok(count as f64 / nanoseconds * 1e9),
        _ => Err(io::Error::other(format!(
            "{}: {}",
            client.name, output.status
        ))),
    }
}

/// The median of the ratios of the rounds, and whether it is under its bar; the least of them, and the most.
fn ratios(client: &Client, pace: Pace, speeds: &Speeds, best: Option<&Speeds>) -> [String; 3] {
    let Some(best) = best else {
        return ["—"; 3].map(str::to_owned);
    };
    let mut ratios: Vec<f64> = speeds
        .iter()
        .zip(best)
        .map(|(one, best)| one / best)
        .collect();
    ratios.sort_unstable_by(f64::total_cmp);
    let [least, most] = [ratios.first(), ratios.last()].map(|end| end.map_or(f64::NAN, |end| *end));
    let middle = median(ratios);
    let is_under = bars::least_of_best_client(client, pace).is_some_and(|bar| middle < bar);
    let mark = if is_under { "!" } else { "" };
    [
        format!("{middle:.2}{mark}"),
        format!("{least:.2}"),
        format!("{most:.2}"),
    ]
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
