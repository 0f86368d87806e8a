//! What the documents point to is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .expect("the folder can be listed")
        .map(|entry| entry.expect("the folder can be listed").path())
}

/// The Markdown files at the root and in its folders, with their text.
fn documents() -> Vec<(PathBuf, String)> {
    let folders = entries(root()).filter(|path| path.is_dir());
    let documents: Vec<_> = folders
        .chain([root().to_owned()])
        .flat_map(|folder| entries(&folder).collect::<Vec<_>>())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), read(path)))
        .collect();
    assert!(documents.len() > 5, "only {} documents", documents.len());
    documents
}

/// What stands in backticks, outside of fenced blocks.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split("```").step_by(2).flat_map(str::lines);
    lines.flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The targets of `[text](target)` and of `[name]: target`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let inline = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next());
    let definitions = text
        .lines()
        .filter(|line| line.starts_with('['))
        .filter_map(|line| line.split_once("]: "))
        .map(|(_, target)| target.trim());
    inline.chain(definitions)
}

/// A Rust name in lower case, as modules and functions have.
fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn defines(source: &str, function: &str) -> bool {
    source
        .match_indices(&format!("fn {function}"))
        .any(|(at, found)| source[at + found.len()..].starts_with(['(', '<']))
}

#[test]
fn every_test_that_a_document_names_exists() {
    // A page that names files as seen from the root needs no folders.
    for (page, folders, least) in [
        ("conformance.md", &["sse-proto/tests", "tests"][..], 100),
        ("coming-from.md", &[""][..], 80),
    ] {
        let page = read(root().join("docs").join(page));
        let tests: Vec<_> = code_spans(&page)
            .filter_map(|span| span.split_once(".rs: "))
            .collect();
        assert!(tests.len() > least, "only {} tests", tests.len());
        for (file, name) in tests {
            let found = folders.iter().any(|folder| {
                let path = root().join(folder).join(format!("{file}.rs"));
                path.is_file() && names(&read(path), name)
            });
            assert!(found, "{file}.rs has no {name}");
        }
    }
}

/// Whether there is such a function, or such a macro that makes them.
fn names(source: &str, name: &str) -> bool {
    defines(source, name) || source.contains(&format!("macro_rules! {name} "))
}

#[test]
fn every_function_that_the_conformance_page_names_exists() {
    let page = read(root().join("docs/conformance.md"));
    let functions: Vec<_> = code_spans(&page)
        .filter_map(|span| span.split_once("::"))
        .filter(|(module, name)| is_name(module) && is_name(name))
        .collect();
    assert!(functions.len() > 40, "only {} functions", functions.len());
    for (module, name) in functions {
        let found = ["", "codec/", "source/"].iter().any(|folder| {
            let path = root().join(format!("sse-proto/src/{folder}{module}.rs"));
            path.is_file() && defines(&read(path), name)
        });
        assert!(found, "{module} has no {name}");
    }
}

#[test]
fn every_relative_link_leads_to_a_file() {
    for (path, text) in documents() {
        let folder = path.parent().expect("a document lies in a folder");
        for link in links(&text).filter(|link| !link.contains(':')) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(folder.join(file).exists(), "{}: {link}", path.display());
        }
    }
}

#[test]
fn no_document_speaks_of_one_machine() {
    const PLACES: [&str; 4] = ["/home/", "/tmp/", "/Users/", "C:\\"];
    for (path, text) in documents() {
        for word in text.split(|c: char| c.is_whitespace() || "`\"'()<>[]=".contains(c)) {
            let local = PLACES.iter().any(|place| word.starts_with(place));
            assert!(!local, "{}: {word}", path.display());
        }
    }
}
