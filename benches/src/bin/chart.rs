//! Draws the chart of the README from the figures that `table --json` wrote.
//!
//! `cargo run --release -p sse-benches --bin chart -- figures.json docs/decode.svg`

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use clap::Parser;
use sse_benches::results::{Cell, Results};

/// Owned events against owned events: what every crate can do.
const OURS: &str = "ours-owned";
const CHUNK_SIZE: usize = 16 << 10;

/// The workloads that are shown, and what they are called here.
const PANELS: [(&str, &str); 4] = [
    ("W1", "OpenAI-style tokens"),
    ("W2", "Anthropic-style tokens"),
    ("W4", "All fields, small events"),
    ("W9", "Chinese, Japanese, Korean"),
];

const WIDTH: f64 = 860.0;
const MARGIN: f64 = 28.0;
const GAP: f64 = 44.0;
const TOP: f64 = 96.0;
const NAME: f64 = 140.0;
const FIGURE: f64 = 58.0;
const ROW: f64 = 22.0;
const BAR: f64 = 12.0;

/// The look: one accent for ours, greys for the rest, in light and in dark.
const STYLE: &str = "
  .ground { fill: #fbfaf7; stroke: #e4e1d8 }
  text { font: 13px ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; fill: #55534c }
  .title { font-size: 19px; font-weight: 650; fill: #1d1c19 }
  .panel { font-size: 14px; font-weight: 600; fill: #1d1c19 }
  .times { font-size: 16px; font-weight: 650; fill: #b4430f }
  .small { font-size: 11.5px; fill: #7a776d }
  .figure { font-variant-numeric: tabular-nums }
  .ours { font-weight: 650; fill: #1d1c19 }
  .track { fill: #efece4 }
  .bar { fill: #b3aea1 }
  .bar.best { fill: #8f897a }
  .bar.own { fill: #d9541a }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #16171a; stroke: #2c2e33 }
    text { fill: #a9a79f }
    .title, .panel, .ours { fill: #f2efe6 }
    .times { fill: #ff9a5c }
    .small { fill: #85837b }
    .track { fill: #22242a }
    .bar { fill: #565860 }
    .bar.best { fill: #7b7d86 }
    .bar.own { fill: #f4712f }
  }
";

/// Draws the chart.
#[derive(Parser)]
struct Arguments {
    /// What `table --json` wrote.
    figures: PathBuf,
    /// Where the drawing goes.
    drawing: PathBuf,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let results: Results = serde_json::from_slice(&std::fs::read(arguments.figures)?)?;
    let drawing = draw(&results).expect("a string takes everything");
    std::fs::write(arguments.drawing, drawing)
}

fn draw(results: &Results) -> Result<String, fmt::Error> {
    let panels: Vec<(&str, Panel)> = PANELS
        .iter()
        .filter_map(|(label, name)| Some((*name, Panel::of(results, label)?)))
        .collect();
    let rows = panels
        .iter()
        .map(|(_, panel)| panel.bars.len())
        .max()
        .unwrap_or(0);
    let panel_height = 34.0 + rows as f64 * ROW;
    let height = TOP + panels.len().div_ceil(2) as f64 * (panel_height + 22.0) + 34.0;
    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="t d">"#
    )?;
    writeln!(
        svg,
        "<title id=\"t\">Decoding into owned events, megabytes a second</title>"
    )?;
    writeln!(svg, "<desc id=\"d\">{}</desc>", described(&panels))?;
    writeln!(svg, "<style>{STYLE}</style>")?;
    writeln!(
        svg,
        r#"<rect class="ground" x="0.5" y="0.5" width="{}" height="{}" rx="10"/>"#,
        WIDTH - 1.0,
        height - 1.0
    )?;
    text(
        &mut svg,
        "title",
        MARGIN,
        40.0,
        "Decoding into owned events",
    )?;
    text(
        &mut svg,
        "",
        MARGIN,
        62.0,
        "Megabytes a second on one core, in chunks of 16 KiB. In orange: sse-kit, and how many times the best of the others it is.",
    )?;
    for (index, (name, panel)) in panels.iter().enumerate() {
        let width = (WIDTH - 2.0 * MARGIN - GAP) / 2.0;
        let x = MARGIN + (index % 2) as f64 * (width + GAP);
        let y = TOP + (index / 2) as f64 * (panel_height + 22.0);
        panel.draw(&mut svg, name, x, y, width)?;
    }
    let footer = format!(
        "{}. Thread CPU time, medians of interleaved rounds; every event checked.",
        results.machine
    );
    text(&mut svg, "small", MARGIN, height - 20.0, &footer)?;
    writeln!(svg, "</svg>")?;
    Ok(svg)
}

/// One workload: a bar for ours and for every peer, the fastest first.
struct Panel {
    bars: Vec<(String, f64)>,
    best_peer: String,
    ours: f64,
    best: f64,
}

impl Panel {
    /// `None` if the figures lack the workload.
    fn of(results: &Results, label: &str) -> Option<Self> {
        let shown = |cell: &&Cell| cell.workload == label && cell.chunk_size == Some(CHUNK_SIZE);
        let cell = results.cells.iter().find(shown)?;
        let ours = cell.megabytes(OURS)?;
        let (best_peer, best) = cell.best_peer()?;
        let peers = cell.entries.iter().filter(|entry| entry.peer);
        let mut bars: Vec<_> = peers
            .filter_map(|entry| Some((entry.name.clone(), entry.megabytes?)))
            .collect();
        bars.push(("sse-kit".to_owned(), ours));
        bars.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        Some(Self {
            bars,
            best_peer: best_peer.to_owned(),
            ours,
            best,
        })
    }

    fn draw(&self, svg: &mut String, name: &str, x: f64, y: f64, width: f64) -> fmt::Result {
        text(svg, "panel", x, y + 12.0, name)?;
        let times = format!("{:.1}×", self.ours / self.best);
        writeln!(
            svg,
            r#"<text class="times" x="{:.1}" y="{:.1}" text-anchor="end">{times}</text>"#,
            x + width,
            y + 12.0
        )?;
        let longest = self.bars.first().map_or(1.0, |(_, megabytes)| *megabytes);
        let track = width - NAME - FIGURE;
        for (row, (name, megabytes)) in self.bars.iter().enumerate() {
            let middle = y + 34.0 + row as f64 * ROW;
            let (label, bar) = match name {
                name if name == "sse-kit" => ("ours", "bar own"),
                name if *name == self.best_peer => ("", "bar best"),
                _ => ("", "bar"),
            };
            text(svg, label, x, middle + 4.5, name)?;
            let (left, top) = (x + NAME, middle - BAR / 2.0);
            let length = (track * megabytes / longest).max(2.0);
            writeln!(
                svg,
                r#"<rect class="track" x="{left:.1}" y="{top:.1}" width="{track:.1}" height="{BAR}" rx="3"/>"#
            )?;
            writeln!(
                svg,
                r#"<rect class="{bar}" x="{left:.1}" y="{top:.1}" width="{length:.1}" height="{BAR}" rx="3"/>"#
            )?;
            let (right, baseline) = (x + width, middle + 4.5);
            writeln!(
                svg,
                r#"<text class="figure {label}" x="{right:.1}" y="{baseline:.1}" text-anchor="end">{}</text>"#,
                grouped(*megabytes)
            )?;
        }
        Ok(())
    }
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, text: &str) -> fmt::Result {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    writeln!(
        svg,
        r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#
    )
}

/// For those who can't see the drawing.
fn described(panels: &[(&str, Panel)]) -> String {
    let panel = |(name, panel): &(&str, Panel)| {
        let Panel {
            ours,
            best,
            best_peer,
            ..
        } = panel;
        format!(
            "{name}: sse-kit {}, {best_peer} {}.",
            grouped(*ours),
            grouped(*best)
        )
    };
    panels.iter().map(panel).collect::<Vec<_>>().join(" ")
}

/// A whole number, with a space between thousands.
fn grouped(megabytes: f64) -> String {
    let number = megabytes.round() as u64;
    match number / 1000 {
        0 => number.to_string(),
        thousands => format!("{thousands}\u{202f}{:03}", number % 1000),
    }
}
