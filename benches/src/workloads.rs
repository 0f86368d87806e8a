//! The nine event streams that are measured, made up the same way every time.
//!
//! This file needs nothing but the standard library: the package `alone` compiles it too.

/// The size of the line of the workload `one-line`, as long as the input is that large.
const LONG_LINE: usize = 1 << 20;

/// A kind of event stream.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    /// Its number in the tables, `W1` to `W9`.
    pub label: &'static str,
    /// Its name, as the command line takes it.
    pub name: &'static str,
    /// What it stands for.
    pub about: &'static str,
    write: fn(&mut Writer),
}

/// All workloads, in the order of the tables.
pub const WORKLOADS: [Workload; 9] = [
    workload(
        "W1",
        "openai",
        "`data:` with about 250 bytes of JSON",
        openai,
    ),
    workload(
        "W2",
        "anthropic",
        "`event:` and `data:` with JSON",
        anthropic,
    ),
    workload("W3", "tiny", "`data: x`", tiny),
    workload(
        "W4",
        "all-fields",
        "all four fields, a heartbeat every ten events",
        all_fields,
    ),
    workload(
        "W5",
        "multi-line",
        "twenty `data:` lines of 80 bytes",
        multi_line,
    ),
    workload("W6", "one-line", "one `data:` line of 1 MiB", one_line),
    workload("W7", "anthropic-crlf", "W2 with CRLF", anthropic_crlf),
    workload("W8", "cr-only", "W2 with CR alone", cr_only),
    workload("W9", "cjk", "JSON full of CJK and emoji", cjk),
];

const fn workload(
    label: &'static str,
    name: &'static str,
    about: &'static str,
    write: fn(&mut Writer),
) -> Workload {
    Workload {
        label,
        name,
        about,
        write,
    }
}

impl Workload {
    /// The workload of this name or label, `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        WORKLOADS
            .into_iter()
            .find(|workload| workload.name == name || workload.label == name)
    }

    /// Its label and its name.
    pub fn title(&self) -> String {
        format!("{} {}", self.label, self.name)
    }

    /// Whole events that fill `size` bytes as far as they fit; at least one event.
    pub fn generate(&self, size: usize) -> Vec<u8> {
        let mut writer = Writer {
            out: String::with_capacity(size + 4096),
            line_end: "\n",
            events: 0,
            size,
            random: Random(0x5eed),
        };
        loop {
            let before = writer.out.len();
            (self.write)(&mut writer);
            writer.events += 1;
            if writer.out.len() > size && before > 0 {
                writer.out.truncate(before);
                return writer.out.into_bytes();
            }
            if writer.out.len() >= size {
                return writer.out.into_bytes();
            }
        }
    }
}

struct Writer {
    out: String,
    line_end: &'static str,
    events: u64,
    size: usize,
    random: Random,
}

impl Writer {
    fn line(&mut self, parts: &[&str]) {
        self.out.extend(parts.iter().copied());
        self.blank_line();
    }

    fn blank_line(&mut self) {
        self.out.push_str(self.line_end);
    }
}

fn openai(to: &mut Writer) {
    let token = token(&mut to.random);
    to.line(&[
        r#"data: {"id":"chatcmpl-Bq7tYc2NfLwE5uXo9ZkD1mRsVh4Ga","object":"chat.completion.chunk","#,
        r#""created":1746102845,"model":"gpt-4o-2024-08-06","system_fingerprint":"fp_90d33c15d4","#,
        r#""choices":[{"index":0,"delta":{"content":""#,
        &token,
        r#""},"logprobs":null,"finish_reason":null}]}"#,
    ]);
    to.blank_line();
}

