//! Says what is going on: a header for each part of a job, how long it took, and one table at the end.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use crate::command::{Failure, Outcome};
use crate::count::Count;

const WIDTH: usize = 72;

/// The parts of one job, in order, and how each went.
pub(crate) struct Sections {
    done: Vec<Section>,
    colour: bool,
    started: Instant,
}

struct Section {
    name: &'static str,
    took: Duration,
    result: Result,
}

/// How a part went.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Result {
    Passed(Count),
    Failed(Count, String),
    Left(&'static str),
}

impl Sections {
    pub(crate) fn start() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { done: Vec::new(), colour, started: Instant::now() }
    }

    /// Runs a part that others cannot do without.
    pub(crate) fn must<T>(&mut self, name: &'static str, part: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        self.open(name);
        let began = Instant::now();
        let done = part();
        let result = match &done {
            Ok(_) => Result::Passed(Count::default()),
            Err(failure) => Result::Failed(Count::default(), failure.to_string()),
        };
        self.close(Section { name, took: began.elapsed(), result });
        done
    }

    /// Runs a part that may fail without stopping the others. It adds to the count what it counted, also when it
    /// then fails. True when it passed.
    pub(crate) fn check(&mut self, name: &'static str, part: impl FnOnce(&mut Count) -> Outcome) -> bool {
        self.open(name);
        let began = Instant::now();
        let mut count = Count::default();
        let result = match part(&mut count) {
            Ok(()) => Result::Passed(count),
            Err(failure) => {
                println!("\n{failure}");
                Result::Failed(count, failure.to_string())
            }
        };
        let passed = matches!(result, Result::Passed(_));
        self.close(Section { name, took: began.elapsed(), result });
        passed
    }

    /// Notes a part that was not run.
    pub(crate) fn leave(&mut self, name: &'static str, why: &'static str) {
        self.done.push(Section { name, took: Duration::ZERO, result: Result::Left(why) });
    }

    /// True while no part has failed.
    pub(crate) fn all_passed(&self) -> bool {
        !self.done.iter().any(|section| matches!(section.result, Result::Failed(..)))
    }

    /// All tests that ran.
    pub(crate) fn count(&self) -> Count {
        self.done.iter().fold(Count::default(), |sum, section| match &section.result {
            Result::Passed(count) | Result::Failed(count, _) => sum + *count,
            Result::Left(_) => sum,
        })
    }

    /// Prints the table; fails when a part did. The count stands alone on the last line, for machines that read it.
    pub(crate) fn finish(&self) -> Outcome {
        println!("\n{}\n{}", rule("summary"), self.table());
        if !self.all_passed() {
            println!("Not everything passed.");
            for section in &self.done {
                if let Result::Failed(_, why) = &section.result {
                    println!("{}: {why}", section.name);
                }
            }
        }
        println!("{}", self.count());
        if self.all_passed() { Ok(()) } else { Err(Failure::NotPassed) }
    }

    /// One line a part, the whole time at the end.
    fn table(&self) -> String {
        let mut table = String::new();
        for Section { name, took, result } in &self.done {
            let (mark, count, why) = match result {
                Result::Passed(count) => ("ok", *count, None),
                Result::Failed(count, why) => ("FAILED", *count, why.lines().next_back()),
                Result::Left(why) => ("not run", Count::default(), Some(*why)),
            };
            let tests = if count == Count::default() { String::new() } else { count.to_string() };
            let time = if matches!(result, Result::Left(_)) { String::new() } else { duration(*took) };
            let words = [tests.as_str(), why.map(str::trim).unwrap_or_default()].join("  ");
            let line = format!("{mark:<8} {name:<24} {time:>12}  {}", words.trim_start());
            // A String takes whatever is written to it.
            let _ = writeln!(table, "{}", self.coloured(result, line.trim_end()));
        }
        let _ = writeln!(table, "{:<8} {:<24} {:>12}", "", "", duration(self.started.elapsed()));
        table
    }

    fn open(&self, name: &str) {
        let rule = rule(name);
        if self.colour {
            println!("\n\x1b[1m{rule}\x1b[0m");
        } else {
            println!("\n{rule}");
        }
    }

    fn close(&mut self, section: Section) {
        let word = if matches!(section.result, Result::Failed(..)) { "FAILED" } else { "ok" };
        let line = format!("{word}: {}, {}", section.name, duration(section.took));
        println!("{}", self.coloured(&section.result, &line));
        self.done.push(section);
    }

    fn coloured(&self, result: &Result, line: &str) -> String {
        let code = match result {
            Result::Passed(_) => 32,
            Result::Failed(..) => 31,
            Result::Left(_) => 33,
        };
        if self.colour { format!("\x1b[{code}m{line}\x1b[0m") } else { line.to_owned() }
    }
}

fn rule(name: &str) -> String {
    let begin = format!("== {name} ");
    format!("{begin}{}", "=".repeat(WIDTH.saturating_sub(begin.chars().count())))
}

/// "0.4 s", "41 s", "2 min 05 s".
fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else if seconds >= 10 {
        format!("{seconds} s")
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet() -> Sections {
        Sections { colour: false, ..Sections::start() }
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(41)), "41 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn one_failed_part_fails_the_job_and_the_others_still_count() {
        let mut sections = quiet();
        assert!(sections.check("first", |count| {
            count.passed = 3;
            Ok(())
        }));
        assert!(!sections.check("second", |count| {
            *count = Count { passed: 1, failed: 2, skipped: 0 };
            Err(Failure::NotPassed)
        }));
        sections.leave("third", "an earlier one failed");
        assert_eq!(sections.count().to_string(), "4 passed, 2 failed");
        assert!(sections.finish().is_err());

        let table = sections.table();
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].starts_with("ok       first"), "{table}");
        assert!(lines[0].ends_with("3 passed, 0 failed"), "{table}");
        assert!(lines[1].starts_with("FAILED   second"), "{table}");
        assert!(lines[2].starts_with("not run  third"), "{table}");
        assert!(lines[2].ends_with("an earlier one failed"), "{table}");
    }

    #[test]
    fn a_part_that_others_need_passes_its_failure_on() {
        let mut sections = quiet();
        assert!(sections.must("set-up", || Err::<(), _>(Failure::Needs("type this".into()))).is_err());
        assert!(!sections.all_passed());
    }

    #[test]
    fn all_passed_is_success() {
        let mut sections = quiet();
        assert!(sections.check("only", |_| Ok(())));
        assert!(sections.finish().is_ok());
    }
}
