//! Running a program under strace, which stops or hinders it at one system call.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::{Blow, Way};

/// Every call that changes a file or a folder.
const CALLS: &str = "openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,\
    symlinkat,write,writev,pwrite64,copy_file_range,sendfile,ftruncate,truncate,fallocate,fsync,fdatasync,chmod,fchmod,\
    fchmodat,fchown,utimensat,flock";

/// One call of a run: its name, and the how-manieth of that name it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    call: String,
    when: usize,
}

pub(crate) struct Strace;

impl Way for Strace {
    type Point = Point;

    fn each(&self) -> usize {
        1
    }

    fn points(&self, command: &Command, log: &Path) -> Vec<Point> {
        let status = run(command, log, &[format!("trace={CALLS}")]);
        assert!(status.success(), "an undisturbed run ends well");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut points = Vec::new();
        for line in std::fs::read_to_string(log).unwrap().lines() {
            let Some((call, rest)) = line.split_once('(') else { continue };
            let count = counts.entry(call.to_owned()).or_default();
            *count += 1;
            // Opening changes something when it creates; words for people change nothing.
            let changes = match call {
                "openat" => rest.contains("O_CREAT") || rest.contains("O_TRUNC"),
                "write" | "writev" => !rest.starts_with("1,") && !rest.starts_with("2,"),
                _ => true,
            };
            if changes {
                points.push(Point { call: call.to_owned(), when: *count });
            }
        }
        points
    }

    fn strike(&self, command: &Command, log: &Path, point: &Point, blow: Blow) -> ExitStatus {
        let what = match blow {
            Blow::Kill => "signal=KILL",
            Blow::FullDisk => "error=ENOSPC",
        };
        let inject = format!("inject={}:{what}:when={}", point.call, point.when);
        run(command, log, &[format!("trace={}", point.call), inject])
    }
}

fn run(command: &Command, log: &Path, expressions: &[String]) -> ExitStatus {
    let mut strace = Command::new("strace");
    strace.args(["--quiet=all", "-o"]).arg(log);
    for expression in expressions {
        strace.args(["-e", expression]);
    }
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    strace.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    strace.status().expect("this test needs strace: apt-get install strace (`cargo xtask test` does)")
}
