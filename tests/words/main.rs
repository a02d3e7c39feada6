//! What the documents promise: every test that they name is there, and every threat names one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lies in the repository").to_owned()
}

#[test]
fn every_threat_names_a_test_and_every_named_test_is_there() {
    let missing = wrong(&read("docs/threats.md"), &tests());
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_requirement_names_a_test_and_every_named_test_is_there() {
    let missing = wrong(&read("docs/requirements.md"), &tests());
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_file_and_folder_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    for document in ["README.md", "docs/architecture.md", "docs/threats.md", "docs/requirements.md"] {
        for name in quoted(&read(document)) {
            let path = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '.')
                && name.contains('/')
                && !name.contains([' ', '<', ':', '*'])
                // Made by a run.
                && !name.starts_with("target/");
            if path && !root().join(&name).exists() {
                missing.push(format!("{document}: {name}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn no_program_takes_cargos_version_for_its_own() {
    let asks = ["CARGO_PKG", "_VERSION"].concat();
    let mut found = Vec::new();
    for folder in ["crates", "signing", "src-tauri", "tests"] {
        for file in rust_files(&root().join(folder)) {
            if fs::read_to_string(&file).expect("a source is read").contains(&asks) {
                found.push(file);
            }
        }
    }
    assert_eq!(
        found,
        Vec::<PathBuf>::new(),
        "Cargo's is the same for all releases: polder_wire::VERSION is theirs"
    );
}

#[test]
fn a_row_without_a_test_and_a_test_without_a_function_are_caught() {
    let tests = BTreeMap::from([("edge".to_owned(), BTreeSet::from(["plain_http_gets_no_byte".to_owned()]))]);
    let table = "| a | b | c |\n|---|---|---|\n| x | y | `edge::plain_http_gets_no_byte` |\n| x | y | by hand |\n\
        | x | y | `edge::gone` |\n";
    let wrong = wrong(table, &tests);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].contains("by hand") && wrong[1].contains("edge::gone"), "{wrong:?}");
}

/// Rows that name no test, and names of tests that are not there.
fn wrong(document: &str, tests: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines: Vec<_> = document.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let head = lines.get(number + 1).is_some_and(|next| next.starts_with("|---"));
        if !line.starts_with('|') || line.starts_with("|---") || head {
            continue;
        }
        let names: Vec<_> = quoted(line).into_iter().filter(|name| is_test(name)).collect();
        if names.is_empty() {
            wrong.push(format!("no test: {line}"));
        }
        for name in names {
            if !is_there(&name, tests) {
                wrong.push(format!("not there: {name}"));
            }
        }
    }
    wrong
}

/// `file::function`, or a file of the screens' tests.
fn is_test(name: &str) -> bool {
    name.ends_with(".test.ts")
        || name
            .split_once("::")
            .is_some_and(|(file, function)| [file, function].iter().all(|part| is_word(part)))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_there(name: &str, tests: &BTreeMap<String, BTreeSet<String>>) -> bool {
    match name.split_once("::") {
        Some((file, function)) => tests.get(file).is_some_and(|functions| functions.contains(function)),
        None => root().join(name).is_file(),
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Test functions by the names of their files; those of `main.rs` and `mod.rs` by their folder's name as well.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in ["crates", "signing", "src-tauri", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file reads");
            let functions = functions(&text);
            let name =
                |path: Option<&std::ffi::OsStr>| path.and_then(|name| name.to_str()).map(str::to_owned);
            let stem = name(file.file_stem()).expect("a source file has a name");
            let above =
                name(file.parent().and_then(Path::file_name)).expect("a source file lies in a folder");
            if stem == "main" || stem == "mod" {
                found.entry(above).or_default().extend(functions.iter().cloned());
            }
            found.entry(stem).or_default().extend(functions);
        }
    }
    assert!(found.len() > 30, "the tests were not found");
    found
}

/// Functions under a test attribute, and those that the platform's macro runs on both engines.
fn functions(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut attributed = false;
    let mut listed = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            attributed = true;
        } else if line.starts_with("on_both_engines! {") {
            listed = true;
        } else if listed {
            listed = line != "}";
            found.extend(line.strip_suffix(',').filter(|name| is_word(name)).map(str::to_owned));
        } else if attributed && let Some((_, rest)) = line.split_once("fn ") {
            attributed = false;
            found.extend(rest.split('(').next().filter(|name| is_word(name)).map(str::to_owned));
        }
    }
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a source folder reads") {
            let path = entry.expect("an entry reads").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).expect("the document is there")
}
