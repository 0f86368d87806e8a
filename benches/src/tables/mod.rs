//! Tables for people to read.

pub mod clients;
pub mod decode;
pub mod encode;

/// How a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Columns of text.
    Plain,
    /// Markdown.
    Markdown,
}

/// Prints lines of as many cells, the first of which are the heads of the columns.
pub(crate) fn print_table(title: &str, lines: &[Vec<String>], markup: Markup) {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..columns).filter_map(width).collect();
    let (heading, edge, between) = match markup {
        Markup::Plain => ("", "", "  "),
        Markup::Markdown => ("### ", "|", " | "),
    };
    println!("{heading}{title}\n");
    for (number, line) in lines.iter().enumerate() {
        let padded: Vec<String> = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, cell)| pad(column, cell))
            .collect();
        println!("{edge}{}{edge}", padded.join(between));
        if number == 0 && markup == Markup::Markdown {
            println!("|---{}|", "|--:".repeat(columns.saturating_sub(1)));
        }
    }
    println!();
}

/// Names are flush left, figures flush right.
fn pad(column: usize, (cell, &width): (&String, &usize)) -> String {
    match column {
        0 => format!("{cell:<width$}"),
        _ => format!("{cell:>width$}"),
    }
}
