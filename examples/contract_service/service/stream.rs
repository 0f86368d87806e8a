//! A stream that a test has opened.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};
use sse_kit::tokio::{EventSource, SourceItem};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::callbacks::Callbacks;

/// How many commands may wait; the tests wait for each.
const WAITING_COMMANDS: usize = 8;

/// What a test may tell a stream.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "lowercase")]
pub(super) enum Command {
    /// Messages of this type are wanted too.
    Listen { listen: Listen },
    /// The connection is to be made anew.
    Restart,
}

#[derive(Debug, Deserialize)]
pub(super) struct Listen {
    r#type: String,
}

/// A source that is being read. Dropping it closes its connection.
pub(super) struct Stream {
    commands: mpsc::Sender<Command>,
    reading: JoinHandle<()>,
}

impl Stream {
    pub(super) fn start(source: EventSource, callbacks: Callbacks) -> Self {
        let (commands, received) = mpsc::channel(WAITING_COMMANDS);
        let reading = tokio::spawn(read(source, received, callbacks));
        Self { commands, reading }
    }

    pub(super) fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Tells the test of everything that happens, until the source is closed.
async fn read(
    mut source: EventSource,
    mut commands: mpsc::Receiver<Command>,
    mut callbacks: Callbacks,
) {
    let mut listened_for = HashSet::from(["message".to_owned()]);
    loop {
        tokio::select! {
            // A command that was answered is in force for all that is read afterwards.
            biased;
            Some(command) = commands.recv() => match command {
                Command::Listen { listen } => {
                    listened_for.insert(listen.r#type);
                }
                Command::Restart => source.reconnect(),
            },
            item = source.next() => {
                let Some(item) = item else { return };
                if let Some(told) = told(&item, &listened_for) {
                    callbacks.post(&told).await;
                }
            }
        }
    }
}

/// What a test is told of this; nothing of what the contract has no word for.
fn told(item: &SourceItem, listened_for: &HashSet<String>) -> Option<Value> {
    match item {
        SourceItem::Message(message) => listened_for.contains(message.event_type()).then(|| {
            json!({
                "kind": "event",
                "event": {
                    "type": message.event_type(),
                    "data": message.data(),
                    "id": message.last_event_id(),
                },
            })
        }),
        SourceItem::Comment(comment) => Some(json!({ "kind": "comment", "comment": comment })),
        SourceItem::TooLarge(error) => Some(error_with(&error.to_string())),
        SourceItem::Error(error) => Some(error_with(&error.to_string())),
        _ => None,
    }
}

/// The contract's description has the text of an error in `comment`, and its program looks for it in `error`.
fn error_with(text: &str) -> Value {
    json!({ "kind": "error", "error": text, "comment": text })
}
