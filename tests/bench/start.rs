//! From exec to sign-in painted and usable, beside the emptiest window of the same toolkit; and what both took of the
//! processor until then, which other load disturbs less, and of memory.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use polder_local::desk::{Desk, DeskOptions};
use polder_tests::{Outcome, built};

use crate::deployment::Deployment;
use crate::series::{Series, ratio};

const TIMES: usize = 11;

pub(crate) async fn measure() -> Outcome<bool> {
    let client = built("POLDER_RELEASE_BIN")?;
    let bare = built("POLDER_BARE_BIN")?;
    let deployment = Deployment::serving(&client)?;
    let desk = Desk::new(DeskOptions::default())?;
    let [mut ours, mut peer] = <[Series; 2]>::default();
    let [mut our_work, mut peer_work, mut our_memory, mut peer_memory] = <[Series; 4]>::default();
    // The first of each fills the caches and is not counted.
    for turn in 0..=TIMES {
        let bare = start(desk.command(&bare.display().to_string()), "painted")?;
        let mut command = desk.command(&client.display().to_string());
        deployment.arrange(&mut command);
        let client = start(command, "painted screen=SignIn")?;
        if turn > 0 {
            peer.add(bare.time);
            peer_work.add(bare.work);
            peer_memory.add(bare.memory);
            ours.add(client.time);
            our_work.add(client.work);
            our_memory.add(client.memory);
        }
    }
    println!("Start: {TIMES} starts of each in turn, release builds, Xvfb, software rendering");
    peer.say("bare window, exec to first paint", "ms");
    ours.say("Polder, exec to sign-in usable", "ms");
    let time = ratio("time", &ours, &peer, 1.15);
    peer_work.say("bare window, processor time of its processes", "ms");
    our_work.say("Polder, processor time of its processes", "ms");
    println!("  {:.2} times", our_work.median() / peer_work.median());
    peer_memory.say("bare window, PSS of its processes", "MB");
    our_memory.say("Polder, PSS of its processes", "MB");
    Ok(ratio("memory", &our_memory, &peer_memory, 1.10) & time)
}

/// What a start took until its line: milliseconds, milliseconds of the processor, and megabytes.
struct Start {
    time: f64,
    work: f64,
    memory: f64,
}

/// Starts it, waits for the line, measures, and ends it.
fn start(mut command: Command, line: &str) -> Outcome<Start> {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let measured = wait_for(&mut child, line).and_then(|()| {
        let taken = begun.elapsed();
        let all = family(child.id())?;
        let mut begun = Start { time: taken.as_secs_f64() * 1_000.0, work: 0.0, memory: 0.0 };
        for pid in all {
            begun.work += f64::from(ticks(pid)?) * 1_000.0 / f64::from(TICKS);
            begun.memory += f64::from(pss(Path::new(&format!("/proc/{pid}/smaps_rollup")))?) / 1_024.0;
        }
        Ok(begun)
    });
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
    }
    child.wait()?;
    measured
}

fn wait_for(child: &mut Child, wanted: &str) -> Outcome {
    let said = BufReader::new(child.stderr.take().ok_or("no standard error")?);
    let mut all = String::new();
    for line in said.lines() {
        let line = line?;
        if line.contains(wanted) {
            return Ok(());
        }
        all.push_str(&line);
        all.push('\n');
    }
    Err(format!("it ended without saying {wanted:?}:\n{all}").into())
}

/// A process and all below it.
fn family(root: u32) -> Outcome<Vec<u32>> {
    let mut parents = HashMap::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that ended since is not ours.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        parents.insert(pid, parent.unwrap_or(0));
    }
    let below = |&pid: &u32| {
        let mut above = pid;
        while above != root && above > 1 {
            above = parents.get(&above).copied().unwrap_or(0);
        }
        above == root
    };
    Ok(parents.keys().copied().filter(below).collect())
}

/// How many of them are a second (USER_HZ, the same on every Linux that people use).
const TICKS: u32 = 100;

/// What a process took of the processor, in its own time and the system's (proc(5)).
fn ticks(pid: u32) -> Outcome<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, rest) = stat.rsplit_once(')').ok_or("no name")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut next = || fields.next().ok_or("too few fields")?.parse::<u32>().map_err(|_| "no number");
    Ok(next()? + next()?)
}

/// The proportional set size of a process, in kilobytes.
fn pss(rollup: &Path) -> Outcome<u32> {
    let text = std::fs::read_to_string(rollup)?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no Pss")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
