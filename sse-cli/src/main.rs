//! The program `sse`: serve, read and decode event streams from the command line.

mod bench;
mod decode;
mod demo;
mod error;
mod listen;
mod listening;
mod output;
mod serve;
mod time;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;

/// Server-Sent Events from the command line.
#[derive(Parser)]
#[command(name = "sse", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Listen(listen::Arguments),
    Decode(decode::Arguments),
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Listen(arguments) => listen::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match outcome {
        Ok(()) | Err(Error::OutputClosed) => ExitCode::SUCCESS,
        Err(Error::Failed(message)) => {
            output::complain(&message);
            ExitCode::FAILURE
        }
    }
}