fn anthropic(to: &mut Writer) {
    if to.events % 64 == 63 {
        to.line(&["event: ping"]);
        to.line(&[r#"data: {"type": "ping"}"#]);
    } else {
        let token = token(&mut to.random);
        to.line(&["event: content_block_delta"]);
        to.line(&[
            r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""#,
            &token,
            r#""}}"#,
        ]);
    }
    to.blank_line();
}

fn tiny(to: &mut Writer) {
    to.line(&["data: x"]);
    to.blank_line();
}

fn all_fields(to: &mut Writer) {
    if to.events % 10 == 9 {
        to.line(&[": heartbeat"]);
        to.blank_line();
    }
    let id = (1_000_000 + to.events).to_string();
    let price = (10_000 + to.random.below(80_000)).to_string();
    let volume = to.random.below(5_000).to_string();
    to.line(&["event: quote"]);
    to.line(&["id: ", &id]);
    to.line(&["retry: 3000"]);
    to.line(&[
        r#"data: {"symbol":"ACME","price":"#,
        &price,
        r#","volume":"#,
        &volume,
        "}",
    ]);
    to.blank_line();
}

fn multi_line(to: &mut Writer) {
    for _ in 0..20 {
        let text = prose(&mut to.random, 80);
        to.line(&["data: ", &text]);
    }
    to.blank_line();
}

fn one_line(to: &mut Writer) {
    let around = "data: \n\n".len();
    let text = prose(&mut to.random, LONG_LINE.min(to.size.max(64)) - around);
    to.line(&["data: ", &text]);
    to.blank_line();
}

fn anthropic_crlf(to: &mut Writer) {
    to.line_end = "\r\n";
    anthropic(to);
}

fn cr_only(to: &mut Writer) {
    to.line_end = "\r";
    anthropic(to);
}

fn cjk(to: &mut Writer) {
    let mut text = String::new();
    for _ in 0..3 + to.random.below(5) {
        text.push_str(to.random.pick(&CJK));
    }
    text.push_str(to.random.pick(&EMOJI));
    to.line(&[r#"data: {"type":"text_delta","text":""#, &text, r#""}"#]);
    to.blank_line();
}

/// A token as a language model streams it: a space and a word, sometimes punctuation.
fn token(random: &mut Random) -> String {
    match random.below(8) {
        0 => random.pick(&PUNCTUATION).to_owned(),
        _ => format!(" {}", random.pick(&WORDS)),
    }
}

/// Words and spaces, exactly `length` bytes.
fn prose(random: &mut Random, length: usize) -> String {
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        text.push_str(random.pick(&WORDS));
        text.push(' ');
    }
    text.truncate(length);
    text
}

/// SplitMix64: small, and good enough to shuffle words.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len() as u64) as usize]
    }
}

const WORDS: [&str; 48] = [
    "a",
    "I",
    "of",
    "to",
    "in",
    "is",
    "it",
    "the",
    "and",
    "for",
    "with",
    "that",
    "this",
    "from",
    "have",
    "will",
    "when",
    "then",
    "river",
    "stone",
    "light",
    "where",
    "there",
    "which",
    "cloud",
    "garden",
    "server",
    "window",
    "letter",
    "simple",
    "answer",
    "stream",
    "quickly",
    "between",
    "another",
    "weather",
    "morning",
    "language",
    "mountain",
    "question",
    "possible",
    "sentence",
    "important",
    "different",
    "something",
    "understand",
    "information",
    "conversation",
];

const PUNCTUATION: [&str; 6] = [".", ",", "?", "!", ":", ";"];

const CJK: [&str; 16] = [
    "今天的天气",
    "服务器推送事件",
    "我们一起去",
    "语言模型",
    "非常有趣的问题",
    "请稍等一下",
    "東京の朝は",
    "ありがとうございます",
    "日本語の文章",
    "データを送信する",
    "山と川の間に",
    "안녕하세요",
    "실시간 데이터",
    "이벤트 스트림",
    "다음 문장을",
    "좋은 아침입니다",
];

const EMOJI: [&str; 6] = ["🎉", "🚀", "🌸", "👩‍💻", "🍜", "✨"];
