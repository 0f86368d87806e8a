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
fn every_test_that_the_conformance_page_names_exists() {
    let page = read(root().join("docs/conformance.md"));
    let tests: Vec<_> = code_spans(&page)
        .filter_map(|span| span.split_once(".rs: "))
        .collect();
    assert!(tests.len() > 100, "only {} tests", tests.len());
    for (file, name) in tests {
        let found = ["sse-proto/tests", "tests"].iter().any(|folder| {
            let path = root().join(folder).join(format!("{file}.rs"));
            path.is_file() && defines(&read(path), name)
        });
        assert!(found, "{file}.rs has no {name}");
    }
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

/// The rows of a page's tables that have three columns, without their heads.
fn rows(page: &str) -> Vec<[&str; 3]> {
    let lines = page.lines().filter(|line| line.starts_with('|'));
    let rows = lines.filter_map(|line| {
        let columns: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        <[&str; 3]>::try_from(columns).ok()
    });
    rows.filter(|[_, _, tests]| *tests != "tests" && !tests.starts_with("---"))
        .collect()
}

/// All of the sources of the crates, in one text.
fn sources() -> String {
    fn add(folder: &Path, sources: &mut String) {
        for path in entries(folder) {
            if path.is_dir() {
                add(&path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                *sources += &read(path);
            }
        }
    }
    let mut sources = String::new();
    let folders = entries(root()).map(|path| path.join("src"));
    for folder in folders.filter(|folder| folder.is_dir()) {
        add(&folder, &mut sources);
    }
    sources
}

/// Whether an item of this name is there: a function, a type, a module, a field, or a variant.
fn has_item(sources: &str, name: &str) -> bool {
    const WORDS: [&str; 8] = [
        "fn ", "struct ", "enum ", "trait ", "type ", "const ", "mod ", " as ",
    ];
    let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    sources.match_indices(name).any(|(at, _)| {
        let (before, rest) = (&sources[..at], &sources[at + name.len()..]);
        let is_declared = WORDS.iter().any(|word| before.ends_with(word));
        let is_field = before.ends_with("pub ") && rest.starts_with(':');
        let is_variant = before.ends_with("    ") && rest.starts_with(['(', ',']);
        is_whole(rest) && (is_declared || is_field || is_variant)
    })
}

#[test]
fn every_capability_of_another_library_has_an_item_and_a_test_that_exist() {
    let page = read(root().join("docs/coming-from.md"));
    let (rows, sources) = (rows(&page), sources());
    assert!(rows.len() > 120, "only {} rows", rows.len());
    for [there, here, tests] in rows {
        let items = code_spans(here).filter(|span| span.contains("::"));
        for item in items {
            for name in item.split("::") {
                assert!(has_item(&sources, name), "{there}: there is no {item}");
            }
        }
        let mut shown = 0;
        for span in code_spans(tests).filter(|span| span.contains('/')) {
            let (file, test) = span.split_once(": ").unwrap_or((span, ""));
            let path = root().join(file);
            assert!(path.is_file(), "{there}: there is no {file}");
            assert!(
                test.is_empty() || defines(&read(path), test),
                "{there}: {file} has no {test}"
            );
            shown += 1;
        }
        assert!(shown > 0, "{there}: nothing shows it");
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
