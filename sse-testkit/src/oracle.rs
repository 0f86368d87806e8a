//! The standard's algorithm for an event stream (WHATWG HTML §9.2.5 "Parsing an event stream" and
//! §9.2.6 "Interpreting an event stream"), written down literally.
//!
//! It takes the whole stream at once, decodes all of it, splits all of it into lines, and then reads
//! the lines one after the other. The names are the standard's; its sentences stand, retold, beside the
//! code that carries them out. What goes beyond the standard is marked EXTENSION, and what it
//! leaves open or says otherwise is marked DECISION.

use crate::utf_8::{CodePoint, utf_8_decode};

/// What a stream brings forth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatched {
    /// An event was dispatched.
    Event {
        /// The event's type, `message` if the stream gave none.
        event_type: String,
        /// The event's data.
        data: String,
        /// The last event ID string at that time.
        last_event_id: String,
    },
    /// The reconnection time was set, in milliseconds.
    Retry(u64),
    /// EXTENSION: a comment, less its colon and one space after it.
    Comment(String),
    /// EXTENSION: a line did not fit under the limit.
    TooLarge,
}

/// How a stream is to be interpreted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// EXTENSION: comments are reported.
    pub comments: bool,
    /// The last event ID string that the event source has when the stream begins.
    pub last_event_id: String,
    /// EXTENSION: how many bytes may be held while a block is read; `None` for no limit.
    pub max_event_bytes: Option<usize>,
}

/// All that a stream brought forth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interpretation {
    /// The items, in order.
    pub dispatched: Vec<Dispatched>,
    /// For each item, the number of the stream's bytes after which it must be out: a line is complete
    /// with the first byte of its line end, so a CR counts at once.
    pub complete_after: Vec<usize>,
    /// The last event ID string when the stream ended.
    pub last_event_id: String,
}

impl Interpretation {
    /// The items that the first `bytes` bytes of the stream bring forth.
    pub fn within(&self, bytes: usize) -> &[Dispatched] {
        let count = self.complete_after.partition_point(|&after| after <= bytes);
        &self.dispatched[..count]
    }
}

/// Interprets a whole stream.
pub fn interpret(stream: &[u8], options: &Options) -> Interpretation {
    // The stream is decoded with "UTF-8 decode", which takes one leading byte order mark away.
    let mut source = EventSource::new(options);
    for line in lines(&utf_8_decode(stream)) {
        source.complete_after = line.complete_after;
        source.process_line(&line.code_points);
    }
    // Once the end of the stream is reached, pending data is discarded: a block without its final
    // blank line dispatches nothing, and its ID never becomes the last event ID string.
    Interpretation {
        last_event_id: source.last_event_id_string,
        ..source.output
    }
}

struct Line {
    code_points: Vec<CodePoint>,
    complete_after: usize,
}

/// Splits the stream into lines, each ended by CR LF, by a single LF, or by a single CR.
///
/// DECISION: what stands behind the last line end is not a line. The standard's grammar has no such line
/// either, but an implementation could read one at the end of the stream; only a `retry` field
/// could show the difference, and a number that was cut off is no reconnection time.
fn lines(stream: &[CodePoint]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut code_points = Vec::new();
    let mut rest = stream.iter().peekable();
    while let Some(&code_point) = rest.next() {
        match code_point.character {
            '\r' | '\n' => {
                if code_point.character == '\r' {
                    rest.next_if(|next| next.character == '\n');
                }
                lines.push(Line {
                    code_points,
                    complete_after: code_point.end,
                });
                code_points = Vec::new();
            }
            _ => code_points.push(code_point),
        }
    }
    lines
}

/// The buffers of the algorithm, and where its results go.
struct EventSource {
    data_buffer: String,
    event_type_buffer: String,
    last_event_id_buffer: String,
    last_event_id_string: String,
    comments: bool,
    held: Held,
    complete_after: usize,
    output: Interpretation,
}

