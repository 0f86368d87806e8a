//! `sse decode`: an event stream on standard input, printed.

use std::io::{self, Read};

use sse_kit::Decoder;

use crate::error::{Error, cause};
use crate::output::{Printer, complain};

/// What is read at once at least, whatever the size of the pieces.
const READ_BYTES: usize = 64 * 1024;

/// Decode an event stream on standard input
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,

    /// Decode in pieces of this size
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = 65_536,
        value_parser = clap::value_parser!(u32).range(1..=1 << 30),
    )]
    chunk: u32,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let chunk = arguments.chunk as usize;
    let mut printer = Printer::new(arguments.json);
    let mut decoder = Decoder::new().with_comments(true);
    let mut input = io::stdin().lock();
    let mut buffer = vec![0; chunk.max(READ_BYTES)];
    loop {
        let length = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(Error::Failed(format!(
                    "cannot read the input: {}",
                    cause(&error)
                )));
            }
        };
        for piece in buffer[..length].chunks(chunk) {
            let mut feed = decoder.feed(piece);
            while let Some(item) = feed.next_ref() {
                printer.print(&item)?;
            }
        }
        printer.flush()?;
    }
    if decoder.buffered() > 0 {
        complain("the input ended without a blank line after its last event, which is discarded");
    }
    Ok(())
}
