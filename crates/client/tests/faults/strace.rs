//! Running the update's steps under strace, which stops or hinders them at one system call.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// Every call that changes a file or a folder.
const CALLS: &str = "openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,\
    symlinkat,write,writev,pwrite64,copy_file_range,sendfile,ftruncate,truncate,fallocate,fsync,fdatasync,chmod,fchmod,\
    fchmodat,fchown,utimensat,flock";

const NEEDED: &str = "this test needs strace: apt-get install strace (`cargo xtask test` does)";

/// One call of a run: its name, and the how-manieth of that name it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    pub(crate) call: String,
    pub(crate) when: usize,
}

/// What happens at a point, instead of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    Kill,
    /// The call fails so, and all later ones of its name; of writes only that one, because threads are woken by writing.
    Error(&'static str),
}

/// How a run ended.
#[derive(Debug)]
#[expect(dead_code, reason = "some of it is for whoever reads why a test failed")]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// The last line: `in-place`, or a code.
    pub(crate) said: String,
    /// Everything for people.
    pub(crate) details: String,
}

/// Runs the steps to their end, and says where in them something in `folder` was about to change.
pub(crate) fn points(command: &mut Command, folder: &Path, log: &Path) -> Vec<Point> {
    let ended = run(command, log, &[format!("trace={CALLS}")]);
    assert!(ended.status.success(), "an undisturbed run ends well: {ended:?}");
    let folder = folder.to_str().unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut points = Vec::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        let Some((call, rest)) = line.split_once('(') else { continue };
        let count = counts.entry(call.to_owned()).or_default();
        *count += 1;
        // Opening changes something when it creates. What names the folder nowhere wakes threads.
        let creates = ["O_CREAT", "O_TRUNC", "O_TMPFILE"].iter().any(|flag| rest.contains(flag));
        if rest.contains(folder) && (call != "openat" || creates) {
            points.push(Point { call: call.to_owned(), when: *count });
        }
    }
    points
}

/// Runs the steps, which get a blow at a point. `None` when that was no call on something in `folder`: threads are woken,
/// and pieces come from a network, not always equally often.
pub(crate) fn strike(
    command: &mut Command,
    folder: &Path,
    log: &Path,
    point: &Point,
    blow: Blow,
) -> Option<Ended> {
    let Point { call, when } = point;
    let inject = match blow {
        Blow::Kill => format!("inject={call}:signal=KILL:when={when}"),
        Blow::Error(error) if call.starts_with("write") => format!("inject={call}:error={error}:when={when}"),
        Blow::Error(error) => format!("inject={call}:error={error}:when={when}+"),
    };
    let ended = run(command, log, &[format!("trace={call}"), inject]);
    let lines = std::fs::read_to_string(log).unwrap();
    let mut calls = lines.lines().filter(|line| line.starts_with(call.as_str()));
    let struck = match blow {
        Blow::Kill if ended.status.signal() == Some(9) => calls.next_back(),
        Blow::Kill => None,
        Blow::Error(_) => calls.find(|line| line.contains("(INJECTED)")),
    };
    struck?.contains(folder.to_str().unwrap()).then_some(ended)
}

/// Runs the steps with strace on the one thread that touches the disk, or with nobody.
pub(crate) fn run(command: &mut Command, log: &Path, expressions: &[String]) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut steps = command.spawn().unwrap();
    let mut said = BufReader::new(steps.stdout.take().unwrap());
    let mut thread = String::new();
    said.read_line(&mut thread).unwrap();
    let strace = (!expressions.is_empty()).then(|| {
        let mut strace = Command::new("strace");
        strace.args(["-y", "-o"]).arg(log).args(["-p", thread.trim()]);
        for expression in expressions {
            strace.args(["-e", expression]);
        }
        let mut strace = strace.stderr(Stdio::piped()).spawn().expect(NEEDED);
        let mut words = BufReader::new(strace.stderr.take().unwrap());
        // It says so once it holds the thread.
        let mut attached = String::new();
        words.read_line(&mut attached).unwrap();
        assert!(attached.contains("attached"), "{attached}");
        (strace, words)
    });
    steps.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let mut details = String::new();
    steps.stderr.take().unwrap().read_to_string(&mut details).unwrap();
    let status = steps.wait().unwrap();
    if let Some((mut strace, mut words)) = strace {
        words.read_to_string(&mut String::new()).unwrap();
        strace.wait().unwrap();
    }
    Ended { status, said: rest.lines().last().unwrap_or_default().to_owned(), details }
}