impl EventSource {
    /// The data buffer and the event type buffer begin empty.
    ///
    /// DECISION: the last event ID buffer begins as the event source's last event ID string, as
    /// browsers have it. The standard lets it begin empty, so that the first event without an ID
    /// after a reconnection would wipe out what the reconnection was for.
    fn new(options: &Options) -> Self {
        Self {
            data_buffer: String::new(),
            event_type_buffer: String::new(),
            last_event_id_buffer: options.last_event_id.clone(),
            last_event_id_string: options.last_event_id.clone(),
            comments: options.comments,
            held: Held::new(options.max_event_bytes, &options.last_event_id),
            complete_after: 0,
            output: Interpretation::default(),
        }
    }

    fn process_line(&mut self, line: &[CodePoint]) {
        let colon = line
            .iter()
            .position(|code_point| code_point.character == ':');
        if line.is_empty() {
            // An empty line: dispatch the event.
            self.dispatch_the_event();
        } else if colon == Some(0) {
            // A line that starts with a colon is ignored.
            self.comment(without_one_leading_space(&line[1..]));
        } else if let Some(colon) = colon {
            // The field is what stands before the first colon, the value is what stands behind it,
            // less one U+0020 SPACE if it starts with one.
            self.process_field(
                &text(&line[..colon]),
                without_one_leading_space(&line[colon + 1..]),
            );
        } else {
            // A line that is neither empty nor has a colon: all of it is the field's name, and the
            // value is the empty string.
            self.process_field(&text(line), &[]);
        }
    }

    fn process_field(&mut self, field: &str, value: &[CodePoint]) {
        let field_value = text(value);
        // Field names are compared literally; there is no case folding.
        match field {
            // Set the event type buffer to the field value.
            "event" if self.event_type_fits(value) => self.event_type_buffer = field_value,
            // Append the field value to the data buffer, then one U+000A LINE FEED.
            "data" if self.data_fits(value) => {
                self.data_buffer.push_str(&field_value);
                self.data_buffer.push('\n');
            }
            // If the field value has no U+0000 NULL, set the last event ID buffer to it; else ignore
            // the field.
            "id" if self.id_fits(value) && !field_value.contains('\0') => {
                self.last_event_id_buffer = field_value;
            }
            "retry" => self.retry(&field_value),
            // Any other field is ignored.
            _ => {}
        }
    }

    /// If the field value consists of only ASCII digits, it is an integer in base ten, and the
    /// reconnection time is set to it; else the field is ignored.
    ///
    /// DECISION: an empty value is no integer and is ignored. A number beyond 64 bits saturates.
    fn retry(&mut self, value: &str) {
        if value.is_empty() || !value.chars().all(|digit| digit.is_ascii_digit()) {
            return;
        }
        let milliseconds = value.chars().fold(0_u64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit) - u64::from('0'))
        });
        self.output(Dispatched::Retry(milliseconds));
    }

    fn dispatch_the_event(&mut self) {
        // 1. Set the last event ID string of the event source to the last event ID buffer. The
        //    buffer is not reset.
        self.last_event_id_string
            .clone_from(&self.last_event_id_buffer);
        let too_large = self.held.too_large;
        self.held = Held::new(self.held.limit, &self.last_event_id_string);

        let mut data = std::mem::take(&mut self.data_buffer);
        let event_type = std::mem::take(&mut self.event_type_buffer);
        // 2. If the data buffer is the empty string, set the event type buffer to the empty string
        //    too, and return.
        if data.is_empty() || too_large {
            return;
        }
        // 3. If the last character of the data buffer is U+000A LINE FEED, remove it.
        if data.ends_with('\n') {
            data.pop();
        }
        // 4. The event has the type message, the data, and the last event ID string.
        // 5. If the event type buffer is not the empty string, it is the event's type.
        let event_type = if event_type.is_empty() {
            "message".to_owned()
        } else {
            event_type
        };
        // 6. Both buffers are empty again (they were taken above). 7. Dispatch the event.
        let last_event_id = self.last_event_id_string.clone();
        self.output(Dispatched::Event {
            event_type,
            data,
            last_event_id,
        });
    }

    fn output(&mut self, item: Dispatched) {
        self.output.dispatched.push(item);
        self.output.complete_after.push(self.complete_after);
    }
}

