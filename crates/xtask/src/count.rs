//! How many tests ran, read from what each test runner wrote for machines.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Add;
use std::path::Path;

use crate::command::{Failure, Outcome};

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Add for Count {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

/// Counts what nextest wrote as JUnit XML. A file that is not there counts nothing: then nothing was built.
pub(crate) fn nextest(junit: &Path) -> Outcome<Count> {
    match std::fs::read_to_string(junit) {
        Ok(text) => {
            from_junit(&text).ok_or_else(|| Failure::Needs(format!("{}: no counts in it", junit.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Count::default()),
        Err(source) => Err(Failure::File { path: junit.to_owned(), source }),
    }
}

/// Names what failed in nextest's report, each with what it said of it: at the end of a long run nobody scrolls back.
pub(crate) fn failed(junit: &Path) -> Vec<String> {
    // That the report cannot be read was told when it was counted.
    std::fs::read_to_string(junit).map_or_else(|_| Vec::new(), |text| failed_in(&text))
}

fn failed_in(junit: &str) -> Vec<String> {
    let attribute = |element: &str, name: &str| {
        let value = element.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
        let entities =
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#10;", " "), ("&amp;", "&")];
        Some(entities.into_iter().fold(value.to_owned(), |text, (entity, is)| text.replace(entity, is)))
    };
    let cases = junit.split("<testcase ").skip(1).filter_map(|case| {
        let case = case.split_once("</testcase>").map_or(case, |(case, _)| case);
        let (_, failure) = case.split_once("<failure").or_else(|| case.split_once("<error"))?;
        let head = format!(" {}", case.split_once('>')?.0);
        let (suite, name) = (attribute(&head, "classname")?, attribute(&head, "name")?);
        let said = attribute(failure.split_once('>')?.0, "message").unwrap_or_default();
        Some(format!("{suite} {name}: {said}"))
    });
    cases.collect()
}

/// Counts what vitest wrote as JSON.
pub(crate) fn vitest(json: &Path) -> Outcome<Count> {
    match std::fs::read_to_string(json) {
        Ok(text) => {
            from_vitest(&text).ok_or_else(|| Failure::Needs(format!("{}: no counts in it", json.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Count::default()),
        Err(source) => Err(Failure::File { path: json.to_owned(), source }),
    }
}

/// What Schemathesis did, from the report that it wrote as JSON.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attacked {
    /// The operations of the API description, each of which is one test.
    pub(crate) operations: Count,
    pub(crate) requests: u64,
    /// With which the same requests are drawn again.
    pub(crate) seed: u64,
}

impl Attacked {
    pub(crate) fn read(json: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(json).map_err(Failure::file(json))?;
        Self::from_report(&text).ok_or_else(|| Failure::Needs(format!("{}: no counts in it", json.display())))
    }

    fn from_report(text: &str) -> Option<Self> {
        let report: serde_json::Value = serde_json::from_str(text).ok()?;
        let number = |group: &str, name: &str| report[group][name].as_u64();
        let failures =
            report["failures"].as_array()?.iter().flat_map(|failure| failure["operations"].as_array());
        let failed: BTreeSet<_> = failures.flatten().filter_map(|name| name.as_str()).collect();
        let failed = failed.len() as u64 + number("operations", "errored")?;
        let passed = number("operations", "tested")?.saturating_sub(failed);
        Some(Self {
            operations: Count { passed, failed, skipped: number("operations", "skipped")? },
            requests: number("test_cases", "generated")?,
            seed: report["seed"].as_u64()?,
        })
    }
}

/// Adds up the "test result:" lines of `cargo test`. The exit code says whether it passed; this is only for the table.
pub(crate) fn cargo_test(said: &str) -> Count {
    let number_before = |line: &str, word: &str| {
        line.split(';')
            .find_map(|part| part.trim().strip_suffix(word)?.rsplit(' ').nth(1)?.parse().ok())
            .unwrap_or(0)
    };
    said.lines().filter(|line| line.starts_with("test result:")).fold(Count::default(), |sum, line| {
        sum + Count {
            passed: number_before(line, "passed"),
            failed: number_before(line, "failed"),
            skipped: number_before(line, "ignored"),
        }
    })
}

/// The root element has the sums: `<testsuites tests="7" failures="1" errors="0">`.
fn from_junit(text: &str) -> Option<Count> {
    let root = text.split_once("<testsuites")?.1.split_once('>')?.0;
    let number = |name: &str| -> Option<u64> {
        root.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.parse().ok()
    };
    let failed = number("failures")? + number("errors")?;
    Some(Count { passed: number("tests")?.checked_sub(failed)?, failed, skipped: 0 })
}

fn from_vitest(text: &str) -> Option<Count> {
    let report: serde_json::Value = serde_json::from_str(text).ok()?;
    let number = |name: &str| report[name].as_u64();
    Some(Count {
        passed: number("numPassedTests")?,
        failed: number("numFailedTests")?,
        skipped: number("numPendingTests")? + number("numTodoTests")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junit_counts_failures_and_errors_as_failed() {
        let text = r#"<?xml version="1.0"?><testsuites name="nextest-run" tests="7" failures="1" errors="2" time="0.1">
            <testsuite name="a" tests="7" disabled="0" errors="2" failures="1"/></testsuites>"#;
        assert_eq!(from_junit(text), Some(Count { passed: 4, failed: 3, skipped: 0 }));
        assert_eq!(from_junit("<testsuite/>"), None);
    }

    #[test]
    fn what_failed_is_named_with_what_it_said() {
        let text = r#"<testsuites><testsuite name="a"><testcase name="good" classname="a"><system-out>x</system-out></testcase>
            <testcase name="bad::one" classname="a::b" time="1"><failure message="left &lt; right" type="test failure">long</failure></testcase>
            <testcase name="worse" classname="a"><error type="abort"/></testcase></testsuite></testsuites>"#;
        assert_eq!(failed_in(text), ["a::b bad::one: left < right", "a worse: "]);
    }

    #[test]
    fn vitest_counts_are_read() {
        let text = r#"{"numTotalTests":5,"numPassedTests":3,"numFailedTests":1,"numPendingTests":1,"numTodoTests":0}"#;
        assert_eq!(from_vitest(text), Some(Count { passed: 3, failed: 1, skipped: 1 }));
        assert_eq!(from_vitest("{}"), None);
    }

    #[test]
    fn an_operation_with_several_faults_has_failed_once() {
        let text = r#"{"seed":1,"operations":{"total":12,"tested":12,"errored":0,"skipped":0},
            "test_cases":{"generated":2486,"with_failures":3},
            "failures":[{"operations":["GET /a","GET /b"]},{"operations":["GET /a"]}]}"#;
        let operations = Count { passed: 10, failed: 2, skipped: 0 };
        assert_eq!(Attacked::from_report(text), Some(Attacked { operations, requests: 2486, seed: 1 }));
        assert_eq!(Attacked::from_report("{}"), None);
    }

    #[test]
    fn doc_tests_of_all_crates_are_added_up() {
        let said = "\nrunning 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
            all doctests ran in 0.2s\ntest result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(cargo_test(said), Count { passed: 3, failed: 3, skipped: 1 });
    }

    #[test]
    fn the_line_says_skipped_only_when_something_was() {
        assert_eq!(Count { passed: 2, failed: 0, skipped: 0 }.to_string(), "2 passed, 0 failed");
        assert_eq!(Count { passed: 2, failed: 0, skipped: 1 }.to_string(), "2 passed, 0 failed, 1 skipped");
    }
}