fn without_one_leading_space(value: &[CodePoint]) -> &[CodePoint] {
    match value {
        [first, rest @ ..] if first.character == ' ' => rest,
        _ => value,
    }
}

fn text(code_points: &[CodePoint]) -> String {
    code_points
        .iter()
        .map(|code_point| code_point.character)
        .collect()
}

/// The bytes that the code points had in the stream.
fn length(code_points: &[CodePoint]) -> usize {
    code_points.iter().map(|code_point| code_point.bytes).sum()
}

/// EXTENSION: an ID may not be longer, whatever the limit.
const MAX_ID_BYTES: usize = 64 << 10;

/// EXTENSION: the bytes that are held while a block is read, which a limit may bound.
///
/// These are the data buffer, the event type buffer, the ID that the block has set, and the last event ID
/// string. What a line brings has to fit beside what is held already, also if it is to replace it.
/// The first line that doesn't fit makes the block too large: its event is not dispatched, its `data`
/// and `event` lines are ignored from there on, and only its ID is still held.
struct Held {
    limit: Option<usize>,
    data: usize,
    event_type: usize,
    id: usize,
    last_event_id: usize,
    too_large: bool,
}

impl Held {
    fn new(limit: Option<usize>, last_event_id: &str) -> Self {
        Self {
            limit,
            data: 0,
            event_type: 0,
            id: 0,
            last_event_id: last_event_id.len(),
            too_large: false,
        }
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        let held = self.data + self.event_type + self.id + self.last_event_id;
        self.limit
            .is_none_or(|limit| bytes <= limit.saturating_sub(held))
    }
}

/// EXTENSION: the lines that have to fit. Text counts as it stands in the stream, but an ID as it is kept.
impl EventSource {
    fn data_fits(&mut self, value: &[CodePoint]) -> bool {
        let bytes = length(value) + 1;
        let fits = self.fits(bytes);
        if fits {
            self.held.data += bytes;
        }
        fits
    }

    fn event_type_fits(&mut self, value: &[CodePoint]) -> bool {
        let fits = self.fits(length(value));
        if fits {
            self.held.event_type = length(value);
        }
        fits
    }

    /// The ID is what a client resumes by: it counts in a block that is too large as well, also if it
    /// is the line that made it so, unless it is too long by itself.
    fn id_fits(&mut self, value: &[CodePoint]) -> bool {
        let id = text(value);
        let ignored = id.contains('\0');
        let bytes = if ignored { length(value) } else { id.len() };
        let room = |held: &Held| bytes <= MAX_ID_BYTES && held.has_room_for(bytes);
        if !self.held.too_large && !room(&self.held) {
            self.become_too_large();
        }
        let fits = room(&self.held);
        if fits && !ignored {
            self.held.id = bytes;
        }
        fits
    }

    fn fits(&mut self, bytes: usize) -> bool {
        if self.held.too_large {
            return false;
        }
        if !self.held.has_room_for(bytes) {
            self.become_too_large();
            return false;
        }
        true
    }

    fn become_too_large(&mut self) {
        self.held = Held {
            data: 0,
            event_type: 0,
            too_large: true,
            ..self.held
        };
        self.output(Dispatched::TooLarge);
    }

    /// A comment has to fit as well, but is not held.
    fn comment(&mut self, value: &[CodePoint]) {
        if self.comments && self.held.has_room_for(length(value)) {
            self.output(Dispatched::Comment(text(value)));
        } else if self.comments {
            self.output(Dispatched::TooLarge);
        }
    }
}
